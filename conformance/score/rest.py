"""The tests of a run whose outcome is known beforehand: left out, and filled in again."""

from __future__ import annotations

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
        self._left_out = False

    def pytest_conformance_surveyed(self, session: pytest.Session, surveyed: Surveyed) -> None:
        """Where the preflight finds anything else, other tests may do other things: then all of them run."""
        if not self._known.holds_for(surveyed):
            return
        idle = self._known.asking - self._touched
        session.items[:] = [item for item in session.items if item.name not in idle]
        self._left_out = True

    def completed(self, report: dict[str, Any]) -> dict[str, Any]:
        """The report as it would be of a run of all tests."""
        if not self._left_out:
            return report
        run = {test["id"]: test for test in report["tests"]}
        wanted = {row["id"] for row in report["requirements"]}
        known = {id: test for id, test in self._known.tests.items() if test["requirement"] in wanted}
        unseen = {id for id, test in run.items() if id not in self._known.asking and test["verdict"] == "inapplicable"}
        tests = known | {id: test for id, test in run.items() if id not in known.keys() & unseen}
        whole = from_json(report | {"tests": list(tests.values())})
        return results.to_json(results.recomputed(whole))
