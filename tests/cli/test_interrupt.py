"""An interrupt at any moment: what ran is in the report, and nothing is left on the target."""

from __future__ import annotations

import signal
import subprocess
from contextlib import suppress
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


def test_settings_that_a_run_has_changed_are_put_back(tmp_path: Path) -> None:
    with Lab("current", variants=["product-defaults", "limiter"]) as lab:
        before = dict(lab.state.settings)
        target = target_file(tmp_path / "target.toml", lab)
        interrupted(target, tmp_path, signal.SIGINT, 0, "--configure-target", event="surveyed")

        assert lab.state.settings == before
        assert not left_over(lab)
    changed = [finding for finding in report(tmp_path)["preflight"] if finding["id"].startswith("configure-")]
    assert [finding["verdict"] for finding in changed] == ["pass"] * 3


def test_an_interrupted_doctor_leaves_nothing(tmp_path: Path) -> None:
    with Lab("current", variants=["product-defaults"], weather={"latency": 0.1}) as lab:
        before = dict(lab.state.settings)
        arguments = ["doctor", "--target", str(target_file(tmp_path / "target.toml", lab)), "--configure-target"]
        with subprocess.Popen(
            [*PROGRAM, *arguments], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            while process.poll() is None and not (left_over(lab) and lab.state.settings != before):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.02)
            process.send_signal(signal.SIGTERM)
            said, complaints = process.communicate(timeout=PATIENCE)

        assert (process.returncode, said, complaints) == (130, b"", b"interrupted\n")
        assert not left_over(lab)
        assert lab.state.settings == before


def interrupted(
    target: Path, out: Path, number: signal.Signals, after: int, *options: str, event: str = "started"
) -> int:
    """Interrupt a run once it has told of so many tests; before the first, once an event is in its log. Returns how many it
    told of, at least."""
    arguments = [*PROGRAM, "run", "--target", str(target), "--out", str(out), "-n", "2", *options]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(after):
            process.stdout.readline()
        if not after:
            begun(out / "run.jsonl", process, event)
        process.send_signal(number)
        _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, complaints
    assert "Traceback" not in complaints
    return after


def begun(log: Path, process: subprocess.Popen[str], event: str) -> None:
    """Wait until a run has written an event to its log."""
    while process.poll() is None and not (log.exists() and f'"event": "{event}"' in log.read_text()):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
