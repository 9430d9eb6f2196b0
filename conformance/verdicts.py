"""From what happened to a verdict, from verdicts to a claim, from a claim to an exit code: tables, no judgement elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from conformance.model import Claim, Level, Requirement, Verdict


class Outcome(Enum):
    """How a test ended."""

    RETURNED = "returned"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"
    INAPPLICABLE = "inapplicable"
    UNTESTED = "untested"
    BROKEN = "broken"


_SAME_AT_EVERY_LEVEL: Final = {
    Outcome.RETURNED: Verdict.PASS,
    Outcome.INCONCLUSIVE: Verdict.INCONCLUSIVE,
    Outcome.INAPPLICABLE: Verdict.INAPPLICABLE,
    Outcome.UNTESTED: Verdict.UNTESTED,
    Outcome.BROKEN: Verdict.ERROR,
}
_VIOLATED: Final = {Level.MUST: Verdict.FAIL, Level.SHOULD: Verdict.WARN, Level.MAY: Verdict.NOTE}


def judge(level: Level, outcome: Outcome) -> Verdict:
    return _VIOLATED[level] if outcome is Outcome.VIOLATED else _SAME_AT_EVERY_LEVEL[outcome]


def fold(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a requirement: the worst of its tests', untested if it has none."""
    return max(verdicts, default=Verdict.UNTESTED)


def claim(rows: Sequence[tuple[Requirement, Verdict]], *, complete: bool = True) -> Claim:
    """What may be said of a target, given every requirement of one profile with its verdict.

    A profile without a MUST stands on its SHOULDs instead: it must show something before it is called conformant.
    """
    musts = [verdict for requirement, verdict in rows if requirement.level is Level.MUST]
    decisive = musts or [verdict for _, verdict in rows]
    if Verdict.FAIL in musts:
        return "not-conformant"
    undecided = {Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.UNTESTED}
    passed = {Verdict.PASS} if musts else {Verdict.PASS, Verdict.NOTE, Verdict.WARN}
    if not complete or undecided.intersection(decisive) or not passed.intersection(decisive):
        return "undetermined"
    return "conformant"


def exit_code(
    claim: Claim, verdicts: Iterable[Verdict], *, interrupted: bool, preflight_passed: bool, broken: bool = False
) -> int:
    """The contract's exit code of a run; of several that apply the first of 130, 5, 4, 1, 3, 0."""
    if interrupted:
        return 130
    if not preflight_passed:
        return 5
    if broken or Verdict.ERROR in verdicts:
        return 4
    return {"conformant": 0, "not-conformant": 1, "undetermined": 3}[claim]
