"""How a test may end other than by returning or by an assertion: always with the reason, and what to do about it.

They derive from pytest's own skip, so that every plugin, hypothesis among them, stops at once when one is raised.
"""

from __future__ import annotations

from _pytest.outcomes import Skipped

from conformance.verdicts import Outcome


class Ended(Skipped):
    """A test that ended without a verdict on the server."""

    outcome: Outcome

    def __init__(self, reason: str, *, blocked_by: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.blocked_by = blocked_by


class Inconclusive(Ended):
    """The world got in the way: no route, no mail, a precondition that another requirement is about (``blocked_by``)."""

    outcome = Outcome.INCONCLUSIVE


class NotApplicable(Ended):
    """The target does not have what the requirement is about."""

    outcome = Outcome.INAPPLICABLE


class Untested(Ended):
    """The test may not run here: a limit of the target file, or the run was interrupted."""

    outcome = Outcome.UNTESTED


def outcome_of(raised: BaseException | None) -> Outcome:
    """How a call phase ended. Of a group, the worst: a violation is one even when others came with it."""
    if raised is None:
        return Outcome.RETURNED
    if isinstance(raised, BaseExceptionGroup):
        found = {outcome_of(part) for part in raised.exceptions}
        return next(outcome for outcome in _WORST_FIRST if outcome in found)
    if isinstance(raised, Ended):
        return raised.outcome
    return Outcome.VIOLATED if isinstance(raised, AssertionError) else Outcome.BROKEN


_WORST_FIRST = (
    Outcome.VIOLATED,
    Outcome.BROKEN,
    Outcome.INCONCLUSIVE,
    Outcome.UNTESTED,
    Outcome.INAPPLICABLE,
    Outcome.RETURNED,
)
