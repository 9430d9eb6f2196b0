"""Variants that one server has at once, and of which none hides another: all of them change other rules."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import fields
from functools import cache
from random import Random
from typing import Final

from conformance.lab import VARIANTS
from conformance.lab.rules import EDITIONS

TOGETHER: Final = 5
"""Variants of a company, where nothing else is said."""


def companies_of(
    edition: str, names: list[str], number: int, apart: AbstractSet[str] = frozenset(), *, most: int = TOGETHER
) -> list[tuple[str, ...]]:
    """All these variants, each in one company of so many at ``most``. ``number`` says in which of many ways. ``apart``: those
    that never all meet."""
    companies: list[list[str]] = []
    for name in Random(f"{number} {edition}").sample(names, len(names)):
        fitting = (company for company in companies if len(company) < most and _fits(edition, name, company, apart))
        company = next(fitting, [])
        companies += [] if company else [company]
        company.append(name)
    return [tuple(company) for company in companies]


def _fits(edition: str, name: str, company: list[str], apart: AbstractSet[str]) -> bool:
    too_much = bool(apart) and apart <= {name, *company}
    return not too_much and all(changed(edition, name).isdisjoint(changed(edition, other)) for other in company)


@cache
def changed(edition: str, name: str) -> frozenset[str]:
    """The rules that a variant changes."""
    before, after = EDITIONS[edition], VARIANTS[name].apply(EDITIONS[edition])
    return frozenset(rule.name for rule in fields(after) if getattr(before, rule.name) != getattr(after, rule.name))
