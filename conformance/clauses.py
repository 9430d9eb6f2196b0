"""The ledger: which requirements judge a clause, for each method and edition, or why nothing does.

A cell without either is a gap, and a test of ours refuses it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.catalogue import Catalogue
from conformance.model import EDITIONS, Edition, Requirement

METHODS: Final = ("email", "totp", "password")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the protocol. ``unjudged``: reasons by edition, or by edition and method."""

    id: str
    says: str
    methods: tuple[str, ...]
    unjudged: Mapping[str, str]

    def reason(self, edition: Edition, method: str) -> str | None:
        """Why nothing judges this clause for an edition and a method."""
        return self.unjudged.get(f"{edition} {method}") or self.unjudged.get(edition)


@dataclass(frozen=True, slots=True)
class Cell:
    """A clause for one method in one edition: the requirements that judge it, or the reason why none does."""

    clause: str
    method: str
    edition: Edition
    requirements: tuple[str, ...]
    reason: str | None

    @property
    def is_gap(self) -> bool:
        return not self.requirements and not self.reason


def load(text: str) -> list[Clause]:
    """Read the clauses, in their order. KeyError, TypeError: a row that is not as it must be."""
    return [
        Clause(row["id"], row["says"], tuple(row["methods"]), row.get("unjudged", {}))
        for row in tomllib.loads(text)["clause"]
    ]


def says(text: str) -> dict[str, str]:
    """What each clause says, by its number."""
    return {clause.id: clause.says for clause in load(text)}


def cells(clauses: list[Clause], catalogue: Catalogue) -> Iterator[Cell]:
    """The whole ledger."""
    for clause in clauses:
        for method in clause.methods:
            for edition in EDITIONS:
                judging = tuple(
                    requirement.id
                    for requirement in catalogue.values()
                    if clause.id in requirement.clauses and _concerns(requirement, method, edition)
                )
                yield Cell(clause.id, method, edition, judging, clause.reason(edition, method))


def _concerns(requirement: Requirement, method: str, edition: Edition) -> bool:
    """Whether a requirement is about a method; one that presupposes none is about all of them."""
    presupposed = [name for name in requirement.when if name in METHODS]
    return edition in requirement.editions and (method in presupposed or not presupposed)
