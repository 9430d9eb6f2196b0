"""Judge one server, or one that has several differences at once, and only as far as it differs from one whose verdicts are known."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from zlib import crc32

from conformance import resources
from conformance.catalogue import Catalogue, load
from conformance.lab import FAULTS
from conformance.lab.editions import ruled
from conformance.score.card import profile_for
from conformance.score.difference import EVERYTHING, Touched
from conformance.score.recording import Known
from conformance.score.rest import Rest
from conformance.score.trial import report_on

SEEDS: Final = 2
"""Of which each server has one: what a faultless server is asked differs by seed, and is recorded for each."""

_LATE: Final = 3.0
"""Seconds."""

Judgement = tuple[dict[str, Any], float]
"""The part of a report that a score is made of, and seconds."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One server to be judged. ``kind`` is fault or variant."""

    kind: str
    id: str
    edition: str

    @property
    def key(self) -> str:
        return f"{self.kind} {self.id} {self.edition}"

    @property
    def seed(self) -> int:
        return crc32(self.id.encode()) % SEEDS

    @property
    def faults(self) -> tuple[str, ...]:
        return (self.id,) if self.kind == "fault" else ()

    @property
    def variants(self) -> tuple[str, ...]:
        return (self.id,) if self.kind == "variant" else ()

    @property
    def profile(self) -> str:
        """A fault is judged by base and the profile of what it breaks, a variant by all."""
        return profile_for([catalogue()[row] for row in FAULTS[self.id].breaks]) if self.kind == "fault" else "all"

    def is_judged_by(self, profile: str) -> bool:
        return profile == "base" or self.profile in (profile, "all")

    @property
    def waits(self) -> bool:
        """Whether the run waits for minutes: for mails that are late, or for a rate limiter."""
        rules = ruled(self.edition, self.faults, self.variants)
        return rules.mail_delay > _LATE or bool(rules.settings["API_Enable_Rate_Limiter"])


@cache
def catalogue() -> Catalogue:
    return load(resources.catalogue_text())


def judge(trial: Trial, known: Known | None = None, tests: Touched = EVERYTHING) -> Judgement:
    """Judge one server. ``known``: what was made of the faultless one, if only some ``tests`` can tell this one from it."""
    began = time.monotonic()
    rest = Rest(known, tests) if known and tests is not EVERYTHING else None
    report = _run(trial, trial.variants, *filter(None, [rest]))
    if rest:
        report = rest.completed(report) if rest.holds else _run(trial, trial.variants)
    return _judgement(report, began)


def judge_together(company: Mapping[Trial, tuple[Known, Touched]]) -> dict[Trial, Judgement]:
    """Judge variants of one edition and seed, none of which hides another (company.py), in one server that has them all. By
    tests that find it as they find the faultless server each of them is cleared. By the others it is judged alone, and by all
    that can tell it from that server where the record of the replies, which all tests share, shows anything."""
    began = time.monotonic()
    (first, (known, _)), *_ = company.items()
    report = _run(first, tuple(trial.id for trial in company))
    found = {row["id"]: row["verdict"] for row in report["tests"]}
    otherwise = {test for test in found.keys() | known.tests.keys() if found.get(test) != known.verdict(test)}
    if any(found.get(test) != "inapplicable" for test in otherwise & known.looking):
        return {trial: judge(trial, *only) for trial, only in company.items()}
    (together, seconds), judged = _judgement(report, began), dict[Trial, Judgement]()
    for trial, (_, tests) in company.items():
        alone = frozenset(otherwise if tests is EVERYTHING else otherwise & tests)
        made, more = judge(trial, known, alone) if alone else (together, 0.0)
        judged[trial] = made, round(seconds + more, 1)
    return judged


def _judgement(report: Mapping[str, Any], began: float) -> Judgement:
    rows = [{name: row[name] for name in ("id", "profile", "verdict")} for row in report["requirements"]]
    return {"claim": report["claim"], "requirements": rows}, round(time.monotonic() - began, 1)


def _run(trial: Trial, variants: Sequence[str], *plugins: object) -> dict[str, Any]:
    return report_on(
        trial.edition,
        faults=trial.faults,
        variants=tuple(variants),
        profile=trial.profile,
        seed=trial.seed,
        plugins=plugins,
        texts=False,
    )
