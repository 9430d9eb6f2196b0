"""Failures that are expected for a while. An entry that is not exactly true any more is itself a reason not to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from conformance.events import Judged
from conformance.model import Verdict

if TYPE_CHECKING:
    from conformance.policy import Expected


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate stays shut, and what to do."""

    what: str
    remedy: str


def set_aside(expected: Iterable[Expected], tests: Iterable[Judged]) -> frozenset[str]:
    """The tests that came out as they were expected to."""
    foreseen = {(entry.test, entry.verdict) for entry in expected}
    return frozenset(test.test for test in tests if (test.test, test.verdict) in foreseen)


def objections(expected: Sequence[Expected], tests: Sequence[Judged], today: date) -> Iterator[Reason]:
    """What is wrong with the entries.

    An entry stands for the one test whose id it has, with its parameters: one for all parameters of a function would hide the
    next of them to fail.
    """
    verdicts = {test.test: test.verdict for test in tests}
    for name, times in Counter(entry.test for entry in expected).items():
        if times > 1:
            yield Reason(f"{name} is expected {times} times", "leave one [[expected]] for each test")
    for entry in expected:
        found = verdicts.get(entry.test)
        if found is None:
            yield Reason(
                f"{entry.test} is expected, but the report holds no such test", _remedy_of_none(entry, verdicts)
            )
        elif found == Verdict.PASS.word:
            yield Reason(f"{entry.test} passed, though {entry.verdict} is expected", "it is repaired: remove the entry")
        elif found != entry.verdict:
            yield Reason(
                f"{entry.test} is {found}, though {entry.verdict} is expected",
                f"look at its reason in the report; {entry.owner} ({entry.issue}) knows the other one",
            )
        if entry.until < today:
            yield Reason(
                f"{entry.test} was expected until {entry.until} only",
                f"ask {entry.owner} ({entry.issue}): repair it, or agree on another date",
            )


def _remedy_of_none(entry: Expected, verdicts: Iterable[str]) -> str:
    if siblings := [name for name in verdicts if name.startswith(f"{entry.test.partition('[')[0]}[")]:
        return f"an entry for each of the tests that it has: {', '.join(siblings)}"
    return "remove the entry, or write the id as report.json has it; tests of a profile that was not run are not there"
