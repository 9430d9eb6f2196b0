"""Two runs at once on one target and one mailbox: neither finds anything else than it would alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conformance.lab import Lab

from .conftest import PATIENCE, PROGRAM, left_over, report, target_file

SOME = "test_resend or test_expiry or (test_trust and not walks)"
"""Mails that are counted, and phases in which settings are changed."""
SOUND = {"pass", "note", "inapplicable"}


def begin(target: Path, out: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    arguments = [*PROGRAM, "run", "--target", str(target), "--out", str(out), *options]
    out.mkdir()
    return subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


def test_each_finds_what_it_would_find_alone_and_leaves_nothing(tmp_path: Path, lab: Lab, soak: bool) -> None:
    target, before = target_file(tmp_path / "target.toml", lab), dict(lab.state.settings)
    options, code = ((), 0) if soak else (("-k", SOME), 3)
    outs = [tmp_path / "one", tmp_path / "other"]
    runs = [begin(target, out, *options) for out in outs]
    told = [run.communicate(timeout=3 * PATIENCE)[1] for run in runs]

    assert [run.returncode for run in runs] == [code, code], told
    for out in outs:
        assert {test["verdict"] for test in report(out)["tests"]} <= SOUND
    assert report(outs[0])["run"]["id"] != report(outs[1])["run"]["id"]
    assert not left_over(lab)
    assert lab.state.settings == before


def test_those_of_two_machines_find_nothing_wrong_and_leave_nothing(tmp_path: Path, lab: Lab, soak: bool) -> None:
    """They do not know of each other, but notice: a test under the other's settings is inconclusive."""
    if not soak:
        pytest.skip("one pair of runs is enough; tests/engine/test_settings.py has the cases (--soak)")
    target, before = target_file(tmp_path / "target.toml", lab), dict(lab.state.settings)
    outs = [tmp_path / "one", tmp_path / "other"]
    runs = [begin(target, out, "-k", SOME, TMPDIR=str(out)) for out in outs]
    told = [run.communicate(timeout=3 * PATIENCE)[1] for run in runs]

    assert [run.returncode for run in runs] == [3, 3], told
    for out in outs:
        assert {test["verdict"] for test in report(out)["tests"]} <= {*SOUND, "inconclusive"}
    assert not left_over(lab)
    assert lab.state.settings == before
