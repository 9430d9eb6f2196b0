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
    few, all_of_them = (
        Script([MAILED, *[invalid()] * 9, throttled("60"), *[invalid()] * 2]),
        Script([MAILED, *[invalid()] * 12]),
    )

    assert attempt(few).exhaust_at_once(12)
    assert not attempt(all_of_them).exhaust_at_once(12)
    assert len({code for code in all_of_them.codes if code}) == 12


def test_guesses_in_vain_are_about_nobody() -> None:
    script = Script([challenge(), MAILED, *[invalid()] * 3])

    assert not attempt(script).exhaust_in_vain(3)
    assert {body["userId"] for body in script.bodies}.isdisjoint({"u1"})


@pytest.mark.parametrize("reply", [DENIED, granted()])
def test_a_call_in_vain_that_is_not_challenged_is_no_place_to_guess(reply: Answered) -> None:
    with pytest.raises(NotApplicable, match="is not challenged|may not call"):
        attempt(Script([reply])).exhaust_in_vain(3)


@pytest.mark.parametrize(("kind", "blanks"), [("alike", {5}), ("by turns", {1, 2, 5})])
def test_guesses_are_spelled_by_turns(kind: str, blanks: set[int]) -> None:
    script = Script([MAILED, *[invalid()] * 6])

    assert not attempt(script).exhaust_spelled(kind, 6)
    assert {code.count(" ") for code in script.codes if code} == blanks


def test_a_spelling_in_which_the_right_code_is_not_taken_is_no_way_to_guess() -> None:
    first, second = [challenge(), granted("222-222"), granted()], [challenge(), granted("333-333"), invalid()]
    script = Script([*first, *second])

    assert not attempt(script).takes_spelled("by turns", [*SESSIONS, Session("token-3", "u1")])
    assert [code for code in script.codes if code] == ["22 2222", "3 33 333"]
    assert sessions(script)[::3] == ["token-1", "token-2"]


LIMITED = [MAILED, throttled("300"), granted("222-222")]


def test_right_and_wrong_codes_of_a_limited_user_are_told_apart_by_what_is_said() -> None:
    alike, apart = [throttled("300")] * 6, [throttled("300"), invalid()] * 3

    right, wrong = attempt(Script([*LIMITED, *alike])).outlines_when_limited(9)
    assert right == wrong
    right, wrong = attempt(Script([*LIMITED, *apart])).outlines_when_limited(9)
    assert right != wrong


def test_replies_that_vary_tell_nothing() -> None:
    """A limiter of calls tells some to wait and others not, whatever their codes."""
    with pytest.raises(NotApplicable, match="vary"):
        attempt(Script([*LIMITED, throttled("1"), invalid(), *[throttled("1")] * 4])).outlines_when_limited(9)


def test_a_right_code_that_gets_in_shows_that_nothing_is_limited_or_no_longer() -> None:
    with pytest.raises(NotApplicable, match="is over"):
        attempt(Script([*LIMITED, granted()])).outlines_when_limited(9)
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([MAILED, invalid(), granted("222-222"), granted()])).outlines_when_limited(1)
    assert ended.value.blocked_by == "guessing.limit"


CHALLENGED = challenge()
TOO_MANY = [MAILED, *[invalid()] * 8, throttled("300"), CHALLENGED, throttled("300"), CHALLENGED]


def test_guesses_are_counted_up_to_a_limit_that_does_not_hold_for_calls_without_a_code() -> None:
    assert attempt(Script(list(TOO_MANY))).guesses_before_limit(20) == 8


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([MAILED, *[invalid()] * 20], "tells nobody"),
        ([*TOO_MANY[:10], throttled("300"), throttled("300"), throttled("300")], "it is calls"),
        ([*TOO_MANY[:11], invalid(), CHALLENGED], "it is calls"),
        ([MAILED, *[invalid()] * 6, *TOO_MANY[9:]], "no room"),
    ],
)
def test_a_limit_that_no_success_could_lift_is_none_to_count_up_to(answers: list[Answered], why: str) -> None:
    with pytest.raises(NotApplicable, match=why):
        attempt(Script(answers)).guesses_before_limit(20)


def test_guesses_after_a_success_are_few() -> None:
    success = [MAILED, *[invalid()] * 6, CHALLENGED, granted("222-222"), granted()]
    kept, cleared = [challenge("333-333"), invalid(), throttled("300")], [challenge("333-333"), *[invalid()] * 4]

    assert attempt(Script([*success, *kept])).limited_after_success(8, SESSIONS[0])
    assert not attempt(Script([*success, *cleared])).limited_after_success(8, SESSIONS[0])


@pytest.mark.parametrize("answers", [[throttled("9")], [*[invalid()] * 6, CHALLENGED, granted("222-222"), DENIED]])
def test_where_there_is_no_success_nothing_could_be_cleared(answers: list[Answered]) -> None:
    with pytest.raises(NotApplicable):
        attempt(Script([MAILED, *answers])).limited_after_success(8, SESSIONS[0])
