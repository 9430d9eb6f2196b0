"""An interrupt at any moment: what ran is in the report, and nothing is left on the target."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from conformance.lab import Lab

from .conftest import PATIENCE, PROGRAM, command, left_over, report, target_file

MOMENTS = [0, 1, 15]
MOMENTS_IN_SOAK = list(range(60))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_reports_what_ran_and_leaves_nothing(
    tmp_path: Path, lab: Lab, number: signal.Signals, soak: bool
) -> None:
    target = target_file(tmp_path / "target.toml", lab)
    for moment in MOMENTS_IN_SOAK if soak else MOMENTS:
        out = tmp_path / str(moment)
        judged = interrupted(target, out, number, after=moment)

        assert not left_over(lab)
        assert report(out)["exit_code"] == 130
        assert report(out)["run"]["complete"] is False
        assert report(out)["claim"] == "undetermined"
        assert sum(test["verdict"] == "pass" for test in report(out)["tests"]) >= judged

    again = command("judge", out / "run.jsonl", "--out", tmp_path / "again")

    assert again.returncode == 3
    assert report(tmp_path / "again")["run"]["complete"] is False


def interrupted(target: Path, out: Path, number: signal.Signals, after: int) -> int:
    """Interrupt a run once it has told of so many tests. Returns how many it told of, at least."""
    arguments = [*PROGRAM, "run", "--target", str(target), "--out", str(out), "-n", "2"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(after):
            process.stdout.readline()
        if not after:
            begun(out / "run.jsonl", process)
        process.send_signal(number)
        _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, complaints
    assert "Traceback" not in complaints
    return after


def begun(log: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a run has written the first line of its log."""
    while process.poll() is None and not (log.exists() and log.stat().st_size):
        continue
