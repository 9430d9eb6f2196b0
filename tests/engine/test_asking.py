"""Attempts without a code: what is sent beside the call, and which of its replies leave nothing to judge."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import (
    Answer,
    Challenged,
    Granted,
    Protected,
    Session,
)
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, Answered, Script, answer, challenge, granted, user

MAILED = challenge("111-111")
DENIED = answer(403, {"success": False, "error": "unauthorized"})
MISTAKEN = answer(400, {"success": False, "error": "error-invalid-params"})
SESSIONS = [Session("token-1", "u1"), Session("token-2", "u1")]


def attempt(script: Script, protected: Protected = UPDATE, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def sessions(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_a_reply_is_comparable_only_where_another_call_is_challenged() -> None:
    """A target that challenges nothing would otherwise be blamed once more for every single call."""
    assert isinstance(attempt(Script([granted()])).comparable_reply(), Granted)
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([]), challenged=False).comparable_reply()
    assert ended.value.blocked_by == "challenge.required"


@pytest.mark.parametrize("reply", [granted(), MISTAKEN])
def test_a_call_that_is_not_challenged_here_leaves_nothing_to_judge(reply: Answered) -> None:
    with pytest.raises(NotApplicable, match=r"POST /api/v1/users\.update is not challenged here: status \d+"):
        attempt(Script([reply])).challenge_where_known()


def test_a_call_that_is_challenged_here_is_judged() -> None:
    assert attempt(Script([MAILED])).challenge_where_known().asks_for == "email"


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_call_that_is_not_there_leaves_nothing_to_judge(status: int) -> None:
    with pytest.raises(NotApplicable, match="the target has no POST"):
        attempt(Script([answer(status, {"success": False})])).reply_where_known()
    with pytest.raises(NotApplicable, match="the target has no POST"):
        attempt(Script([answer(status, b"<html>")])).challenge_where_known()


def test_a_call_that_the_account_may_not_make_leaves_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="the account may not call POST"):
        attempt(Script([DENIED])).reply_where_known()


@pytest.mark.parametrize("reply", [granted(), MISTAKEN, MAILED])
def test_any_answer_of_a_call_that_is_there_is_judged(reply: Answered) -> None:
    assert reply.response
    assert attempt(Script([reply])).reply_where_known().status == reply.response.status


def test_a_method_that_is_not_the_user_s_first_is_named_in_the_call() -> None:
    script = Script([challenge(method="password"), MAILED])
    alice = user(script)
    alice.attempt(UPDATE, alice.passphrase).bare()
    alice.attempt(UPDATE).bare()

    assert [dict(request.headers).get("x-2fa-method") for request in script.requests] == ["password", None]
    assert script.codes == [None, None]


def test_a_challenge_may_be_asked_for_by_name() -> None:
    script = Script([MAILED])

    assert attempt(script).challenge_named().asks_for == "email"
    assert dict(script.requests[0].headers)["x-2fa-method"] == "email"


def test_what_stands_beside_a_call_is_sent_after_a_call_without_it_was_challenged() -> None:
    script = Script([MAILED, granted(), challenge(), granted()])
    trial = attempt(script)
    trial.bare_with(header=("X-2fa", "0"))
    trial.bare_with(member=("twoFactor", False))

    assert [dict(request.headers).get("X-2fa") for request in script.requests] == [None, "0", None, None]
    assert [body.get("twoFactor") for body in script.bodies] == [None, None, None, False]


def test_bytes_in_place_of_a_call_are_sent_after_the_call_itself_was_challenged() -> None:
    script = Script([MAILED, DENIED])
    attempt(script).bare_raw(b'{"data":')

    assert script.requests[1].body == b'{"data":'


def test_a_call_by_get_keeps_its_path_and_its_session() -> None:
    script = Script([answer(405, {"success": False})])
    attempt(script).by_get()

    assert (script.requests[0].verb, script.paths, sessions(script)) == ("GET", ["users.update"], ["token-of-alice-0"])


def test_a_call_may_be_made_in_another_session_or_in_none() -> None:
    script = Script([DENIED, DENIED])
    trial = attempt(script)
    trial.by_session(SESSIONS[0])
    trial.by_session(None)

    assert sessions(script) == ["token-1", None]


def test_the_same_call_elsewhere_is_the_same_call() -> None:
    script = Script([MAILED, challenge()])
    trial = attempt(script)
    trial.bare()
    trial.elsewhere(SESSIONS[0]).bare()

    assert script.requests[0].body == script.requests[1].body
    assert sessions(script) == ["token-of-alice-0", "token-1"]


def test_replies_of_a_challenge_are_compared_from_the_second_on() -> None:
    script = Script([MAILED, challenge(codeCount=1), challenge(codeCount=1)])
    forms = attempt(script).says.forms(3)

    assert forms[0] == forms[1]
    assert forms[0]["details.codeCount"] == "int"
    assert isinstance(attempt(Script([MAILED])).bare(), Challenged)


def test_another_session_that_is_challenged_from_the_start_is_judged() -> None:
    attempt(Script([MAILED])).need_closed(SESSIONS[1])


def test_a_login_that_was_proved_may_open_its_session() -> None:
    """That is a success, too, and reaches no further than its session."""
    asked = attempt(Script([granted()]))
    asked.user.login = Challenged(401, {})
    with pytest.raises(NotApplicable, match="a login that was proved"):
        asked.need_closed(SESSIONS[1])


def test_a_session_that_nothing_has_opened_is_another_requirement_s() -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([granted()])).need_closed(SESSIONS[1])
    assert ended.value.blocked_by == "challenge.required"


def test_an_alias_of_the_header_carries_the_code_and_the_header_none() -> None:
    script = Script([challenge(), challenge()])
    attempt(script).under_alias(Answer("111-111", "email"))
    control, headers = (dict(request.headers) for request in script.requests)

    assert (headers["x_2fa_code"], headers["x-2fa-method"]) == ("111-111", "email")
    assert "x-2fa-code" not in headers
    assert control == {name: value for name, value in headers.items() if name != "x_2fa_code"}


def test_where_a_method_alone_is_enough_an_alias_shows_nothing() -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([granted()])).under_alias(Answer("111-111", "email"))
    assert ended.value.blocked_by == "challenge.unconditional"


def test_a_challenge_by_another_method_than_the_own_is_another_requirement_s() -> None:
    assert isinstance(attempt(Script([MAILED])).challenge_by_own_method(), Challenged)
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([challenge(method="password")])).challenge_by_own_method()
    assert ended.value.blocked_by == "challenge.method"


def test_a_call_under_another_host_says_so() -> None:
    script = Script([MAILED])

    assert attempt(script).challenge_by_way_of("made-up.example").displayed == "111-111"
    assert dict(script.requests[0].headers)["X-Forwarded-Host"] == "made-up.example"


@pytest.mark.parametrize("reply", [DENIED, granted()])
def test_a_call_that_is_not_served_under_another_host_leaves_nothing_to_judge(reply: Answered) -> None:
    with pytest.raises(NotApplicable, match="under another host"):
        attempt(Script([reply])).challenge_by_way_of("made-up.example")


def dated(seconds: int, *mails: str) -> Answered:
    return challenge(*mails, codeExpires=f"2026-01-01T00:00:{seconds:02}Z")


def test_the_expiry_of_a_code_is_that_of_the_challenges_after_its_mail() -> None:
    script = Script([challenge("111-111"), dated(10), dated(10), dated(13)])
    first, then = attempt(script).says.last_expiry_twice(3)

    assert then - first == 3
    assert script.waits == [3]


@pytest.mark.parametrize("later", [dated(13, "222-222"), challenge("222-222", codeGenerated=False), challenge()])
def test_an_expiry_is_compared_with_that_of_the_same_code_alone(later: Answered) -> None:
    with pytest.raises(NotApplicable, match=r"a code of its own|no codeExpires"):
        attempt(Script([challenge("111-111"), dated(10), later, dated(13)])).says.last_expiry_twice(3)


def test_an_expiry_that_is_no_date_is_another_requirement_s() -> None:
    with pytest.raises(Inconclusive, match="no date"):
        attempt(Script([challenge("111-111"), challenge(codeExpires="soon")])).says.last_expiry_twice(3)


VERBS = [Attempt.challenge, Attempt.reply_where_known]


@pytest.mark.parametrize("ask", VERBS)
def test_a_session_may_be_open_whose_login_was_proved(ask: Callable[[Attempt], object]) -> None:
    alice = user(Script([granted()]), replace(KNOWING, login_trusted=True))
    alice.proved = {"token-of-alice-0"}

    with pytest.raises(NotApplicable, match="a login that was proved"):
        ask(alice.attempt(UPDATE))


@pytest.mark.parametrize("ask", VERBS)
def test_where_nobody_knows_what_a_proved_login_does_an_open_session_shows_nothing(
    ask: Callable[[Attempt], object],
) -> None:
    alice = user(Script([granted()]), replace(KNOWING, login_trusted=None))
    alice.proved = {"token-of-alice-0"}

    with pytest.raises(Inconclusive, match="was not found out"):
        ask(alice.attempt(UPDATE))


@pytest.mark.parametrize(("trusted", "proved"), [(True, "another"), (False, "token-of-alice-0")])
def test_no_other_session_is_open(trusted: bool, proved: str) -> None:
    alice = user(Script([granted(), granted()]), replace(KNOWING, login_trusted=trusted))
    alice.proved = {proved}

    with pytest.raises(Inconclusive):
        alice.attempt(UPDATE).challenge()
    assert isinstance(alice.attempt(UPDATE).reply_where_known(), Granted)
