"""Connections to one server, shared by all threads of a run: the one that was used last is used next.

httpcore's own pool looks at every idle connection for each request, under one lock: with many threads on a busy machine
seconds pass between that look and the sending, and the server may have closed the connection by then.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import httpcore

_SHARE: Final = 0.5
"""Of the time after which a server closes a connection: the rest is for the request to get there."""

_AT_ONCE: Final = 0.5
"""Seconds of rest. A server that has twice closed a connection so early keeps none, whatever it says."""


class Connections:
    """They are made by ``connect``, and not used again after ``keep_alive`` seconds of rest; sooner where the server says
    that it closes them earlier, or does so unsaid."""

    def __init__(
        self, origin: httpcore.Origin, connect: Callable[[], httpcore.NetworkStream], keep_alive: float
    ) -> None:
        self._origin = origin
        self._connect = connect
        self._keep_alive = keep_alive
        self._closed_at_once = 0
        self._idle: deque[tuple[httpcore.HTTP11Connection, float]] = deque()

    @contextmanager
    def one(self) -> Iterator[httpcore.HTTP11Connection]:
        """A connection for one exchange; kept for the next one if both sides are content with it."""
        connection, rested = self._kept() or (self._new(), None)
        allowed, began = self._keep_alive, time.monotonic()
        try:
            yield connection
        except (httpcore.NetworkError, httpcore.RemoteProtocolError):
            self._closed_after(rested)
            raise
        finally:
            if connection.is_idle() and allowed <= self._keep_alive:
                self._idle.append((connection, began))  # when its reply came a busy machine may tell seconds later
                self._clear_one()
            else:
                connection.close()

    def heed(self, seconds: float) -> None:
        """The server closes a connection that has rested for so long. Those that would be used longer are given up."""
        if self._keep_alive > _SHARE * seconds:
            self._keep_alive = _SHARE * seconds
            self.close()

    def close(self) -> None:
        while self._idle:
            with suppress(IndexError):  # another thread has taken it
                self._idle.pop()[0].close()

    def _new(self) -> httpcore.HTTP11Connection:
        return httpcore.HTTP11Connection(self._origin, self._connect(), self._keep_alive)

    def _kept(self) -> tuple[httpcore.HTTP11Connection, float] | None:
        """The connection that was used last, and for how many seconds it can have rested at most."""
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                return None
            rested = time.monotonic() - since
            if rested < self._keep_alive and not connection.has_expired():
                return connection, rested
            connection.close()
            self._closed_after(rested if rested < self._keep_alive else None)

    def _closed_after(self, rested: float | None) -> None:
        """The server has closed a connection that was to be used again: it closes others, too, before that."""
        if rested is not None:
            self._closed_at_once += rested < _AT_ONCE
            self._keep_alive = min(self._keep_alive, _SHARE * rested) if self._closed_at_once < 2 else 0.0

    def _clear_one(self) -> None:
        """Close the one that has rested longest, if that was too long: what a burst has opened does not stay."""
        try:
            oldest, since = self._idle.popleft()
        except IndexError:
            return
        if oldest.has_expired():
            oldest.close()
        else:
            self._idle.appendleft((oldest, since))
