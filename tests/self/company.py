"""Variants that one server has at once, and of which none hides another: all of them change other rules."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from random import Random

from conformance.lab import VARIANTS
from conformance.lab.rules import EDITIONS

TOGETHER = 5
TOO_MUCH = frozenset({"b-04-big", "b-52-escapes"})
"""Together they make replies of a hundred kilobytes, of which a run does not keep as many as it gets."""


def companies_of(edition: str, names: list[str], number: int) -> list[tuple[str, ...]]:
    """All these variants, each in one company. ``number`` says in which of many ways."""
    companies: list[list[str]] = []
    for name in Random(f"{number} {edition}").sample(names, len(names)):
        fitting = (company for company in companies if len(company) < TOGETHER and not overlap(edition, name, company))
        company = next(fitting, [])
        companies += [] if company else [company]
        company.append(name)
    return [tuple(company) for company in companies]


def overlap(edition: str, name: str, company: list[str]) -> bool:
    return TOO_MUCH <= {name, *company} or any(changed(edition, name) & changed(edition, other) for other in company)


@cache
def changed(edition: str, name: str) -> frozenset[str]:
    """The rules that a variant changes."""
    before, after = EDITIONS[edition], VARIANTS[name].apply(EDITIONS[edition])
    return frozenset(rule.name for rule in fields(after) if getattr(before, rule.name) != getattr(after, rule.name))
