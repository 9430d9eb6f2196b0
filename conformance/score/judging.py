"""Judge servers, many at a time, and each only as far as it differs from one whose verdicts are known.

Where many are judged, a faultless server is run first and recorded. Of every other server it is worked out which tests it can
make a difference to (difference.py); those are run against it, over the network like any run, and the rest is known.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from zlib import crc32

from conformance import resources
from conformance.catalogue import Catalogue, load
from conformance.generation import Batch, batch
from conformance.lab import FAULTS, Lab
from conformance.lab.editions import ruled
from conformance.score.card import profile_for
from conformance.score.difference import EVERYTHING, Touched, touched
from conformance.score.recording import Known, Recording
from conformance.score.rest import Rest
from conformance.score.trial import report_on
from conformance.score.workers import RUNS_PER_CORE, cores, workers

SEEDS: Final = 2
"""Of which each server has one: what a faultless server is asked differs by seed, and is recorded for each."""

_FEW: Final = 8
"""Servers up to which a recording is not worth its time."""

_TOGETHER: Final = 40
"""Servers that are compared in one go through a recording."""

_SHORT: Final = 10
"""Tests that take seconds. Runs of so few come last, so that no long one is left alone on a core."""

_LATE: Final = 3.0
"""Seconds."""
_WAITING: Final = 8
"""Runs at once on servers that are slow or want fewer requests: they do nearly nothing but wait, once all have begun."""

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
    report = _run(trial, *filter(None, [rest]))
    if rest:
        report = rest.completed(report) if rest.holds else _run(trial)
    rows = [{name: row[name] for name in ("id", "profile", "verdict")} for row in report["requirements"]]
    return {"claim": report["claim"], "requirements": rows}, round(time.monotonic() - began, 1)


def _run(trial: Trial, *plugins: object) -> dict[str, Any]:
    return report_on(
        trial.edition,
        faults=trial.faults,
        variants=trial.variants,
        profile=trial.profile,
        seed=trial.seed,
        plugins=plugins,
        texts=False,
    )


def judge_all(wanted: list[Trial], at_once: int | None) -> Iterator[tuple[Trial, Judgement]]:
    """Each trial with what came of it, as they end."""
    many = len(wanted) > _FEW
    made = _batches() if many else {}
    with workers(at_once or RUNS_PER_CORE * cores(), made) as pool, workers(_WAITING, made) as room:
        known = _known(wanted, pool) if many else {}
        running = {
            (room if trial.waits else pool).submit(judge, trial, *known.get(trial, ())): trial
            for trial in _in_turn(wanted, known)
        }
        for done in as_completed(running):
            yield running[done], done.result()


def _in_turn(wanted: list[Trial], known: Mapping[Trial, tuple[Known, Touched]]) -> list[Trial]:
    """Those that compute among those that wait, as chance has it, and the short ones at the end."""

    def turn(trial: Trial) -> tuple[bool, int]:
        _, tests = known.get(trial, (None, EVERYTHING))
        return tests is not EVERYTHING and len(tests) <= _SHORT, crc32(trial.key.encode())

    return sorted(wanted, key=turn)


def _batches() -> dict[int, Batch]:
    with ThreadPoolExecutor(SEEDS) as pool:
        return dict(zip(range(SEEDS), pool.map(batch, range(SEEDS)), strict=True))


def _known(wanted: list[Trial], pool: Executor) -> dict[Trial, tuple[Known, Touched]]:
    """What need not be judged again, by trial."""
    alike = defaultdict[tuple[str, int], list[Trial]](list)
    for trial in wanted:
        alike[trial.edition, trial.seed].append(trial)
    recordings = dict(zip(alike, pool.map(Recording.of, *zip(*alike, strict=True)), strict=True))
    jobs = [
        (recordings[which], trials[start : start + _TOGETHER])
        for which, trials in alike.items()
        for start in range(0, len(trials), _TOGETHER)
    ]
    differences = pool.map(_touched, *zip(*jobs, strict=True))
    return {
        trial: (recording.known, tests)
        for (recording, _), found in zip(jobs, differences, strict=True)
        for trial, tests in found.items()
    }


def _touched(recording: Recording, trials: list[Trial]) -> Mapping[Trial, Touched]:
    servers = {trial.key: Lab(trial.edition, trial.faults, trial.variants) for trial in trials}
    profile_of = {test: catalogue()[row["requirement"]].profile for test, row in recording.known.tests.items()}
    beside = {
        trial.key: {test for test, profile in profile_of.items() if not trial.is_judged_by(profile)} for trial in trials
    }
    found = touched(recording, servers, beside)
    return {trial: _with_its_own(trial, found[trial.key], recording.known) for trial in trials}


def _with_its_own(trial: Trial, tests: Touched, known: Known) -> Touched:
    """Races depend on the moment: the tests of what a fault breaks run in any case."""
    if tests is EVERYTHING or trial.kind == "variant":
        return tests
    return tests | {test for test, row in known.tests.items() if row["requirement"] in FAULTS[trial.id].breaks}
