"""What a release gate decided, as text: each reason with what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from conformance.expectations import Reason
from conformance.render import statement
from conformance.render.visible import cut, defused, in_line
from conformance.results import Report

_LONGEST = 1200


def text(report: Report, reasons: Sequence[Reason], asked: Collection[str] = ()) -> str:
    """For a terminal or the log of a pipeline. The claim stands below it with its scope, whatever was decided.

    ``asked``: the profiles that the policy names; of others it is said that they were no reason.
    """
    return "\n".join(_text(report, reasons, asked)) + "\n"


def _text(report: Report, reasons: Sequence[Reason], asked: Collection[str]) -> Iterator[str]:
    for number, reason in enumerate(reasons, start=1):
        yield f"{number}. {_line(reason.what)}"
        yield f"   to do: {_line(reason.remedy)}"
    yield _line(f"the report of run {report.started.run} on {report.started.target} says: {statement.claim(report)}")
    for profile, claim in report.profiles.items():
        if claim not in {None, "conformant"} and profile not in asked:
            yield f"the policy does not ask for the profile {profile}, which is {claim}"
    count = f"{len(reasons)} reason" if len(reasons) == 1 else f"{len(reasons)} reasons"
    yield f"gate: failed, for {count}" if reasons else "gate: passed"


def _line(words: str) -> str:
    return in_line(defused(cut(words, _LONGEST)))
