"""One run of the chapters that depend on mail, against the faultless lab behind a mail system that misbehaves."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from self.drive import suites

from conformance.lab import Lab
from conformance.lab.target_file import write

from .behaviours import IN_SUITES
from .post import Post
from .wire import Proxy

CHAPTERS = ("mail", "acceptance", "announcement", "resend")
DEADLINE = 5.0
"""Seconds in which the mails are promised to come, where not every question has to be answered."""


def run(edition: str, name: str) -> dict[str, Any]:
    """The report, and `left_over`: accounts that stayed, and settings that are not as they were."""
    behaviour = IN_SUITES[name]
    with tempfile.TemporaryDirectory() as folder, Lab(edition=edition) as lab:
        assert lab.mail
        Post(lab.mail, behaviour.way)
        proxy = Proxy(lab.mail.imap_port, behaviour.server())
        try:
            described = lab.target()
            described["mailbox"]["port"] = proxy.port
            if behaviour.expected != "right":
                described["mailbox"]["deadline"] = DEADLINE
            target, out = Path(folder, "target.toml"), Path(folder, "out")
            write(described, target)
            asked = ("--target", target, "--out", out, "--edition", edition, "--profile", "all")
            code = suites(*asked, chapters=CHAPTERS)
        finally:
            proxy.stop()
        report: dict[str, Any] = json.loads((out / "report.json").read_text())
        left = sorted(user.username for user in lab.state.accounts.values() if user.username != "admin")
        changed = sorted(name for name, value in lab.rules.settings.items() if lab.state.settings[name] != value)
    return report | {"exit": code, "left_over": left + changed}
