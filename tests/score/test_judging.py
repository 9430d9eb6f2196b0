"""What of a server is judged again, and by which profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.bill import PREFLIGHT
from conformance.events import Facts, Surveyed
from conformance.lab import FAULTS
from conformance.score import judging
from conformance.score.company import companies_of
from conformance.score.difference import EVERYTHING
from conformance.score.judging import Trial
from conformance.score.recording import Known
from conformance.score.rest import Rest
from conformance.score.schedule import _companies, _in_turn, _is_option, _with_its_own

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


def test_runs_that_take_longest_come_first() -> None:
    """One that came last would be waited for alone. What a variant makes one wait for cannot be known beforehand."""
    took = {"quick": 1.0, "waiting": 30.0, "not tried": None} | {f"one of {nth}": 1.0 for nth in range(20)}
    known = replace(KNOWN, tests={test: {"seconds": seconds} for test, seconds in took.items()})
    many = frozenset(took) - {"waiting"}
    tests = {
        "cc-totp-double": {"quick", "not tried"},
        "ch-json-404": many,
        "rl-parallel": {"waiting"},
        "b-01": {PREFLIGHT},
    }
    found = {trial(name): (known, frozenset(tests[name])) for name in tests} | {trial("b-02"): (known, EVERYTHING)}

    turns = _in_turn([*found, trial("b-03"), trial("vf-any")], found)

    assert [one.id for one in turns] == [
        "b-02",
        "b-03",
        "b-01",
        "vf-any",
        "rl-parallel",
        "ch-json-404",
        "cc-totp-double",
    ]


def trial(name: str) -> Trial:
    return Trial("variant" if name.startswith("b-") else "fault", name, "classic")


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


ODD, SLOW = Trial("variant", "b-52", "current"), Trial("variant", "b-24", "current")
WHOLE = Known(
    KNOWN.surveyed,
    {test: {"requirement": "challenge.json", "verdict": "pass"} for test in ("test_a", "test_b", "test_look")},
    frozenset({"test_a", "test_b"}),
)
Judged = list[tuple[tuple[str, ...], frozenset[str] | None]]


def judged_together(
    monkeypatch: pytest.MonkeyPatch, tried: Iterable[str] = tuple(WHOLE.tests), **otherwise: str
) -> Judged:
    """The variants of each run, and the tests that were left to it; None: all."""
    runs: Judged = []
    tests = [{"id": test, "verdict": otherwise.get(test, "pass")} for test in tried]

    def run(*_: object, variants: tuple[str, ...], plugins: Sequence[Rest], **__: object) -> dict[str, Any]:
        runs.append((variants, next((plugin._touched for plugin in plugins), None)))
        return {**REPORT, "tests": tests}

    monkeypatch.setattr(judging, "report_on", run)
    monkeypatch.setattr(Rest, "completed", lambda rest, report: report)
    found = judging.judge_together({ODD: (WHOLE, EVERYTHING), SLOW: (WHOLE, frozenset({"test_a"}))})

    assert found.keys() == {ODD, SLOW}
    return runs


BOTH = (("b-52", "b-24"), None)


def test_a_company_that_is_found_as_the_faultless_server_clears_each_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged_together(monkeypatch) == [BOTH]


def test_by_a_test_that_finds_the_company_otherwise_each_is_judged_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has never met the difference need not look again."""
    assert judged_together(monkeypatch, test_b="inapplicable") == [BOTH, (("b-52",), {"test_b"})]
    assert judged_together(monkeypatch, test_a="warn") == [BOTH, (("b-52",), {"test_a"}), (("b-24",), {"test_a"})]


def test_a_company_whose_record_shows_anything_clears_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which test's replies it is does not show. Where there is no such reply at all, all tests that bring one are among the
    others."""
    assert judged_together(monkeypatch, test_look="warn") == [BOTH, (("b-52",), None), (("b-24",), {"test_a"})]
    assert judged_together(monkeypatch, test_look="inapplicable") == [BOTH, (("b-52",), {"test_look"})]


def test_a_company_that_is_not_even_tried_clears_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its preflight may have failed."""
    assert judged_together(monkeypatch, tried=("test_look",)) == [
        BOTH,
        (("b-52",), {"test_a", "test_b"}),
        (("b-24",), {"test_a"}),
    ]


def test_who_is_judged_alone_as_well_has_taken_the_company_s_time_and_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "time", SimpleNamespace(monotonic=count().__next__))
    tests = [{"id": test, "verdict": "note" if test == "test_b" else "pass"} for test in WHOLE.tests]
    monkeypatch.setattr(judging, "report_on", lambda *_, **__: {**REPORT, "tests": tests})
    monkeypatch.setattr(Rest, "completed", lambda rest, report: report)
    judged = judging.judge_together({ODD: (WHOLE, EVERYTHING), SLOW: (WHOLE, frozenset({"test_a"}))})

    assert {trial: seconds for trial, (_, seconds) in judged.items()} == {ODD: 2.0, SLOW: 1.0}


def test_variants_of_one_edition_and_seed_that_many_tests_meet_are_judged_together() -> None:
    """A fault is always judged alone."""
    many, few = frozenset(map(str, range(200))), frozenset({"test_a"})
    met = {"b-52": EVERYTHING, "b-24": many, "b-51": many, "b-12-list": many, "b-25": few}
    found = {Trial("variant", name, "current"): (KNOWN, tests) for name, tests in met.items()}
    companies = _companies(found | {Trial("fault", "ch-errortype-typo", "current"): (KNOWN, EVERYTHING)})

    assert [{trial.id for trial in company} for company in companies] == [{"b-52", "b-24", "b-51"}]


def test_a_company_has_no_more_members_than_it_may() -> None:
    companies = companies_of("classic", ["b-52", "b-24", "b-51"], 0, most=2)

    assert sorted(map(len, companies)) == [1, 2]


def test_an_option_is_judged_by_all_tests() -> None:
    """It decides which of them apply."""
    trials = [
        Trial("variant", "b-33", "current"),
        Trial("variant", "b-52", "current"),
        Trial("fault", "b-33", "current"),
    ]

    assert [_is_option(trial) for trial in trials] == [True, False, False]
