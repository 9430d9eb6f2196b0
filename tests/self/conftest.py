"""Runs of the suites against the lab, several at a time: a test asks for the run that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

import pytest

from conformance.score.machine import machine
from conformance.score.workers import workers

from .drive import SLOW, drive
from .provision import CASES, QUICKER, provisioned, runs

Reports = Callable[..., "Future[dict[str, Any]]"]
Plan = tuple[str, dict[str, Any]]
"""The edition of a run, and how it is made otherwise."""
Provisions = dict[tuple[str, str], "Future[dict[str, Any]]"]
WAITING = 24
"""Runs at once that do nearly nothing but wait."""
WAITING_IN_SOAK = 6
"""There are hundreds of them then, and all begin with something to do."""
WANTING_CODES = 4
"""Runs at once on given accounts: each waits for the next code of its few authenticators, or for an account."""


@pytest.fixture(scope="session")
def pool() -> Iterator[Executor]:
    with machine() as executor:
        yield executor


@pytest.fixture(scope="session")
def waiting_room(soak: bool) -> Iterator[ProcessPoolExecutor]:
    with workers(WAITING_IN_SOAK if soak else WAITING) as executor:
        yield executor


@pytest.fixture(scope="session")
def run(pool: Executor, waiting_room: ProcessPoolExecutor) -> Reports:
    """Start a run in a pool; the same arguments give the same run."""
    started: dict[str, Future[dict[str, Any]]] = {}

    def start(edition: str, **how: Any) -> Future[dict[str, Any]]:
        key = f"{edition} {sorted(how.items())}"
        if key not in started:
            room = waiting_room if SLOW.intersection(how.get("variants", ())) else pool
            started[key] = room.submit(drive, edition, **how)
        return started[key]

    return start


@pytest.fixture(scope="session", autouse=True)
def provisions(request: pytest.FixtureRequest, soak: bool) -> Iterator[Provisions]:
    """Runs on given accounts and under other names, if asked for. They begin before all others, and have workers of their
    own: the slow one waits for minutes."""
    asked = any(item.path.stem == "test_provisioning" for item in request.session.items)
    cases = runs(soak=soak) if asked else []
    with workers(WANTING_CODES) as executor:
        yield {
            (edition, case): executor.submit(
                provisioned, edition, **CASES[case], **({} if soak else QUICKER.get(case, {}))
            )
            for edition, case in cases
        }


@pytest.fixture(scope="session", autouse=True)
def begun(request: pytest.FixtureRequest, provisions: Provisions, run: Reports, soak: bool) -> None:
    """All runs begin at once, and wait for a free worker: those that the modules have planned whose tests are asked for."""
    modules = dict.fromkeys(item.module for item in request.session.items if isinstance(item, pytest.Function))
    for module in modules:
        for edition, how in getattr(module, "planned", _nothing)(soak=soak):
            run(edition, **how)


def _nothing(*, soak: bool) -> list[Plan]:
    return []
