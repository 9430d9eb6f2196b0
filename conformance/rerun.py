"""What is to be run again, by the report of an earlier run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.model import PROFILES, Profile

_AGAIN: Final = frozenset({"fail", "error", "inconclusive", "untested"})
_PREFLIGHT_FAILED: Final = 5


class NoReport(Exception):
    """There is no report of an earlier run, or none that can be read."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run found: the verdict of each test that it came to, and the profiles that it was about."""

    verdicts: Mapping[str, str]
    cut: bool
    profiles: frozenset[Profile]

    @classmethod
    def read(cls, folder: Path) -> Earlier:
        """By the report in an output directory. NoReport where there is none."""
        path = folder / "report.json"
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
            chosen = {"base", *(name for name, claim in report["profiles"].items() if claim is not None)}
            return cls(
                verdicts={str(test["id"]): str(test["verdict"]) for test in report["tests"]},
                cut=_was_cut(report["run"], report["exit_code"]),
                profiles=frozenset[Profile](name for name in PROFILES if name in chosen),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoReport(
                f"{path}: expected the report of an earlier run for --rerun-failed: {type(error).__name__}: {error}"
            ) from error

    def calls_for(self, test: str) -> bool:
        """Whether a test has still to show that all is well. One that the earlier run does not tell of was left out on
        purpose, unless that run was cut."""
        return self.verdicts.get(test, "untested" if self.cut else "pass") in _AGAIN


def _was_cut(run: Mapping[str, Any], exit_code: int) -> bool:
    """Whether a run has not come to all that it was to try: a selection that came to its end has."""
    unfinished = not run["complete"] and not run["selection"]
    return unfinished or run["interrupted"] or run["broken"] is not None or exit_code == _PREFLIGHT_FAILED
