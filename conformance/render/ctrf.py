"""CTRF, the Common Test Report Format (ctrf.io, specification 1.0.0): one test for each test, as JSON.

CTRF knows no warning: like in JUnit a warning passes, with a tag, because it leaves the claim and the exit code as they are.
What CTRF has no word for stands under ``extra``, as the specification wants it, and ``rawStatus`` has our verdict.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from conformance.events import Judged
from conformance.model import Requirement
from conformance.render import outline, statement
from conformance.render.visible import cut, in_line, visible
from conformance.results import Report, to_json

_REASON, _TRACE, _NAME = 4096, 65536, 300
_STATUS: Final = {
    "pass": "passed",
    "note": "passed",
    "warn": "passed",
    "fail": "failed",
    "error": "other",
    "inconclusive": "other",
    "inapplicable": "skipped",
    "untested": "pending",
}
_STATUSES: Final = ("passed", "failed", "skipped", "pending", "other")
_EXTRA: Final = "twofa-conformance/report"


def render(report: Report) -> str:
    tests = [_test(test, requirement) for test, requirement in outline.cases(report)]
    document = {
        "reportFormat": "CTRF",
        "specVersion": "1.0.0",
        "generatedBy": "twofa-conformance",
        "results": {
            "tool": {"name": "twofa-conformance", "version": _line(report.started.suite_version)},
            "summary": _summary(report, [test["status"] for test in tests]),
            "tests": tests,
            "environment": _environment(report),
            "extra": {_EXTRA: _extra(report)},
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _summary(report: Report, statuses: list[str]) -> dict[str, int]:
    duration = _milliseconds(report.finished.seconds if report.finished else 0.0)
    start = _moment(report.started.started)
    return {
        "tests": len(statuses),
        **{status: statuses.count(status) for status in _STATUSES},
        "suites": len(outline.chapters(report)),
        "start": start,
        "stop": start + duration,
        "duration": duration,
    }


def _environment(report: Report) -> dict[str, Any]:
    return {
        "appName": _line(report.started.target),
        "appVersion": _line(report.surveyed.server_version or "unknown"),
        "testEnvironment": _line(report.started.base_url),
    }


def _extra(report: Report) -> dict[str, Any]:
    """What the report says as a whole, in the words of report.json."""
    whole = to_json(report)
    return {key: whole[key] for key in ("claim", "scope", "profiles", "exit_code", "counts")} | {
        "statement": _line(statement.claim(report)),
        "complete": report.complete,
        "edition": report.surveyed.edition,
        "run": _line(report.started.run),
    }


def _test(test: Judged, requirement: Requirement | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": _line(test.test),
        "status": _STATUS[test.verdict],
        "duration": _milliseconds(test.seconds),
        "suite": [_line(test.requirement.partition(".")[0]), _line(test.requirement)],
        "rawStatus": test.verdict,
        "tags": [test.verdict, *_tags(requirement)],
        "extra": {_EXTRA: _standing(test, requirement)},
    }
    if test.reason:
        row["message"] = visible(cut(test.reason, _REASON))
        row["trace"] = visible(cut(statement.account(test, requirement), _TRACE))
    return row


def _tags(requirement: Requirement | None) -> Iterable[str]:
    return (requirement.level.value, requirement.profile, *map(_line, requirement.clauses)) if requirement else ()


def _standing(test: Judged, requirement: Requirement | None) -> dict[str, Any]:
    standing: dict[str, Any] = {"verdict": test.verdict, "requirement": _line(test.requirement)}
    if requirement:
        standing |= {"level": requirement.level.value, "profile": requirement.profile}
        standing |= {"clauses": [_line(clause) for clause in requirement.clauses], "text": _line(requirement.text)}
    return standing | {
        "blocked_by": test.blocked_by and _line(test.blocked_by),
        "exchanges": list(test.exchanges),
        "purpose": test.purpose and visible(cut(test.purpose, _REASON)),
    }


def _line(text: str) -> str:
    """A text on one line, which CTRF never wants empty."""
    return in_line(cut(text, _NAME)) or "-"


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _moment(text: str) -> int:
    """A time as CTRF counts it; 0 for one that is not written as it should be."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return _milliseconds((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
