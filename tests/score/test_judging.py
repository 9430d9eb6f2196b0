"""What of a server is judged again, and by which profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.events import Facts, Surveyed
from conformance.lab import FAULTS
from conformance.score import judging
from conformance.score.difference import EVERYTHING
from conformance.score.judging import Trial, _in_turn, _with_its_own
from conformance.score.recording import Known
from conformance.score.rest import Rest

RACE = Trial("fault", "cc-totp-double", "classic")
ROWS = {"test_race": {"requirement": FAULTS[RACE.id].breaks[0]}, "test_other": {"requirement": "challenge.json"}}
REPORT: dict[str, Any] = {"claim": "conformant", "requirements": []}
KNOWN = Known(Surveyed((), "classic", (), None, (), (), Facts()), ROWS, frozenset(ROWS))


def test_the_tests_of_what_a_fault_breaks_run_whatever_the_recording_says() -> None:
    assert _with_its_own(RACE, frozenset(), KNOWN) == {"test_race"}
    assert _with_its_own(RACE, EVERYTHING, KNOWN) is EVERYTHING


@pytest.mark.parametrize(("edition", "runs"), [("classic", 1), ("current", 2)])
def test_where_what_is_known_does_not_hold_the_server_is_judged_whole(
    monkeypatch: pytest.MonkeyPatch, edition: str, runs: int
) -> None:
    """The preflight may find an edition that is not the known one's."""
    made: list[int] = []

    def run(*_: object, plugins: Sequence[Rest], **__: object) -> dict[str, Any]:
        made.append(len(plugins))
        for plugin in plugins:
            surveyed = replace(KNOWN.surveyed, edition=edition)
            plugin.pytest_conformance_surveyed(SimpleNamespace(items=[]), surveyed)  # type: ignore[arg-type]  # no more is asked for
        return REPORT

    monkeypatch.setattr(judging, "report_on", run)
    monkeypatch.setattr(Rest, "completed", lambda rest, report: report)
    judging.judge(RACE, KNOWN, frozenset())

    assert made == [1, 0][:runs]


def test_short_runs_come_last() -> None:
    """A long one that came last would be left alone on a core."""
    trials = [Trial("fault", name, "classic") for name in ("cc-totp-double", "ch-errortype-typo", "b-01", "b-02")]
    few, many = frozenset({"test_race"}), frozenset(map(str, range(99)))
    order = _in_turn(trials, dict(zip(trials, [(KNOWN, few), (KNOWN, many), (KNOWN, EVERYTHING)], strict=False)))

    assert order[-1] == trials[0]
    assert set(order) == set(trials)


def test_a_variant_breaks_nothing() -> None:
    assert _with_its_own(Trial("variant", "b-20-25s", "classic"), frozenset(), KNOWN) == set()


@pytest.mark.parametrize(
    ("trial", "profiles"),
    [
        (Trial("fault", "ch-errortype-typo", "classic"), {"base"}),
        (RACE, {"base", "security"}),
        (Trial("variant", "b-20-25s", "classic"), {"base", "security", "robustness"}),
    ],
)
def test_a_fault_is_judged_by_base_and_its_own_profile_and_a_variant_by_all(trial: Trial, profiles: set[str]) -> None:
    assert {name for name in ("base", "security", "robustness") if trial.is_judged_by(name)} == profiles
