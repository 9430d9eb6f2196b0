"""Canaries: no secret of a run stands in anything that it writes."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from imap_tools import MailBoxUnencrypted

from conformance.lab import Lab

from .conftest import command, report, target_file

LIKE_A_CODE = re.compile(r"(?<![A-Za-z0-9])(?<!\d\.)\d{3}-?\d{3}(?![A-Za-z0-9])")
"""Six digits of their own: those behind a decimal point are parts of seconds."""

HEADER = "header-secret-1234/5678"


@pytest.mark.parametrize("fault", [None, "dl-http-leak-challenge", "vf-accept-any", "en-html-body"])
@pytest.mark.parametrize("edition", ["classic", "current"])
def test_no_secret_is_written(tmp_path: Path, edition: str, fault: str | None) -> None:
    from conformance.lab import FAULTS

    faults = [fault] if fault in FAULTS else []
    with Lab(edition=edition, faults=faults) as lab:
        changes = {"target": {"headers": {"X-Proxy": HEADER}}}
        target = target_file(tmp_path / "target.toml", lab)
        with target.open("a") as more:
            more.write(f'\n[target.headers]\nX-Proxy = "{changes["target"]["headers"]["X-Proxy"]}"\n')
        done = command("run", "--target", target, "--out", tmp_path / "out")
        codes = mailed_codes(lab)
        described = lab.target()
    written = done.stdout + done.stderr + "".join(path.read_text() for path in (tmp_path / "out").iterdir())

    assert report(tmp_path / "out")["tests"]
    assert len(codes) > 20
    for secret in (described["provisioning"]["password"], described["mailbox"]["password"], HEADER):
        assert not [form for form in forms(secret) if form in written]
    assert not codes & set(LIKE_A_CODE.findall(written))


def forms(secret: str) -> set[str]:
    raw = secret.encode()
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), base64.b64encode(raw).decode().rstrip("=")}


def mailed_codes(lab: Lab) -> set[str]:
    """Every code that the lab has mailed, with and without its dash."""
    mailbox = lab.target()["mailbox"]
    with MailBoxUnencrypted(mailbox["host"], mailbox["port"]).login(mailbox["username"], mailbox["password"]) as box:
        shown = {code for mail in box.fetch(mark_seen=False) for code in re.findall(r"\b\d{3}-\d{3}\b", mail.text)}
    return shown | {code.replace("-", "") for code in shown}
