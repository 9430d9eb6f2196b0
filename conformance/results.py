"""The report: what a log and the catalogue say together. Every document is made from it, so all hold the same verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from conformance.catalogue import Catalogue, in_scope
from conformance.events import Event, Facts, Finished, Judged, Started, Surveyed
from conformance.inspection import Leak
from conformance.model import PROFILES, Claim, Edition, Level, Profile, Requirement, Verdict
from conformance.verdicts import claim, exit_code, fold

FORMAT: Final = "twofa-conformance-report/1"
METHODS: Final = ("email", "totp", "password")

_SHOWN_TO_WORK: Final = {Verdict.PASS, Verdict.NOTE, Verdict.WARN, Verdict.FAIL}


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement with its verdict."""

    requirement: Requirement
    verdict: Verdict
    reason: str | None
    blocked_by: str | None
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the claim is about: it says nothing of a method that was not tested."""

    methods_tested: tuple[str, ...]
    musts_passed: int
    musts_inapplicable: int


@dataclass(frozen=True, slots=True)
class Report:
    started: Started
    surveyed: Surveyed
    finished: Finished | None
    rows: tuple[Row, ...]
    tests: tuple[Judged, ...]
    claim: Claim
    profiles: Mapping[str, Claim | None]
    scope: Scope
    exit_code: int
    withheld: tuple[Leak, ...] = ()
    """Secrets that stood in what was to be written. Then this report holds verdicts and no text that came from the target."""

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements have each verdict, the best verdict first."""
        order = ("pass", "fail", "warn", "note", "inconclusive", "error", "inapplicable", "untested")
        words = [row.verdict.word for row in self.rows]
        return {word: words.count(word) for word in order}

    @property
    def complete(self) -> bool:
        """Whether the run came to its end, and was to try everything."""
        return self.finished is not None and self.finished.complete and not self.started.selection

    @property
    def not_run(self) -> tuple[Row, ...]:
        """The rows that a test could tell of, and none did."""
        return _not_run(self.rows)


def build(events: Iterable[Event], catalogue: Catalogue, *, withheld: tuple[Leak, ...] = ()) -> Report:
    """Fold a log into a report. ValueError if the log does not open as one. ``withheld``: the secrets that were found in it,
    which are an error in the suite."""
    log = list(events)
    started = _opening(log)
    surveyed = next((event for event in log if isinstance(event, Surveyed)), _NOTHING_FOUND)
    finished = next((event for event in log if isinstance(event, Finished)), None)
    tests = tuple(event for event in log if isinstance(event, Judged))
    wanted = frozenset[Profile](profile for profile in PROFILES if profile in started.profiles)
    idle = _why_untested(finished, preflight_passed=_preflight_passed(surveyed))
    edition: Edition = "current" if surveyed.edition == "current" else "classic"
    rows = tuple(_row(requirement, tests, idle) for requirement in in_scope(catalogue, edition, wanted).values())
    return _concluded(started, surveyed, finished, rows, tests, withheld)


def recomputed(report: Report) -> Report:
    """What follows from a report's own tests, whatever it says itself: for one that was read back, and is not trusted yet."""
    rows = tuple(
        replace(
            row,
            verdict=fold(Verdict[test.verdict.upper()] for test in mine),
            tests=tuple(test.test for test in mine),
        )
        for row in report.rows
        for mine in [[test for test in report.tests if test.requirement == row.requirement.id]]
    )
    return _concluded(report.started, report.surveyed, report.finished, rows, report.tests, report.withheld)


def _concluded(
    started: Started,
    surveyed: Surveyed,
    finished: Finished | None,
    rows: tuple[Row, ...],
    tests: tuple[Judged, ...],
    withheld: tuple[Leak, ...],
) -> Report:
    """A report, with all that is derived from its rows."""
    complete = finished is not None and finished.complete and not started.selection and not _not_run(rows)
    base = _claim_of("base", rows, complete=complete) or "undetermined"
    return Report(
        started=started,
        surveyed=surveyed,
        finished=finished,
        rows=rows,
        tests=tests,
        claim=base,
        profiles={name: _claim_of(name, rows, complete=complete) for name in PROFILES if name != "base"},
        scope=_scope(rows),
        exit_code=exit_code(
            base,
            [row.verdict for row in rows],
            interrupted=finished is None or finished.interrupted,
            preflight_passed=_preflight_passed(surveyed),
            broken=bool(withheld) or (finished is not None and finished.broken is not None),
        ),
        withheld=withheld,
    )


def _not_run(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(row for row in rows if not row.tests and not row.requirement.untestable)


def _preflight_passed(surveyed: Surveyed) -> bool:
    return all(finding.verdict != "fail" for finding in surveyed.findings)


_NOTHING_FOUND: Final = Surveyed(
    findings=(),
    edition="classic",
    edition_evidence=(),
    server_version=None,
    declared=(),
    probed=(),
    facts=Facts(),
)


def _opening(log: list[Event]) -> Started:
    if not log or not isinstance(log[0], Started):
        raise ValueError("the log does not open with its header line")
    return log[0]


def _why_untested(finished: Finished | None, *, preflight_passed: bool) -> str:
    if not preflight_passed:
        return "the preflight failed"
    if finished is None or finished.interrupted:
        return "the run was interrupted"
    if finished.broken:
        return "an error in the suite ended the run"
    return "not selected"


def _row(requirement: Requirement, tests: tuple[Judged, ...], idle: str) -> Row:
    mine = [test for test in tests if test.requirement == requirement.id]
    verdict = fold(Verdict[test.verdict.upper()] for test in mine)
    worst = next((test for test in mine if test.verdict == verdict.word), None)
    return Row(
        requirement=requirement,
        verdict=verdict,
        reason=worst.reason if worst else requirement.untestable or idle,
        blocked_by=worst.blocked_by if worst else None,
        tests=tuple(test.test for test in mine),
    )


def _claim_of(profile: str, rows: tuple[Row, ...], *, complete: bool) -> Claim | None:
    mine = [(row.requirement, row.verdict) for row in rows if row.requirement.profile == profile]
    return claim(mine, complete=complete) if mine else None


def _scope(rows: tuple[Row, ...]) -> Scope:
    base = [row for row in rows if row.requirement.profile == "base"]
    musts = [row.verdict for row in base if row.requirement.level is Level.MUST]
    tested = {word for row in base if row.verdict in _SHOWN_TO_WORK for word in row.requirement.when}
    return Scope(
        methods_tested=tuple(method for method in METHODS if method in tested),
        musts_passed=musts.count(Verdict.PASS),
        musts_inapplicable=musts.count(Verdict.INAPPLICABLE),
    )


def to_json(report: Report) -> dict[str, Any]:
    """What report.json holds."""
    started, surveyed, finished = report.started, report.surveyed, report.finished
    expected = {row.requirement.id: _expectation(row.requirement) for row in report.rows}
    return {
        "format": FORMAT,
        "claim": report.claim,
        "scope": asdict(report.scope) | {"methods_tested": list(report.scope.methods_tested)},
        "profiles": dict(report.profiles),
        "exit_code": report.exit_code,
        "suite": {"version": started.suite_version, "catalogue_digest": started.catalogue_digest},
        "target": {
            "name": started.target,
            "base_url": started.base_url,
            "server_version": surveyed.server_version,
            "edition": surveyed.edition,
            "edition_evidence": list(surveyed.edition_evidence),
            "capabilities": {
                "declared": list(surveyed.declared),
                "probed": list(surveyed.probed),
                "tested": list(report.scope.methods_tested),
            },
            "clock_offset": surveyed.facts.clock_offset,
            "mail_delay": surveyed.facts.mail_delay,
        },
        "run": {
            "id": started.run,
            "started": started.started,
            "finished": finished and finished.finished,
            "seconds": finished and finished.seconds,
            "seed": started.seed,
            "complete": report.complete,
            "selection": started.selection,
            "interrupted": finished is None or finished.interrupted,
            "broken": finished and finished.broken,
            "left_over": list(finished.left_over) if finished else [],
        },
        "preflight": [asdict(finding) for finding in surveyed.findings],
        "counts": report.counts,
        "requirements": [_requirement(row) for row in report.rows],
        "tests": [_test(test, expected) for test in report.tests],
        **({"withheld": [asdict(leak) for leak in report.withheld]} if report.withheld else {}),
    }


def survey_to_json(surveyed: Surveyed) -> dict[str, Any]:
    """What `doctor --json` prints."""
    return {
        "preflight": [asdict(finding) for finding in surveyed.findings],
        "edition": surveyed.edition,
        "edition_evidence": list(surveyed.edition_evidence),
        "server_version": surveyed.server_version,
        "capabilities": {"declared": list(surveyed.declared), "probed": list(surveyed.probed)},
    }


def _requirement(row: Row) -> dict[str, Any]:
    requirement = row.requirement
    return {
        "id": requirement.id,
        "profile": requirement.profile,
        "level": requirement.level.value,
        "level_by": requirement.level_by,
        "text": requirement.text,
        "passes": requirement.passes,
        "fails": requirement.fails,
        "clauses": list(requirement.clauses),
        "source": requirement.source,
        "line": requirement.line,
        "editions": list(requirement.editions),
        "when": list(requirement.when),
        "untestable": requirement.untestable,
        "disagreement": requirement.disagreement,
        "explained_by": list(requirement.explained_by),
        "verdict": row.verdict.word,
        "reason": row.reason,
        "blocked_by": row.blocked_by,
        "tests": list(row.tests),
    }


def _expectation(requirement: Requirement) -> str:
    return f"{requirement.text} ({', '.join(requirement.clauses)})"


def _test(test: Judged, expected: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": test.test,
        "requirement": test.requirement,
        "expected": expected.get(test.requirement),
        "verdict": test.verdict,
        "reason": test.reason,
        "blocked_by": test.blocked_by,
        "seconds": test.seconds,
        "exchanges": list(test.exchanges),
        "reproducer": None,
        "purpose": test.purpose,
    }
