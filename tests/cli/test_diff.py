"""diff on the files of runs: the evidence beside an old report tells the suite's part from the server's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conformance import resources
from conformance.catalogue import load
from conformance.cli import app
from conformance.events import Event, Exchanged, Judged, Started, read_log, to_json
from conformance.lab import Lab
from conformance.results import build
from conformance.results import to_json as report_json
from conformance.score.trial import suites

from .conftest import command, target_file

Change = tuple[str, str, list[str]]
JUDGED_OTHERWISE = "test_a_challenge_is_valid_json"
CHANGED = "test_a_challenge_is_of_type_totp_required"
NOT_COVERED = "test_a_challenge_is_no_success"
TESTS = (JUDGED_OTHERWISE, CHANGED, NOT_COVERED)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> list[Event]:
    """The log of a run of three tests, which passed."""
    folder = tmp_path_factory.mktemp("recorded")
    target = target_file(folder / "target.toml", lab)
    suites("--target", target, "--out", folder, "-k", " or ".join(TESTS), "--brief", chapters=("challenge",))
    with (folder / "run.jsonl").open(encoding="utf-8") as lines:
        return list(read_log(lines))


def found(events: list[Event], **verdicts: str) -> list[Event]:
    """The same log, with other verdicts for some tests."""
    return [
        replace(event, verdict=verdicts.get(event.test, event.verdict)) if isinstance(event, Judged) else event
        for event in events
    ]


def by_another_suite(events: list[Event], version: str = "0.0.1") -> list[Event]:
    return [replace(event, suite_version=version) if isinstance(event, Started) else event for event in events]


def without_evidence(events: list[Event], test: str) -> list[Event]:
    return [event for event in events if not (isinstance(event, Exchanged) and event.test == test)]


def out(folder: Path, events: list[Event]) -> Path:
    """The output directory of a run."""
    folder.mkdir()
    (folder / "run.jsonl").write_text("".join(to_json(event) + "\n" for event in events), encoding="utf-8")
    document = report_json(build(events, load(resources.catalogue_text())))
    (folder / "report.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def changes(text: str) -> dict[str, Change]:
    """By the name of its test: the old verdict, the new one, and the causes."""
    document: dict[str, Any] = json.loads(text)
    rows = [row for section in ("newly_failing", "fixed", "other") for row in document[section]]
    names = {"challenge.json": JUDGED_OTHERWISE, "challenge.error-type": CHANGED, "challenge.success": NOT_COVERED}
    return {names[row["id"]]: (row["old"], row["new"], [step["cause"] for step in row["causes"]]) for row in rows}


@pytest.mark.parametrize("name", ["run.jsonl", "report.json"])
def test_the_old_evidence_is_judged_by_the_new_suite(tmp_path: Path, events: list[Event], name: str) -> None:
    then = by_another_suite(without_evidence(found(events, **{JUDGED_OTHERWISE: "fail"}), NOT_COVERED))
    old, new = (
        out(tmp_path / "old", then),
        out(tmp_path / "new", found(events, **{CHANGED: "fail", NOT_COVERED: "fail"})),
    )
    done = command("diff", old / name, new / "report.json", "--json")

    assert done.returncode == 0, done.stderr
    assert changes(done.stdout) == {
        JUDGED_OTHERWISE: ("fail", "pass", ["suite"]),
        CHANGED: ("pass", "fail", ["server"]),
        NOT_COVERED: ("pass", "fail", ["unknown"]),
    }


def test_of_the_same_suite_no_evidence_is_needed(tmp_path: Path, events: list[Event]) -> None:
    old, new = out(tmp_path / "old", events), out(tmp_path / "new", found(events, **{CHANGED: "fail"}))
    (old / "run.jsonl").unlink()
    done = diff(old / "report.json", new / "report.json", "--json")

    assert done.exit_code == 0
    assert changes(done.stdout) == {CHANGED: ("pass", "fail", ["server"])}


def test_without_the_evidence_of_the_same_run_the_cause_is_unknown(tmp_path: Path, events: list[Event]) -> None:
    started, *rest = events
    assert isinstance(started, Started)
    old = out(tmp_path / "old", by_another_suite([replace(started, run="another"), *rest]))
    (old / "run.jsonl").write_text("".join(to_json(event) + "\n" for event in events), encoding="utf-8")
    done = diff(
        old / "report.json", out(tmp_path / "new", found(events, **{CHANGED: "fail"})) / "report.json", "--json"
    )

    assert changes(done.stdout) == {CHANGED: ("pass", "fail", ["unknown"])}
    assert json.loads(done.stdout)["unjudged"] == "the old report has no run.jsonl of its run beside it"


def test_only_the_suite_of_the_new_report_can_judge_for_it(tmp_path: Path, events: list[Event]) -> None:
    old = out(tmp_path / "old", by_another_suite(events))
    new = out(tmp_path / "new", by_another_suite(found(events, **{CHANGED: "fail"}), version="9.9"))
    done = diff(old / "run.jsonl", new / "report.json")

    assert done.exit_code == 0
    assert "what is the suite's part is unknown: the new report is of suite 9.9, and this is another" in done.stdout


def test_evidence_that_is_judged_again_is_no_younger(tmp_path: Path, events: list[Event]) -> None:
    """A gate asks how old a report is; what it rests on may be older than the report."""
    old = out(tmp_path / "old", events)
    suites("--evidence", old / "run.jsonl", "--out", tmp_path / "again", "--brief", chapters=("challenge",))
    again, before = (json.loads((folder / "report.json").read_text()) for folder in (tmp_path / "again", old))

    assert again["run"]["finished"] == before["run"]["finished"]


def test_markdown_is_for_a_pipeline_s_summary(tmp_path: Path, events: list[Event]) -> None:
    old, new = out(tmp_path / "old", events), out(tmp_path / "new", found(events, **{CHANGED: "fail"}))
    done = diff(old / "report.json", new / "report.json", "--markdown")

    assert done.stdout.startswith("# What changed\n")
    assert "## Newly failing: 1\n" in done.stdout


def test_what_cannot_be_compared_is_refused(tmp_path: Path, events: list[Event]) -> None:
    good = out(tmp_path / "good", events) / "report.json"
    (tmp_path / "bad.json").write_text(good.read_text()[:-100])
    refused = [diff(good, tmp_path / "bad.json"), diff(tmp_path / "bad.json", good), diff(good, tmp_path / "none.json")]

    assert [done.exit_code for done in refused] == [2, 2, 2]
    assert all(done.stderr.startswith("diff: ") and done.stderr.count("\n") == 1 for done in refused)
    assert diff(good, good, "--json", "--markdown").exit_code == 2
