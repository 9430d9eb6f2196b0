"""What all tests of the suite itself share."""

from __future__ import annotations

import os
from itertools import chain, groupby
from pathlib import Path

import pytest

WHOLE_RUNS = {"cli", "chaos", "hostile", "real"}
"""Folders of tests that wait for whole runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="all repeats and combinations, not only a sample")


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--soak"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each process of pytest-xdist gets a part of the list in one piece, and takes from the end of another's when it has done
    that. So each part begins with some of the files that take long: at the end they would be waited for."""
    if "PYTEST_XDIST_WORKER_COUNT" not in os.environ:
        return
    parts = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    long, short = ([file for file in files if _is_long(file) == wanted] for wanted in (True, False))
    quick = list(chain.from_iterable(short))
    items[:] = [
        item
        for nth in range(parts)
        for item in (
            *chain.from_iterable(long[nth::parts]),
            *quick[nth * len(quick) // parts : (nth + 1) * len(quick) // parts],
        )
    ]


def _is_long(file: list[pytest.Item]) -> bool:
    return file[0].path.relative_to(Path(__file__).parent).parts[0] in WHOLE_RUNS
