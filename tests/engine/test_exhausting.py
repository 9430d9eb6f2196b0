"""Attempts with wrong answers by the dozen: how many, from where, until when; and whose requirement it is that none stops them."""

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import Granted, Session, Throttled
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, SILENCE, Answered, Script, answer, challenge, granted, invalid, throttled, user

MAILED = challenge("111-111")
DENIED = answer(403, {"success": False, "error": "unauthorized"})
FORM = answer(400, {"success": False, "error": "invalid-params"})
SESSIONS = [Session("token-1", "u1"), Session("token-2", "u1")]


def attempt(script: Script) -> Attempt:
    return user(script, KNOWING).attempt(UPDATE)


def sessions(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_guessing_stops_at_the_first_limit_and_does_not_wait_for_it() -> None:
    script = Script([MAILED, invalid(), invalid(), throttled("60")])

    assert attempt(script).exhaust(100)
    assert len(script.requests) == 4
    assert script.waits == []


def test_guessing_that_is_never_limited_ends_all_the_same() -> None:
    script = Script([MAILED, *[invalid()] * 5])

    assert not attempt(script).exhaust(5)
    assert script.answers == []


def test_a_limit_is_also_where_no_right_code_is_taken_any_more() -> None:
    refused = [MAILED, *[invalid()] * 3, challenge(), granted("222-222"), DENIED]
    taken = [MAILED, *[invalid()] * 3, challenge(), granted("222-222"), granted()]
    attempt(Script(refused)).need_a_limit(3, seen=False)

    with pytest.raises(Inconclusive) as ended:
        attempt(Script(taken)).need_a_limit(3, seen=False)
    assert ended.value.blocked_by == "guessing.limit"


def test_guessing_goes_through_sessions_by_turns() -> None:
    script = Script([MAILED, *[invalid()] * 5])
    attempt(script).exhaust(5, SESSIONS)

    assert sessions(script)[1:] == ["token-1", "token-2", "token-1", "token-2", "token-1"]


def test_guessing_after_a_resend_is_at_the_new_code() -> None:
    script = Script([granted("222-222"), challenge(), throttled("60")])

    assert attempt(script).exhaust_after_resend(30)
    assert script.paths == ["users.2fa.sendEmailCode", "users.update", "users.update"]


def test_guessing_that_is_not_answered_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="was not answered"):
        attempt(Script([MAILED, SILENCE])).exhaust(5)


def test_the_right_code_of_somebody_who_has_to_wait_is_answered_at_once() -> None:
    script = Script([MAILED, granted("222-222"), throttled("300")])

    assert isinstance(attempt(script).try_right(), Throttled)
    assert script.codes == [None, None, "222-222"]
    assert script.waits == []


def test_the_right_code_is_given_while_wrong_ones_are_told_to_wait() -> None:
    told = [MAILED, invalid(), throttled("300"), granted("222-222"), *[throttled("300")] * 3, granted()]
    script = Script(told)

    assert isinstance(attempt(script).right_while_told_to_wait(9), Granted)
    assert script.codes[-1] == "222-222"
    assert script.waits == []
    assert "222-222" not in script.codes[:-1]


@pytest.mark.parametrize("then", [invalid(), throttled("1"), answer(429, {"success": False})])
def test_a_limit_that_is_over_or_nearly_so_is_not_tried_with_the_right_code(then: Answered) -> None:
    """A limiter of calls lets the next one in a moment later, whatever code it has."""
    script = Script([MAILED, throttled("300"), granted("222-222"), then, granted()])

    with pytest.raises(NotApplicable, match="the limit is over"):
        attempt(script).right_while_told_to_wait(9)
    assert "222-222" not in script.codes


def test_where_nobody_is_told_to_wait_that_is_no_limit_or_a_silent_one() -> None:
    untold = [MAILED, *[invalid()] * 3, challenge(), granted("222-222")]
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([*untold, granted()])).right_while_told_to_wait(3)
    assert ended.value.blocked_by == "guessing.limit"
    with pytest.raises(NotApplicable, match="tells nobody"):
        attempt(Script([*untold, DENIED])).right_while_told_to_wait(3)


def test_every_guess_by_way_of_proxies_claims_another_address() -> None:
    script = Script([MAILED, *[invalid()] * 3])

    assert not attempt(script).exhaust_by_way_of_proxies(3)
    claimed = [dict(request.headers) for request in script.requests[1:]]
    assert len({headers["X-Forwarded-For"] for headers in claimed}) == 3
    assert all(headers["X-Real-IP"] == headers["X-Forwarded-For"] for headers in claimed)


def test_guesses_that_are_not_looked_at_are_none() -> None:
    """A session may be bound to its address."""
    with pytest.raises(NotApplicable, match="no code is looked at"):
        attempt(Script([MAILED, DENIED])).exhaust_by_way_of_proxies(3)


def test_guesses_at_once_are_limited_if_one_of_them_is_told_to_wait() -> None:
    few, all_of_them = Script([MAILED, *[invalid()] * 9, throttled("60")]), Script([MAILED, *[invalid()] * 12])

    assert attempt(few).exhaust_at_once(12)
    assert not attempt(all_of_them).exhaust_at_once(12)
    assert len({code for code in all_of_them.codes if code}) == 12
