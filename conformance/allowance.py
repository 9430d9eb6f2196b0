"""The mails that a target's owner allows: what a test will provoke is set aside before it begins.

Which tests fit is decided before the first one (bill.py), so that it does not depend on who comes first. A target that sends
more than others does uses up what is left over; then tests that have not begun yet are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping

from conformance import resources
from conformance.bill import PREFLIGHT, Estimate, Part, beyond
from conformance.costs import Cost, dearest, load
from conformance.model import Edition, Profile
from conformance.outcomes import Untested
from conformance.target import Target


class Allowance:
    """For the threads of one run. ``planned``: the mails of each test; ``left``: those that no test is expected to take."""

    def __init__(
        self,
        allowed: int = 0,
        planned: Mapping[str, float] | None = None,
        refused: Collection[str] = (),
        left: float = 0,
    ) -> None:
        self._allowed = allowed
        self._planned = dict(planned or {})
        self._refused = frozenset(refused)
        self._left = left
        self._counting = threading.Lock()

    def begin(self, test: str) -> None:
        """Untested where there are no mails left for a test that provokes some."""
        with self._counting:
            if test in self._refused or (self._planned.get(test) and self._left < 0):
                self._left += self._planned.pop(test, 0)
                raise Untested(f"limit: mails is {self._allowed}")

    def end(self, test: str, mails: int) -> None:
        """What a test has really provoked."""
        with self._counting:
            self._left += self._planned.pop(test, mails) - mails


def allot(
    target: Target,
    profiles: Collection[Profile],
    edition: Edition,
    capabilities: Collection[str],
    parts: Iterable[Part],
    *,
    spent: float,
) -> Allowance:
    """Share out what the preflight has left of a target's mails, to those of some tests that will run and that fit."""
    costs, estimate = load(resources.costs_text())[edition], Estimate(target, profiles, at_once=1)
    there = {*capabilities, *(["email"] if target.mailbox else [])}
    run = [part for part in parts if {*part.needs} <= there and estimate.expects(part, edition)]
    return share({part: estimate.cost_of(part, costs) for part in run}, target.limits.mails, spent)


def share(costs: Mapping[Part, Cost], allowed: int, spent: float) -> Allowance:
    """Share out mails to tests whose costs are known, as far as they go."""
    refused = beyond(costs, {part.test: cost for part, cost in costs.items()}, allowed - spent)
    planned = {part.test: cost.mails for part, cost in costs.items() if part.test not in refused}
    return Allowance(allowed, planned, refused, allowed - spent - sum(planned.values()))


def affordable(target: Target) -> Target:
    """A target whose owner allows fewer mails than the preflight alone takes is treated as one without a mailbox."""
    preflight = dearest(costs.of(PREFLIGHT) for costs in load(resources.costs_text()).values())
    return target.model_copy(update={"mailbox": None}) if target.limits.mails < preflight.mails else target
