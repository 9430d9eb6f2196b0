"""What is scored, and that a scoring that was cut goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.lab import FAULTS, VARIANTS
from conformance.score import scoring
from conformance.score.card import FaultScore, VariantScore
from conformance.score.judging import Trial
from conformance.score.scoring import SCORES, score, trials


def test_each_deviation_is_tried_in_one_of_its_editions_or_in_both() -> None:
    once, twice = trials("*", "*", "one"), trials("*", "*", "both")

    assert len(once) == len(FAULTS) + len(VARIANTS)
    assert set(once) <= set(twice)
    assert {trial.edition for trial in once} == {"classic", "current"}


def test_patterns_choose() -> None:
    chosen = trials("ch-method-*", "b-20*", "one")

    assert {trial.id for trial in chosen if trial.kind == "fault"} == {i for i in FAULTS if i.startswith("ch-method-")}
    assert {trial.id for trial in chosen if trial.kind == "variant"} == {i for i in VARIANTS if i.startswith("b-20")}


@pytest.mark.parametrize("waits", ["b-20-25s", "limiter", "limiter-mute"])
def test_runs_that_wait_are_known(waits: str) -> None:
    chosen = trials("-", "*", "one")

    assert [trial.waits for trial in chosen if trial.id == waits] == [True]
    assert sum(trial.waits for trial in chosen) < len(chosen) / 10


class Pool:
    """Workers that are none, and count what they are given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, trial: Trial) -> tuple[dict[str, Any], float]:
        self.given.append(trial.id)
        if trial.id == "ch-errortype-case" and len(self.given) == 2:
            raise KeyboardInterrupt
        rows = [{"id": "challenge.error-type", "profile": "base", "verdict": "fail"}] if trial.kind == "fault" else []
        return {"claim": "conformant", "requirements": rows}, 1.0


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    monkeypatch.setattr(scoring, "judge_all", lambda wanted, at_once: ((trial, made(trial)) for trial in wanted))
    return made


def test_a_scoring_that_was_cut_goes_on(pool: Pool, tmp_path: Path) -> None:
    wanted = [Trial("fault", "ch-errortype-typo", "classic"), Trial("fault", "ch-errortype-case", "classic")]
    told: list[str] = []

    def tell(trial: Trial, came: FaultScore | VariantScore) -> None:
        told.append(trial.id)

    with pytest.raises(KeyboardInterrupt):
        score(wanted, tmp_path, {}, tell)
    card = score(wanted, tmp_path, {}, tell)

    assert pool.given == ["ch-errortype-typo", "ch-errortype-case", "ch-errortype-case"]
    assert [one.id for one in card.faults] == ["ch-errortype-case", "ch-errortype-typo"]
    assert told == ["ch-errortype-typo", "ch-errortype-case"]
    assert not (tmp_path / SCORES).exists()


@pytest.mark.parametrize("cut", ['{"trial": "fault ch-error', '{"trial": "fault ch-errortype-typo classic", "rep"}'])
def test_a_line_that_was_cut_is_not_counted(pool: Pool, tmp_path: Path, cut: str) -> None:
    (tmp_path / SCORES).write_text(json.dumps({"of": scoring.digest()}) + "\n" + cut, encoding="utf-8")
    score([Trial("fault", "ch-errortype-typo", "classic")], tmp_path, {}, lambda *_: None)

    assert pool.given == ["ch-errortype-typo"]


def test_scores_of_other_suites_are_not_kept(pool: Pool, tmp_path: Path) -> None:
    old = {"trial": "fault ch-errortype-typo classic", "report": {}, "seconds": 1.0}
    (tmp_path / SCORES).write_text(f'{{"of": "other"}}\n{json.dumps(old)}\n', encoding="utf-8")
    score([Trial("fault", "ch-errortype-typo", "classic")], tmp_path, {}, lambda *_: None)

    assert pool.given == ["ch-errortype-typo"]
