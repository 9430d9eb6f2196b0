"""The log of an earlier run as a world: the same calls get the same replies, and any other call gets none."""

import pytest

from conformance.binding import UPDATE, Binding
from conformance.events import Event, Judged, Obtained, from_json, to_json
from conformance.model import Call, Granted, Session
from conformance.outcomes import Inconclusive
from conformance.recorder import Recorder
from conformance.tape import Tape
from conformance.users import User

from .script import LOGIN, Script, challenge, granted, invalid, user


def recorded(alice: User) -> list[Event]:
    """What a user did, by way of the lines of a log."""
    judged = Judged("test_x", "a.b", "pass", None, None, 0.1)
    return [from_json(to_json(event)) for event in [*alice.recorder.evidence(), judged]]


def on_tape(tape: Tape, *, test: str = "test_x") -> User:
    """The same user on a tape, in the session that the recording began with."""
    alice = user(Script([]))
    alice.account = type(alice.account)("alice", "twofa-alice", tape.password("alice.password"), "", "u1")
    alice.recorder = Recorder(test, tape, Binding(), seed=7)
    alice.session = Session(tape.secrets.add("«alice.token#0»", "alice.token#0"), "u1")
    return alice


def live(*answers: object) -> User:
    alice = user(Script(list(answers)))  # type: ignore[arg-type]
    alice.recorder.world.secrets.add(alice.account.password, "alice.password")
    alice.recorder.world.secrets.add("token-of-alice-0", "alice.token#0")
    return alice


def act(alice: User) -> list[str]:
    """A login, a challenge, a wrong code and the right one."""
    alice.log_in()
    attempt = alice.attempt(UPDATE)
    code = attempt.code()
    return [type(attempt.answer(alice.inbox.guess(code))).__name__, type(attempt.answer(code)).__name__]


ANSWERS = (LOGIN, challenge("123-456"), invalid(), granted())


def test_a_test_finds_on_a_tape_what_it_found_live() -> None:
    before = live(*ANSWERS)
    found = act(before)
    after = on_tape(Tape(recorded(before)))

    assert act(after) == found == ["Refused", "Granted"]
    assert after.recorder.evidence() == before.recorder.evidence()


def test_what_stood_in_for_a_code_because_of_how_it_read_does_so_on_a_tape() -> None:
    before = live(challenge("123-789"))
    before.attempt(UPDATE).code()
    used = before.inbox.stand_ins("codes of testers")
    after = on_tape(Tape(recorded(before)))
    after.attempt(UPDATE).code()

    assert after.inbox.stand_ins("codes of testers") == used == [("111111", "email"), ("424242", "email")]


def test_a_tape_can_be_recorded_again_and_again() -> None:
    first = live(*ANSWERS)
    act(first)
    second = on_tape(Tape(recorded(first)))
    act(second)
    third = on_tape(Tape(recorded(second)))

    assert act(third) == ["Refused", "Granted"]
    assert recorded(third) == recorded(first)


def test_no_secret_is_on_a_tape() -> None:
    before = live(*ANSWERS)
    act(before)
    text = "\n".join(map(to_json, recorded(before)))

    assert "token-of-alice" not in text
    assert "123-456" not in text
    assert "123456" not in text


def test_the_code_of_a_tape_has_the_recorded_form() -> None:
    before = live(challenge("AB3D-9KQ1"))
    before.attempt(UPDATE).code()
    code = on_tape(Tape(recorded(before))).attempt(UPDATE).code()

    assert [sign.isdigit() for sign in code.displayed] == [sign.isdigit() for sign in "AB3D-9KQ1"]
    assert code.compact == code.displayed.replace("-", "")


def test_the_same_code_twice_is_the_same_code_on_a_tape() -> None:
    before = live(challenge("123-456", "123-456", "777-888"))
    before.attempt(UPDATE).code()
    before.inbox.catch_up()
    after = on_tape(Tape(recorded(before)))
    after.attempt(UPDATE).code()
    after.inbox.catch_up()

    assert list(after.inbox.known) == list(before.inbox.known)
    assert len(after.inbox.unused) == len(before.inbox.unused) == 2


def test_a_code_that_is_known_is_not_made_anew() -> None:
    """Two users may be sent the same code: it has one name on a tape."""
    tape = Tape([Obtained("test_x", "alice.email#1", "999999", 0.5, 3)] * 2)
    codes = [
        tape.receive("test_x", "", after, {}, name).code for after, name in enumerate(("alice.email#1", "bob.email#1"))
    ]

    assert codes[0] == codes[1]


@pytest.mark.parametrize(
    "call",
    [
        Call("POST /api/v1/other", {"a": 1}),
        Call("GET /x", {"a": 1}),
        Call("POST /x", {"a": 2}),
        Call("POST /x", {"a": 1}, session=Session("«alice.token#1»", "u1")),
    ],
)
def test_another_request_is_not_covered_by_the_evidence(call: Call) -> None:
    before = live(granted())
    before.recorder.send(Call("POST /x", {"a": 1}))
    after = on_tape(Tape(recorded(before)))

    with pytest.raises(Inconclusive, match=r"does not cover this request: \w+ /\S+; recorded was POST /x"):
        after.recorder.send(call)


def test_more_requests_than_were_made_are_not_covered() -> None:
    before = live(granted())
    before.recorder.send(Call("POST /x"))
    after = on_tape(Tape(recorded(before)))

    assert isinstance(after.recorder.send(Call("POST /x")), Granted)
    with pytest.raises(Inconclusive, match="does not cover this request: POST /x$"):
        after.recorder.send(Call("POST /x"))


def test_each_test_has_its_own_part_of_the_tape() -> None:
    before = live(granted())
    before.recorder.send(Call("POST /x"))
    tape = Tape(recorded(before))

    assert tape.covers("test_x")
    assert not tape.covers("test_y")
    with pytest.raises(Inconclusive, match="does not cover"):
        on_tape(tape, test="test_y").recorder.send(Call("POST /x"))


def test_a_mail_that_did_not_come_does_not_come_on_a_tape() -> None:
    before = live(challenge(codeGenerated=True), granted("123-456"))
    before.attempt(UPDATE).challenge()
    missing = before.inbox.got_mail()
    after = on_tape(Tape(recorded(before)))
    after.attempt(UPDATE).challenge()

    assert after.inbox.got_mail() is missing is False


def test_a_mail_that_nobody_waited_for_is_not_covered() -> None:
    after = on_tape(Tape(recorded(live())))

    with pytest.raises(Inconclusive, match="does not cover this mail"):
        after.inbox.receive()


def test_nobody_waits_on_a_tape() -> None:
    tape = Tape(recorded(live()))
    tape.wait(10.0**9)

    assert tape.now() == 0.0
