"""The mails that a target's owner allows, shared out among tests that run at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.allowance import Allowance, share
from conformance.bill import Part
from conformance.costs import Cost
from conformance.outcomes import Untested

from .test_bill import requirement


def shared(allowed: int, spent: int, **mails: int) -> Allowance:
    costs = {Part(test, requirement(), ("alice",)): Cost(mails=number) for test, number in mails.items()}
    return share(costs, allowed, spent)


def test_who_does_not_fit_is_untested_for_the_limit() -> None:
    allowance = shared(10, 4, a=3, b=3, c=1)
    allowance.begin("a")
    allowance.begin("b")

    with pytest.raises(Untested, match=r"^limit: mails is 10$"):
        allowance.begin("c")


def test_a_test_that_was_not_shared_out_to_is_nobody_s_business() -> None:
    """It is inapplicable, or the run has no limit."""
    shared(0, 0).begin("other")
    Allowance().begin("other")


def test_a_target_that_sends_more_than_others_leaves_less_for_those_who_begin_later() -> None:
    allowance = shared(10, 0, a=3, b=3, c=3)
    allowance.begin("a")
    allowance.end("a", 6)

    with pytest.raises(Untested, match="limit: mails is 10"):
        allowance.begin("b")
    allowance.begin("c")  # what b leaves is enough for it


def test_what_a_test_leaves_makes_good_for_what_another_took() -> None:
    allowance = shared(9, 0, a=3, b=3, c=3)
    allowance.end("a", 1)
    allowance.end("b", 5)

    allowance.begin("c")


def test_the_limit_holds_for_tests_at_once() -> None:
    """Each provokes twice as many mails as it was expected to."""
    tests = [f"test_{number}" for number in range(200)]
    allowance, provoked = shared(200, 0, **dict.fromkeys(tests, 1)), []

    def perform(test: str) -> None:
        try:
            allowance.begin(test)
        except Untested:
            return
        provoked.append(2)
        allowance.end(test, 2)

    with ThreadPoolExecutor(32) as together:
        list(together.map(perform, tests))

    assert 100 <= sum(provoked) <= 200 + 32
