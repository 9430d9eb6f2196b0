"""What one test does and sees: every call, every wait, and guesses that can never be right."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.binding import Binding
from conformance.events import Counted, Exchanged, Missed, Obtained, Waited, to_json
from conformance.model import Answer, Call, Code, Exchange, Granted, Request, Session
from conformance.outcomes import Inconclusive
from conformance.queues import Unrelenting
from conformance.recorder import Recorder

from .script import SILENCE, Script, answer, granted, throttled

CALL = Call("POST /x", {"a": 1})
SHOWN = st.from_regex(
    r"[0-9]{4,8}|[0-9]{3}-[0-9]{3}|[0-9]{3} [0-9]{3}|[A-Z0-9]{4}-[A-Z0-9]{4}|[A-Za-z0-9]{6,8}", fullmatch=True
)


def recorder(script: Script | None = None, *, test: str = "test_x", seed: int = 7) -> Recorder:
    return Recorder(test, script or Script([]), Binding(), seed=seed, clock_offset=100.0)


def code(shown: str) -> Code:
    return Code(shown, shown.replace("-", "").replace(" ", ""))


@given(SHOWN, st.integers(0, 99))
def test_a_guess_differs_from_the_right_code_in_every_place(shown: str, seed: int) -> None:
    guess = recorder(seed=seed).guess(code(shown), [], "alice")

    signs = [(right, wrong) for right, wrong in zip(shown, guess.displayed, strict=True) if right.isalnum()]
    assert all(right != wrong for right, wrong in signs)


@given(SHOWN, st.integers(0, 99))
def test_a_guess_is_written_like_the_right_code(shown: str, seed: int) -> None:
    guess = recorder(seed=seed).guess(code(shown), [], "alice")

    assert [sign.isdigit() for sign in guess.displayed] == [sign.isdigit() for sign in shown]
    assert [sign.isupper() for sign in guess.displayed] == [sign.isupper() for sign in shown]
    assert [sign for sign in guess.displayed if not sign.isalnum()] == [sign for sign in shown if not sign.isalnum()]
    assert guess == code(guess.displayed)


def test_a_guess_is_none_of_the_live_codes() -> None:
    """Of the two-digit codes only one is neither live nor like the right one in a place."""
    live = [code(f"{tens}{ones}") for tens in range(1, 10) for ones in range(1, 10)]
    live.remove(code("42"))

    assert recorder().guess(code("00"), live, "alice") == code("42")


@pytest.mark.parametrize(
    ("like", "live", "left"), [("A", "bcdefghijklmnopqrstuvwxy", "Z"), ("a", "BCDEFGHIJKLMNOPQRSTUVWXY", "z")]
)
def test_a_live_code_in_other_letters_is_no_guess_either(like: str, live: str, left: str) -> None:
    """Servers may take letters in either case."""
    assert recorder().guess(code(like), map(code, live), "alice") == code(left)


def test_guesses_of_one_test_differ_and_are_the_same_in_every_run() -> None:
    first, again = recorder(), recorder()
    guesses = [first.guess(code("123-456"), [], "alice") for _ in range(20)]

    assert len(set(guesses)) == 20
    assert [again.guess(code("123-456"), [], "alice") for _ in range(20)] == guesses
    assert recorder(test="test_y").guess(code("123-456"), [], "alice") != guesses[0]
    assert recorder(seed=8).guess(code("123-456"), [], "alice") != guesses[0]


def test_words_are_the_same_however_often_was_guessed() -> None:
    """On a tape other codes are guessed, and the words in its requests must still be those that were recorded."""
    one, other = recorder(), recorder()
    other.guess(code("123-456"), [], "alice")

    assert one.word() == other.word()
    assert one.word() != recorder(test="test_y").word()


def test_a_reply_was_said_at_the_end_of_its_exchange_by_the_target_s_clock() -> None:
    reply = recorder(Script([granted()])).send(CALL)

    assert isinstance(reply, Granted)
    assert reply.at == 1000.0 + 0.5 + 100.0


def test_a_call_that_is_not_answered_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="POST /x was not answered: the connection broke"):
        recorder(Script([SILENCE])).send(CALL)


def test_a_limit_is_waited_out_and_the_same_call_made_again() -> None:
    script = Script([throttled("3"), throttled("1"), granted()])
    acting = recorder(script)

    assert isinstance(acting.send(CALL), Granted)
    assert script.waits == [3.1, 1.1]
    assert script.requests == [script.requests[0]] * 3
    assert [type(event) for event in acting.evidence()] == [Exchanged, Waited, Exchanged, Waited, Exchanged]


def test_a_limit_that_does_not_say_how_long_is_waited_for_a_while() -> None:
    script = Script([answer(429, {}), granted()])
    recorder(script).send(CALL)

    assert len(script.waits) == 1
    assert 1 < script.waits[0] < 60


def test_a_limit_that_says_less_than_it_means_is_asked_less_and_less_often() -> None:
    """Whoever is told to come back at once, again and again, would ask a thousand times."""
    script = Script([throttled("0")] * 7 + [granted()])
    recorder(script).send(CALL)

    assert script.waits == pytest.approx([0.2, 0.3, 0.5, 0.9, 1.7, 3.3, 5.1])


def test_what_one_call_has_waited_for_in_vain_others_need_not_wait_for() -> None:
    """A limiter that lets nobody through must not cost every test a quarter of an hour."""
    with pytest.raises(Unrelenting):
        recorder(Script([throttled("60")] * 100)).send(CALL)
    with pytest.raises(Inconclusive) as ended:
        recorder(Script([throttled("86400")])).send(CALL)

    assert not isinstance(ended.value, Unrelenting)  # that may hold for one account alone


def test_odd_bytes_that_never_reached_the_target_say_nothing_of_it() -> None:
    class Unreachable(Script):
        def exchange(self, test: str, request: Request) -> Exchange:
            return replace(super().exchange(test, request), fault="no connection: refused")

    with pytest.raises(Inconclusive, match="no connection"):
        recorder(Unreachable([SILENCE])).offer(CALL)


def test_a_limit_that_does_not_end_is_given_up() -> None:
    script = Script([throttled("60")] * 100)

    with pytest.raises(Inconclusive, match=r"throttled for more than \d+ s"):
        recorder(script).send(CALL)
    assert 60 <= sum(script.waits) < 3600


def test_a_code_that_grew_old_while_a_limit_was_waited_out_is_made_anew() -> None:
    """The step of an authenticator's code ends after 30 s; a clock of 1000 s is ten seconds into one, by the target 20."""
    script = Script([throttled("3"), throttled("9"), throttled("1"), granted()])
    acting = recorder(script)
    acting.renewals.add(code("111111"), lambda: code("222222"))
    acting.send(replace(CALL, answer=Answer("111111", "totp")))

    assert script.codes == ["111111", "111111", "222222", "222222"]


def test_a_code_that_several_calls_have_at_once_is_not_made_anew() -> None:
    """Two codes would both be right, and a server that takes each of them is no faulty one."""
    script = Script([granted(), throttled("60"), granted()])
    acting = recorder(script)
    acting.renewals.add(code("111111"), lambda: code("222222"))
    acting.send_at_once([replace(CALL, answer=Answer("111111", "totp"))] * 2)

    assert script.codes == ["111111"] * 3


def test_no_other_code_is_made_anew() -> None:
    script = Script([throttled("60"), granted()])
    recorder(script).send(replace(CALL, answer=Answer("111111", "email")))

    assert script.codes == ["111111", "111111"]


def test_a_limit_of_days_is_not_waited_for() -> None:
    script = Script([throttled("86400")])

    with pytest.raises(Inconclusive, match=r"throttled for more than \d+ s"):
        recorder(script).send(CALL)
    assert script.waits == []


def test_mails_that_came_or_did_not_are_written_down() -> None:
    acting = recorder(Script([], mails=["123-456", ""]))
    for after in range(3):
        acting.receive("qa@example.org", "alice", after, {})
    acting.mail_count("qa@example.org")

    assert acting.evidence() == [
        Obtained("test_x", "alice.email#1", "999-999", 0.1, 1),
        Obtained("test_x", None, None, 0.1, 2),
        Missed("test_x", 30.0, proof=True),
        Counted("test_x", 2),
    ]


def test_no_secret_stands_in_the_evidence() -> None:
    script = Script([granted(token="token-of-alice")])
    acting = recorder(script)
    session = acting.keep(Session("token-of-alice", "u1"), "alice")
    guess = acting.guess(code("123-456"), [], "alice")
    acting.send(Call("POST /x", {"code": guess.displayed, "other": guess.compact}, session=session))

    text = "\n".join(map(to_json, acting.evidence()))
    assert "token-of-alice" not in text
    assert guess.displayed not in text
    assert guess.compact not in text
    assert "«alice.token#1»" in text
    assert "«alice.guess#1»" in text


def test_the_last_reply_is_told_in_one_line() -> None:
    acting = recorder(Script([answer(400, b'{"a":1}' + b"x" * 5000), SILENCE]))

    assert acting.last_reply == "none"
    acting.send(CALL)
    assert acting.last_reply.startswith('POST /x: 400 {"a":1}xxx')
    assert len(acting.last_reply) < 700
