"""The nets: each catches, by itself, faults whose own chapter is switched off; and none of them accuses the faultless lab."""

from __future__ import annotations

import pytest

from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS

from .conftest import Plan, Reports
from .drive import editions, red
from .test_variants import IN_ALL_PROFILES, SLOW

NETS: dict[str, dict[str, tuple[str, ...]]] = {
    "form": {
        "ch-success-string": ("challenge.success",),
        "ch-flaky": ("challenge.error-text",),
        "cg-count-string": ("announcement.count",),
        "cg-generated-string": ("announcement.generated",),
        "ee-success-type": ("enabling.success",),
        "sc-success-missing": ("resend.success",),
        "iv-errortype-missing": ("refusal.error-type",),
    },
    "generated": {
        "rb-500-empty-text": ("generated.valid",),
        "rb-500-unknown-member": ("generated.valid",),
        "rb-500-other-script": ("generated.valid",),
        "rb-500-missing-member": ("generated.invalid",),
        "rb-500-wrong-kind": ("generated.invalid",),
    },
    "walks": {
        "vf-reuse": ("walks.protocol",),
        "iv-disables-2fa": ("walks.protocol",),
        "ee-second-call-breaks": ("walks.protocol",),
        "de-no-2fa": ("walks.protocol",),
        "de-for-good": ("walks.protocol",),
        "cc-session-transfer": ("walks.protocol",),
    },
}
"""By chapter: faults that it catches without the chapters that they belong to, and the rows that turn red."""

BESIDE = {"form": ("acceptance", "replay", "code", "effect")}
"""Chapters whose replies the net looks at; none of them judges the faults above."""

CASES = [(net, fault) for net, faults in NETS.items() for fault in faults]

REPEATS_IN_SOAK = 20
OTHERS = sorted(set(VARIANTS) - SLOW)


def edition_of(fault: str) -> str:
    return "classic" if FAULTS[fault].edition == "both" else FAULTS[fault].edition


def by(net: str) -> tuple[str, ...]:
    """The chapters that a net is judged by alone."""
    return (net, *BESIDE.get(net, ()))


def faultless(net: str, edition: str, *, soak: bool) -> list[Plan]:
    return [(edition, {"chapters": by(net), "order": number}) for number in range(REPEATS_IN_SOAK if soak else 1)]


def different(name: str) -> list[Plan]:
    """All nets on a variant, again and again, in its editions by turns: other requests and walks come each time."""
    how = {"variants": (name,), "chapters": ("bytes", "form", "generated", "pairs", "walks")}
    turns = editions(VARIANTS[name]) * REPEATS_IN_SOAK
    return [(edition, {**how, "order": number}) for number, edition in enumerate(turns[:REPEATS_IN_SOAK])]


def planned(*, soak: bool) -> list[Plan]:
    alone: list[Plan] = [(edition_of(fault), {"faults": (fault,), "chapters": by(net)}) for net, fault in CASES]
    correct = [plan for net in NETS for edition in EDITIONS for plan in faultless(net, edition, soak=soak)]
    return [*alone, *correct, *(plan for name in OTHERS if soak for plan in different(name))]


@pytest.mark.parametrize(("net", "fault"), CASES, ids=[f"{net}-{fault}" for net, fault in CASES])
def test_a_net_catches_a_fault_alone(run: Reports, net: str, fault: str) -> None:
    report = run(edition_of(fault), faults=(fault,), chapters=by(net)).result()

    assert red(report) == set(NETS[net][fault])


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_net_accuses_no_faultless_server(run: Reports, net: str, edition: str, soak: bool) -> None:
    reports = [run(edition, **how).result() for edition, how in faultless(net, edition, soak=soak)]

    assert [red(report) for report in reports] == [set()] * len(reports)


@pytest.mark.parametrize("name", OTHERS)
def test_no_net_accuses_a_legal_difference(run: Reports, soak: bool, name: str) -> None:
    if not soak:
        pytest.skip("tried in soak")
    reports = [run(edition, **how).result() for edition, how in different(name)]
    rows = [row for report in reports for row in report["requirements"]]
    judged = [row for row in rows if row["profile"] == "base" or name not in IN_ALL_PROFILES]

    assert not [row for row in judged if row["verdict"] in {"fail", "warn", "note", "error", "inconclusive"}]
    assert not [report["left_over"] for report in reports if report["left_over"]]
