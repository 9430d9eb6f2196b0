"""Connections to one server, shared by all threads of a run: the one that was used last is used next.

httpcore's own pool looks at every idle connection for each request, under one lock: with many threads on a busy machine
seconds pass between that look and the sending, and the server may have closed the connection by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore


class Connections:
    """They are made by ``connect``, and not used again after ``keep_alive`` seconds of rest."""

    def __init__(
        self, origin: httpcore.Origin, connect: Callable[[], httpcore.NetworkStream], keep_alive: float
    ) -> None:
        self._origin = origin
        self._connect = connect
        self._keep_alive = keep_alive
        self._idle: deque[httpcore.HTTP11Connection] = deque()

    @contextmanager
    def one(self) -> Iterator[httpcore.HTTP11Connection]:
        """A connection for one exchange; kept for the next one if both sides are content with it."""
        connection = self._kept() or httpcore.HTTP11Connection(self._origin, self._connect(), self._keep_alive)
        try:
            yield connection
        finally:
            if connection.is_idle():
                self._idle.append(connection)
                self._clear_one()
            else:
                connection.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> httpcore.HTTP11Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not connection.has_expired():
                return connection
            connection.close()

    def _clear_one(self) -> None:
        """Close the one that has rested longest, if that was too long: what a burst has opened does not stay."""
        try:
            oldest = self._idle.popleft()
        except IndexError:
            return
        if oldest.has_expired():
            oldest.close()
        else:
            self._idle.appendleft(oldest)
