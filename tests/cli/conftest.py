"""The program as a user runs it: a process of its own, against a lab in this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.lab import Lab
from conformance.lab.target_file import as_toml

PROGRAM = (sys.executable, "-m", "conformance")
PATIENCE = 120
"""Seconds after which a command counts as hanging."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(edition="classic") as served:
        yield served


def command(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd,
        env=environment or None,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What a command has said, but for the tests that passed: why it ended as it did."""
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if not line.startswith("pass "))


def target_file(path: Path, lab: Lab, **changes: dict[str, Any]) -> Path:
    """A target file for a lab, with other values for some keys of its tables; None leaves a key out."""
    content = {name: dict(table) for name, table in lab.target().items()}
    for name, table in changes.items():
        content[name] = {key: value for key, value in {**content.get(name, {}), **table}.items() if value is not None}
    path.write_text(as_toml(content))
    return path


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_text())
    return found


def verdicts(out: Path) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in report(out)["requirements"]}


def left_over(lab: Lab) -> list[str]:
    """What is left on the target of the accounts that runs make."""
    return [user.username for user in lab.state.accounts.values() if user.username.startswith("twofa-")]
