"""One run of the suites against a lab, in this process: the same as `run --target`, without its display."""

from __future__ import annotations

import json
import os
import random
import tempfile
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from conformance import resources
from conformance.lab import Lab
from conformance.lab.target_file import write
from conformance.model import EDITIONS


class Shuffle:
    """Another order of the tests for each seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._random.shuffle(items)


def drive(
    edition: str,
    *,
    faults: tuple[str, ...] = (),
    variants: tuple[str, ...] = (),
    order: int | None = None,
    chapters: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The report of a run with all profiles, of all chapters or some. Adds `exit`, the exit code of the process, and
    `left_over`, what stayed on the target: accounts, and settings that are not as they were."""
    with tempfile.TemporaryDirectory() as folder, Lab(edition=edition, faults=faults, variants=variants) as lab:
        target, out = Path(folder, "target.toml"), Path(folder, "out")
        write(lab.target(), target)
        asked: tuple[object, ...] = ("--target", target, "--out", out, "--edition", edition, "--profile", "all")
        if faults:  # what is generated differs by seed, and might not come by a fault
            asked = (*asked, "--seed", str(crc32(" ".join(faults).encode())))
        code = suites(*asked, order=order, chapters=chapters)
        report: dict[str, Any] = json.loads((out / "report.json").read_text())
        report["left_over"] = sorted(user.username for user in lab.state.accounts.values() if user.username != "admin")
        before, after = lab.rules.settings, lab.state.settings
        report["left_over"] += sorted(name for name in before if before[name] != after[name])
    return report | {"exit": code}


def suites(*options: object, order: int | None = None, chapters: tuple[str, ...] = ()) -> int:
    """Run the suites, or some chapters of them, with these options of the plugin."""
    folder = resources.folder("suites")
    asked = [folder / f"test_{chapter}.py" for chapter in chapters] or [folder]
    off = [part for name in _NOT_NEEDED for part in ("-p", f"no:{name}")]
    plain = ["--disable-plugin-autoload", "-p", "conformance.plugin", *off]
    arguments = [*plain, "-c", os.devnull, f"--rootdir={folder}", *map(str, options)]
    plugins = [Shuffle(order)] if order is not None else []
    return int(pytest.main([*arguments, *map(str, asked)], plugins=plugins))


_NOT_NEEDED = ("cacheprovider", "terminal", "unraisableexception")
"""The last one collects garbage until there is none, at the end of each run: a third of a short run's time."""


def editions(deviation: Any) -> tuple[str, ...]:
    """The editions in which a fault or variant can be seeded."""
    return EDITIONS if deviation.edition == "both" else (deviation.edition,)


def sampled(deviation: Any, edition: str) -> bool:
    """What can be seeded in both editions is tried in one of them, unless there is all the time of a soak."""
    return editions(deviation)[crc32(deviation.id.encode()) % len(editions(deviation))] == edition


def one_in(number: int, deviation: Any) -> bool:
    """A fixed share of the faults or variants."""
    return crc32(f"share of {deviation.id}".encode()) % number == 0


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in report["requirements"]}


def red(report: dict[str, Any]) -> set[str]:
    """The requirements that a run found broken, whatever their level."""
    return {row["id"] for row in report["requirements"] if row["verdict"] in {"fail", "warn", "note", "error"}}
