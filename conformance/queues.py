"""Calls that a rate limiter has put off, one behind the other: who always comes second would wait for ever."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conformance.outcomes import Untested

_LOOK: Final = 0.5
"""Seconds between two looks at whether the run was interrupted."""


class Queues:
    """One for each route: limiters count the calls of each by itself."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._moved = threading.Condition()
        self._waiting: dict[str, deque[object]] = defaultdict(deque)

    def length(self, route: str) -> int:
        """How many wait, and the one whose turn it is."""
        return len(self._queue(route))

    def _queue(self, route: str) -> deque[object]:
        return self._waiting[route.partition("?")[0]]

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
            yield
        finally:
            with self._moved:
                waiting.remove(me)
                self._moved.notify_all()
