"""Whether a report says of itself what follows from its own tests. One that was written by hand, or edited, need not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from conformance.catalogue import Catalogue, in_scope
from conformance.model import PROFILES, Edition, Level, Profile, Verdict
from conformance.results import Report, recomputed, to_json

_WEIGHT: Final = {Verdict.FAIL: Level.MUST, Verdict.WARN: Level.SHOULD, Verdict.NOTE: Level.MAY}
_UNSEEN: Final = {4, 130}
"""Exit codes whose cause need not show in the rows; no gate takes them."""


_DERIVED: Final = {
    "run": ("complete",),
    "scope": ("musts_passed", "musts_inapplicable"),
    "profiles": tuple(profile for profile in PROFILES if profile != "base"),
    "counts": tuple(verdict.word for verdict in Verdict),
}
_FEW: Final = 10


def some(names: Sequence[str], separator: str = ", ") -> str:
    """The first of many, and how many more there are."""
    more = f"{separator}and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return separator.join(names[:_FEW]) + more


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
    if report.started.catalogue_digest == digest:
        yield from _other_rows(report, catalogue)
        report = _of_catalogue(report, catalogue)
    methods = any(row.requirement.when for row in report.rows)
    yield from _unlike(document, to_json(recomputed(report)), methods=methods)


def _repeated(what: str, ids: Iterable[str]) -> Iterator[str]:
    yield from (f"the {what} {name} stands there {times} times" for name, times in Counter(ids).items() if times > 1)


def _of_catalogue(report: Report, catalogue: Catalogue) -> Report:
    """The same rows, with all that the catalogue has about their requirements."""
    rows = (replace(row, requirement=catalogue.get(row.requirement.id, row.requirement)) for row in report.rows)
    return replace(report, rows=tuple(rows))


def _unlike(said: Mapping[str, Any], follows: Mapping[str, Any], *, methods: bool) -> Iterator[str]:
    """The members that are derived, as the document has them and as they would be. ``methods``: whether the rows tell these."""
    yield from _unequal("claim", said["claim"], follows["claim"])
    for table, names in _DERIVED.items():
        for name in names:
            yield from _unequal(f"{table}.{name}", said[table].get(name), follows[table][name])
    if methods:
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
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "null" if value is None else str(value)


def _other_rows(report: Report, catalogue: Catalogue) -> Iterator[str]:
    edition: Edition = "current" if report.surveyed.edition == "current" else "classic"
    profiles = frozenset[Profile](name for name in PROFILES if name == "base" or report.profiles.get(name))
    expected = in_scope(catalogue, edition, profiles)
    rows = {row.requirement.id: row.requirement for row in report.rows}
    if missing := [name for name in expected if name not in rows]:
        yield f"requirements are missing that the catalogue of this digest has: {some(missing)}"
    if strange := [name for name in rows if name not in expected]:
        yield f"the catalogue of this digest has no such requirement in this edition and profile: {some(strange)}"
    for name in [name for name in expected if name in rows]:
        for member in ("level", "profile"):
            if getattr(rows[name], member) != getattr(expected[name], member):
                yield f"{member} of {name} is not that of the catalogue of this digest"
