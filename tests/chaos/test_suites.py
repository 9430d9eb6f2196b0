"""Behaviours against the suites: no requirement is called broken because mail goes astray, and the run comes to its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from conformance.model import EDITIONS

from .behaviours import IN_SUITES
from .suite import run

ALWAYS = {("numbers-anew-without-id", "classic"), ("two-codes", "current")}
"""The others are tried in a soak."""

LONGEST = 600.0
"""Seconds in which any run ends."""

BY_THE_RULE_OF_PROOF = {
    "lost": {
        "mail.arrives",
        *("announcement.generated-after-use", "announcement.generated-again"),
        *("announcement.count-true", "announcement.count-after-use", "announcement.count-after-wrong"),
    }
}
"""What is lost without a trace cannot be told from what was never sent, where another mail came and this one did not."""

RUNS = [(name, edition) for name in IN_SUITES for edition in EDITIONS]


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize(("name", "edition"), RUNS, ids=[f"{name}-{edition}" for name, edition in RUNS])
def test_no_requirement_is_called_broken(worker: ProcessPoolExecutor, soak: bool, name: str, edition: str) -> None:
    if not soak and (name, edition) not in ALWAYS:
        pytest.skip("tried in soak")
    report = worker.submit(run, edition, name).result(LONGEST)
    said = {
        row["id"]: (row["verdict"], row["reason"]) for row in report["requirements"] if row["reason"] != "not selected"
    }
    accused = {row: why for row, why in said.items() if why[0] in ("fail", "warn", "note", "error")}
    left_open = {row: why for row, why in said.items() if why[0] in ("inconclusive", "untested")}

    assert not accused.keys() - BY_THE_RULE_OF_PROOF.get(name, set()), accused
    assert IN_SUITES[name].expected != "right" or not left_open
    assert report["run"]["complete"]
    assert not report["left_over"]
