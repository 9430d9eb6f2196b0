"""What a test may do to a target is what it asks for, and what it was seen to do when its cost was measured is not more."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from conformance import resources
from conformance.catalogue import load as load_catalogue
from conformance.costs import Cost, dearest, load
from conformance.lab.target import LIMITS
from conformance.listing import tests as listed
from conformance.risk import RISKS, risks_of, seen_in

from .measuring import AROUND

CATALOGUE = load_catalogue(resources.catalogue_text())
DECLARED = {(row["id"], row["requirement"]): set(row["risks"]) for row in listed()}
ALLOWED: int = LIMITS["wrong_codes_per_account"]


def measured() -> dict[str, Cost]:
    """The most that each test has cost in any edition, all its parameters together."""
    costs = defaultdict(list)
    for table in load(resources.costs_text()).values():
        for name, cost in table.rows.items():
            costs[name.partition("[")[0]].append(cost)
    return {test: dearest(some) for test, some in costs.items() if test not in AROUND}


MEASURED = measured()


@pytest.mark.parametrize(("test", "requirement"), DECLARED)
def test_no_test_does_more_than_it_declares(test: str, requirement: str) -> None:
    assert seen_in(MEASURED[test], ALLOWED) <= DECLARED[test, requirement]


def test_every_risk_is_some_tests_and_was_seen() -> None:
    """A risk that nobody takes would be declared by a rule that is never tried."""
    assert set().union(*DECLARED.values()) == set(RISKS)
    assert set().union(*(seen_in(cost, ALLOWED) for cost in MEASURED.values())) == {"creates", "mails", "may-lock"}


@pytest.mark.parametrize(
    ("cost", "handles", "needs"),
    [
        (Cost(accounts=1), [], ["email"]),
        (Cost(accounts=1, mails=1), ["dave"], []),
        (Cost(accounts=1, most=ALLOWED + 1), ["alice"], ["email"]),
    ],
    ids=["an account", "a mail", "a wrong code too many"],
)
def test_a_declaration_that_is_too_low_is_seen(cost: Cost, handles: list[str], needs: list[str]) -> None:
    assert not seen_in(cost, ALLOWED) <= set(risks_of(handles, needs))


def marked(mark: str) -> set[str]:
    """The requirements of the tests that carry a mark, under its own name or another."""
    found = set()
    for path in sorted(resources.folder("suites").glob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        names = {mark} | {
            ast.unparse(node.targets[0])
            for node in module.body
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(f"{mark}(")
        }
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                marks = {ast.unparse(one).partition("(")[0]: one for one in node.decorator_list}
                if names & set(marks) and isinstance(told := marks["requirement"], ast.Call):
                    found.add(str(ast.literal_eval(told.args[0])))
    return found


@pytest.mark.parametrize(("mark", "capability"), [("may_lock", "lockout"), ("settings", "settings")])
def test_what_the_catalogue_presupposes_stands_above_the_test(mark: str, capability: str) -> None:
    """The reader of a report sees the catalogue, the reader of a test its marks."""
    assert {row.id for row in CATALOGUE.values() if capability in row.when} <= marked(mark)
