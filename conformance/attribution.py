"""Whose a failure is: one fault of a target is one red row, however many tests it shows in."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.departure import Departure
from conformance.events import Event, Judged
from conformance.outcomes import Inconclusive


def attributed(
    raised: BaseException | None, departure: Departure | None, found: Iterable[Event]
) -> BaseException | None:
    """What a test has raised, in the light of what other tests have found so far. A walk that leaves the protocol is a
    finding of its own only where none of them failed: whatever they found, the walk may have stumbled over it."""
    if not departure or not isinstance(raised, AssertionError):
        return raised
    others = [event for event in found if isinstance(event, Judged) and not event.requirement.startswith("walks.")]
    failed = [event.requirement for event in others if event.verdict == "fail"]
    advised = [event.requirement for event in others if event.verdict in {"warn", "note"}]
    if departure.requirement in failed + advised:
        cause = departure.requirement
    elif failed:
        cause = failed[0]
    else:
        return raised
    return Inconclusive(f"a walk left the protocol, and {cause} may be why: {departure}", blocked_by=cause)
