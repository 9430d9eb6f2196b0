"""The tests of a run whose outcome is known beforehand: left out, and filled in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import results
from conformance.events import Surveyed
from conformance.report_json import from_json
from conformance.score.recording import Known

if TYPE_CHECKING:
    import pytest


class Rest:
    """A plugin for one run. ``known``: what the suites made of the faultless server; ``touched``: the tests that can tell the
    one that is judged from it. Tests that send nothing, such as those that look at what others were answered, run again."""

    def __init__(self, known: Known, touched: frozenset[str]) -> None:
        self._known = known
        self._touched = touched
        tests = touched | known.looking
        wanted = {module for test, module in known.modules.items() if test in tests}
        self._unwanted = frozenset(known.modules.values()) - wanted
        self.holds = True
        """Whether what is known is known of this server: not where the preflight finds anything else. Then no test runs."""

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """To collect what is not wanted takes longer than many a fault's own tests."""
        return True if collection_path.stem in self._unwanted else None

    def pytest_conformance_surveyed(self, session: pytest.Session, surveyed: Surveyed) -> None:
        """Where the preflight finds anything else, other tests may do other things."""
        self.holds = self._known.holds_for(surveyed)
        idle = self._known.asking - self._touched
        session.items[:] = [item for item in session.items if self.holds and item.name not in idle]

    def completed(self, report: dict[str, Any]) -> dict[str, Any]:
        """The report as it would be of a run of all tests."""
        run = {test["id"]: test for test in report["tests"]}
        wanted = {row["id"] for row in report["requirements"]}
        known = {id: test for id, test in self._known.tests.items() if test["requirement"] in wanted}
        unseen = {id for id, test in run.items() if id not in self._known.asking and test["verdict"] == "inapplicable"}
        tests = known | {id: test for id, test in run.items() if id not in known.keys() & unseen}
        whole = from_json(report | {"tests": list(tests.values())})
        return results.to_json(results.recomputed(whole))
