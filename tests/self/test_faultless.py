"""The lab without a fault: what a correct server gets."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model import EDITIONS

from .conftest import Plan, Reports
from .drive import verdicts

REPEATS = 1
REPEATS_IN_SOAK = 20


def orders(*, soak: bool) -> range:
    return range(REPEATS_IN_SOAK if soak else REPEATS)


def planned(*, soak: bool) -> list[Plan]:
    return [(edition, how) for edition in EDITIONS for how in ({}, *({"order": seed} for seed in orders(soak=soak)))]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_faultless_lab_is_conformant(run: Reports, edition: str) -> None:
    report = run(edition).result()

    assert report["exit"] == report["exit_code"] == 0
    assert report["claim"] == "conformant"
    assert report["counts"]["fail"] == report["counts"]["inconclusive"] == report["counts"]["untested"] == 0
    assert report["scope"]["methods_tested"] == ["email", "totp", "password"]
    assert report["run"]["complete"]
    assert not report["left_over"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_order_of_the_tests_changes_no_verdict(run: Reports, edition: str, soak: bool) -> None:
    in_order = run(edition).result()
    shuffled = [run(edition, order=seed).result() for seed in orders(soak=soak)]

    assert [differences(report, in_order) for report in shuffled] == [{}] * len(shuffled)


def differences(report: dict[str, Any], other: dict[str, Any]) -> dict[str, object]:
    """The rows whose verdicts are not the same, each with why."""
    expected = verdicts(other)
    rows = [row for row in report["requirements"] if row["verdict"] != expected[row["id"]]]
    return {row["id"]: (row["verdict"], row["blocked_by"], row["reason"]) for row in rows}
