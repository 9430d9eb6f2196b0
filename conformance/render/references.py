"""To an exchange of a test that found something: one of the same kind from a test that passed, to look at beside it."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from conformance.events import Event, Exchanged, Judged
from conformance.model import Request


@dataclass(frozen=True, slots=True)
class Reference:
    """An exchange of a test that passed."""

    seq: int
    test: Judged


def references(events: Iterable[Event]) -> Callable[[int], Reference | None]:
    """From a log to a function that finds the reference to an exchange, by its number.

    It is the nearest in time of those with the same route, the same header names and the same members of the body; where
    there is none, the nearest with the same route.
    """
    log = list(events)
    passed = {
        seq: event for event in log if isinstance(event, Judged) and event.verdict == "pass" for seq in event.exchanges
    }
    requests = {event.seq: event.exchange.request for event in log if isinstance(event, Exchanged)}
    alike: dict[object, list[int]] = defaultdict(list)
    for seq in sorted(passed.keys() & requests.keys()):
        alike[_route(requests[seq])].append(seq)
        alike[_kind(requests[seq])].append(seq)

    def reference(seq: int) -> Reference | None:
        if (request := requests.get(seq)) is None:
            return None
        found = alike.get(_kind(request)) or alike.get(_route(request)) or ()
        nearest = min(_neighbours(found, seq), key=lambda other: abs(other - seq), default=None)
        return None if nearest is None else Reference(nearest, passed[nearest])

    return reference


def _route(request: Request) -> tuple[str, str]:
    return request.verb, request.path.partition("?")[0]


def _kind(request: Request) -> tuple[object, ...]:
    return _route(request), frozenset(name.lower() for name, _ in request.headers), _members(request.body)


def _members(body: bytes) -> frozenset[str] | None:
    """The names of a JSON object's members; None for every other body."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return frozenset(value) if isinstance(value, dict) else None


def _neighbours(numbers: list[int] | tuple[int, ...], seq: int) -> Iterable[int]:
    place = bisect_left(numbers, seq)
    return (number for number in numbers[max(place - 1, 0) : place + 2] if number != seq)
