"""A server that is judged only as far as it differs gets the verdicts of a whole run."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from random import Random

import pytest

from conformance.lab import Lab
from conformance.score.difference import touched
from conformance.score.judging import Judgement, Trial, judge
from conformance.score.recording import Recording
from conformance.score.scoring import trials

SEED = 0
IN_CI = (Trial("fault", "ch-errortype-typo", "current"), Trial("fault", "vf-totp-reuse", "current"))
MANY = 60


def sample() -> list[Trial]:
    quick = [trial for trial in trials("*", "*", "one") if trial.seed == SEED and not trial.waits]
    return Random("known").sample(quick, MANY)


def compared(trial: Trial, recording: Recording) -> tuple[Judgement, Judgement]:
    """The judgements by what is known, and by a whole run."""
    tests = touched(recording, {"it": Lab(trial.edition, trial.faults, trial.variants)})["it"]
    return judge(trial, recording.known, tests), judge(trial)


@pytest.fixture(scope="module")
def judged(pool: Executor, soak: bool) -> dict[Trial, Future[tuple[Judgement, Judgement]]]:
    wanted = sample() if soak else IN_CI
    recording = {edition: pool.submit(Recording.of, edition, SEED) for edition in {trial.edition for trial in wanted}}
    return {trial: pool.submit(compared, trial, recording[trial.edition].result()) for trial in wanted}


def test_the_sample_is_of_one_seed() -> None:
    assert {trial.seed for trial in (*IN_CI, *sample())} == {SEED}


@pytest.mark.parametrize("trial", dict.fromkeys([*IN_CI, *sample()]), ids=lambda trial: trial.key.replace(" ", "-"))
def test_the_difference_decides_as_the_whole_run_does(
    judged: dict[Trial, Future[tuple[Judgement, Judgement]]], trial: Trial
) -> None:
    if trial not in judged:
        pytest.skip("tried in soak, or in CI alone")
    (shortened, _), (whole, _) = judged[trial].result()

    assert shortened == whole
