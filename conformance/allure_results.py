"""Allure results: allure-pytest writes one for each test, and here it is told what a test of a requirement is.

allure_commons keeps what it writes by thread, and the tests run on many. So everything is told from pytest's report of a test,
which the main thread makes of one test after the other. What allure-pytest would take from the exception and from captured output
is left out: it has not been redacted. What is told is what stands in run.jsonl.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import allure
import pytest
from allure_commons.model2 import Label, Parameter, Status, StatusDetails
from allure_commons.types import LabelType, Severity

from conformance.events import Event, Exchanged, Judged
from conformance.model import Level, Requirement
from conformance.render import outline, statement
from conformance.render.markup import prose
from conformance.render.transcript import Message, Step, transcripts
from conformance.render.visible import fitted, in_line
from conformance.results import Report

if TYPE_CHECKING:
    from conformance.conductor import Conductor

_STATUS: Final = {
    "pass": Status.PASSED,
    "note": Status.PASSED,
    "warn": Status.PASSED,
    "fail": Status.FAILED,
    "error": Status.BROKEN,
    "inconclusive": Status.BROKEN,
    "inapplicable": Status.SKIPPED,
    "untested": Status.SKIPPED,
}
"""As in junit.xml: what is not decided is not green."""

_SEVERITY: Final = {Level.MUST: Severity.CRITICAL, Level.SHOULD: Severity.NORMAL, Level.MAY: Severity.MINOR}
_MESSAGE, _NAME = 4096, 200


class AllureResults:
    """What allure-pytest writes for each test, in our words."""

    def __init__(self, config: pytest.Config, conductor: Conductor) -> None:
        listener: Any = config.pluginmanager.get_plugin("allure_listener")
        self._reporter = listener.allure_logger
        self._conductor = conductor
        self._folder = Path(config.option.allure_report_dir)
        self._before = frozenset(self._folder.iterdir())
        config.option.attach_capture = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call" and (written := self._conductor.written(item)):
            requirement, events = written
            self._tell(item, requirement, events)
        return report

    def pytest_sessionfinish(self) -> None:
        """What the whole run claims, for the page that Allure opens with; nothing at all where a secret was overlooked."""
        report = self._conductor.report
        if report and report.withheld:
            for path in set(self._folder.iterdir()) - self._before:
                path.unlink()
        elif report:
            text = "".join(f"{name} = {_property(value)}\n" for name, value in _facts(report))
            (self._folder / "environment.properties").write_text(text, encoding="ascii")

    def _tell(self, item: pytest.Item, requirement: Requirement, events: list[Event]) -> None:
        judged = next(event for event in events if isinstance(event, Judged))
        result = self._reporter.get_test(None)
        result.status = _STATUS[judged.verdict]
        result.statusDetails = StatusDetails(message=fitted(judged.reason, _MESSAGE)) if judged.reason else None
        result.description = _description(judged, requirement)
        result.parameters = list(_parameters(item))
        result.labels.extend(Label(name, in_line(value)) for name, value in _labels(judged, requirement))
        began = min((event.exchange.at for event in events if isinstance(event, Exchanged)), default=None)
        if began is not None:
            result.start, result.stop = round(began * 1000), round((began + judged.seconds) * 1000)
        for name, text in _attachments(transcripts(events)(judged.test, judged.exchanges)):
            allure.attach(text, name=name, attachment_type=allure.attachment_type.TEXT)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "claim", statement.claim(report)
    yield "exit_code", statement.exit_code(report)
    yield "target", f"{report.started.target} at {report.started.base_url}"
    yield "server_version", report.surveyed.server_version or "unknown"
    yield "suite_version", report.started.suite_version
    yield "run", report.started.run


def _description(judged: Judged, requirement: Requirement) -> str:
    """What is required and why it matters, as Markdown."""
    lines = [prose(requirement.text), f"**Level:** {prose(outline.force(requirement))}"]
    lines += [f"**Source:** {prose(requirement.source)}"]
    lines += [f"**Why it matters:** {prose(' '.join(judged.purpose.split()))}"] if judged.purpose else []
    return "\n\n".join(lines)


def _labels(judged: Judged, requirement: Requirement) -> Iterator[tuple[str, str]]:
    yield LabelType.FEATURE, requirement.chapter
    yield LabelType.STORY, requirement.id
    yield LabelType.SEVERITY, _SEVERITY[requirement.level].value
    yield from ((LabelType.TAG, clause) for clause in requirement.clauses)
    yield "requirement", requirement.id
    yield "level", requirement.level.value
    yield "profile", requirement.profile
    yield "verdict", judged.verdict
    if judged.blocked_by:
        yield "blocked_by", judged.blocked_by


def _parameters(item: pytest.Item) -> Iterator[Parameter]:
    """Which of the cases of a test this is, by its name: the values themselves may be anything."""
    callspec = getattr(item, "callspec", None)
    if callspec:
        yield Parameter(name="case", value=repr(in_line(callspec.id)))


def _attachments(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """Name and text: one for each exchange, and one for all that was waited for."""
    waits = []
    for step in steps:
        messages = [message for message in (step.request, step.response) if message]
        if messages:
            yield fitted(step.line, _NAME, one_line=True), "\n\n".join(map(_message, messages)) + "\n"
        else:
            waits.append(step.line)
    if waits:
        yield "mails and waits", "\n".join(map(in_line, waits)) + "\n"


def _message(message: Message) -> str:
    return f"{message.head}\n\n{message.body}" if message.body else message.head


def _property(text: str) -> str:
    """A text as files of properties have it: their escapes are those of JSON."""
    return json.dumps(in_line(text))[1:-1]
