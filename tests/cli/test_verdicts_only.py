"""--verdicts-only: nothing of a run reaches a file but its verdicts, whatever else of pytest writes there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.lab import Lab
from conformance.lab.target_file import write
from conformance.score.trial import suites


def run(lab: Lab, folder: Path, *options: object) -> int:
    target = lab.target()
    target.pop("mailbox")  # then some tests are skipped
    write(target, folder / "target.toml")
    return suites(
        "--target",
        folder / "target.toml",
        "--out",
        folder / "out",
        "--verdicts-only",
        *options,
        chapters=("challenge",),
    )


def test_plugins_of_pytest_write_no_text_of_the_target_and_do_not_break(tmp_path: Path) -> None:
    """JUnit's takes the reason of a skip apart."""
    with Lab() as lab:
        run(lab, tmp_path, f"--junitxml={tmp_path / 'pytest.xml'}")
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    verdicts = {test["verdict"] for test in report["tests"]}

    assert "inapplicable" in verdicts
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.json", "journal.jsonl"}
    assert "«withheld»" in (tmp_path / "pytest.xml").read_text()


def test_evidence_that_is_kept_by_nobody_is_not_shown_by_allure(tmp_path: Path) -> None:
    """It would hold the secrets, which are replaced in what is logged."""
    with Lab() as lab, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        code = run(lab, tmp_path, "-p", "allure_pytest.plugin", f"--alluredir={tmp_path / 'allure'}")

    assert code == 2
    assert not any((tmp_path / "allure").glob("*"))
