"""What can be asked about by its id (requirements, tests, clauses, faults and variants), and what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from conformance import clauses, listing, resources
from conformance.catalogue import load
from conformance.listing import Row
from conformance.model import Requirement
from conformance.render import explanation
from conformance.render.explanation import Explanation, Test

_NEAR: Final = 5
_LIKENESS: Final = 0.5
"""How much of a name has to be right for it to be taken for another, of 1."""


class UnknownName(LookupError):
    """Nothing has this name; the message gives the nearest that there are."""


class Glossary:
    """The catalogues of this version, joined by their ids. Each is read when it is first asked for."""

    def requirement(self, requirement: Requirement) -> Explanation:
        """What `explain` and report.html say of a requirement: it comes whole, its tests and faults are found by its id."""
        return explanation.of_requirement(
            requirement,
            tests=[_test(row) for row in self._tests if row["requirement"] == requirement.id],
            clauses=self._clauses,
            faults={row["id"]: row["what"] for row in self._faults if requirement.id in row["breaks"]},
        )

    def explain(self, name: str) -> list[Explanation]:
        """What there is to say of whatever has this name; a test may bring its path and parameters. Raises UnknownName."""
        name = name.rpartition("::")[2].partition("[")[0]
        if found := list(self._about(name)):
            return found
        near = get_close_matches(name, self._names(), n=_NEAR, cutoff=_LIKENESS)
        raise UnknownName(f"nothing is called {name!r}" + (f"; the nearest: {', '.join(near)}" if near else ""))

    def _about(self, name: str) -> Iterator[Explanation]:
        """A test's only requirement comes with it."""
        if name in self._requirements:
            yield self.requirement(self._requirements[name])
        judged = [row for row in self._tests if row["id"] == name]
        if judged:
            yield explanation.of_test(_test(judged[0]), [self._requirements[row["requirement"]] for row in judged])
        if len(judged) == 1:
            yield self.requirement(self._requirements[judged[0]["requirement"]])
        if name in self._clauses or name in self._cited:
            judging = [row for row in self._requirements.values() if name in row.clauses]
            yield explanation.of_clause(name, self._clauses.get(name), judging, self._unjudged(name))
        for row in self._faults:
            if row["id"] == name:
                breaks = [self._requirements[id] for id in row["breaks"]]
                yield explanation.of_fault(name, row["what"], row["editions"], breaks)
        for row in self._variants:
            if row["id"] == name:
                yield explanation.of_variant(name, row["what"], row["editions"])

    def _names(self) -> list[str]:
        listed = [*self._tests, *self._faults, *self._variants]
        return [*self._requirements, *{row["id"]: None for row in listed}, *{**self._clauses, **self._cited}]

    @cached_property
    def _cited(self) -> dict[str, None]:
        """Every clause that a requirement names, also those of standards."""
        return {clause: None for row in self._requirements.values() for clause in row.clauses}

    def _unjudged(self, clause: str) -> list[str]:
        return [
            f"{row['method']}, {row['edition']}: {row['reason']}"
            for row in self._ledger
            if row["clause"] == clause and row["reason"]
        ]

    @cached_property
    def _requirements(self) -> Mapping[str, Requirement]:
        return load(resources.catalogue_text())

    @cached_property
    def _clauses(self) -> dict[str, str]:
        return clauses.says(resources.clauses_text())

    @cached_property
    def _ledger(self) -> list[Row]:
        return listing.ledger()

    @cached_property
    def _tests(self) -> list[Row]:
        return listing.tests()

    @cached_property
    def _faults(self) -> list[Row]:
        return listing.faults()

    @cached_property
    def _variants(self) -> list[Row]:
        return listing.variants()


def _test(row: Row) -> Test:
    return Test(row["id"], row["purpose"], row["alone"])
