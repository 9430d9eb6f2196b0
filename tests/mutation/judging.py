"""One mutant in a process of its own: whether the scripted conversation sees it, and whether the suites do.

Nothing of the lab is imported before the changed source stands in for its module; so these imports are late.
"""

from __future__ import annotations

import hashlib
import importlib
import resource
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from conformance import resources
from conformance.model import EDITIONS

LAB: Final = "conformance.lab"
STAGES: Final = (
    ("challenge", "acceptance", "refusal", "code", "effect", "resend", "enabling", "disabling"),
    ("login", "totp", "password", "procedure", "tokens", "choice", "replay", "announcement"),
)
"""Chapters that see most, at little cost, come first; then all the others."""

NET: Final = "form"
"""Looks at the replies that other chapters get, so it is part of every stage."""

LAB_TESTS: Final = Path(__file__).parents[1] / "lab"
OWN_TESTS: Final = ("test_endpoints", "test_enrolment", "test_authenticator", "test_step_up", "test_editions")

CPU_SECONDS: Final = 180
"""Far above what all runs of one mutant take: a mutant that computes for ever ends here."""

Judged = dict[str, Any]
"""`status` is stillborn (the lab does not even start), unseen (by the script and by the lab's own tests), killed, survived
or broken (the suites came to no report); `by` is what killed it, `in` the edition, `differing` are the editions in which the script sees it; `raised` says that the handler broke down in the script; `seconds` is the CPU time that it took."""


class Changed(MetaPathFinder, InspectLoader):
    """Another source in place of one module's."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def get_source(self, fullname: str) -> str:
        return self._source


def judge(module: str, source: str, honest: Mapping[str, str], told: Connection) -> None:
    """The process of a mutant; `honest` is what the script comes to without it, by edition."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    told.send({**judged(module, source, honest), "seconds": round(time.process_time(), 1)})


def judged(module: str, source: str, honest: Mapping[str, str]) -> Judged:
    if any(name.startswith(LAB) for name in sys.modules):
        raise RuntimeError("the lab is here already, unchanged")
    sys.meta_path.insert(0, Changed(f"{LAB}.{module}", source))
    try:
        importlib.import_module(f"{LAB}.{module}")
        opens()
    except Exception as problem:  # noqa: BLE001 - a mutant may raise whatever, and that is its outcome
        return {"status": "stillborn", "by": [repr(problem)]}
    seen = {edition: heard(edition) for edition in EDITIONS}
    differing = [edition for edition in EDITIONS if seen[edition][0] != honest.get(edition)]
    raised = any(broke for _, broke in seen.values())
    if not differing and not noticed():
        return {"status": "unseen"}
    about = {"raised": raised, "differing": differing}
    for edition in sorted(EDITIONS, key=lambda one: one not in differing):
        try:
            by = killers(edition)
        except Exception as problem:  # noqa: BLE001 - it is a finding about the suites, and is told
            return {"status": "broken", "by": [repr(problem)], "in": edition, **about}
        if by:
            return {"status": "killed", "by": by, "in": edition, **about}
    return {"status": "survived", **about}


def control(told: Connection) -> None:
    """The process of the unchanged lab: what the script comes to in each edition, and what the suites hold against it."""
    told.send({edition: (heard(edition)[0], killers(edition)) for edition in EDITIONS})


def opens() -> None:
    """Brings up the handler alone."""
    from conformance.lab.rules import EDITIONS
    from conformance.lab.server import opened

    for rules in EDITIONS.values():
        opened(rules, b"lab", 1e9)


def heard(edition: str) -> tuple[str, bool]:
    """A digest of the scripted conversation, and whether the handler broke down in it. Where the script cannot go on, because
    an answer is not what it builds on, that is the difference."""
    from conformance.lab.rules import EDITIONS
    from tests.lab.script import transcript

    try:
        told, broke = repr(transcript(EDITIONS[edition])), False
    except Exception as problem:  # noqa: BLE001 - as above
        frames = traceback.extract_tb(problem.__traceback__)
        told, broke = repr(problem), any("conformance/lab/" in frame.filename for frame in frames)
    return hashlib.sha256(told.encode()).hexdigest(), broke


def noticed() -> bool:
    """Whether the lab's own tests of the handler fail, which look at more than the script does."""
    off = ("-p", "no:cacheprovider", "-p", "no:terminal", "--disable-plugin-autoload")
    return pytest.main([*off, "-x", *(f"{LAB_TESTS / name}.py" for name in OWN_TESTS)]) != pytest.ExitCode.OK


def killers(edition: str) -> list[str]:
    """What of the suites a lab does not stand: red rows of MUST or SHOULD, failed findings of the preflight, and, if there is
    neither, rows that stay open. Empty if it is conformant."""
    from conformance.score.trial import report_on

    for chapters in stages():
        report = report_on(edition, chapters=(*chapters, NET))
        if by := list(complaints(report)):
            return by
    return []


def stages() -> Iterator[tuple[str, ...]]:
    yield from STAGES
    known = {chapter for stage in STAGES for chapter in stage} | {NET}
    every = sorted(path.name[len("test_") : -len(".py")] for path in resources.folder("suites").glob("test_*.py"))
    yield tuple(chapter for chapter in every if chapter not in known)


def complaints(report: Mapping[str, Any]) -> list[str]:
    rows = report["requirements"]
    red = [row["id"] for row in rows if row["verdict"] in {"fail", "warn"}]
    failed = [f"preflight {finding['id']}" for finding in report["preflight"] if finding["verdict"] == "fail"]
    still_open = [f"open {row['id']}" for row in rows if row["verdict"] in {"inconclusive", "error"}]
    return (red + failed or still_open)[:8]
