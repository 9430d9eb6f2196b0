"""Limits of the target file that hold for a whole run, however many tests are under way at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.binding import Binding
from conformance.costs import measured
from conformance.events import read_log
from conformance.lab import Lab
from conformance.lab.target_file import write
from conformance.score.trial import suites

from .measuring import arrivals

GUESSING = ("login", "order", "replay", "robustness", "totp")
"""Chapters in which wrong codes go other ways than one call after another: by logins, at once, with backup codes."""


def run(folder: Path, lab: Lab, *options: str, chapters: Iterable[str] = ("resend",), **limits: Any) -> dict[str, Any]:
    described = lab.target()
    described["limits"] |= limits
    write(described, folder / "target.toml")
    code = suites("--target", folder / "target.toml", "--out", folder / "out", *options, chapters=chapters)
    report: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text())
    return report | {"exit": code}


def test_no_more_mails_come_than_are_allowed(tmp_path: Path) -> None:
    """Those tests that fit run, and the others say why not."""
    with Lab(edition="classic") as lab:
        report = run(tmp_path, lab, mails=20)
        came = arrivals(lab).total()
    verdicts = {test["id"]: test["verdict"] for test in report["tests"]}

    assert report["exit"] == 3
    assert set(verdicts.values()) == {"pass", "untested"}
    assert {test["reason"] for test in report["tests"] if test["verdict"] == "untested"} == {"limit: mails is 20"}
    assert 10 <= came <= 20


def test_where_no_mail_is_allowed_the_mailbox_stays_empty(tmp_path: Path) -> None:
    """Not even the preflight's own."""
    with Lab(edition="classic") as lab:
        report = run(tmp_path, lab, mails=0)
        came = arrivals(lab).total()

    assert came == 0
    assert {test["reason"] for test in report["tests"] if test["verdict"] == "untested"} == {"limit: mails is 0"}


def test_no_account_is_sent_more_wrong_codes_than_are_allowed(tmp_path: Path) -> None:
    """Neither by the tests nor by the preflight."""
    with Lab(edition="current") as lab:
        report = run(
            tmp_path, lab, "--profile", "all", chapters=GUESSING, wrong_codes_per_account=1, allow_lockout=False
        )
    with (tmp_path / "out" / "run.jsonl").open(encoding="utf-8") as lines:
        costs = measured(read_log(lines), Binding())

    assert {test: cost.most for test, cost in costs.items() if cost.most > 1} == {}
    assert sum(cost.wrong_codes for cost in costs.values()) >= 10
    assert {test["reason"] for test in report["tests"] if test["verdict"] == "untested"} == {
        "limit: wrong_codes_per_account is 1"
    }


def test_what_a_limit_has_left_out_is_left_out_of_the_evidence_for_the_same_reason(tmp_path: Path) -> None:
    with Lab(edition="classic") as lab:
        live = run(tmp_path, lab, chapters=["announcement"], mails=9)
    suites("--evidence", tmp_path / "out" / "run.jsonl", "--out", tmp_path / "again", chapters=["announcement"])
    judged = json.loads((tmp_path / "again" / "report.json").read_text())
    told = [{(test["id"], test["verdict"], test["reason"]) for test in report["tests"]} for report in (live, judged)]

    assert told[0] == told[1]
    assert {verdict for _, verdict, _ in told[0]} == {"pass", "untested"}
    assert live["claim"] == judged["claim"] == "undetermined"
