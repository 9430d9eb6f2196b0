"""A breaker between the tests and a target that has stopped answering: nobody waits for a deadline that others have met.

It opens after so many requests in a row without a reply. Tests under way then end: the target may have forgotten what they
had done. Those that begin wait, while one request at a time tries whether the target is back, after pauses that grow. Once all
outages of a run together have lasted too long, every request fails at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conformance.outcomes import Inconclusive

DEAF: Final = 8
"""Requests without any reply in a row that open it."""

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0
_LOOK: Final = 0.5
"""Seconds between two looks at whether the run was interrupted."""


class Breaker:
    """For the threads of one run. ``patience``: seconds that all outages together may last."""

    def __init__(self, stopping: threading.Event, patience: float, pause: float = _FIRST_PAUSE) -> None:
        self._stopping = stopping
        self._patience = patience
        self._changed = threading.Condition()
        self._silent = 0
        self._open_since: float | None = None
        self._first_pause = self._pause = pause
        self._next_try = 0.0
        self._trying: int | None = None
        """The thread whose request tries whether the target is back."""
        self._outages = 0
        self._seen: dict[str, int | None] = {}
        """For each test under way, how many outages there had been at its first request."""

    @contextmanager
    def watching(self, test: str) -> Iterator[None]:
        """While a test is under way an outage ends it, and nothing that it has seen counts. What is to be tidied up after it may
        be tried again."""
        with self._changed:
            self._seen[test] = None
        try:
            yield
        except AssertionError as failed:
            if self._was_cut(test):
                raise Inconclusive(_IN_BETWEEN) from failed
            raise
        finally:
            with self._changed:
                self._seen.pop(test, None)

    def admit(self, test: str) -> None:
        """Wait until a request may be made. Inconclusive if it may not."""
        with self._changed:
            while self._open_since is not None and not self._stopping.is_set():
                if self._was_cut(test):
                    break
                left = self._open_since + self._patience - time.monotonic()
                if left <= 0:
                    raise Inconclusive(f"the target has stopped answering: {DEAF} requests in a row had no reply")
                pause = self._next_try - time.monotonic()
                if pause <= 0 and self._trying is None:
                    self._trying = threading.get_ident()
                    break
                self._changed.wait(min(left, _LOOK, pause if pause > 0 else _LOOK))
            if self._was_cut(test):
                raise Inconclusive(_IN_BETWEEN)
            if test in self._seen:
                self._seen[test] = self._outages

    def note(self, *, answered: bool, plain: bool = True) -> None:
        """What came of a request. One that is not ``plain`` a server may have its reasons not to answer."""
        with self._changed:
            if answered:
                self._close()
            elif self._open_since is None and plain:
                self._silent += 1
                if self._silent >= DEAF:
                    self._open()
            elif self._trying == threading.get_ident():
                self._try_later()
            self._changed.notify_all()

    def try_again(self) -> None:
        """Give the target one more chance, for what is to be put back at the end. Nobody waits for it any more."""
        with self._changed:
            self._close()
            self._silent, self._patience = DEAF - 1, 0.0
            self._seen.clear()
            self._changed.notify_all()

    def _was_cut(self, test: str) -> bool:
        return self._seen.get(test) not in (None, self._outages)

    def _open(self) -> None:
        self._open_since, self._outages = time.monotonic(), self._outages + 1
        self._pause, self._next_try = self._first_pause, self._open_since + self._first_pause

    def _try_later(self) -> None:
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        self._trying, self._next_try = None, time.monotonic() + self._pause

    def _close(self) -> None:
        if self._open_since is not None:
            self._patience -= time.monotonic() - self._open_since
        self._silent, self._open_since, self._trying = 0, None, None


_IN_BETWEEN: Final = "the target had stopped answering in the middle of this test"
