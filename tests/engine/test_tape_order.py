"""A tape where order is not enough: calls that were made at once, codes that come from the time, requests that repeat."""

import itertools

import pytest

from conformance.binding import UPDATE, Binding
from conformance.events import Event, Judged, from_json, to_json
from conformance.factors import Authenticator
from conformance.model import Answer, Call, Session
from conformance.outcomes import Inconclusive
from conformance.recorder import Recorder
from conformance.tape import Tape
from conformance.users import User

from .script import Answered, Script, challenge, error, granted, invalid, user

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
BACKUP = ["aaaabbbb", "ccccdddd"]


def live(*answers: Answered) -> User:
    alice = user(Script(list(answers)))
    alice.recorder.world.secrets.add(alice.account.password, "alice.password")
    alice.recorder.world.secrets.add("token-of-alice-0", "alice.token#0")
    return alice


def tape(alice: User) -> Tape:
    """What a user did, by way of the lines of a log."""
    events: list[Event] = [*alice.recorder.evidence(), Judged("test_x", "a.b", "pass", None, None, 0.1)]
    return Tape([from_json(to_json(event)) for event in events])


def on_tape(recorded: Tape) -> User:
    alice = user(Script([]))
    alice.account = type(alice.account)("alice", "twofa-alice", recorded.password("alice.password"), "", "u1")
    alice.recorder = Recorder("test_x", recorded, Binding(), seed=7)
    alice.session = Session(recorded.secrets.add("«alice.token#0»", "alice.token#0"), "u1")
    return alice


def made_at_once(count: int) -> User:
    """Calls that were recorded in the order in which they were answered."""
    alice = live(*[granted(answered=number) for number in range(count)])
    for number in range(count):
        alice.recorder.send(Call("POST /x", {"number": number}))
    return alice


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_calls_that_were_made_at_once_get_their_own_replies_in_any_order(order: tuple[int, ...]) -> None:
    alice = on_tape(tape(made_at_once(3)))
    replies = [alice.recorder.send(Call("POST /x", {"number": number})) for number in order]

    assert [reply.body["answered"] for reply in replies] == list(order)  # type: ignore[union-attr]


def test_only_so_many_calls_can_have_been_made_at_once() -> None:
    """A request that comes much later is another part of the test: it was not covered by what was recorded here."""
    recorded = tape(made_at_once(9))

    assert on_tape(recorded).recorder.send(Call("POST /x", {"number": 7})).status == 200
    assert on_tape(recorded).recorder.send(Call("POST /x", {"number": 8})).status == 200
    with pytest.raises(Inconclusive, match="recorded was POST /x"):
        on_tape(tape(made_at_once(9))).recorder.send(Call("POST /x", {"number": 8}))


def test_the_same_request_twice_gets_its_replies_in_their_order() -> None:
    before = live(granted(first=True), invalid())
    for _ in range(2):
        before.recorder.send(Call("POST /x"))
    after = on_tape(tape(before))

    assert [after.recorder.send(Call("POST /x")).status for _ in range(2)] == [200, 400]


def test_the_same_answer_at_once_from_several_sessions_is_found_on_a_tape() -> None:
    def act(alice: User) -> list[str]:
        sessions = [Session(alice.recorder.world.secrets.add(f"«token#{n}»", f"token#{n}"), "u1") for n in (1, 2, 3)]
        replies = alice.attempt(UPDATE).answer_at_once(Answer("111-111", "email"), sessions)
        return sorted(type(reply).__name__ for reply in replies)

    before = live(granted(), invalid(), invalid())
    found = act(before)

    assert act(on_tape(tape(before))) == found == ["Granted", "Refused", "Refused"]


def prove(alice: User) -> list[str]:
    """An authenticator from its enrolment over a wrong answer to right ones, and a backup code."""
    device = alice.enrol()
    attempt = alice.attempt(UPDATE)
    challenged = attempt.challenge_where_known()
    answers = [device.wrong(challenged), device.right(challenged), device.right(challenged), device.backup_answer()]
    return [type(attempt.send(answer)).__name__ for answer in answers]


PROOF = (
    granted(secret=SECRET),
    granted(codes=BACKUP),
    challenge(method="totp"),
    invalid(method="totp"),
    granted(),
    invalid(method="totp"),
    granted(),
)


def test_what_an_authenticator_proved_it_proves_again_on_a_tape() -> None:
    """Codes are made from the time, which is another by now: they are found again by their names."""
    before = live(*PROOF)
    found = prove(before)

    assert prove(on_tape(tape(before))) == found == ["Refused", "Granted", "Refused", "Granted"]


def test_an_authenticator_that_was_taken_at_the_second_code_is_taken_again() -> None:
    before = live(granted(secret=SECRET), error("invalid-totp"), granted(codes=BACKUP))
    before.enrol()
    recorded = tape(before)

    assert on_tape(recorded).enrol().backup_codes == ["«alice.backup#1»", "«alice.backup#2»"]


def test_a_proof_can_be_recorded_again_and_again() -> None:
    alice = live(*PROOF)
    prove(alice)
    for _ in range(3):
        alice = on_tape(tape(alice))

        assert prove(alice) == ["Refused", "Granted", "Refused", "Granted"]


def test_no_code_of_an_authenticator_is_on_a_tape() -> None:
    before = live(*PROOF)
    prove(before)
    text = "\n".join(map(to_json, before.recorder.evidence()))

    assert SECRET not in text
    assert not any(code in text for code in BACKUP)
    script = before.recorder.world
    assert isinstance(script, Script)
    assert not any(code in text for code in script.codes if code)


def test_codes_of_a_tape_stand_in_for_those_that_were_made_from_the_time() -> None:
    recorded = tape(live())
    codes = [recorded.totp(SECRET, 30 * step) for step in range(5)]

    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 1


def test_codes_of_other_times_are_found_again_by_their_names() -> None:
    def act(alice: User) -> list[int]:
        device = Authenticator(alice, alice.recorder.world.secrets.add(SECRET, "alice.secret"))
        return [reply.status for reply in alice.attempt(UPDATE).wrong(device.at_other_times((-2, -3, 20)))]

    before = live(invalid(), granted(), invalid())
    found = act(before)

    assert act(on_tape(tape(before))) == found == [400, 200, 400]
