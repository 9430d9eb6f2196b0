"""The kill matrix: each seeded fault turns red what it declares, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.lab import FAULTS, SABOTAGE
from conformance.lab.faulty_races import ROWS as RACES
from conformance.model import EDITIONS
from conformance.score.session import reasons_of_survivors

from .conftest import Plan, Reports
from .drive import editions, one_in, red, sampled

A_HANDFUL = 8
WHOLE = 60
"""One in so many faults is judged by all chapters, unless there is all the time of a soak; the others by those that they
break: that the rest of the suites leaves them alone is seen there."""

SAMPLE = 12
"""One in so many faults is tried at all, unless there is all the time of a soak: a scoring tells of every one."""

CASES = [(fault, edition) for fault in FAULTS.values() for edition in editions(fault)]
SURVIVORS = reasons_of_survivors()


def tried(fault: Any, edition: str, soak: bool) -> bool:
    """Races are lost or won by chance where all runs begin at once on a core or two: they are for the soak."""
    return soak or (one_in(SAMPLE, fault) and sampled(fault, edition) and fault not in RACES)


def scope(fault: Any, soak: bool) -> dict[str, Any]:
    """How much of the suites judges a fault."""
    if soak or one_in(WHOLE, fault):
        return {}
    return {"chapters": tuple(sorted({*(requirement.partition(".")[0] for requirement in fault.breaks), "form"}))}


def explained() -> Plan:
    """A fault whose test comes after one that it explains, where they come in the order of their files."""
    return "current", {"faults": ("se-delayed-challenge",), "chapters": ("calls", "effect")}


def planned(*, soak: bool) -> list[Plan]:
    chosen = [(fault, edition) for fault, edition in CASES if tried(fault, edition, soak)]
    sabotaged = [(edition, {"faults": (sabotage,)}) for edition in EDITIONS for sabotage in SABOTAGE]
    return [
        explained(),
        *sabotaged,
        *((edition, {"faults": (fault.id,), **scope(fault, soak)}) for fault, edition in chosen),
    ]


@pytest.mark.parametrize(("fault", "edition"), CASES, ids=[f"{fault.id}-{edition}" for fault, edition in CASES])
def test_a_fault_turns_red_what_it_declares(run: Reports, soak: bool, fault: Any, edition: str) -> None:
    if not tried(fault, edition, soak):
        pytest.skip("tried in soak, or in the other edition")
    report = run(edition, faults=(fault.id,), **scope(fault, soak)).result()

    in_scope = {row["id"] for row in report["requirements"]}
    seen = set() if fault.id in SURVIVORS else in_scope.intersection(fault.breaks)

    assert red(report) == seen
    assert red(report) or fault.id in SURVIVORS
    assert not report["left_over"]


@pytest.mark.parametrize("sabotage", SABOTAGE)
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_server_that_is_wrong_all_through_gives_a_handful_of_red_rows(
    run: Reports, sabotage: str, edition: str
) -> None:
    report = run(edition, faults=(sabotage,)).result()
    blocked = [row for row in report["requirements"] if row["verdict"] == "inconclusive"]
    causes = red(report) | {row["id"] for row in blocked}

    assert report["claim"] == "not-conformant"
    assert 1 <= len(red(report)) <= A_HANDFUL
    assert all(row["blocked_by"] in causes for row in blocked)


def test_what_another_failure_explains_is_concluded_after_it(run: Reports) -> None:
    edition, how = explained()
    rows = {row["id"]: row for row in run(edition, **how).result()["requirements"]}

    assert rows["effect.challenged"]["verdict"] == "fail"
    assert (rows["calls.no-effect"]["verdict"], rows["calls.no-effect"]["blocked_by"]) == (
        "inconclusive",
        "effect.challenged",
    )
