"""A report from a file, or the reason why there is none."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import resources
from conformance.catalogue import load, to_rows
from conformance.events import Event, Finished, Judged, to_json
from conformance.report_file import UnreadableReport, read
from conformance.results import build
from conformance.results import to_json as report_json

from .samples import CATALOGUE as OWN
from .samples import ONE_OF_EACH, log
from .test_hostile import HOSTILE

CATALOGUE = load(resources.catalogue_text())
VERDICTS = {"challenge.required": "pass", "challenge.steady": "fail"}
EVENTS = log(VERDICTS)


def written(folder: Path, events: Sequence[Event]) -> Path:
    path = folder / "run.jsonl"
    text = "".join(to_json(event) + "\n" for event in events)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def reason(path: Path) -> str:
    with pytest.raises(UnreadableReport) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: ")
    return str(refused.value).removeprefix(f"{path}: ")


def test_a_log_gives_its_report_and_its_events(tmp_path: Path) -> None:
    report, events = read(written(tmp_path, EVENTS))

    assert events == EVENTS
    assert report == build(EVENTS, CATALOGUE)


def test_a_report_json_gives_the_same_report_without_events(tmp_path: Path) -> None:
    made = build(EVENTS, CATALOGUE)
    (tmp_path / "report.json").write_text(json.dumps(report_json(made), indent=2))
    report, events = read(tmp_path / "report.json")

    assert events == []
    assert report_json(report) == report_json(made)


@pytest.mark.parametrize(("end", "left"), [(-1, len(EVENTS)), (-30, len(EVENTS) - 1), (-2000, 1)])
def test_a_log_that_was_cut_is_an_incomplete_report(tmp_path: Path, end: int, left: int) -> None:
    path = written(tmp_path, EVENTS)
    path.write_text(path.read_text()[:end])
    report, events = read(path)

    assert events == EVENTS[:left]
    assert report == build(events, CATALOGUE)
    assert not report.complete


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_come_back_as_they_were_said(tmp_path: Path, words: str) -> None:
    events = log(VERDICTS, reason=words, body=words, named=words)

    assert read(written(tmp_path, events))[1] == events


NO_REPORT = {
    "empty": ("", "it is empty"),
    "prose": ("this is no report\n", "neither the run.jsonl nor the report.json"),
    "other JSON": ('{"a": 1}', "it names no format"),
    "a list": ("[1, 2]", "it names no format"),
    "a number too long": ("1" * 5000, "neither the run.jsonl nor the report.json"),
    "newer report": ('{"format": "twofa-conformance-report/2"}', "of a newer format, 'twofa-conformance-report/2'"),
    "other report": ('{"format": "ctrf/1"}', "of an unknown format, 'ctrf/1'"),
    "format is a number": ('{"format": 1}', "of an unknown format, 1"),
    "newer log": ('{"event": "started", "format": "twofa-conformance-run/2", "later": 1}\n', "of a newer format"),
    "no header": (to_json(EVENTS[-1]) + "\n", "its beginning is missing"),
    "cut in the header": (to_json(EVENTS[0])[:50], "cut in the middle of its first line"),
    "nested": ("[" * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize(("text", "why"), NO_REPORT.values(), ids=NO_REPORT)
def test_what_is_no_report_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)

    assert why in reason(path)


def test_no_such_file_is_said(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.json") == "no such file"
    assert "cannot be read" in reason(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(to_json(EVENTS[0]).encode() + b"\n\xff\xfe\n")

    assert "not UTF-8" in reason(path)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.99])
def test_a_report_json_that_was_cut_is_refused(tmp_path: Path, part: float) -> None:
    text = json.dumps(report_json(build(EVENTS, CATALOGUE)), indent=2)
    path = tmp_path / "report.json"
    path.write_text(text[: int(len(text) * part)])

    assert "cut in the middle" in reason(path)


@pytest.mark.parametrize(
    "member", ["claim", "scope", "profiles", "exit_code", "suite", "target", "run", "counts", "requirements", "tests"]
)
def test_a_report_json_that_lacks_a_member_is_refused(tmp_path: Path, member: str) -> None:
    document = report_json(build(EVENTS, CATALOGUE))
    del document[member]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))

    assert member in reason(path)


def test_where_a_report_json_is_wrong_is_said(tmp_path: Path) -> None:
    document = report_json(build(EVENTS, CATALOGUE))
    document["requirements"][2]["verdict"] = "passed"
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))

    assert "requirements/2/verdict" in reason(path)


@pytest.mark.parametrize("words", [HOSTILE["ansi"], HOSTILE["bidi"]])
def test_a_reason_does_nothing_to_a_terminal(tmp_path: Path, words: str) -> None:
    document = report_json(build(EVENTS, CATALOGUE))
    document["requirements"][2]["verdict"] = words
    (tmp_path / "report.json").write_text(json.dumps(document))

    assert reason(tmp_path / "report.json").isprintable()
    assert reason(written(tmp_path, log({words: "fail"}))).isprintable()


def test_a_line_in_the_middle_of_a_log_that_is_damaged_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, EVENTS)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], lines[2][:40], *lines[3:]]))

    assert "line 3" in reason(path)


def test_a_line_that_says_what_no_log_says_is_named(tmp_path: Path) -> None:
    events = [replace(event, verdict="passed") if isinstance(event, Judged) else event for event in EVENTS]

    line = 1 + next(place for place, event in enumerate(events) if isinstance(event, Judged))

    assert f"line {line}/verdict" in reason(written(tmp_path, events))


def test_two_runs_in_one_file_are_not_mixed(tmp_path: Path) -> None:
    assert "more than one run" in reason(written(tmp_path, [*EVENTS, *EVENTS]))


def test_a_verdict_after_the_footer_is_refused(tmp_path: Path) -> None:
    assert isinstance(EVENTS[-1], Finished)
    assert "more than one run" in reason(written(tmp_path, [*EVENTS, EVENTS[-2]]))


@pytest.mark.parametrize(
    ("requirement", "verdict"), [("imagined.requirement", "fail"), ("challenge.required", "warn"), ("gone.now", "pass")]
)
def test_a_verdict_of_another_catalogue_is_not_lost(tmp_path: Path, requirement: str, verdict: str) -> None:
    """It would be missing from the report, which then might be green."""
    assert requirement in reason(written(tmp_path, log({requirement: verdict})))


def test_a_log_that_names_its_requirements_is_reported_by_them(tmp_path: Path) -> None:
    rows = to_rows(OWN.values())
    events = [replace(EVENTS[0], requirements=rows), *log(ONE_OF_EACH)[1:]]
    report, _ = read(written(tmp_path, events))

    assert [row.requirement for row in report.rows] == list(OWN.values())
    assert report.rows[0].requirement.line == OWN["challenge.required"].line
    assert report_json(report)["counts"] == report_json(build(events, OWN))["counts"]
