"""The published schemas describe what is written, and are strict about its enumerations."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.events import Event, Finding, Finished, to_json
from conformance.results import to_json as report_json

from .samples import ONE_OF_EACH, log, report
from .test_hostile import HOSTILE, spoken

REPORTS = Path(__file__).parents[2] / "reports"


def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    text = json.loads((REPORTS / name).read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(text)
    return jsonschema_rs.Draft202012Validator(text)


REPORT, RUN = schema("report.schema.json"), schema("run.schema.json")

FAILED = (Finding("mailbox", "fail", "refused", remedy="set the password"),)
NOTED = (Finding("trust-window", "note", "remembered"), Finding("capability-totp", "warn", "declared, and not there"))

LOGS = {
    "mixed": log(ONE_OF_EACH),
    "cut": log({"challenge.required": "pass"}, finished=False),
    "preflight failed": log({}, findings=FAILED),
    "preflight noted": log({"challenge.required": "pass"}, findings=NOTED),
    "left over": [*log({}, finished=False), Finished("2026-01-02T03:05:00Z", 1.0, complete=False, left_over=("a",))],
    "no response": log(ONE_OF_EACH, body="\x00\udc80"),
    **{f"hostile: {name}": spoken(words) for name, words in HOSTILE.items() if name != "surrogate"},
}


@pytest.mark.parametrize("events", LOGS.values(), ids=LOGS)
def test_every_report_keeps_to_its_schema(events: list[Event]) -> None:
    REPORT.validate(json.loads(json.dumps(report_json(report(events)))))


@pytest.mark.parametrize("events", LOGS.values(), ids=LOGS)
def test_every_line_of_a_log_keeps_to_its_schema(events: list[Event]) -> None:
    for event in events:
        RUN.validate(json.loads(to_json(event)))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("claim",), "maybe"),
        (("format",), "twofa-conformance-report/2"),
        (("exit_code",), 2),
        (("requirements", 0, "verdict"), "passed"),
        (("requirements", 0, "level"), "MUST"),
        (("requirements", 0, "tests"), None),
        (("tests", 0, "verdict"), None),
        (("counts", "skipped"), 1),
        (("profiles", "security"), "pass"),
        (("target", "edition"), "auto"),
        (("preflight", 0, "verdict"), "inconclusive"),
    ],
)
def test_a_report_that_is_not_as_it_must_be_is_refused(place: tuple[str | int, ...], value: object) -> None:
    document: Any = report_json(report(LOGS["mixed"]))
    at = document
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value

    assert not REPORT.is_valid(document)


@pytest.mark.parametrize("member", list(report_json(report(LOGS["mixed"]))))
def test_a_report_without_one_of_its_members_is_refused(member: str) -> None:
    document = report_json(report(LOGS["mixed"]))
    del document[member]
    assert not REPORT.is_valid(document)


@pytest.mark.parametrize("event", LOGS["mixed"][:6], ids=lambda event: type(event).__name__)
def test_a_line_of_no_known_event_or_without_a_member_is_refused(event: Event) -> None:
    line = json.loads(to_json(event))
    member = next(key for key in line if key != "event")

    assert not RUN.is_valid({**line, "event": "imagined"})
    assert not RUN.is_valid({key: value for key, value in line.items() if key != member})


def test_objects_may_grow() -> None:
    document = report_json(report(LOGS["mixed"]))
    assert REPORT.is_valid({**document, "later": 1})
    assert RUN.is_valid({**json.loads(to_json(LOGS["mixed"][0])), "later": 1})
