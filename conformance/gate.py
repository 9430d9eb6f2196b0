"""The release gate: a report and a policy to the reasons why not. No reason is the only way through.

Whatever cannot be told keeps the gate shut: it never opens for want of something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion

from conformance.consistency import some
from conformance.differences import Differences, worse
from conformance.expectations import Reason, objections, set_aside
from conformance.model import Level, Requirement, Verdict
from conformance.results import Report, recomputed
from conformance.verdicts import claim, fold

if TYPE_CHECKING:
    from conformance.policy import Demands, Policy

Rows = list[tuple[Requirement, Verdict]]

_CLOCKS: Final = timedelta(minutes=1)
"""How far the clocks of two machines may be apart."""

_NO_RESULT: Final = {
    4: (
        "the run ended with exit code 4, an error in the suite itself",
        "see `error` in the report; no policy can expect it",
    ),
    5: ("the run ended with exit code 5: its preflight failed", "see `preflight` in the report, or run `doctor`"),
    130: ("the run was interrupted", "run it again, to its end"),
}
_UNDECIDED: Final = (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.UNTESTED)


def reasons(
    report: Report,
    policy: Policy,
    now: datetime,
    *,
    doubts: Iterable[str] = (),
    baseline: Differences | None = None,
) -> tuple[Reason, ...]:
    """Why a release must not go on; nothing if it may.

    ``doubts``: what contradicts itself in the report, or in the baseline. ``baseline``: what changed since an older report.
    """
    sound = recomputed(report)
    return (
        *_contradictory(list(doubts)),
        *_unfinished(report, sound, policy.policy),
        *_other_subject(report, policy.policy),
        *_too_old(sound, policy.policy, now),
        *_claims(sound, policy),
        *objections(policy.expected, sound.tests, now.astimezone(UTC).date()),
        *(_worse(baseline) if baseline else ()),
    )


def _contradictory(doubts: Sequence[str]) -> Iterator[Reason]:
    if doubts:
        yield Reason(
            f"the report contradicts itself: {some(doubts, '; ')}", "take the report as the run wrote it, or run again"
        )


def _unfinished(report: Report, sound: Report, demands: Demands) -> Iterator[Reason]:
    for code in sorted({report.exit_code, sound.exit_code} & _NO_RESULT.keys()):
        yield Reason(*_NO_RESULT[code])
    if all(test.verdict == Verdict.UNTESTED.word for test in sound.tests):
        yield Reason("no test was performed", "look at --profile, -k and the limits of the target file")
    if (demands.require_complete or demands.claim == "conformant") and not (sound.complete and not sound.not_run):
        missing = some([row.requirement.id for row in sound.not_run])
        yield Reason(
            f"the run is not complete; no test was run for {missing}" if missing else "the run is not complete",
            "run everything, to its end, with this version of the suite",
        )


def _other_subject(report: Report, demands: Demands) -> Iterator[Reason]:
    started, tested = report.started, report.scope.methods_tested
    if demands.target is not None and started.target != demands.target:
        yield Reason(
            f"the report is about the target {started.target!r}, not {demands.target!r}",
            "give the report of that target; the name is target.name in its file",
        )
    if demands.suite is not None and not _meets(started.suite_version, demands.suite):
        yield Reason(
            f"suite {started.suite_version} made the report; the policy trusts {demands.suite}",
            "run with such a version of the suite",
        )
    if missing := [method for method in demands.require_methods if method not in tested]:
        yield Reason(
            f"not tested: {', '.join(missing)}",
            "see target.capabilities in the report, and what the target or its file lacks",
        )


def _meets(version: str, demanded: str) -> bool:
    try:
        return SpecifierSet(demanded).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _too_old(report: Report, demands: Demands, now: datetime) -> Iterator[Reason]:
    if demands.max_age_hours is None:
        return
    said = report.finished.finished if report.finished else ""
    finished = _moment(said)
    if finished is None:
        yield Reason("the report does not say when its run finished", "run again")
    elif finished > now + _CLOCKS:
        yield Reason(f"the run finished in the future, at {said}", "set the clocks of both machines right")
    elif now - finished > timedelta(hours=demands.max_age_hours):
        yield Reason(
            f"the run finished at {said}, more than {demands.max_age_hours:g} hours ago",
            "run again: the server may have changed",
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _claims(report: Report, policy: Policy) -> Iterator[Reason]:
    """The base profile, and those that were asked for, one by one."""
    demands = policy.policy
    lenient = demands.claim == "no-unexpected"
    aside = set_aside(policy.expected, report.tests) if lenient else frozenset()
    for profile in dict.fromkeys(["base", *demands.profiles]):
        rows = list(_rows(report, profile, aside))
        if lenient and not demands.require_complete:
            rows = [(requirement, _excused(verdict)) for requirement, verdict in rows]
        if claim(rows) != "conformant":
            yield from list(_unmet(profile, rows, lenient=lenient)) or [_nothing_shown(profile)]


def _excused(verdict: Verdict) -> Verdict:
    """Not to have been tested is no reason then. It shows nothing either."""
    return Verdict.INAPPLICABLE if verdict is Verdict.UNTESTED else verdict


def _rows(report: Report, profile: str, aside: frozenset[str]) -> Iterator[tuple[Requirement, Verdict]]:
    """The requirements of a profile, each judged without the tests that were set aside."""
    for row in report.rows:
        if row.requirement.profile == profile:
            left = [test for test in report.tests if test.requirement == row.requirement.id and test.test not in aside]
            verdict = fold(Verdict[test.verdict.upper()] for test in left)
            yield row.requirement, verdict if left or not row.tests else _excused(verdict)


def _unmet(profile: str, rows: Rows, *, lenient: bool) -> Iterator[Reason]:
    """What keeps a profile from being conformant."""
    if not rows:
        yield Reason(f"nothing of the profile {profile} was run", f"run with --profile {profile}, or all")
        return
    decisive = [row for row in rows if row[0].level is Level.MUST] or rows
    for requirement, verdict in decisive:
        if verdict is Verdict.FAIL:
            hint = ", or expect each of its tests that fail" if lenient else ""
            yield Reason(f"{requirement.id} fails, a MUST of {profile}: {requirement.text}", f"repair the server{hint}")
    for verdict in _UNDECIDED:
        if undecided := [requirement.id for requirement, found in decisive if found is verdict]:
            yield Reason(
                f"{verdict.word} in {profile}: {some(undecided)}",
                "the reasons are in the report; repair what blocks them, and run again",
            )


def _nothing_shown(profile: str) -> Reason:
    return Reason(f"no requirement of {profile} was seen to hold", "see what was inapplicable, and why")


def _worse(baseline: Differences) -> Iterator[Reason]:
    """What must not be, whoever changed it; what changed alike is one reason."""
    alike: dict[str, list[str]] = {}
    for change in baseline.changes:
        if change.worse:
            causes = ", ".join(dict.fromkeys(step.cause.value for step in change.steps))
            how = f"{change.before.verdict.word} in the baseline, {change.after.verdict.word} now (cause: {causes})"
            alike.setdefault(how, []).append(change.requirement.id)
    for how, ids in alike.items():
        yield Reason(f"{how}: {some(ids)}", "`diff` tells what changed; if it is to stay so, take a newer baseline")
    lost: dict[str, list[str]] = {}
    for lone in baseline.gone:
        if not lone.retired and worse(lone.row.verdict, Verdict.UNTESTED):
            lost.setdefault(lone.why, []).append(lone.row.requirement.id)
    for why, ids in lost.items():
        yield Reason(f"judged in the baseline, and not any more ({why}): {some(ids)}", "run what the baseline ran")
