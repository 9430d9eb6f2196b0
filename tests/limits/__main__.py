"""Measures what tests cost, and writes fixtures/costs.csv: `tox run -e costs`, or for some chapters `-- CHAPTER ...`."""

from __future__ import annotations

import sys

from conformance import resources
from conformance.costs import Cost, dump, load
from conformance.model import EDITIONS

from .measuring import renewed, table


def main(chapters: list[str]) -> None:
    path, before = resources.folder("fixtures") / "costs.csv", load(resources.costs_text())
    rows: dict[str, dict[str, Cost]] = {}
    for edition in EDITIONS:
        rows[edition] = renewed(before[edition].rows, edition, chapters) if chapters else table(edition)
    path.write_text(dump(rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
