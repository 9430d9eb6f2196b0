"""The guard against lock-outs: no account is sent more wrong codes than its owner allows, whoever sends them."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from conformance.accounts import Admin
from conformance.binding import UPDATE
from conformance.given import Given
from conformance.model import Account, Granted, Refused
from conformance.outcomes import Inconclusive, Untested
from conformance.pool import Pool
from conformance.recorder import Recorder
from conformance.secrecy import Secrets
from conformance.users import User

from .script import ADMIN, KNOWING, LOGIN, Answered, Script, challenge, granted, invalid, throttled, user

LIMIT = "^limit: wrong_codes_per_account is 3"
GRANTED = Granted(200, {})
WRONG = Refused(400, {}, invalid=True)


def test_a_test_sends_no_code_beyond_the_limit() -> None:
    guard = user(Script([])).guard
    guard.count(WRONG, WRONG)
    guard.spare(1)

    with pytest.raises(Untested, match=LIMIT):
        guard.spare(2)


def test_a_success_does_not_give_a_test_more_wrong_codes() -> None:
    guard = user(Script([])).guard
    guard.count(WRONG, WRONG, WRONG, GRANTED)

    assert guard.in_a_row == 0
    assert not guard.allows_codes


def test_what_is_refused_for_another_reason_was_no_wrong_code() -> None:
    guard = user(Script([])).guard
    guard.count(Refused(403, {}))

    assert guard.in_a_row == 0


def test_wrong_codes_of_an_earlier_test_count_until_a_success() -> None:
    found = Account("alice", "alice", "pw", "", given=True, refused=2)
    alice = User(found, user(Script([])).recorder, KNOWING, user(Script([])).provider)
    with pytest.raises(Untested, match=LIMIT):
        alice.spare(2)
    alice.guard.count(GRANTED)

    alice.spare(3)


def test_a_refused_code_of_a_login_counts() -> None:
    alice = user(Script([challenge("123-456"), invalid()]))
    with pytest.raises(Inconclusive, match="cannot log in"):
        alice.log_in()

    assert alice.guard.in_a_row == 1


def test_a_right_code_ends_a_row_of_wrong_ones() -> None:
    """Else an account that was sent as many as are allowed could never be used again."""
    alice = user(Script([challenge("123-456"), LOGIN]))
    alice.guard.count(WRONG, WRONG, WRONG)
    alice.log_in()

    assert alice.guard.in_a_row == 0


def test_a_right_code_that_is_refused_is_not_followed_by_another() -> None:
    alice = user(Script([challenge("123-456"), invalid(), challenge("654-321")]))
    alice.guard.count(WRONG, WRONG, WRONG)
    with pytest.raises(Inconclusive, match="cannot log in"):
        alice.log_in()

    with pytest.raises(Untested, match=LIMIT):
        alice.log_in()


def test_a_code_that_a_limiter_has_put_off_is_counted_once() -> None:
    alice = user(Script([challenge("123-456"), throttled("1"), throttled("1"), invalid()]))
    alice.attempt(UPDATE).first_wrong()

    assert alice.guard.in_a_row == 1


def test_of_equal_codes_at_once_all_but_one_may_be_wrong() -> None:
    script = Script([challenge("123-456"), *[invalid()] * 4])
    attempt = user(script).attempt(UPDATE)
    answer = attempt.by.right(attempt.challenge())
    attempt.answer_at_once(answer, [None] * 4)

    with pytest.raises(Untested, match=LIMIT):
        attempt.answer_at_once(answer, [None] * 2)
    assert len(script.requests) == 5


def test_a_given_account_takes_its_wrong_codes_to_its_next_test() -> None:
    account = Account("alice", "alice", "pw", "qa@example.org", "u1", given=True)
    given = Given([account], Secrets())
    given._leases = Pool([account], threading.Event())
    script = Script([])
    recorder = user(script).recorder
    (leased,) = given.lease(recorder, ["alice"])
    alice = User(leased, recorder, KNOWING, given)
    alice.guard.count(WRONG, WRONG)
    given.give_back(alice)
    (again,) = given.lease(recorder, ["alice"])

    assert again == replace(leased, refused=2)


ASKED = challenge(method="password")


def admin(*answers: Answered) -> tuple[Admin, Recorder]:
    return Admin(ADMIN, "qa+{tag}@example.org", "run"), user(Script([*answers])).recorder


def test_the_admin_s_second_factor_is_not_tried_without_an_end() -> None:
    """Every test has an account made: one wrong password would lock the admin out of a staging system."""
    acting, recorder = admin(*[ASKED, invalid()] * 3, ASKED)
    for _ in range(3):
        acting.call(recorder, "GET me")

    with pytest.raises(Untested, match=LIMIT):
        acting.call(recorder, "GET me")


def test_an_answer_of_the_admin_s_that_is_taken_begins_the_count_anew() -> None:
    acting, recorder = admin(*[ASKED, invalid(), ASKED, invalid(), ASKED, granted()] * 2)
    replies = [acting.call(recorder, "GET me") for _ in range(6)]

    assert isinstance(replies[-1], Granted)
