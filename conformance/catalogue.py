"""The catalogue: requirements.toml as values."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from types import MappingProxyType
from typing import Any

from conformance.model import EDITIONS, PROFILES, Edition, Level, Profile, Requirement

Catalogue = Mapping[str, Requirement]

_OPTIONAL = {"profile", "editions", "when", "untestable", "disagreement", "explained_by"}
_REQUIRED = {"id", "level", "level_by", "text", "passes", "fails", "clauses", "source"}
_AUTHORITIES = ("page", "product", "standard", "suite")


@cache
def load(text: str) -> Catalogue:
    """Read a catalogue, in its own order. ValueError names the row that is not as it must be."""
    rows = tomllib.loads(text)["requirement"]
    for row in rows:
        _check_members(row)
    at = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip() == "[[requirement]]"]
    catalogue = from_rows({**row, "line": line} for row, line in zip(rows, at, strict=True))
    for requirement in catalogue.values():
        _check_causes(requirement, catalogue)
    return catalogue


def from_rows(rows: Iterable[Mapping[str, Any]]) -> Catalogue:
    """A catalogue, or a part of one, as to_rows gives it. ValueError names the row that is not as it must be."""
    catalogue: dict[str, Requirement] = {}
    for row in rows:
        requirement = from_row(row)
        if requirement.id in catalogue:
            raise ValueError(f"{requirement.id}: this id stands twice")
        catalogue[requirement.id] = requirement
    return MappingProxyType(catalogue)


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


def from_row(row: Mapping[str, Any]) -> Requirement:
    """The requirement of a row, whatever else stands in that. KeyError: a member is missing; ValueError: one is not as it must be."""
    requirement = Requirement(
        id=row["id"],
        profile=row.get("profile", "base"),
        level=Level(row["level"]),
        level_by=row["level_by"],
        text=row["text"],
        passes=row.get("passes", ""),
        fails=row.get("fails", ""),
        clauses=tuple(row["clauses"]),
        source=row["source"],
        editions=tuple(row.get("editions", EDITIONS)),
        when=tuple(row.get("when", ())),
        untestable=row.get("untestable"),
        disagreement=row.get("disagreement"),
        explained_by=tuple(row.get("explained_by", ())),
        line=row.get("line"),
    )
    if requirement.profile not in PROFILES or requirement.level_by not in _AUTHORITIES:
        raise ValueError(f"{requirement.id}: unknown profile or level_by")
    return requirement


def _check_members(row: Mapping[str, Any]) -> None:
    name = row.get("id", "a row without id")
    if unknown := set(row) - _REQUIRED - _OPTIONAL:
        raise ValueError(f"{name}: unknown key {min(unknown)}")
    if missing := _REQUIRED - set(row):
        raise ValueError(f"{name}: {min(missing)} is missing")


def _check_causes(requirement: Requirement, catalogue: Catalogue) -> None:
    """A cause is a row that no other explains, so that those rows can be judged first."""
    for cause in requirement.explained_by:
        if cause not in catalogue or catalogue[cause].explained_by:
            raise ValueError(f"{requirement.id}: explained_by names {cause}, which is no row that stands by itself")
