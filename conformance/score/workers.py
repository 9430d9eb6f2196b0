"""Processes that judge servers."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from types import MappingProxyType

from conformance.generation import Batch, share


def cores() -> int:
    return len(os.sched_getaffinity(0))


@contextmanager
def workers(number: int, batches: Mapping[int, Batch] = MappingProxyType({})) -> Iterator[ProcessPoolExecutor]:
    """So many processes that judge servers. ``batches``: bodies by seed that need not be made in each of them."""
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as shared:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = shared  # what all runs' generators work out alike
        pool = ProcessPoolExecutor(
            number,
            mp_context=context,
            initializer=prepare_process,
            initargs=(context.Value("i", 0), dict(batches)),
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def prepare_process(turns: Synchronized[int], batches: Mapping[int, Batch]) -> None:
    """A worker: an interrupt is for its parent. Garbage is collected between runs alone (trial.py): that of a dozen of them
    takes seconds, in which neither a run nor its server gets on. It stays on one core, by ``turns``: threads that hand each
    other the interpreter from core to core cost a third more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    share(batches)
    gc.freeze()
    gc.disable()
    with turns.get_lock():
        turns.value += 1
        turn = turns.value
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {mine[turn % len(mine)]})
