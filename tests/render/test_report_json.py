"""The way back from report.json: nothing that it holds gets lost."""

import json
from typing import Any

import pytest

from conformance.events import Event, Finding, Finished
from conformance.report_json import from_json
from conformance.results import to_json

from .samples import ONE_OF_EACH, log, report

LOGS = {
    "mixed": log(ONE_OF_EACH),
    "cut": log({"challenge.required": "pass"}, finished=False),
    "empty": log({}, finished=False),
    "preflight failed": log({}, findings=(Finding("mailbox", "fail", "refused", remedy="set the password"),)),
    "broken": [
        *log({}, finished=False),
        Finished("2026-01-02T03:05:00Z", 1.0, complete=False, broken="KeyError", left_over=("a",)),
    ],
}
CONTRACT = {
    "requirements": {"passes", "fails", "explained_by", "line", "editions", "when", "untestable", "disagreement"},
    "tests": {"blocked_by", "expected", "purpose"},
}
"""Members beyond those that a report.json must have."""


@pytest.mark.parametrize("events", LOGS.values(), ids=LOGS)
def test_a_report_comes_back_whole(events: list[Event]) -> None:
    made = report(events)
    document = json.loads(json.dumps(to_json(made)))
    back = from_json(document)

    assert to_json(back) == document
    assert (back.rows, back.tests, back.finished) == (made.rows, made.tests, made.finished)
    assert (back.counts, back.complete, back.started.profiles) == (made.counts, made.complete, made.started.profiles)


def test_members_that_the_contract_does_not_name_are_not_needed() -> None:
    made = report(LOGS["mixed"])
    document: dict[str, Any] = json.loads(json.dumps(to_json(made)))
    for table, members in CONTRACT.items():
        document[table] = [{key: value for key, value in row.items() if key not in members} for row in document[table]]
    document["run"] = {
        key: value
        for key, value in document["run"].items()
        if key not in {"selection", "interrupted", "broken", "left_over"}
    }
    document["target"] = {
        key: value for key, value in document["target"].items() if key not in {"clock_offset", "mail_delay"}
    }
    back = from_json(document)

    assert [row.verdict for row in back.rows] == [row.verdict for row in made.rows]
    assert [test.blocked_by for test in back.tests] == [test.blocked_by for test in made.tests]


@pytest.mark.parametrize("member", sorted(to_json(report(LOGS["mixed"])).keys() - {"counts"}))
def test_a_missing_member_is_named(member: str) -> None:
    document = to_json(report(LOGS["mixed"]))
    del document[member]

    with pytest.raises(ValueError, match=member):
        from_json(document)


@pytest.mark.parametrize(
    ("member", "value"),
    [("requirements", [1]), ("tests", None), ("run", "x"), ("format", "twofa-conformance-report/2")],
)
def test_a_member_of_another_kind_is_a_value_error(member: str, value: object) -> None:
    with pytest.raises(ValueError, match="kind|format"):
        from_json({**to_json(report(LOGS["mixed"])), member: value})
