"""Tests that are performed at once: most of what they do is to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor


class Ensemble:
    """Tests that are performed at once, on threads, and looked at one after the other."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="test")
        self._performances: dict[str, Future[None]] = {}

    def start(self, performances: Iterable[tuple[str, Callable[[], None]]]) -> None:
        for test, perform in performances:
            self._performances[test] = self._pool.submit(perform)

    def wait(self, test: str) -> None:
        self._performances[test].result()

    def performed(self, test: str) -> bool:
        return test in self._performances and self._performances[test].done()

    def end(self) -> None:
        """Begin no more; wait for those under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)
