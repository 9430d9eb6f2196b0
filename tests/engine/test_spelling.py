"""Attempts whose bytes are in question: what is sent, what is made of the reply, and what stands in the way."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE, at_path, fill
from conformance.events import Exchanged, to_json
from conformance.model import Granted, Protected, Request
from conformance.oddities import AMONG, BODIES, LONG, ODD, ORDERS, PAIRS, WRONG, body_as, cut
from conformance.outcomes import Inconclusive, NotApplicable, Untested
from conformance.replies import Unanswered
from conformance.tape import Tape
from conformance.writing import Lines, Way

from .script import KNOWING, SILENCE, Answered, Script, answer, challenge, granted, invalid, throttled, user
from .test_tape import live, on_tape, recorded

MAILED = challenge("111-111")
PLAIN: Lines = (("code", "{right}"), ("method", "{method}"))


def attempt(script: Script, protected: Protected = UPDATE, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def second_factor(request: Request) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers if name.lower().startswith("x-2fa")]


def test_the_two_headers_are_written_line_by_line_and_blank_by_blank() -> None:
    script = Script([MAILED, invalid()])
    attempt(script).wrong_in((("code", "\t{wrong} "), ("code", "{other}"), ("method", " {method}")))
    (first, wrong), (_, other), method = second_factor(script.requests[-1])

    assert first == "x-2fa-code"
    assert (wrong[0], wrong[-1], method) == ("\t", " ", ("x-2fa-method", " email"))
    assert {wrong.strip(), other}.isdisjoint({"111-111"})
    assert script.requests[-1].way == Way("fresh")
    assert script.requests[0].way == Way("shared")


def test_lines_stand_before_all_other_headers_or_behind_them() -> None:
    for first, place in ((True, 0), (False, -2)):
        script = Script([MAILED, granted()])
        reply = attempt(script).right_in(ORDERS["code, method"], first=first)

        assert isinstance(reply, Granted)
        assert script.requests[-1].headers[place] == ("x-2fa-code", "111-111")


def test_a_kept_connection_has_carried_a_call_before() -> None:
    script = Script([MAILED, granted(), invalid()])
    attempt(script).wrong_in(PLAIN, "kept")

    assert [request.way.connection for request in script.requests] == ["shared", "fresh", "kept"]


def test_a_wrong_answer_without_a_reply_is_given_twice_with_a_plain_call_between() -> None:
    script = Script([MAILED, SILENCE, challenge(), SILENCE])
    reply = attempt(script).wrong_if_heard(WRONG["twice"])

    assert isinstance(reply, Unanswered)
    assert (reply.status, reply.why) == (0, "the connection broke")
    assert [request.way.connection for request in script.requests] == ["shared", "fresh", "shared", "fresh"]


def test_a_connection_that_breaks_once_is_not_the_server_s_answer() -> None:
    reply = attempt(Script([MAILED, SILENCE, challenge(), invalid()])).wrong_if_heard(WRONG["twice"])

    assert reply.status == 400


def test_a_plain_call_that_is_not_answered_either_is_the_world_s_fault() -> None:
    with pytest.raises(Inconclusive, match="was not answered") as ended:
        attempt(Script([MAILED, SILENCE, SILENCE])).wrong_if_heard(WRONG["twice"])
    assert ended.value.blocked_by is None


def test_a_wrong_code_without_a_reply_was_taken_if_its_effect_shows() -> None:
    for name, taken in (("Alice", False), ("{nonce}", True)):
        script = Script([MAILED, SILENCE, challenge(), SILENCE])
        trial = attempt(script)
        script.answers.append(granted(user={"name": fill(name, nonce=nonce_of(trial))}))

        assert trial.takes_wrong(WRONG["in tabs"]) is taken


def nonce_of(trial: Attempt) -> str:
    return str(at_path(trial.plain_call.body, "data.name"))


@pytest.mark.parametrize(("reply", "taken"), [(granted(), True), (invalid(), False), (answer(431, b"<html>"), False)])
def test_a_reply_tells_whether_a_code_was_taken(reply: Answered, taken: bool) -> None:
    assert attempt(Script([MAILED, reply])).takes_wrong(WRONG["in tabs"]) is taken
    assert attempt(Script([MAILED, reply])).takes_several(AMONG["lines"]) is taken


def test_limits_hold_for_odd_bytes_as_well() -> None:
    script = Script([MAILED, throttled("1"), invalid(), *[challenge(), invalid()] * 2, challenge()])
    trial = attempt(script)
    for _ in range(3):
        trial.wrong_in(PLAIN)

    assert script.waits == [pytest.approx(1.1)]
    with pytest.raises(Untested, match="wrong_codes_per_account is 3"):
        trial.wrong_in(PLAIN)


Drive = Callable[[Attempt], object]


@pytest.mark.parametrize(
    ("blocker", "drive", "answers", "facts"),
    [
        ("code.random", lambda trial: trial.wrong_in(PLAIN), [], {"guess_refused": False}),
        ("code.random", lambda trial: trial.takes_several(PLAIN), [], {"guess_refused": False}),
        ("acceptance.right-code", lambda trial: trial.takes_several(PLAIN), [], {"code_works": False}),
        ("acceptance.right-code", lambda trial: trial.right_in(PLAIN), [], {"code_works": False}),
        ("acceptance.right-code", Attempt.break_off, [], {"code_works": False}),
        ("bytes.answered", lambda trial: trial.right_in(PLAIN), [MAILED, SILENCE], {}),
        ("bytes.answered", lambda trial: trial.wrong_in(PLAIN), [MAILED, SILENCE, challenge(), SILENCE], {}),
        ("bytes.answered", lambda trial: trial.bare_as("none"), [MAILED, SILENCE], {}),
    ],
)
def test_what_stands_in_the_way_is_named(
    blocker: str, drive: Drive, answers: list[Answered], facts: dict[str, object]
) -> None:
    with pytest.raises(Inconclusive) as ended:
        drive(attempt(Script(answers), **facts))
    assert ended.value.blocked_by == blocker


@pytest.mark.parametrize("drive", [lambda trial: trial.bare_as("none"), Attempt.break_off, Attempt.run_over])
def test_a_call_without_a_body_has_none_to_write(drive: Drive) -> None:
    with pytest.raises(NotApplicable):
        drive(attempt(Script([]), Protected("POST /x")))


def test_a_body_is_written_in_another_way_and_named_as_asked_for() -> None:
    for kind in BODIES:
        script = Script([MAILED, invalid()])
        attempt(script).bare_as(kind)
        sent = script.requests[-1]
        label, _ = body_as(kind, {"a": 1})

        assert dict(sent.headers).get("Content-Type", "") == label
    assert body_as("a form", {"a": {"b": "x", "c": True}, "d": "ä"}) == (
        "application/x-www-form-urlencoded",
        b"a%5Bb%5D=x&a%5Bc%5D=true&d=%C3%A4",
    )


def test_a_call_is_broken_off_before_its_end_and_run_over_in_the_middle_of_what_it_does() -> None:
    script = Script([MAILED, SILENCE])
    attempt(script).break_off()
    broken = script.requests[-1]
    script = Script([MAILED, answer(400, {"success": False})])
    trial = attempt(script)
    trial.run_over()
    sent = script.requests[-1]
    whole = nonce_of(trial)

    assert broken.way.unsent > 0
    assert sent.way.unsent < 0
    assert whole in sent.body.decode()
    assert whole not in sent.body[: sent.way.unsent].decode()
    assert whole[: len(whole) // 2] in sent.body[: sent.way.unsent].decode()


def test_what_is_not_in_a_body_cannot_be_cut() -> None:
    assert cut(b'{"a":"xyxy"}', "xyxy") == 4
    assert cut(b'{"a":"xyxy"}', "z") == 0


def act(trial: Attempt) -> list[str]:
    """A wrong code and the right one, both in unusual bytes."""
    wrong = trial.wrong_in((("code", "{wrong},{other}"), ("code", LONG), ("method", "email")))
    return [type(wrong).__name__, type(trial.right_in((("code", "  {right} "), ("method", "email")))).__name__]


def test_odd_bytes_are_on_a_tape_without_a_secret_and_are_found_there_again() -> None:
    before = live(MAILED, invalid(), challenge(), granted())
    found = act(before.attempt(UPDATE))
    log = recorded(before)
    after = on_tape(Tape(log))

    assert act(after.attempt(UPDATE)) == found == ["Refused", "Granted"]
    assert after.recorder.evidence() == before.recorder.evidence()
    assert not any(secret in "".join(map(to_json, log)) for secret in ("111-111", "111111", "token-of-alice"))
    sent = [event.exchange.request for event in log if isinstance(event, Exchanged)]
    assert second_factor(sent[-1]) == [("x-2fa-code", "  «alice.email#1» "), ("x-2fa-method", "email")]


def test_every_way_to_be_wrong_is_without_the_right_code() -> None:
    for lines in ODD.values():
        assert all("{right}" not in text for _, text in lines)
    for lines in PAIRS.values():
        assert [text for _, text in lines].count("{right}") == 1
    for lines in AMONG.values():
        text = ",".join(text for which, text in lines if which == "code")
        assert not text.startswith("{right}")
        assert not text.endswith("{right}")


def test_a_right_code_in_other_digits_is_a_secret_like_the_right_one() -> None:
    script = Script([challenge("12-ab"), invalid()])
    writing = attempt(script)

    assert not writing.takes_wide()
    assert second_factor(script.requests[-1]) == [("x-2fa-code", "１２ａｂ"), ("x-2fa-method", "email")]
    assert writing.user.recorder.secrets.redact("１２ａｂ") == "«alice.wrong#1»"
    assert attempt(Script([challenge("12-ab"), granted()])).takes_wide()


@pytest.mark.parametrize(("shown", "acted"), [("before", False), (None, True)])
def test_another_verb_acts_by_what_the_target_shows(shown: str | None, acted: bool) -> None:
    script = Script([MAILED, SILENCE])
    calling = attempt(script)
    own = calling.plain_call.body["data"]["name"]  # type: ignore[index]
    script.answers.append(granted(user={"name": shown or own}))

    assert calling.changes_by("OPTIONS") is acted
    assert [request.verb for request in script.requests] == ["POST", "OPTIONS", "GET"]
    assert own.encode() in script.requests[1].body
    assert own.encode() not in script.requests[0].body
