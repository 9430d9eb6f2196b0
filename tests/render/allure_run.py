"""Allure results of a run that never happened: allure-pytest writes them, told what the tests of a report have found."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from conformance.allure_results import AllureResults
from conformance.events import Event, Judged
from conformance.model import Requirement
from conformance.results import Report


class StandIn:
    """A conductor whose run is over, and the plugin that brings it into a session of pytest."""

    def __init__(self, report: Report, events: list[Event]) -> None:
        self.report = report
        self._judged = {test.test: test for test in report.tests}
        self._requirements = {row.requirement.id: row.requirement for row in report.rows}
        self._events = events

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        conductor: Any = self
        config.pluginmanager.register(AllureResults(config, conductor))

    def written(self, item: pytest.Item) -> tuple[Requirement, list[Event]] | None:
        judged = self._judged[item.name]
        mine = [event for event in self._events if getattr(event, "test", None) == item.name]
        assert isinstance(mine[-1], Judged)
        return self._requirements[judged.requirement], mine


def allure_results(report: Report, events: list[Event], folder: Path) -> list[dict[str, Any]]:
    """The results, each with the texts of its attachments in place of their files."""
    suite, out = folder / f"{folder.name}.py", folder / "allure"  # a name of its own: modules are remembered by it
    suite.write_text("".join(f"def {test.test}(): print('printed')\n" for test in report.tests))
    options = ["--disable-plugin-autoload", "-p", "allure_pytest", "--alluredir", str(out), "-c", os.devnull]
    quiet = ["-p", "no:cacheprovider", "-p", "no:terminal", "--import-mode=importlib", f"--rootdir={folder}"]
    pytest.main([*options, *quiet, str(suite)], plugins=[StandIn(report, events)])
    return read_back(out)


def read_back(out: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob("*-result.json"))]
    for result in found:
        for attachment in result.get("attachments", ()):
            attachment["text"] = (out / attachment["source"]).read_text(encoding="utf-8")
    return found


def label(result: dict[str, Any], name: str) -> list[str]:
    return [row["value"] for row in result["labels"] if row["name"] == name]
