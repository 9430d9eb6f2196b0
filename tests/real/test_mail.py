"""The suite over mail as the world runs it: the lab sends through real servers, the suite reads from a real mailbox."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.lab import Lab

from .mailstack import MailStack


@pytest.mark.parametrize("edition", ["classic", "current"])
def test_the_lab_conforms_with_mail_through_real_servers(mail: MailStack, edition: str, tmp_path: Path) -> None:
    """The lab's own mail is quick and in order; here it queues, and gets the headers and the encodings of others."""
    target, out = tmp_path / "target.toml", tmp_path / "report"
    with Lab(edition=edition, smtp=mail.smtp) as lab:
        target.write_text(toml(lab.target() | {"mailbox": mail.mailbox}))
        command = [sys.executable, "-m", "conformance", "run", "--target", str(target), "--out", str(out)]
        done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=600)

    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((out / "report.json").read_text())
    assert (report["claim"], report["target"]["edition"]) == ("conformant", edition)
    assert "email" in report["scope"]["methods_tested"]
    assert (report["counts"]["fail"], report["counts"]["inconclusive"]) == (0, 0)


def toml(tables: dict[str, dict[str, Any]]) -> str:
    """Tables of strings, numbers and booleans, which TOML writes as JSON does."""
    lines = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines)
