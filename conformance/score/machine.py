"""A machine that is kept busy: each run begins when a core has time for it.

A run waits for mails, for codes to expire, for the next step of an authenticator, and how long depends on its server. So no
number of runs is right for all of them: with few the cores stand idle, with many each reply is late. Linux only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import Any, Final

from conformance.generation import Batch
from conformance.score.workers import cores, workers

_FEWEST: Final = 2
"""Runs that a core has in any case."""

_MOST: Final = 8
"""Runs that a core has at most: those that wait now may all go on at once."""

_IDLE: Final = 0.2
"""The share of its time that a core must have been idle, for another run to begin on it."""

_LOOK: Final = 0.4
"""Seconds for which the cores are looked at. Those of a run that has just begun are busy: it loads its tests."""

_STAT: Final = Path("/proc/stat")
_IDLING: Final = slice(3, 5)
"""Of a core's counters: idle, and waiting for a disk."""

Shares = Callable[[], Mapping[int, float]]
"""By core, the share of the time since the last call in which it was idle."""


@contextmanager
def machine(at_once: int | None = None, batches: Mapping[int, Batch] = MappingProxyType({})) -> Iterator[Machine]:
    """Processes for each core that this one may use. ``at_once``: runs on all of them, at most; ``batches``: see workers."""
    with ExitStack() as stack:
        pools = {core: stack.enter_context(workers(_MOST, batches, on=[core])) for core in cores()}
        running = Machine(pools, at_once or _MOST * len(pools), Counters().shares)
        stack.callback(running.shutdown)
        yield running


class Machine(Executor):
    """Hands jobs, in the order in which they come, to the pool of a core that has time."""

    def __init__(self, pools: Mapping[int, Executor], at_once: int, shares: Shares) -> None:
        self._pools = pools
        self._places = threading.Semaphore(at_once)
        self._shares = shares
        self._line: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._running = Counter[int]()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._begin_all, name="machine")
        self._thread.start()

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Put a job in line."""
        future = Future[Any]()
        self._line.put((future, partial(work, *args, **options)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin no more of them. Those in line never end."""
        self._ended.set()
        self._line.put(None)
        self._places.release()
        self._thread.join()

    def _begin_all(self) -> None:
        cores = self._with_time()
        for future, work in iter(self._line.get, None):
            self._places.acquire()
            core = next(cores, None)
            if core is None:
                return
            self._begin(core, future, work)

    def _with_time(self) -> Iterator[int]:
        """Cores, each when it has time for another run, until the machine is shut down."""
        while not self._ended.is_set():
            few = [core for core in self._pools if self._running[core] < _FEWEST]
            yield from few or self._idle()

    def _idle(self) -> list[int]:
        self._shares()
        self._ended.wait(_LOOK)
        shares = self._shares()  # of all cores, and in some containers by other numbers
        return [core for core in self._pools if shares.get(core, 0.0) >= _IDLE and self._running[core] < _MOST]

    def _begin(self, core: int, future: Future[Any], work: Callable[[], Any]) -> None:
        self._count(core, 1)
        try:
            run = self._pools[core].submit(work)
        except BrokenExecutor as broken:  # a process was killed; the pool takes nothing any more
            run = Future()
            run.set_exception(broken)
        run.add_done_callback(partial(self._hand_on, core, future))

    def _hand_on(self, core: int, future: Future[Any], run: Future[Any]) -> None:
        self._count(core, -1)
        self._places.release()
        if run.cancelled():
            future.cancel()
        elif error := run.exception():
            future.set_exception(error)
        else:
            future.set_result(run.result())

    def _count(self, core: int, more: int) -> None:
        with self._lock:
            self._running[core] += more


class Counters:
    """What the kernel has counted of each core."""

    def __init__(self) -> None:
        self._before = _counted()

    def shares(self) -> dict[int, float]:
        before, self._before = self._before, _counted()
        return {core: _share(before[core], now) for core, now in self._before.items() if core in before}


def _counted() -> dict[int, list[int]]:
    lines = (line.split() for line in _STAT.read_text(encoding="ascii").splitlines())
    return {
        int(name.removeprefix("cpu")): [int(ticks) for ticks in counters[:8]]
        for name, *counters in lines
        if name.startswith("cpu") and name != "cpu"
    }


def _share(before: list[int], now: list[int]) -> float:
    passed = [after - earlier for earlier, after in zip(before, now, strict=True)]
    return sum(passed[_IDLING]) / max(1, sum(passed))
