"""Measures what tests cost, and writes fixtures/costs.csv: `tox run -e costs`."""

from __future__ import annotations

from conformance import resources
from conformance.costs import dump
from conformance.model import EDITIONS

from .measuring import table

(resources.folder("fixtures") / "costs.csv").write_text(
    dump({edition: table(edition) for edition in EDITIONS}), encoding="utf-8"
)
