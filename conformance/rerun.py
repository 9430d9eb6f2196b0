"""What is to be run again, by the report of an earlier run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.model import PROFILES, Profile

_AGAIN: Final = frozenset({"fail", "error", "inconclusive", "untested"})


class NoReport(Exception):
    """There is no report of an earlier run, or none that can be read."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run found: the verdict of each test that it came to, and the profiles that it was about."""

    verdicts: Mapping[str, str]
    complete: bool
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
                complete=report["run"]["complete"] is True,
                profiles=frozenset[Profile](name for name in PROFILES if name in chosen),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoReport(
                f"{path}: expected the report of an earlier run for --rerun-failed: {type(error).__name__}: {error}"
            ) from error

    def calls_for(self, test: str) -> bool:
        """Whether a test has still to show that all is well. One that the earlier run does not tell of was left out on
        purpose, unless that run was cut."""
        return self.verdicts.get(test, "pass" if self.complete else "untested") in _AGAIN
