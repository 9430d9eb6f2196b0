"""The nets: each catches, by itself, faults whose own chapter is switched off; and none of them accuses the faultless lab."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS
from conformance.score.company import companies_of

from .conftest import Plan, Reports
from .drive import SLOW, TOO_MUCH, editions, red
from .test_variants import IN_ALL_PROFILES

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
APART = SLOW | IN_ALL_PROFILES

Company = tuple[int, str, tuple[str, ...]]
"""The number of the repeat, the edition of a server, and the variants that it has at once."""


def edition_of(fault: str) -> str:
    return "classic" if FAULTS[fault].edition == "both" else FAULTS[fault].edition


def by(net: str) -> tuple[str, ...]:
    """The chapters that a net is judged by alone."""
    return (net, *BESIDE.get(net, ()))


def faultless(net: str, edition: str, *, soak: bool) -> list[Plan]:
    return [
        (edition, {"chapters": by(net), "order": number, "seed": number})
        for number in range(REPEATS_IN_SOAK if soak else 1)
    ]


def companies() -> list[Company]:
    """Each variant as often as a soak repeats, in its editions by turns, and each time among others: alone, the whole suite
    judges it elsewhere. Those that a profile warns of, and the slow ones, keep to themselves."""
    return [
        (number, edition, company)
        for number in range(REPEATS_IN_SOAK)
        for edition in EDITIONS
        for group in (set(VARIANTS) - APART, *({name} for name in sorted(APART)))
        for company in companies_of(
            edition, [name for name in sorted(group) if turn(name, number) == edition], number, TOO_MUCH
        )
    ]


def turn(name: str, number: int) -> str:
    possible = editions(VARIANTS[name])
    return possible[number % len(possible)]


def beside(company: Company) -> Plan:
    """All nets on variants; each repeat has its own requests and walks."""
    number, edition, names = company
    return edition, {"variants": names, "chapters": ("bytes", "form", "generated", "pairs", "walks"), "seed": number}


COMPANIES = companies()


def planned(*, soak: bool) -> list[Plan]:
    alone: list[Plan] = [(edition_of(fault), {"faults": (fault,), "chapters": by(net)}) for net, fault in CASES]
    correct = [plan for net in NETS for edition in EDITIONS for plan in faultless(net, edition, soak=soak)]
    return [*alone, *correct, *(beside(company) for company in COMPANIES if soak)]


@pytest.mark.parametrize(("net", "fault"), CASES, ids=[f"{net}-{fault}" for net, fault in CASES])
def test_a_net_catches_a_fault_alone(run: Reports, net: str, fault: str) -> None:
    report = run(edition_of(fault), faults=(fault,), chapters=by(net)).result()

    assert red(report) == set(NETS[net][fault])


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_net_accuses_no_faultless_server(run: Reports, net: str, edition: str, soak: bool) -> None:
    reports = [run(edition, **how).result() for edition, how in faultless(net, edition, soak=soak)]

    assert [red(report) for report in reports] == [set()] * len(reports)


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: "-".join(map(str, (*company[:2], *company[2]))))
def test_no_net_accuses_legal_differences(run: Reports, soak: bool, company: Company) -> None:
    if not soak:
        pytest.skip("tried in soak")
    edition, how = beside(company)
    report = run(edition, **how).result()
    warned = IN_ALL_PROFILES & set(how["variants"])
    base = {row["id"] for row in report["requirements"] if row["profile"] == "base" or not warned}
    judged = [test for test in report["tests"] if test["requirement"] in base]
    found = [test for test in judged if test["verdict"] in {"fail", "warn", "note", "error", "inconclusive"}]

    assert not found, "\n".join(f"{test['id']}: {test['verdict']}: {test['reason']}" for test in found)
    assert not report["left_over"]


def test_each_variant_has_its_repeats() -> None:
    counted = Counter(name for _, _, company in COMPANIES for name in company)

    assert set(counted) == set(VARIANTS)
    assert set(counted.values()) == {REPEATS_IN_SOAK}
