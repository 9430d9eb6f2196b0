"""One run of the suites against a lab, in this process: the same as `run --target`, without its display."""

from __future__ import annotations

import gc
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pytest

from conformance import resources
from conformance.lab import Lab
from conformance.lab.target_file import write

_NOT_NEEDED: Final = ("cacheprovider", "terminal", "logging", "unraisableexception")
"""The last one collects garbage until there is none, at the end of each run: a third of a short run's time."""


def report_on(
    edition: str,
    *,
    faults: tuple[str, ...] = (),
    variants: tuple[str, ...] = (),
    profile: str = "all",
    chapters: Iterable[str] = (),
    seed: int | None = None,
    plugins: Sequence[object] = (),
    texts: bool = True,
    started: Callable[[Lab], None] = lambda lab: None,
    **lab: Any,
) -> dict[str, Any]:
    """The report of a run, of all chapters or some. Adds `exit`, the exit code of the process, and `left_over`, what stayed
    on the target: accounts, and settings that are not as they were. Without ``texts`` it holds verdicts, and no reasons.
    ``started`` gets the lab before its first request; ``lab``: further arguments of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(edition=edition, faults=faults, variants=variants, **lab) as server,
    ):
        started(server)
        target, out = Path(folder, "target.toml"), Path(folder, "out")
        write(server.target(), target)
        options: list[object] = [
            "--target",
            target,
            "--out",
            out,
            "--edition",
            edition,
            "--profile",
            profile,
            "--brief" if texts else "--verdicts-only",
        ]
        if seed is None and faults:  # what is generated differs by seed, and might not come by a fault
            seed = crc32(" ".join(faults).encode())
        options += ["--seed", seed] if seed is not None else []
        code = suites(*options, chapters=chapters, plugins=plugins)
        report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
        report["left_over"] = sorted(
            user.username for user in server.state.accounts.values() if user.username != "admin"
        )
        before, after = server.rules.settings, server.state.settings
        report["left_over"] += sorted(name for name in before if before[name] != after[name])
    if not gc.isenabled():  # a worker's, which collects no garbage while a run goes on
        gc.collect()
        gc.freeze()  # what is left need not be looked through again
    return report | {"exit": code}


def suites(*options: object, chapters: Iterable[str] = (), plugins: Sequence[object] = ()) -> int:
    """Run the suites, or some chapters of them, with these options of the plugin. Returns pytest's exit code."""
    folder = resources.folder("suites")
    asked = [folder / f"test_{chapter}.py" for chapter in chapters] or [folder]
    off = [part for name in _NOT_NEEDED for part in ("-p", f"no:{name}")]
    plain = ["--disable-plugin-autoload", "-p", "conformance.plugin", *off]
    arguments = [*plain, "-c", os.devnull, f"--rootdir={folder}", *map(str, options)]
    return int(pytest.main([*arguments, *map(str, asked)], plugins=list(plugins)))
