"""Runs of the suites against the lab, several at a time: a test asks for the run that it is about."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from .drive import drive
from .provision import CASES, provisioned, runs

Reports = Callable[..., "Future[dict[str, Any]]"]
Provisions = dict[tuple[str, str], "Future[dict[str, Any]]"]


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessPoolExecutor]:
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(tmp_path_factory.mktemp("hypothesis"))  # what runs have in common
    workers = 3 * len(os.sched_getaffinity(0))  # a run waits more than it computes
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        yield executor
        executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def run(pool: ProcessPoolExecutor) -> Reports:
    """Start a run in the pool; the same arguments give the same run."""
    started: dict[str, Future[dict[str, Any]]] = {}

    def start(edition: str, **how: Any) -> Future[dict[str, Any]]:
        key = f"{edition} {sorted(how.items())}"
        if key not in started:
            started[key] = pool.submit(drive, edition, **how)
        return started[key]

    return start


@pytest.fixture(scope="session", autouse=True)
def provisions(request: pytest.FixtureRequest, pool: ProcessPoolExecutor, soak: bool) -> Provisions:
    """Runs on given accounts and under other names, if asked for. They begin before all others: some wait for minutes."""
    if not any(item.path.stem == "test_provisioning" for item in request.session.items):
        return {}
    return {(edition, case): pool.submit(provisioned, edition, **CASES[case]) for edition, case in runs(soak=soak)}
