"""A whole run against a faultless server: what it was asked, by which test, and what the suites made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from conformance.events import Facts, Surveyed
from conformance.lab.witness import Asked
from conformance.score.trial import report_on

if TYPE_CHECKING:
    import pytest


class NotConformant(Exception):
    """The suites find fault with the faultless server, or leave it open: then nothing can be told of others by it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the suites made of the faultless server. ``tests``: the rows of report.json by their ids; ``asking``: the tests
    that sent it anything; ``modules``: by test, the file that holds it, without its suffix."""

    surveyed: Surveyed
    tests: Mapping[str, Mapping[str, Any]]
    asking: frozenset[str]
    modules: Mapping[str, str] = field(default_factory=dict)

    @property
    def looking(self) -> frozenset[str]:
        """The tests that sent nothing, and judged what others were answered."""
        return frozenset(id for id, test in self.tests.items() if id not in self.asking and test["verdict"] != _IDLE)

    def verdict(self, test: str) -> str | None:
        return self.tests[test]["verdict"] if test in self.tests else None

    def holds_for(self, surveyed: Surveyed) -> bool:
        """Whether another preflight has found the same, but for what no two runs measure alike."""
        return _outline(surveyed) == _outline(self.surveyed)


@dataclass(frozen=True, slots=True)
class Recording:
    """``began``: when the server did, by its own clock; ``asked``: in the order in which it answered."""

    edition: str
    began: float
    asked: tuple[Asked, ...]
    known: Known

    @classmethod
    def of(cls, edition: str, seed: int) -> Self:
        """Run all profiles with a seed. NotConformant where this is no ground to stand on."""
        asked, surveys, began = list[Asked](), _Surveys(), list[float]()
        report = report_on(
            edition, seed=seed, plugins=[surveys], witness=asked.append, started=lambda lab: began.append(lab.began)
        )
        if report["exit"] != 0:
            wrong = {row["id"]: row["verdict"] for row in report["requirements"] if row["verdict"] in _OPEN}
            raise NotConformant(
                f"the faultless server of {edition}, with the seed {seed}: {wrong or report['preflight']}"
            )
        tests = {test["id"]: test for test in report["tests"]}
        known = Known(surveys.found[0], tests, frozenset(tests) & {one.by for one in asked}, surveys.modules)
        return cls(edition, began[0], tuple(asked), known)


_IDLE = "inapplicable"
_OPEN = frozenset({"fail", "warn", "error", "inconclusive", "untested"})


class _Surveys:
    def __init__(self) -> None:
        self.found: list[Surveyed] = []
        self.modules: dict[str, str] = {}

    def pytest_conformance_surveyed(self, session: pytest.Session, surveyed: Surveyed) -> None:
        self.found.append(surveyed)
        self.modules |= {item.name: item.path.stem for item in session.items}


def _outline(surveyed: Surveyed) -> tuple[object, ...]:
    facts: Facts = replace(surveyed.facts, clock_offset=0.0, mail_delay=None, admin_id="")
    findings = [(finding.id, finding.verdict) for finding in surveyed.findings]
    return facts, findings, surveyed.edition, surveyed.declared, surveyed.probed
