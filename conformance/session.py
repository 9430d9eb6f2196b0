"""A run from the command line: pytest in this process, with a display of our own in place of its."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance import resources
from conformance.model import Verdict
from conformance.plugin import bill_of, report_of
from conformance.render import terminal
from conformance.results import Report


def hold(options: list[str], out: str) -> int:
    """Run the suites with these options of the plugin. Returns the contract's exit code."""
    display = Display()
    code = _pytest(options, display)
    display.end(out)
    if display.bill:
        print(display.bill, end="")
    elif display.report is None and code == 3:
        print("no test was selected: look at -k, --profile and --rerun-failed", file=sys.stderr)
    return code if display.report or code in {2, 3, 130} else 4


def judge_again(evidence: Path) -> Report | None:
    """The report of recorded evidence by this version's suites, without a word. None if there is none."""
    listener = Listener()
    with tempfile.TemporaryDirectory() as out:
        _pytest(["-p", "no:terminal", "--evidence", str(evidence), "--out", out, "--brief"], listener)
    return listener.report


def _pytest(options: list[str], display: object) -> int:
    suites = resources.folder("suites")
    arguments = ["--disable-plugin-autoload", "-p", "conformance.plugin", "-p", "no:cacheprovider", "-c", os.devnull]
    return int(pytest.main([*arguments, f"--rootdir={suites}", *options, str(suites)], plugins=[display]))


class Listener:
    """Nothing on the screen; the report at the end."""

    def __init__(self) -> None:
        self.report: Report | None = None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.report = report_of(session.config)


class Display:
    """Progress where there is a terminal, a line for each test where there is none, and the outcome at the end."""

    def __init__(self) -> None:
        self.report: Report | None = None
        self.bill: str | None = None
        self._screen = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._failures = 0

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.unregister(name="terminalreporter")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            print(f"error in the suite: {report.nodeid}\n{report.longreprtext}", file=sys.stderr)

    def pytest_internalerror(self, excrepr: Any) -> None:
        print(f"error in the suite:\n{excrepr}", file=sys.stderr)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if isinstance(excinfo.value, pytest.exit.Exception):
            print(excinfo.value.msg, file=sys.stderr)
        else:
            print("interrupted: what ran is in the report", file=sys.stderr)

    def pytest_runtest_logreport(self, report: Any) -> None:
        verdict: Verdict | None = getattr(report, "verdict", None)
        if report.when != "call" or verdict is None:
            return
        test = report.nodeid.rpartition("::")[2]
        if self._screen.is_terminal:
            self._advance(verdict, test)
        else:
            print(f"{verdict.word:12} {test}", flush=True)
        if verdict is Verdict.ERROR:
            print(report.longreprtext, file=sys.stderr)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.report, self.bill = report_of(session.config), bill_of(session.config)

    def end(self, out: str) -> None:
        """The outcome, and where to read more."""
        if self._progress:
            self._progress.stop()
        if self.report is None:
            return
        if self._screen.is_terminal:
            colour = self._screen.color_system is not None and not self._screen.no_color
            print(terminal.summary(self.report, width=self._screen.width, colour=colour), end="")
        else:
            print(terminal.plain(self.report), end="")
        print(f"report: {os.path.join(out, 'report.json' if self.report.withheld else 'report.html')}")

    def _advance(self, verdict: Verdict, test: str) -> None:
        if self._progress is None:
            self._progress = Progress(
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.description}"),
                console=self._screen,
                transient=True,
            )
            self._progress.start()
            self._progress.add_task("", total=None)
        self._failures += verdict in {Verdict.FAIL, Verdict.ERROR}
        failing = f"{self._failures} failed  " if self._failures else ""
        self._progress.update(self._progress.task_ids[0], advance=1, description=f"{failing}{test}")
