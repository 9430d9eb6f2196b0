"""Interrupts at the right moment: a test's bookkeeping is never cut in two, and cleaning up is never cut short."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """SIGINT and SIGTERM, each of which ends a run with a report and nothing left on the target."""

    def __init__(self) -> None:
        self._heard = False
        self._held_back = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """From here on both signals raise KeyboardInterrupt."""
        with _handled_by(self._hear):
            yield

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """What comes now is raised when this is over."""
        self._held_back = True
        try:
            yield
        finally:
            self._held_back = False
        self._raise_if_heard()

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """While something is waited for, an interrupt need not wait."""
        held_back, self._held_back = self._held_back, False
        try:
            self._raise_if_heard()
            yield
        finally:
            self._held_back = held_back

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard = True
        if not self._held_back:
            self._raise_if_heard()

    def _raise_if_heard(self) -> None:
        if self._heard:
            self._heard = False
            raise KeyboardInterrupt


@contextmanager
def ignored() -> Iterator[None]:
    """Cleaning up is bounded in time, and must not be cut short by a second signal."""
    with _handled_by(signal.SIG_IGN):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Only the main thread of a program may say who handles signals; what it ignores stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, former in before.items():
        if former is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
