"""SARIF: what a code scanner shows of a finding, and that it knows it again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance import resources
from conformance.catalogue import load
from conformance.events import Event, Finding, Finished
from conformance.render import sarif
from conformance.results import build

from .formats import SARIF
from .samples import ONE_OF_EACH, log, report


def run_of(events: list[Event]) -> dict[str, Any]:
    document = json.loads(sarif.render(report(events)))
    SARIF.validate(document)
    return dict(document["runs"][0])


def test_a_finding_is_at_the_row_of_its_requirement() -> None:
    text = resources.catalogue_text()
    made = build(log({"resend.mails": "fail"}), load(text))
    (result,) = json.loads(sarif.render(made))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    row = text.splitlines()[place["region"]["startLine"] - 1 :][:2]

    assert place["artifactLocation"]["uri"] == "suites/requirements.toml"
    assert row == ["[[requirement]]", 'id = "resend.mails"']


def test_a_finding_is_known_again_whatever_came_and_on_whatever_line() -> None:
    (one,) = run_of(log({"challenge.required": "fail"}, reason="one"))["results"]
    made = report(log({"challenge.required": "fail", "mail.arrives": "fail"}, reason="other"))
    moved = replace(made, rows=tuple(replace(row, requirement=replace(row.requirement, line=99)) for row in made.rows))
    other, another = json.loads(sarif.render(moved))["runs"][0]["results"]

    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["partialFingerprints"] != another["partialFingerprints"]
    assert "primaryLocationLineHash" in one["partialFingerprints"]


def test_a_finding_says_what_was_expected_what_came_and_where_to_look() -> None:
    (result,) = run_of(log({"challenge.error-text": "fail"}, reason="TOTP Required"))["results"]
    text = result["message"]["text"]

    assert text.startswith("The error text carries [totp-required] in brackets. (MUST by the page, S02, D4)")
    assert "TOTP Required" in text
    assert "exchanges in run.jsonl: 1" in text


def test_a_rule_helps() -> None:
    (rule,) = run_of(log({"challenge.error-text": "fail"}))["tool"]["driver"]["rules"]

    assert rule["shortDescription"]["text"] == "The error text carries [totp-required] in brackets."
    assert "Why it matters: Says so. (test_challenge_error_text)" in rule["help"]["text"]
    assert "**Source:** first example" in rule["help"]["markdown"]
    assert rule["properties"]["tags"] == ["base", "challenge", "S02", "D4"]


def test_an_error_of_the_suite_is_the_tool_s_and_no_finding() -> None:
    run = run_of(log({"refusal.json": "error"}, reason="KeyError"))
    (said,) = run["invocations"][0]["toolExecutionNotifications"]

    assert run["results"] == []
    assert said["message"]["text"] == "refusal.json: KeyError"


def test_a_failed_preflight_is_told_with_its_remedy() -> None:
    run = run_of(log({}, findings=(Finding("mailbox", "fail", "refused", remedy="set the password"),)))
    (said,) = run["invocations"][0]["toolConfigurationNotifications"]

    assert said["message"]["text"] == "mailbox: refused; set the password"


ALL = dict.fromkeys(ONE_OF_EACH, "pass")
BROKEN = Finished("2026-01-02T03:05:00Z", 1.0, complete=True, broken="KeyError")


@pytest.mark.parametrize(
    ("events", "successful"),
    [
        (log(ALL), True),
        (log({**ALL, "challenge.required": "fail"}), True),
        (log({**ALL, "challenge.required": "error"}), False),
        (log(ALL, finished=False), False),
        (log({}), False),
        ([*log(ALL, finished=False), BROKEN], False),
        (log(ALL, findings=(Finding("mailbox", "fail", "refused"),)), False),
    ],
    ids=["passed", "failed", "error", "cut", "empty", "broken", "preflight"],
)
def test_that_nothing_was_found_is_told_from_that_nothing_was_seen(events: list[Event], successful: bool) -> None:
    assert run_of(events)["invocations"][0]["executionSuccessful"] is successful
