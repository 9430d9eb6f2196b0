"""The order in which every document shows a report: the worst first, then chapter by chapter, one cause as one item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.events import Judged
from conformance.model import Requirement, Verdict
from conformance.results import Report, Row

FINDINGS: Final = (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.NOTE)
"""Verdicts that somebody has to look at one by one, the most urgent first."""

UNDECIDED: Final = (Verdict.INCONCLUSIVE, Verdict.UNTESTED, Verdict.INAPPLICABLE)
"""Verdicts that come in groups with one cause, the most urgent first."""

WORST_FIRST: Final = (*FINDINGS, *UNDECIDED, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows without a finding on the server that share their cause: another requirement, or else a reason."""

    verdict: Verdict
    blocked_by: str | None
    reason: str | None
    rows: tuple[Row, ...]

    @property
    def head(self) -> str:
        return f"{len(self.rows)} {self.verdict.word}"


def of_verdict(report: Report, verdict: Verdict) -> tuple[Row, ...]:
    return tuple(row for row in report.rows if row.verdict is verdict)


def findings(report: Report) -> tuple[Row, ...]:
    """Every row to look at, the most urgent first."""
    return tuple(row for verdict in FINDINGS for row in of_verdict(report, verdict))


def groups(report: Report) -> tuple[Group, ...]:
    """Every undecided row, gathered by what kept it from a finding; within a verdict the largest group first."""
    return tuple(group for verdict in UNDECIDED for group in _groups(verdict, of_verdict(report, verdict)))


def sections(report: Report) -> tuple[tuple[Verdict, tuple[Group, ...]], ...]:
    """Every row, by verdict: what somebody has to look at, what is undecided with its causes, and what passed."""
    undecided = groups(report)
    parts = [(verdict, _together(verdict, of_verdict(report, verdict))) for verdict in FINDINGS]
    parts += [(verdict, tuple(group for group in undecided if group.verdict is verdict)) for verdict in UNDECIDED]
    parts += [(Verdict.PASS, _together(Verdict.PASS, of_verdict(report, Verdict.PASS)))]
    return tuple((verdict, found) for verdict, found in parts if found)


def _together(verdict: Verdict, rows: tuple[Row, ...]) -> tuple[Group, ...]:
    return (Group(verdict, None, None, rows),) if rows else ()


def _groups(verdict: Verdict, rows: Iterable[Row]) -> list[Group]:
    by_cause: dict[tuple[str | None, str | None], list[Row]] = {}
    for row in rows:
        cause = (row.blocked_by, None if row.blocked_by else row.reason)
        by_cause.setdefault(cause, []).append(row)
    gathered = [Group(verdict, *cause, tuple(mine)) for cause, mine in by_cause.items()]
    return sorted(gathered, key=lambda group: -len(group.rows))


def chapters(report: Report) -> dict[str, tuple[Row, ...]]:
    """Rows by chapter, both in the catalogue's order."""
    names = dict.fromkeys(row.requirement.chapter for row in report.rows)
    return {name: tuple(row for row in report.rows if row.requirement.chapter == name) for name in names}


def tests_by_requirement(report: Report) -> Mapping[str, tuple[Judged, ...]]:
    """The tests of each row; the key is the requirement's id, which every row has."""
    found: dict[str, list[Judged]] = {row.requirement.id: [] for row in report.rows}
    for test in report.tests:
        found.setdefault(test.requirement, []).append(test)
    return {requirement: tuple(tests) for requirement, tests in found.items()}


def cases(report: Report) -> tuple[tuple[Judged, Requirement | None], ...]:
    """Every test with its requirement, and one that stands for each requirement without a test: what formats of tests show."""
    requirements = {row.requirement.id: row.requirement for row in report.rows}
    idle = (_stand_in(row) for row in report.rows if not row.tests)
    return tuple((test, requirements.get(test.requirement)) for test in (*report.tests, *idle))


def _stand_in(row: Row) -> Judged:
    return Judged(row.requirement.id, row.requirement.id, row.verdict.word, row.reason, row.blocked_by, seconds=0.0)


def exchanges(report: Report, row: Row) -> tuple[int, ...]:
    """The exchanges to look at: those of the tests that gave the row its verdict."""
    mine = (
        test for test in report.tests if test.requirement == row.requirement.id and test.verdict == row.verdict.word
    )
    return tuple(sorted({seq for test in mine for seq in test.exchanges}))


def disagreements(report: Report) -> tuple[Row, ...]:
    """The rows whose requirement the page and the product see differently, unless there was nothing to judge."""
    idle = {Verdict.UNTESTED, Verdict.INAPPLICABLE}
    return tuple(row for row in report.rows if row.requirement.disagreement and row.verdict not in idle)


def force(requirement: Requirement) -> str:
    """How bad a breach is, who says so and where, in a phrase."""
    clauses = ", ".join(requirement.clauses) or "no clause"
    return f"{requirement.level.name} by the {requirement.level_by}, {clauses}"
