"""Whether a report says of itself what follows from its own tests. One that was written by hand, or edited, need not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from conformance.catalogue import Catalogue, in_scope
from conformance.model import Edition, Level, Profile, Verdict
from conformance.results import Report, recomputed, to_json

_WEIGHT: Final = {Verdict.FAIL: Level.MUST, Verdict.WARN: Level.SHOULD, Verdict.NOTE: Level.MAY}
_UNSEEN: Final = {4, 130}
"""Exit codes whose cause need not show in the rows; no gate takes them."""


def contradictions(report: Report, document: Mapping[str, Any], catalogue: Catalogue, digest: str) -> Iterator[str]:
    """What does not fit together, in words.

    ``document``: the report.json that the report was read from; ``catalogue`` with its ``digest``: the one at hand, which the
    rows of a report that names it must be.
    """
    yield from _repeated("requirement", (row.requirement.id for row in report.rows))
    yield from _repeated("test", (test.test for test in report.tests))
    ids = {row.requirement.id for row in report.rows}
    for test in report.tests:
        if test.requirement not in ids:
            yield f"{test.test} is a test of {test.requirement}, which the report does not hold"
    for row in report.rows:
        if row.verdict in _WEIGHT and row.requirement.level is not _WEIGHT[row.verdict]:
            level = row.requirement.level.value
            yield f"{row.requirement.id} has the level {level} and the verdict {row.verdict.word}, which no {level} can have"
    yield from _unlike(document, to_json(recomputed(report)))
    if report.started.catalogue_digest == digest:
        yield from _other_rows(report, catalogue)


def _repeated(what: str, ids: Iterable[str]) -> Iterator[str]:
    yield from (f"the {what} {name} stands there {times} times" for name, times in Counter(ids).items() if times > 1)


def _unlike(said: Mapping[str, Any], follows: Mapping[str, Any]) -> Iterator[str]:
    """The members that are derived, as the document has them and as they would be."""
    for name in ("claim", "profiles", "counts"):
        yield from _unequal(name, said[name], follows[name])
    yield from _unequal("run.complete", said["run"]["complete"], follows["run"]["complete"])
    for name in ("musts_passed", "musts_inapplicable"):
        yield from _unequal(f"scope.{name}", said["scope"][name], follows["scope"][name])
    if all("when" in row for row in said["requirements"]):
        yield from _unequal("scope.methods_tested", said["scope"]["methods_tested"], follows["scope"]["methods_tested"])
    if said["exit_code"] not in _UNSEEN:
        yield from _unequal("exit_code", said["exit_code"], follows["exit_code"])
    for row, other in zip(said["requirements"], follows["requirements"], strict=True):
        yield from _unequal(f"the verdict of {row['id']}", row["verdict"], other["verdict"])
        yield from _unequal(f"the list of tests of {row['id']}", sorted(row["tests"]), sorted(other["tests"]))


def _unequal(name: str, said: object, follows: object) -> Iterator[str]:
    if said != follows:
        yield f"{name} is {_shown(said)}, but {_shown(follows)} follows from its tests"


def _shown(value: object) -> str:
    return ", ".join(f"{key} {word}" for key, word in value.items()) if isinstance(value, Mapping) else str(value)


def _other_rows(report: Report, catalogue: Catalogue) -> Iterator[str]:
    edition: Edition = "current" if report.surveyed.edition == "current" else "classic"
    profiles = frozenset[Profile](name for name, claim in {"base": "", **report.profiles}.items() if claim is not None)  # type: ignore[misc]
    expected = in_scope(catalogue, edition, profiles)
    rows = {row.requirement.id: row.requirement for row in report.rows}
    for name in expected.keys() - rows.keys():
        yield f"{name} is missing, which the catalogue that it names has"
    for name in rows.keys() - expected.keys():
        yield f"{name} is not in the catalogue that it names, for this edition and these profiles"
    for name in sorted(rows.keys() & expected.keys()):
        for member in ("level", "profile"):
            if getattr(rows[name], member) != getattr(expected[name], member):
                yield f"{member} of {name} is not what the catalogue that it names has"
