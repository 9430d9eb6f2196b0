"""SARIF 2.1.0, for code scanning: what does not hold, each at its requirement's row in the catalogue.

Code scanning shows findings and knows no other verdict: so there is a result for each requirement that failed (error), or
that is a warning or a note, and none for the rest. An error of the suite and a failed preflight are notifications of the tool.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

from conformance.model import Requirement, Verdict
from conformance.render import explanation, outline, statement
from conformance.render.explanation import Test
from conformance.render.markup import prose
from conformance.render.visible import cut, in_line, visible
from conformance.results import Report, Row

CATALOGUE: Final = "suites/requirements.toml"

_LEVELS: Final = {Verdict.FAIL: "error", Verdict.WARN: "warning", Verdict.NOTE: "note"}
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_REASON, _HELP, _LINE, _TAGS = 4096, 16384, 1000, 20


def render(report: Report) -> str:
    rows = [row for verdict in _LEVELS for row in outline.of_verdict(report, verdict)]
    run = {
        "tool": {
            "driver": {
                "name": "twofa-conformance",
                "version": _line(report.started.suite_version),
                "rules": [_rule(report, row) for row in rows],
            }
        },
        "automationDetails": {"id": f"twofa-conformance/{_line(report.started.target)}/{_line(report.started.run)}"},
        "invocations": [_invocation(report)],
        "results": [_result(report, row, index) for index, row in enumerate(rows)],
        "properties": {"claim": report.claim, "statement": _line(statement.claim(report))},
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(report: Report, row: Row) -> dict[str, Any]:
    requirement = row.requirement
    return {
        "id": _line(requirement.id),
        "shortDescription": {"text": _line(requirement.text)},
        "fullDescription": {"text": _line(requirement.text)},
        "help": _help(report, requirement),
        "defaultConfiguration": {"level": _LEVELS[row.verdict]},
        "properties": {"tags": list(dict.fromkeys(_tags(requirement)))[:_TAGS]},
    }


def _tags(requirement: Requirement) -> tuple[str, ...]:
    return (requirement.profile, _line(requirement.chapter), *map(_line, requirement.clauses))


def _help(report: Report, requirement: Requirement) -> dict[str, str]:
    """What `explain` says of a requirement, as far as a report knows it."""
    mine = [test for test in report.tests if test.requirement == requirement.id and test.purpose]
    tests = [Test(in_line(test.test), " ".join((test.purpose or "").split())) for test in mine]
    whole = explanation.of_requirement(requirement, tests=tests, clauses={}, faults={})
    parts = [part for part in whole.parts if part.title != explanation.ALONE]
    return {
        "text": visible(cut("\n".join(f"{part.title}: {' '.join(part.lines)}" for part in parts), _HELP)),
        "markdown": "\n\n".join(f"**{part.title}:** {prose(cut(' '.join(part.lines), _REASON))}" for part in parts),
    }


def _result(report: Report, row: Row, index: int) -> dict[str, Any]:
    requirement = row.requirement
    return {
        "ruleId": _line(requirement.id),
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[row.verdict],
        "message": {"text": _message(report, row)},
        "locations": [_location(requirement)],
        "partialFingerprints": _fingerprints(requirement),
        "properties": {
            "verdict": row.verdict.word,
            "tests": [_line(test) for test in row.tests],
            "exchanges": list(outline.exchanges(report, row)),
        },
    }


def _message(report: Report, row: Row) -> str:
    requirement, seen = row.requirement, outline.exchanges(report, row)
    where = f"\nexchanges in run.jsonl: {', '.join(map(str, seen))}" if seen else ""
    reason = visible(cut(row.reason or "no reason was recorded", _REASON))
    return _inert(f"{_line(requirement.text)} ({_line(outline.force(requirement))})\n{reason}{where}")


def _inert(text: str) -> str:
    """SARIF reads [words](address) as a link and {0} as a placeholder, also in plain text."""
    return re.sub(r"\{(?=\d+\})", "{ ", text.replace("](", "] ("))


def _location(requirement: Requirement) -> dict[str, Any]:
    """The row of the requirement; the beginning of the file where a report does not say which it is."""
    region = {"startLine": requirement.line or 1}
    return {
        "physicalLocation": {"artifactLocation": {"uri": CATALOGUE}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": _line(requirement.id)}],
    }


def _fingerprints(requirement: Requirement) -> dict[str, str]:
    """What makes the finding of one run the same as that of another: its requirement. The first name is the one that GitHub
    looks at."""
    digest = hashlib.sha256(requirement.id.encode("utf-8", "surrogatepass")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "twofa-conformance/requirement/v1": digest}


def _invocation(report: Report) -> dict[str, Any]:
    broken = report.finished.broken if report.finished else None
    failed = [finding for finding in report.surveyed.findings if finding.verdict == "fail"]
    errors = [f"{row.requirement.id}: {row.reason}" for row in outline.of_verdict(report, Verdict.ERROR)]
    return {
        "executionSuccessful": report.complete and not (broken or failed or errors),
        "exitCode": report.exit_code,
        "exitCodeDescription": statement.exit_code(report),
        "toolExecutionNotifications": [_notification(text) for text in [*([broken] if broken else []), *errors]],
        "toolConfigurationNotifications": [
            _notification(f"{finding.id}: {finding.finding}; {finding.remedy or 'no remedy is known'}")
            for finding in failed
        ],
    }


def _notification(text: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": _inert(visible(cut(text, _REASON)))}}


def _line(text: str) -> str:
    return in_line(cut(text, _LINE))
