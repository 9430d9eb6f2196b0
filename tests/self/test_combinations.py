"""What single deviations do not show, in soak alone: variants beside each other, faults beside variants, other weather."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS
from conformance.score.company import companies_of
from conformance.score.session import reasons_of_survivors

from .conftest import Plan, Reports
from .drive import SLOW, TOO_MUCH, editions, red
from .test_faults import scope
from .test_variants import IN_ALL_PROFILES

COMBINED, BESIDE, WEATHERS = 100, 150, 25

HIDDEN = {
    (
        "pr-digest-for-two",
        "b-10",
    ): "where email is selected, no answer under a method that there is not is an authenticator's",
    ("vf-backup-reuse", "one-session"): "a used code is sent again in another session, and there is only one",
}
"""Faults that do not show beside a variant, and why."""

Made = tuple[str, dict[str, Any]]


def quick(edition: str) -> list[str]:
    """Variants of an edition with which a run does not take minutes, and that no profile warns of."""
    return [name for name, row in VARIANTS.items() if edition in editions(row) and name not in SLOW | IN_ALL_PROFILES]


def combined(number: int) -> Made:
    edition = EDITIONS[number % 2]
    return edition, {"variants": companies_of(edition, quick(edition), number, TOO_MUCH)[0]}


def beside(number: int) -> Made:
    random = Random(f"fault and variant {number}")
    fault = FAULTS[random.choice(sorted(set(FAULTS) - set(reasons_of_survivors())))]
    edition = random.choice(editions(fault))
    return edition, {"faults": (fault.id,), "variants": (random.choice(quick(edition)),), **scope(fault, soak=False)}


def weather(number: int) -> Made:
    random = Random(f"weather {number}")
    rules = {"latency": random.uniform(0, 0.05), "mail_delay": random.uniform(0, 3)}
    return EDITIONS[number % 2], {"clock_offset": random.uniform(-8, 8), "weather": rules}


MAKERS = {combined: COMBINED, beside: BESIDE, weather: WEATHERS}


def planned(*, soak: bool) -> list[Plan]:
    return [make(number) for make, times in MAKERS.items() for number in range(times) if soak]


@pytest.fixture
def report(run: Reports, soak: bool, made: Made) -> dict[str, Any]:
    if not soak:
        pytest.skip("tried in soak")
    edition, how = made
    return run(edition, **how).result()


def name(made: Made) -> str:
    edition, how = made
    return "-".join([*how.get("faults", ()), *how.get("variants", ()), edition])


@pytest.mark.parametrize("made", [combined(number) for number in range(COMBINED)], ids=name)
def test_legal_differences_together_are_conformant(report: dict[str, Any], made: Made) -> None:
    assert (report["claim"], red(report), report["left_over"]) == ("conformant", set(), [])


@pytest.mark.parametrize("made", [beside(number) for number in range(BESIDE)], ids=name)
def test_a_fault_is_found_beside_a_legal_difference(report: dict[str, Any], made: Made) -> None:
    _, how = made
    (fault,), (variant,) = how["faults"], how["variants"]
    if why := HIDDEN.get((fault, variant)):
        pytest.skip(why)

    assert red(report) & set(FAULTS[fault].breaks)
    assert red(report) <= set(FAULTS[fault].breaks)


@pytest.mark.parametrize("made", [weather(number) for number in range(WEATHERS)])
def test_no_weather_turns_a_row_red(report: dict[str, Any], made: Made) -> None:
    assert (report["claim"], red(report), report["left_over"]) == ("conformant", set(), [])
