"""The mails that a target's owner allows: what a test will provoke is set aside before it begins.

Which tests fit is decided before the first one (bill.py), so that it does not depend on who comes first. A target that sends
more than others does uses up what is left over; then tests that have not begun yet are left out.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping

from conformance.bill import Part, beyond
from conformance.costs import Cost
from conformance.outcomes import Untested


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


def allot(parts: Iterable[Part], each: Mapping[str, Cost], allowed: int, spent: float) -> Allowance:
    """Share out what the preflight has left of the mails, to the tests that fit. ``each``: what each of them costs."""
    tests = list(parts)
    refused = beyond(tests, each, allowed - spent)
    planned = {part.test: each[part.test].mails for part in tests if part.test not in refused}
    return Allowance(allowed, planned, refused, allowed - spent - sum(planned.values()))
