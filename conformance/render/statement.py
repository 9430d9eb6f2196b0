"""What a report claims, in words, and what it does not claim. The claim never stands without its scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.events import Judged
from conformance.model import Level, Requirement, Verdict
from conformance.render import outline
from conformance.results import METHODS, Report

EXIT_CODES: Final = {
    0: "conformant",
    1: "not conformant",
    3: "undetermined",
    4: "error in the suite itself",
    5: "preflight failed",
    130: "interrupted",
}

_UNDECIDED: Final = (Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.UNTESTED)


def claim(report: Report) -> str:
    """The claim with its scope, in one line."""
    scope = report.scope
    musts = [
        row.verdict for row in report.rows if row.requirement.profile == "base" and row.requirement.level is Level.MUST
    ]
    failed, undecided = musts.count(Verdict.FAIL), sum(map(musts.count, _UNDECIDED))
    numbers = [
        f"{failed} failed" if failed else "",
        f"{undecided} undecided" if undecided else "",
        f"{scope.musts_inapplicable} inapplicable",
    ]
    methods = ", ".join(scope.methods_tested) or "none"
    return (
        f"{report.claim}: {_musts(scope.musts_passed)} passed, {', '.join(filter(None, numbers))}, "
        f"methods tested: {methods}; edition {report.surveyed.edition}"
        + ("" if report.complete else "; the run is not complete")
    )


def _musts(count: int) -> str:
    return f"{count} MUST" if count == 1 else f"{count} MUSTs"


def exit_code(report: Report) -> str:
    """The exit code with its meaning."""
    return f"{report.exit_code} ({EXIT_CODES.get(report.exit_code, 'unknown')})"


def not_claimed(report: Report) -> Iterator[str]:
    """What a reader might take the claim for, and must not: one sentence each."""
    if missing := [method for method in METHODS if method not in report.scope.methods_tested]:
        yield f"Methods that were not tested may behave in any way: {', '.join(missing)}."
    if report.scope.musts_inapplicable:
        yield "An inapplicable requirement was not shown to hold: the target lacks what it is about."
    if idle := [profile for profile, claim in report.profiles.items() if claim is None]:
        yield f"Nothing is said of profiles that were not run: {', '.join(idle)}."
    if not report.complete:
        yield "The run is not complete: what it did not reach may behave in any way."
    yield f"The claim is about edition {report.surveyed.edition}, on the day and with the settings of this run."
    yield "A conformant server keeps to the protocol; that it is secure is not claimed."


def account(test: Judged, requirement: Requirement | None) -> str:
    """What was expected, what came, and where to look: a line for each."""
    lines = [f"requirement: {test.requirement}"]
    if requirement:
        lines += [f"level: {outline.force(requirement)}", f"source: {requirement.source}"]
        lines += [f"expected: {requirement.text}"]
    lines += [f"actual: {test.reason or 'no reason was recorded'}"]
    if test.blocked_by:
        lines += [f"blocked by: {test.blocked_by}"]
    if test.exchanges:
        lines += [f"exchanges in run.jsonl: {', '.join(map(str, test.exchanges))}"]
    return "\n".join(lines)
