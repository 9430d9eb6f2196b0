"""Processes that judge servers."""

from __future__ import annotations

import gc
import logging
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from types import MappingProxyType
from typing import Final

from conformance.generation import Batch, share

_LOADED: Final = ("conformance.conductor", "conformance.documents", "aiosmtpd.smtp", "pymap.imap", "uvicorn")
"""What every run needs, imported once and not by each worker. The lab is not among it: all processes of a program share what is
loaded here, and tests/mutation changes the lab before it is imported."""


def cores() -> list[int]:
    """Those that this process may use, by the kernel's numbers."""
    return sorted(os.sched_getaffinity(0))


@contextmanager
def workers(
    number: int, batches: Mapping[int, Batch] = MappingProxyType({}), on: Sequence[int] = ()
) -> Iterator[ProcessPoolExecutor]:
    """So many processes that judge servers. ``batches``: bodies by seed that need not be made in each of them; ``on``: the cores
    that they take in turn, of all that this one may use if none is named."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    with tempfile.TemporaryDirectory() as shared:
        pool = ProcessPoolExecutor(
            number,
            mp_context=context,
            initializer=prepare_process,
            initargs=(context.Value("i", 0), list(on or cores()), dict(batches), shared),
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def prepare_process(turns: Synchronized[int], cores: Sequence[int], batches: Mapping[int, Batch], shared: str) -> None:
    """A worker: an interrupt is for its parent, and nobody reads a log. Garbage is collected between runs alone (trial.py): that
    of a dozen of them takes seconds, in which neither a run nor its server gets on. It stays on one of the ``cores``, by ``turns``:
    threads that hand each other the interpreter from core to core cost a third more. ``shared``: the folder for what the
    generators of all runs work out alike."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = shared
    share(batches)
    gc.freeze()
    gc.disable()
    with turns.get_lock():
        turns.value += 1
        turn = turns.value
    os.sched_setaffinity(0, {cores[turn % len(cores)]})
