"""--rerun-failed: a selection of what did not pass, by the report in the output directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.lab import Lab
from conformance.score.trial import suites

from .conftest import report, target_file

FAILED, PASSED = "test_a_call_without_a_code_is_challenged", "test_every_challenge_has_the_same_form"


def leave_report(folder: Path, **verdicts: str) -> None:
    tests = [{"id": test, "verdict": verdict} for test, verdict in verdicts.items()]
    run = {"complete": True, "selection": False, "interrupted": False, "broken": None}
    report = {"tests": tests, "run": run, "exit_code": 1, "profiles": {"security": None}}
    (folder / "report.json").write_text(json.dumps(report))


def rerun(folder: Path, lab: Lab) -> int:
    """`pytest suites --rerun-failed`, which `run --rerun-failed` starts, too. Its exit code."""
    return suites("--target", target_file(folder / "t.toml", lab), "--out", folder, "--rerun-failed")


def test_what_failed_is_run_again_and_is_a_selection(tmp_path: Path, lab: Lab) -> None:
    leave_report(tmp_path, **{FAILED: "fail", PASSED: "pass"})

    assert rerun(tmp_path, lab) == report(tmp_path)["exit_code"] == 3
    assert [(test["id"], test["verdict"]) for test in report(tmp_path)["tests"]] == [(FAILED, "pass")]


def test_where_nothing_failed_nothing_is_run_and_that_is_not_green(
    tmp_path: Path, lab: Lab, capfd: pytest.CaptureFixture[str]
) -> None:
    leave_report(tmp_path, **{FAILED: "pass"})
    before = (tmp_path / "report.json").read_text()

    assert rerun(tmp_path, lab) == 3
    assert "nothing to rerun" in capfd.readouterr().err
    assert (tmp_path / "report.json").read_text() == before


def test_without_a_report_there_is_nothing_to_go_by(tmp_path: Path, lab: Lab) -> None:
    assert rerun(tmp_path, lab) == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "t.toml"]
