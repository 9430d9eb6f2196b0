"""Judge servers, many at a time, and each only as far as it differs from one whose verdicts are known.

Where many are judged, a faultless server is run first and recorded. Of every other server it is worked out which tests it can
make a difference to (difference.py); those are run against it, over the network like any run, and the rest is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from math import inf
from typing import Any, Final

from conformance.generation import Batch, batch
from conformance.lab import FAULTS, Lab
from conformance.score.company import changed, companies_of
from conformance.score.difference import EVERYTHING, Touched, touched
from conformance.score.judging import SEEDS, Judgement, Trial, catalogue, judge, judge_together
from conformance.score.machine import machine
from conformance.score.recording import Known, Recording

_FEW: Final = 8
"""Servers up to which a recording is not worth its time."""

_TOGETHER: Final = 40
"""Servers that are compared in one go through a recording."""

_LONG: Final = 100
"""Tests from which on variants are judged in companies."""

_OPTIONS: Final = frozenset({"settings", "grace_for"})
"""Rules that decide which tests apply at all. A variant of these is judged alone, and by all of them, while the faultless server is
recorded: in a company few tests would clear the others."""

_MEMBERS: Final = 8
"""Variants of a company, at most. One of more is hardly ever shorter, as few rules can all be changed at once."""

Found = Mapping[Trial, tuple[Known, Touched]]
"""What need not be judged again, by trial."""


def judge_all(wanted: list[Trial], at_once: int | None) -> Iterator[tuple[Trial, Judgement]]:
    """Each trial with what came of it, as they end."""
    many = len(wanted) > _FEW
    made = _batches() if many else {}
    with machine(at_once, made) as pool:
        waiting = [pool.submit(_judged, trial) for trial in wanted if trial.waits]
        others = [trial for trial in wanted if not trial.waits]
        recordings = _recordings(others, pool) if many else {}
        options = {trial: pool.submit(_judged, trial) for trial in others if _is_option(trial)}
        found = _found([trial for trial in others if trial not in options], recordings, pool)
        companies = _companies(found)
        met = {trial for company in companies for trial in company}
        together = [pool.submit(judge_together, company) for company in companies]
        turns = [trial for trial in _in_turn(others, found) if trial not in met | options.keys()]
        alone = [pool.submit(_judged, trial, *found.get(trial, ())) for trial in turns]
        for done in as_completed([*waiting, *options.values(), *together, *alone]):
            yield from done.result().items()


def _judged(trial: Trial, *found: Any) -> dict[Trial, Judgement]:
    return {trial: judge(trial, *found)}


def _companies(found: Found) -> list[Found]:
    """The variants that make a difference to many tests, in companies of one edition and seed."""
    alike = defaultdict[tuple[str, int], dict[str, Trial]](dict)
    for trial, (_, tests) in found.items():
        if trial.kind == "variant" and (tests is EVERYTHING or len(tests) >= _LONG):
            alike[trial.edition, trial.seed][trial.id] = trial
    return [
        {named[id]: found[named[id]] for id in company}
        for (edition, seed), named in alike.items()
        for company in companies_of(edition, sorted(named), seed, most=_MEMBERS)
        if len(company) > 1
    ]


def _is_option(trial: Trial) -> bool:
    return trial.kind == "variant" and not changed(trial.edition, trial.id).isdisjoint(_OPTIONS)


def _in_turn(wanted: list[Trial], found: Found) -> list[Trial]:
    """Those that take longest first, so that at the end none is waited for alone. Variants before faults: what they wait for, the
    faultless server does not."""
    return sorted(wanted, key=lambda trial: (trial.kind == "fault", -_seconds(trial, found)))


def _seconds(trial: Trial, found: Found) -> float:
    """How long a run may take, about: that of the tests to run which took longest on the faultless server, and one second for
    each of them, as what is faulty may be waited for in vain."""
    known, tests = found.get(trial, (None, EVERYTHING))
    if known is None or tests is EVERYTHING:
        return inf
    took = [row["seconds"] or 0.0 for test, row in known.tests.items() if test in tests]
    return max(took, default=0.0) + len(took)


def _batches() -> dict[int, Batch]:
    with ThreadPoolExecutor(SEEDS) as pool:
        return dict(zip(range(SEEDS), pool.map(batch, range(SEEDS)), strict=True))


def _recordings(wanted: list[Trial], pool: Executor) -> dict[tuple[str, int], Future[Recording]]:
    """By edition and seed, what a faultless server is asked."""
    return {which: pool.submit(Recording.of, *which) for which in {(trial.edition, trial.seed) for trial in wanted}}


def _found(wanted: list[Trial], recordings: Mapping[tuple[str, int], Future[Recording]], pool: Executor) -> Found:
    """What need not be judged again, by trial, of those that there is a recording for."""
    alike = defaultdict[tuple[str, int], list[Trial]](list)
    for trial in wanted:
        alike[trial.edition, trial.seed].append(trial)
    jobs = [
        (recording.result(), alike[which][start : start + _TOGETHER])
        for which, recording in recordings.items()
        for start in range(0, len(alike[which]), _TOGETHER)
    ]
    differences = pool.map(_touched, *zip(*jobs, strict=True)) if jobs else ()
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
