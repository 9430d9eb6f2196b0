"""One run of the suites against a lab, in this process: the same as `run --target`, without its display."""

from __future__ import annotations

import random
from typing import Any
from zlib import crc32

import pytest

from conformance.lab import VARIANTS
from conformance.lab.editions import ruled
from conformance.model import EDITIONS
from conformance.score.trial import report_on

PATIENCE = 5.0
"""Seconds of mail delay above which a variant is for the soak."""

LIMITED = {"limiter", "limiter-mute", "limiter-delta"}
"""A limiter that counts for a minute, and two that do not say in words of HTTP how long to wait, so that every wait is a
guess. `limiter-short` and others are the same, faster."""

TOO_MUCH = frozenset({"b-04-big", "b-52-escapes"})
"""Together they make replies of a hundred kilobytes, of which a run does not keep as many as it gets."""


class Shuffle:
    """Another order of the tests for each seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._random.shuffle(items)


def drive(edition: str, *, order: int | None = None, **how: Any) -> dict[str, Any]:
    """The report of a run with all profiles (conformance.score.trial.report_on), its tests in this order."""
    return report_on(edition, plugins=[Shuffle(order)] if order is not None else [], **how)


def editions(deviation: Any) -> tuple[str, ...]:
    """The editions in which a fault or variant can be seeded."""
    return EDITIONS if deviation.edition == "both" else (deviation.edition,)


def mails_late(name: str) -> bool:
    rules = ruled(editions(VARIANTS[name])[0], (), (name,))
    return rules.mail_delay > PATIENCE or rules.mail_pace > 0


SLOW = LIMITED | set(filter(mails_late, VARIANTS))
"""Variants with which a run waits for minutes."""


def sampled(deviation: Any, edition: str) -> bool:
    """What can be seeded in both editions is tried in one of them, unless there is all the time of a soak."""
    return editions(deviation)[crc32(deviation.id.encode()) % len(editions(deviation))] == edition


def one_in(number: int, deviation: Any) -> bool:
    """A fixed share of the faults or variants."""
    return crc32(f"share of {deviation.id}".encode()) % number == 0


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in report["requirements"]}


def red(report: dict[str, Any]) -> set[str]:
    """The requirements that a run found broken, whatever their level."""
    return {row["id"] for row in report["requirements"] if row["verdict"] in {"fail", "warn", "note", "error"}}
