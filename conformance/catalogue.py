"""The catalogue: requirements.toml as values."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from conformance.model import EDITIONS, PROFILES, Edition, Level, Profile, Requirement

Catalogue = Mapping[str, Requirement]

_OPTIONAL = {"profile", "editions", "when", "untestable", "disagreement", "line"}
_REQUIRED = {"id", "level", "level_by", "text", "clauses", "source"}
_AUTHORITIES = ("page", "product", "standard", "suite")


def load(text: str) -> dict[str, Requirement]:
    """Read a catalogue, in its own order. ValueError names the row that is not as it must be."""
    at = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip() == "[[requirement]]"]
    return from_rows({**row, "line": line} for row, line in zip(tomllib.loads(text)["requirement"], at, strict=True))


def from_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, Requirement]:
    """The catalogue of rows that have the members of the file's. ValueError names the row that is not as it must be."""
    catalogue: dict[str, Requirement] = {}
    for row in rows:
        requirement = _requirement(row)
        if requirement.id in catalogue:
            raise ValueError(f"{requirement.id}: this id stands twice")
        catalogue[requirement.id] = requirement
    return catalogue


def digest(text: str) -> str:
    """What a report names the catalogue by."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def to_rows(requirements: Iterable[Requirement]) -> tuple[dict[str, Any], ...]:
    """Rows that from_rows reads, fit for JSON."""
    return tuple(
        {name: value for name, value in {**asdict(each), "level": each.level.value}.items() if value is not None}
        for each in requirements
    )


def in_scope(catalogue: Catalogue, edition: Edition, profiles: frozenset[Profile]) -> dict[str, Requirement]:
    """The requirements that a run of these profiles on this edition is about."""
    return {
        key: requirement
        for key, requirement in catalogue.items()
        if edition in requirement.editions and requirement.profile in profiles
    }


def _requirement(row: Mapping[str, Any]) -> Requirement:
    name = row.get("id", "a row without id")
    if unknown := set(row) - _REQUIRED - _OPTIONAL:
        raise ValueError(f"{name}: unknown key {min(unknown)}")
    if missing := _REQUIRED - set(row):
        raise ValueError(f"{name}: {min(missing)} is missing")
    requirement = Requirement(
        id=row["id"],
        profile=row.get("profile", "base"),
        level=Level(row["level"]),
        level_by=row["level_by"],
        text=row["text"],
        clauses=tuple(row["clauses"]),
        source=row["source"],
        editions=tuple(row.get("editions", EDITIONS)),
        when=tuple(row.get("when", ())),
        untestable=row.get("untestable"),
        disagreement=row.get("disagreement"),
        line=row.get("line"),
    )
    if requirement.profile not in PROFILES or requirement.level_by not in _AUTHORITIES:
        raise ValueError(f"{name}: unknown profile or level_by")
    return requirement
