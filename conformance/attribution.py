"""Whose a failure is: one fault of a target is one red row, however many tests it shows in."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.departure import Departure
from conformance.events import Event, Judged
from conformance.model import Level, Requirement
from conformance.outcomes import Inconclusive, outcome_of
from conformance.verdicts import Outcome

_ADVISED = frozenset({"warn", "note"})


def attributed(
    raised: BaseException | None,
    message: str,
    requirement: Requirement,
    departure: Departure | None,
    found: Iterable[Event],
) -> BaseException | None:
    """What a test has raised, in the light of what other tests have found so far: a failure that the failure of another
    requirement explains is inconclusive, and blocked by that one. ``message``: what was raised, in words."""
    if outcome_of(raised) is not Outcome.VIOLATED:
        return raised
    others = [event for event in found if isinstance(event, Judged)]
    if departure:
        cause = _stumbled_over(departure, [event for event in others if not event.requirement.startswith("walks.")])
        told = f"a walk left the protocol, and {cause} may be why: {departure}"
    else:
        cause = _explained(requirement, others)
        told = f"{cause} does not hold, and may be why: {message}"
    return Inconclusive(told, blocked_by=cause) if cause else raised


def _stumbled_over(departure: Departure, others: list[Judged]) -> str | None:
    """A walk that leaves the protocol is a finding of its own only where no other test failed: whatever they found, the walk
    may have stumbled over it."""
    failed = [event.requirement for event in others if event.verdict == "fail"]
    advised = [event.requirement for event in others if event.verdict in _ADVISED]
    return departure.requirement if departure.requirement in failed + advised else next(iter(failed), None)


def _explained(requirement: Requirement, others: list[Judged]) -> str | None:
    """A broken SHOULD explains no broken MUST, which would then be found by nobody."""
    grave = {"fail"} if requirement.level is Level.MUST else {"fail"} | _ADVISED
    broken = {event.requirement for event in others if event.verdict in grave}
    return next((cause for cause in requirement.explained_by if cause in broken), None)
