"""When a run begins: as soon as a core has time for it, in the order in which runs are asked for."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conformance.score import machine as module
from conformance.score.machine import _FEWEST, _IDLE, _MOST, Counters, Machine, machine

IN_TIME = 60
"""Seconds."""


class Held(Executor):
    """A pool whose runs end when they are told to."""

    def __init__(self) -> None:
        self.runs: list[Future[Any]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        self.runs.append(Future())
        return self.runs[-1]


class Cores:
    """Two cores, each idle for a share of its time, and a third that may not be used. ``looked`` is set when no more runs begin, though they were looked at."""

    def __init__(self, first: float, second: float) -> None:
        self.pools = {0: Held(), 1: Held()}
        self.looked = threading.Event()
        self._shares = {0: first, 1: second, 2: 1.0}
        self._begun: list[list[int]] = []

    @property
    def begun(self) -> list[int]:
        return [len(pool.runs) for pool in self.pools.values()]

    def shares(self) -> dict[int, float]:
        self._begun.append(self.begun)
        if self._begun[-4:] == [self.begun] * 4:
            self.looked.set()
        return self._shares


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK", 0.001)


@contextmanager
def line(cores: Cores, at_once: int) -> Iterator[list[Future[Any]]]:
    """More jobs in line than may begin."""
    running = Machine(cores.pools, at_once, cores.shares)
    try:
        yield [running.submit(int) for _ in range(3 * _MOST)]
    finally:
        running.shutdown()


@pytest.mark.parametrize(
    ("shares", "begun"),
    [
        ((0, 0), [_FEWEST, _FEWEST]),
        ((_IDLE, 0), [_MOST, _FEWEST]),
        ((_IDLE, 1), [_MOST, _MOST]),
    ],
)
def test_a_core_that_was_idle_gets_more_runs(quick: None, shares: tuple[float, float], begun: list[int]) -> None:
    cores = Cores(*shares)
    with line(cores, at_once=100):
        assert cores.looked.wait(IN_TIME)

    assert cores.begun == begun


def test_what_a_run_comes_to_is_handed_on_and_the_next_begins_in_its_place(quick: None) -> None:
    cores = Cores(1, 1)
    with line(cores, at_once=1) as jobs:
        for number, job in enumerate(jobs[:3]):
            _until_begun(cores, number + 1).set_result(number)
            assert job.result(IN_TIME) == number

        _until_begun(cores, 4).set_exception(ZeroDivisionError())
        assert isinstance(jobs[3].exception(IN_TIME), ZeroDivisionError)


def _until_begun(cores: Cores, number: int) -> Future[Any]:
    """The run that is under way, once so many have begun."""
    deadline = threading.Event()
    for _ in range(IN_TIME * 100):
        if sum(cores.begun) == number:
            break
        deadline.wait(0.01)
    (run,) = [run for pool in cores.pools.values() for run in pool.runs if not run.done()]
    return run


def test_a_killed_process_ends_its_run_and_those_in_line() -> None:
    with machine(at_once=1) as running:
        jobs = [running.submit(int), *(running.submit(end_process) for _ in range(4))]

        assert jobs[0].result(IN_TIME) == 0
        assert all(isinstance(job.exception(IN_TIME), BrokenExecutor) for job in jobs[1:])


def end_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_idle_is_what_the_kernel_counts_as_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = tmp_path / "stat"
    monkeypatch.setattr(module, "_STAT", counted)
    counted.write_text("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 0 1 10 2 0 0 0 0 0\ncpu1 5 0 0 50 0 0 0 0 0 0\nintr 7\n")
    counters = Counters()
    counted.write_text("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 3 1 2 14 4 1 1 0 0 0\ncpu1 5 0 0 50 0 0 0 0 0 0\nintr 8\n")

    assert counters.shares() == {0: 0.5, 1: 0.0}
