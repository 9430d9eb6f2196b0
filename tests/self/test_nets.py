"""The nets: each catches, by itself, faults whose own chapter is switched off; and none of them accuses the faultless lab."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS

from .conftest import Reports
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

Repeats = dict[str, list["Future[dict[str, Any]]"]]
CASES = [(net, fault) for net, faults in NETS.items() for fault in faults]


REPEATS = 20
ALL = ("bytes", "form", "generated", "pairs", "walks")


def edition_of(fault: str) -> str:
    return "classic" if FAULTS[fault].edition == "both" else FAULTS[fault].edition


@pytest.fixture(scope="module", autouse=True)
def started(run: Reports) -> None:
    for net, fault in CASES:
        run(edition_of(fault), faults=(fault,), chapters=(net, *BESIDE.get(net, ())))


@pytest.mark.parametrize(("net", "fault"), CASES, ids=[f"{net}-{fault}" for net, fault in CASES])
def test_a_net_catches_a_fault_alone(run: Reports, net: str, fault: str) -> None:
    report = run(edition_of(fault), faults=(fault,), chapters=(net, *BESIDE.get(net, ()))).result()

    assert red(report) == set(NETS[net][fault])


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_net_accuses_no_faultless_server(run: Reports, net: str, edition: str, soak: bool) -> None:
    reports: list[dict[str, Any]] = [
        run(edition, chapters=(net, *BESIDE.get(net, ())), order=number).result() for number in range(20 if soak else 1)
    ]

    assert [red(report) for report in reports] == [set()] * len(reports)


@pytest.fixture(scope="module")
def repeats(request: pytest.FixtureRequest, run: Reports, soak: bool) -> Repeats:
    """All nets on each variant that is asked for, again and again, in its editions by turns: other requests and walks come
    each time."""
    about = (item for item in request.session.items if isinstance(item, pytest.Function))
    asked = [
        item.callspec.params["variant"] for item in about if item.function is test_no_net_accuses_a_legal_difference
    ]
    chosen = [VARIANTS[variant] for variant in asked] if soak else []
    return {
        variant.id: [
            run(editions(variant)[number % len(editions(variant))], variants=(variant.id,), chapters=ALL, order=number)
            for number in range(REPEATS)
        ]
        for variant in chosen
    }


@pytest.mark.parametrize("variant", sorted(set(VARIANTS) - SLOW))
def test_no_net_accuses_a_legal_difference(repeats: Repeats, variant: str) -> None:
    if variant not in repeats:
        pytest.skip("tried in soak")
    reports = [repeat.result() for repeat in repeats[variant]]
    rows = [row for report in reports for row in report["requirements"]]
    judged = [row for row in rows if row["profile"] == "base" or variant not in IN_ALL_PROFILES]

    assert not [row for row in judged if row["verdict"] in {"fail", "warn", "note", "error", "inconclusive"}]
    assert not [report["left_over"] for report in reports if report["left_over"]]
