"""Canaries: no secret of a run stands in anything that it writes."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from imap_tools import MailBoxUnencrypted

from conformance import resources
from conformance.lab import Lab

from .conftest import PATIENCE, command, report, target_file

LIKE_A_CODE = re.compile(r"(?<![A-Za-z0-9])(?<!\d\.)\d{3}-?\d{3}(?![A-Za-z0-9])")
"""Six digits of their own: those behind a decimal point are parts of seconds."""

OURS = {"999-999", *LIKE_A_CODE.findall(resources.catalogue_text())}
"""What our own documents show: the form of a code, and the codes of testers. Now and then a lab mails one of these."""

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
    assert not (codes - OURS) & set(LIKE_A_CODE.findall(written))


HOLES = {
    "exchanges": "conformance.recorder.redacted = lambda exchange, secrets: exchange",
    "every secret": "conformance.secrecy.Secrets.redact = lambda self, text, **_: text",
}
"""Redaction that does not redact."""


@pytest.mark.parametrize("hole", HOLES)
def test_what_redaction_overlooks_is_not_written(tmp_path: Path, soak: bool, hole: str) -> None:
    if not soak and hole != "every secret":
        pytest.skip("tried in soak")
    program = f"import conformance.recorder; {HOLES[hole]}; from conformance.entry import main; main()"
    with Lab(edition="classic", faults=["ch-success-true"]) as lab:
        options = ["--target", target_file(tmp_path / "target.toml", lab), "--out", tmp_path / "out"]
        asked = ["run", *options, "-k", "test_refusal or test_code", "--allure", tmp_path / "allure"]
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, asked)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        described = lab.target()
    told = done.stdout + done.stderr
    written = told + "".join(
        path.read_text() for path in [*(tmp_path / "out").iterdir(), *(tmp_path / "allure").iterdir()]
    )
    kinds = {leak["secret"] for leak in report(tmp_path / "out")["withheld"]}

    assert done.returncode == report(tmp_path / "out")["exit_code"] == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.json"]
    assert f"SECRET found: {min(kinds)}" in told
    assert described["provisioning"]["password"] not in written
    assert not LIKE_A_CODE.search(told)
    assert not list((tmp_path / "allure").iterdir())


def forms(secret: str) -> set[str]:
    raw = secret.encode()
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), base64.b64encode(raw).decode().rstrip("=")}


def mailed_codes(lab: Lab) -> set[str]:
    """Every code that the lab has mailed, with and without its dash."""
    mailbox = lab.target()["mailbox"]
    with MailBoxUnencrypted(mailbox["host"], mailbox["port"]).login(mailbox["username"], mailbox["password"]) as box:
        shown = {code for mail in box.fetch(mark_seen=False) for code in re.findall(r"\b\d{3}-\d{3}\b", mail.text)}
    return shown | {code.replace("-", "") for code in shown}
