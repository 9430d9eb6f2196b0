"""Two reports, requirement by requirement: what changed, and whether the server or the suite changed it.

A verdict may change because the server did, or because the suite that judges it did. Where the suites differ, the old
evidence judged by the new one tells them apart, test by test; what it does not cover is the cause of nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from conformance.events import UNCOVERED, Started
from conformance.model import Requirement, Verdict
from conformance.results import Report, Row
from conformance.verdicts import fold


class Cause(Enum):
    """Who changed a verdict. The server's part is that of its configuration, too."""

    SUITE = "suite"
    SERVER = "server"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a change that has one cause."""

    cause: Cause
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement whose verdicts differ. ``steps`` lead from the old one to the new one."""

    before: Row
    after: Row
    steps: tuple[Step, ...]

    @property
    def requirement(self) -> Requirement:
        return self.after.requirement

    @property
    def broke(self) -> bool:
        """Whether the requirement is newly, or more gravely, seen not to hold."""
        return self.after.verdict in BROKEN and not (
            self.before.verdict in BROKEN and self.before.verdict >= self.after.verdict
        )

    @property
    def fixed(self) -> bool:
        return self.before.verdict in BROKEN and self.after.verdict is Verdict.PASS

    @property
    def worse(self) -> bool:
        return worse(self.before.verdict, self.after.verdict)


@dataclass(frozen=True, slots=True)
class Lone:
    """A requirement that only one of two reports is about, and why the other is not."""

    row: Row
    why: str
    retired: bool = False
    """Whether the suite has changed, rather than what it was asked to judge."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Something beside the verdicts in which two reports differ."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Differences:
    old: Report
    new: Report
    same_suite: bool
    unjudged: str | None
    """Why the old evidence was not judged by the new suite, where that was called for."""
    contrasts: tuple[Contrast, ...]
    changes: tuple[Change, ...]
    added: tuple[Lone, ...]
    gone: tuple[Lone, ...]
    unchanged: Mapping[str, int]
    """How many requirements have each verdict in both."""

    @property
    def newly_failing(self) -> tuple[Change, ...]:
        """The gravest first."""
        return tuple(
            sorted((change for change in self.changes if change.broke), key=lambda change: -change.after.verdict)
        )

    @property
    def fixed(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.fixed)

    @property
    def other(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.broke and not change.fixed)


BROKEN: Final = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.NOTE})
"""The requirement was seen not to hold."""

_BEST_FIRST: Final = (
    *(Verdict.PASS, Verdict.INAPPLICABLE, Verdict.UNTESTED),
    *(Verdict.NOTE, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL),
)


def worse(before: Verdict, after: Verdict) -> bool:
    """Whether a verdict says less for the server than one before: nothing is as good as a pass, not even to be untested."""
    return _BEST_FIRST.index(after) > _BEST_FIRST.index(before)


def same_suite(one: Started, other: Started) -> bool:
    return (one.suite_version, one.catalogue_digest) == (other.suite_version, other.catalogue_digest)


def compare(old: Report, new: Report, judged: Report | str = "the old evidence was not judged again") -> Differences:
    """What differs. ``judged``: the old evidence judged by the new suite, or why there is no such report; it is not asked
    for where both suites are the same."""
    same = same_suite(old.started, new.started)
    again = old if same else judged if isinstance(judged, Report) else None
    before, after = _by_id(old), _by_id(new)
    both = [name for name in after if name in before]
    return Differences(
        old=old,
        new=new,
        same_suite=same,
        unjudged=None if same or not isinstance(judged, str) else judged,
        contrasts=tuple(_contrasts(old, new)),
        changes=tuple(
            Change(before[name], after[name], tuple(_steps(name, old, new, again)))
            for name in both
            if before[name].verdict is not after[name].verdict
        ),
        added=tuple(_lone(row, new, old) for name, row in after.items() if name not in before),
        gone=tuple(_lone(row, old, new) for name, row in before.items() if name not in after),
        unchanged={
            verdict.word: count
            for verdict in sorted(Verdict, reverse=True)
            if (count := sum(before[name].verdict is after[name].verdict is verdict for name in both))
        },
    )


def _by_id(report: Report) -> dict[str, Row]:
    return {row.requirement.id: row for row in report.rows}


def _steps(name: str, old: Report, new: Report, again: Report | None) -> Iterator[Step]:
    """The change of one requirement in up to three steps: what the new suite makes of the old evidence, what the server
    then changed in the same tests, and what other tests say, which nothing can be compared with."""
    then, now = _performed(old, name), _performed(new, name)
    covered = _performed(again, name) if again else {}
    known = {test.test for report in (again, new) if report for test in report.tests if test.requirement == name}
    by_suite = {test: covered.get(test, verdict) for test, verdict in then.items() if test in known or not again}
    by_server = {test: now.get(test, verdict) if test in covered else verdict for test, verdict in by_suite.items()}
    stages = (
        (Cause.SUITE if again and again is not old else Cause.UNKNOWN, fold(by_suite.values())),
        (Cause.SERVER, fold(by_server.values())),
        (Cause.UNKNOWN, _row(new, name)),
    )
    before = _row(old, name)
    for cause, after in stages:
        if after is not before:
            yield Step(cause, before, after)
        before = after


def _row(report: Report, name: str) -> Verdict:
    return _by_id(report)[name].verdict


def _performed(report: Report, name: str) -> dict[str, Verdict]:
    """The verdicts of the tests of a requirement that came to one, on evidence that was there."""
    return {
        test.test: Verdict[test.verdict.upper()]
        for test in report.tests
        if test.requirement == name
        and test.verdict != Verdict.UNTESTED.word
        and not (test.reason or "").startswith(UNCOVERED)
    }


def _lone(row: Row, report: Report, other: Report) -> Lone:
    """``row`` is in the first of two reports alone."""
    profile, edition = row.requirement.profile, other.surveyed.edition
    if profile not in other.started.profiles:
        return Lone(row, f"profile {profile} was run in one of them only")
    if edition != report.surveyed.edition:
        return Lone(row, "the editions differ")
    if same_suite(report.started, other.started):
        return Lone(row, "one of them does not hold it, though the suite is the same")
    return Lone(row, "the suites differ", retired=True)


def _contrasts(old: Report, new: Report) -> Iterator[Contrast]:
    sides = zip(_facts(old).items(), _facts(new).values(), strict=True)
    yield from (Contrast(what, before, after) for (what, before), after in sides if before != after)


def _facts(report: Report) -> dict[str, str]:
    """What verdicts may depend on beside the server's code, in words."""
    started, surveyed = report.started, report.surveyed
    return {
        "target": started.target,
        "address": started.base_url,
        "server version": surveyed.server_version or "unknown",
        "edition": surveyed.edition,
        "profiles": _listed(started.profiles),
        "declared": _listed(surveyed.declared),
        "found": _listed(surveyed.probed),
        "methods tested": _listed(report.scope.methods_tested),
        "suite": started.suite_version,
        "catalogue": started.catalogue_digest,
        "complete": "yes" if report.complete else "no",
    }


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(sorted(words)) or "none"
