"""The suite over mail as the world runs it: the lab sends through real servers, the suite reads from a real mailbox."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.lab import Lab

from .mailstack import MailStack


@pytest.mark.parametrize(("edition", "at_once"), [("classic", 1), ("current", 2)])
def test_the_lab_conforms_with_mail_through_real_servers(
    mail: MailStack, edition: str, at_once: int, tmp_path: Path
) -> None:
    """The lab's own mail is quick and in order; here it queues, and gets the headers and the encodings of others. Runs at
    once share the target and the mailbox."""
    target, outs = tmp_path / "target.toml", [tmp_path / str(number) for number in range(at_once)]
    with Lab(edition=edition, smtp=mail.smtp) as lab:
        target.write_text(toml(lab.target() | {"mailbox": mail.mailbox}))
        runs = [begin(target, out) for out in outs]
        told = [run.communicate(timeout=600) for run in runs]

    assert [run.returncode for run in runs] == [0] * at_once, told
    for report in (json.loads((out / "report.json").read_text()) for out in outs):
        assert (report["claim"], report["target"]["edition"]) == ("conformant", edition)
        assert "email" in report["scope"]["methods_tested"]
        assert (report["counts"]["fail"], report["counts"]["inconclusive"]) == (0, 0)


def begin(target: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "conformance", "run", "--target", str(target), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def toml(tables: dict[str, dict[str, Any]]) -> str:
    """Tables of strings, numbers and booleans, which TOML writes as JSON does."""
    lines = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines)
