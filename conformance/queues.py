"""Calls that a rate limiter has put off: for how long, and one behind the other. Who always comes second would wait for ever."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conformance.outcomes import Inconclusive, Untested

_LOOK: Final = 0.5
"""Seconds between two looks at whether the run was interrupted."""


_LONGEST: Final = 900.0
"""Seconds that one call may be put off by a rate limiter, all in all."""
_SHORTEST: Final = 0.1
_SOME: Final = 5.0
"""Seconds where a limiter does not say how long, or again and again says less than it means."""


class Unrelenting(Inconclusive):
    """A rate limiter has let nobody through for as long as a run waits. What one of a queue has waited for in vain the others
    need not wait for, too."""


class Patience:
    """How long one call is put off. Who is told to come back at once, again and again, asks less and less often."""

    def __init__(self, route: str) -> None:
        self._route = route
        self._waited = 0.0
        self._least = _SHORTEST

    def pause(self, told: float | None) -> float:
        """Seconds before the call is made again, by what a rate limiter has told. Inconclusive if that would be too long."""
        pause = min(max(_SOME if told is None else told, self._least), _LONGEST) + _SHORTEST
        if self._waited + pause > _LONGEST:
            ended = Unrelenting if self._waited > _LONGEST / 2 else Inconclusive
            raise ended(f"{self._route} is throttled for more than {_LONGEST:g} s")
        self._waited, self._least = self._waited + pause, min(2 * self._least, _SOME)
        return pause


class Queues:
    """One for each route: limiters count the calls of each by itself."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._moved = threading.Condition()
        self._waiting: dict[str, deque[object]] = defaultdict(deque)
        self._given_up: dict[str, Unrelenting] = {}

    def length(self, route: str) -> int:
        """How many wait, and the one whose turn it is."""
        return len(self._queue(route))

    def _queue(self, route: str) -> deque[object]:
        return self._waiting[_without_query(route)]

    @contextmanager
    def turn(self, route: str) -> Iterator[None]:
        """Wait for all who came before, and let those who come later wait. ``route`` may have a query."""
        waiting, me = self._queue(route), object()
        with self._moved:
            waiting.append(me)
        try:
            with self._moved:
                while waiting[0] is not me:
                    if self._stopping.is_set():
                        raise Untested("the run was interrupted")
                    self._moved.wait(_LOOK)
                if given_up := self._given_up.get(_without_query(route)):
                    raise Inconclusive(given_up.reason)
            yield
        except Unrelenting as given_up:
            self._given_up[_without_query(route)] = given_up
            raise
        finally:
            with self._moved:
                waiting.remove(me)
                self._moved.notify_all()


def _without_query(route: str) -> str:
    return route.partition("?")[0]
