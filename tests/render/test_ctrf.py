"""CTRF: counts, times and texts as its readers take them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.events import Event
from conformance.render import ctrf

from .formats import CTRF
from .samples import ONE_OF_EACH, log, report
from .samples import test_of as id_of

STATUSES = ("passed", "failed", "skipped", "pending", "other")


def results(events: list[Event]) -> dict[str, Any]:
    document = json.loads(ctrf.render(report(events)))
    CTRF.validate(document)
    return dict(document["results"])


def test_the_summary_counts_what_there_is() -> None:
    summary = results(log(ONE_OF_EACH))["summary"]

    assert {status: summary[status] for status in STATUSES} == {
        "passed": 3,
        "failed": 1,
        "skipped": 1,
        "pending": 1,
        "other": 2,
    }
    assert summary["tests"] == sum(summary[status] for status in STATUSES)


def test_times_are_milliseconds_since_the_epoch() -> None:
    summary = results(log(ONE_OF_EACH))["summary"]

    assert (summary["start"], summary["stop"], summary["duration"]) == (1767323045000, 1767323100500, 55500)


@pytest.mark.parametrize(("started", "start"), [("2026-01-02T03:04:05", 1767323045000), ("yesterday", 0), ("", 0)])
def test_a_time_that_is_written_otherwise_is_no_reason_to_say_nothing(started: str, start: int) -> None:
    header, *others = log(ONE_OF_EACH)

    assert results([replace(header, started=started), *others])["summary"]["start"] == start  # type: ignore[type-var]


def test_a_test_says_what_was_expected_and_what_came() -> None:
    (failed,) = (test for test in results(log(ONE_OF_EACH, reason="no code"))["tests"] if test["status"] == "failed")

    assert failed["name"] == id_of("challenge.error-text")
    assert failed["suite"] == ["challenge", "challenge.error-text"]
    assert failed["duration"] == 1250
    assert failed["message"] == "no code"
    assert "expected: The error text carries [totp-required] in brackets." in failed["trace"]


def test_a_warning_passes_with_a_tag() -> None:
    (warned,) = (test for test in results(log(ONE_OF_EACH))["tests"] if test["rawStatus"] == "warn")

    assert warned["status"] == "passed"
    assert warned["tags"][0] == "warn"


def test_the_claim_with_its_scope_is_under_extra() -> None:
    (said,) = results(log(ONE_OF_EACH))["extra"].values()

    assert (said["claim"], said["exit_code"], said["complete"]) == ("not-conformant", 4, True)
    assert said["scope"]["musts_passed"] == 1
    assert said["statement"].startswith("not-conformant: 1 MUST passed")
