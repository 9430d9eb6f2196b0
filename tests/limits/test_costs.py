"""The table of costs is in step with the suites, and no run on the lab costs more than its bill."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from conformance import resources
from conformance.bill import total
from conformance.catalogue import load as load_catalogue
from conformance.costs import Cost, load
from conformance.listing import tests as listed
from conformance.model import EDITIONS

from .measuring import AROUND, measure

TABLES = load(resources.costs_text())
CATALOGUE = load_catalogue(resources.catalogue_text())


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_test_has_its_row_and_no_row_outlives_its_test(edition: str) -> None:
    """`tox run -e costs` measures them anew, `tox run -e costs -- CHAPTER` those of a chapter."""
    functions = {row["id"] for row in listed() if edition in CATALOGUE[row["requirement"]].editions}
    rows = {name.partition("[")[0] for name in TABLES[edition].rows}

    assert rows == functions | AROUND


CHAPTERS = ("attempts", "code", "login", "refusal", "trust")
EDITION = "current"


@pytest.fixture(scope="module")
def fresh() -> dict[str, Cost]:
    """What a run of some chapters costs now."""
    return measure(EDITION, chapters=CHAPTERS).costs


def test_a_run_costs_no_more_than_its_bill(fresh: dict[str, Cost]) -> None:
    rows = TABLES[EDITION].rows
    dearer = {test: (cost, rows[test]) for test, cost in fresh.items() if test in rows and not covers(rows[test], cost)}

    assert len(fresh) > 50
    assert dearer == {}


def test_a_bill_is_no_more_than_a_run_may_cost(fresh: dict[str, Cost]) -> None:
    """A bill that names any sum is an upper bound, too."""
    billed, run = (
        total(table[test] for test in fresh if test in TABLES[EDITION].rows) for table in (TABLES[EDITION].rows, fresh)
    )

    assert covers(Cost(*(1.1 * value for value in astuple(run))), replace(billed, seconds=0))


def covers(bound: Cost, cost: Cost) -> bool:
    """Whether a cost stays below another one; how long it takes depends on the machine."""
    return replace(bound, seconds=0) == replace(bound | cost, seconds=0)
