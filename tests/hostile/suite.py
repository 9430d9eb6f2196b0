"""One run of the suites against the lab behind a proxy that misbehaves: what it wrote, what it took."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.lab import Lab
from conformance.lab.target_file import write
from conformance.score.trial import suites

from .memory import Memory
from .proxy import HOST, Answer, Message, Proxy

PATIENCE = {"right": 15.0, "unsure": 0.5, "any": 3.0}
"""Seconds that the target file allows for one reply, by what is expected: where every reply counts, a busy machine must
not be taken for a hostile target."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``megabytes``: of memory, beyond what the process had before."""

    exit_code: int
    report: dict[str, Any]
    written: dict[str, str]
    seconds: float
    megabytes: float
    threads: tuple[str, ...]
    requests: tuple[Message, ...]
    left_over: tuple[str, ...]

    @property
    def verdicts(self) -> dict[str, str]:
        return {test["id"]: test["verdict"] for test in self.report["tests"]}


def run(
    answer: Answer,
    hostile: Callable[[int, str], bool],
    *options: str,
    timeout: float,
    edition: str = "classic",
    chapters: tuple[str, ...],
) -> Outcome:
    """Run some chapters. ``hostile``: which requests, by number and path, are answered by the behaviour."""
    with tempfile.TemporaryDirectory() as folder, Lab(edition=edition) as lab:
        out = Path(folder, "out")
        proxy = Proxy(lab.address[1], answer, hostile)
        running = set(threading.enumerate())
        try:
            described = lab.target()
            described["target"] |= {"base_url": f"http://{HOST}:{proxy.port}", "timeout": timeout}
            described["mailbox"]["deadline"] = max(3, 2 * timeout)
            write(described, Path(folder, "target.toml"))
            asked = ("--target", f"{folder}/target.toml", "--out", str(out), "--edition", edition, "--profile", "all")
            began = time.monotonic()
            with Memory() as memory:
                code = suites(*asked, *options, chapters=chapters)
            seconds = time.monotonic() - began
            left = set(threading.enumerate()) - running
            threads = tuple(thread.name for thread in left if not thread.name.startswith("lab"))
        finally:
            proxy.stop()
        users = tuple(user.username for user in lab.state.accounts.values() if user.username.startswith("twofa-"))
        written = {path.name: path.read_text() for path in out.iterdir()}
        report = json.loads(written["report.json"])
        return Outcome(code, report, written, seconds, memory.megabytes, threads, tuple(proxy.requests), users)
