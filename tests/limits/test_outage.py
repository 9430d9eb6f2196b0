"""A target that goes down in the middle of a run: it comes back, or stays away, and the run ends with a report either way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.breaker import DEAF
from conformance.lab import Lab
from conformance.lab.target_file import write
from conformance.score.trial import suites

from .front import PATIENCE, Front

CHAPTERS = ("acceptance", "code", "refusal")
AT_ONCE = 8
TRIES = 2
"""Requests that ask in vain whether the target is back."""
BEGUN = 150
"""Messages after which the preflight is over, and tests are under way."""


def run(folder: Path, lab: Lab, front: Front, timeout: float, outage: Callable[[], None]) -> dict[str, Any]:
    """The report of a run that meets an outage."""
    described = lab.target()
    described["target"] |= {"base_url": front.base_url, "timeout": timeout}
    write(described, folder / "target.toml")
    weather = threading.Thread(target=outage)
    weather.start()
    options = [
        "--target",
        folder / "target.toml",
        "--out",
        folder / "out",
        "--edition",
        "classic",
        "--at-once",
        AT_ONCE,
    ]
    code = suites(*options, chapters=CHAPTERS)
    weather.join(PATIENCE)
    report: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text())
    return report | {"exit": code}


def verdicts(report: dict[str, Any]) -> list[str]:
    return [test["verdict"] for test in report["tests"]]


@pytest.fixture
def lab() -> Any:
    with Lab(edition="classic") as served:
        yield served


def test_a_target_that_restarts_comes_back(tmp_path: Path, lab: Lab) -> None:
    """Tests that were under way are not judged. Those that begin later are, and nothing is left on the target."""
    with Front(lab.address) as front:

        def outage() -> None:
            front.wait_for(BEGUN)
            front.be_ill(DEAF + TRIES)

        report = run(tmp_path, lab, front, timeout=15, outage=outage)
    cut = [test for test in report["tests"] if test["verdict"] == "inconclusive"]

    assert set(verdicts(report)) == {"pass", "inconclusive"}
    assert 1 <= len(cut) <= 2 * AT_ONCE
    assert all(
        "the target had stopped answering" in test["reason"] or "was not answered" in test["reason"] for test in cut
    )
    assert verdicts(report)[-AT_ONCE:] == ["pass"] * AT_ONCE
    assert [user for user in lab.state.accounts.values() if user.username.startswith("twofa-")] == []
    assert report["run"]["finished"]


def test_a_target_that_stays_away_does_not_keep_a_run_from_its_end(tmp_path: Path, lab: Lab) -> None:
    with Front(lab.address) as front:

        def outage() -> None:
            front.wait_for(BEGUN)
            front.go_down()

        report = run(tmp_path, lab, front, timeout=1, outage=outage)

    assert report["exit"] == 3
    assert set(verdicts(report)) == {"pass", "inconclusive"}
    assert "the target has stopped answering" in report["tests"][-1]["reason"]
    assert report["run"]["finished"]
