"""Tests whose outcome is known are left out, and filled in again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.events import Facts, Finding, Surveyed
from conformance.score.recording import Known
from conformance.score.rest import Rest
from conformance.score.trial import report_on

SURVEYED = Surveyed((Finding("reach", "pass", "found in 0.1 s"),), "current", (), "8.6.1", (), ("email",), Facts())
TESTS = {
    "test_a": {"id": "test_a", "requirement": "challenge.json", "verdict": "pass"},
    "test_b": {"id": "test_b", "requirement": "challenge.success", "verdict": "pass"},
    "test_look": {"id": "test_look", "requirement": "robustness.names-once", "verdict": "pass"},
}
MODULES = {"test_a": "test_json", "test_b": "test_success", "test_look": "test_look"}
KNOWN = Known(SURVEYED, TESTS, frozenset({"test_a", "test_b"}), MODULES)


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return report_on("current", chapters=("challenge",), seed=1)


def session() -> Any:
    return SimpleNamespace(items=[SimpleNamespace(name=name) for name in TESTS])


def run(surveyed: Surveyed) -> tuple[list[str], bool]:
    """The tests that run, and whether what is known holds."""
    made, rest = session(), Rest(KNOWN, frozenset({"test_b"}))
    rest.pytest_conformance_surveyed(made, surveyed)
    return [item.name for item in made.items], rest.holds


def test_what_the_server_answers_as_the_faultless_one_does_is_left_out() -> None:
    assert run(SURVEYED) == (["test_b", "test_look"], True)


def test_modules_of_which_no_test_is_wanted_are_not_even_collected() -> None:
    rest = Rest(KNOWN, frozenset({"test_b"}))
    ignored = [name for name in (*MODULES.values(), "test_new") if rest.pytest_ignore_collect(Path(f"{name}.py"))]

    assert ignored == ["test_json"]


def test_what_was_inapplicable_is_not_wanted() -> None:
    rows = TESTS | {"test_look": TESTS["test_look"] | {"verdict": "inapplicable"}}
    rest = Rest(replace(KNOWN, tests=rows), frozenset({"test_b"}))

    assert rest.pytest_ignore_collect(Path("test_look.py"))


@pytest.mark.parametrize(
    "measured",
    [
        replace(SURVEYED, facts=replace(SURVEYED.facts, clock_offset=0.3, mail_delay=0.2, admin_id="other")),
        replace(SURVEYED, findings=(replace(SURVEYED.findings[0], finding="found in 0.3 s"),)),
    ],
)
def test_what_two_runs_never_measure_alike_makes_no_difference(measured: Surveyed) -> None:
    assert run(measured) == (["test_b", "test_look"], True)


@pytest.mark.parametrize(
    "other",
    [
        replace(SURVEYED, facts=replace(SURVEYED.facts, opted_in=True)),
        replace(SURVEYED, findings=(replace(SURVEYED.findings[0], verdict="warn"),)),
        replace(SURVEYED, probed=()),
    ],
)
def test_where_the_preflight_finds_anything_else_nothing_is_known(other: Surveyed) -> None:
    assert run(other) == ([], False)


def test_the_report_is_that_of_all_tests(whole: dict[str, Any]) -> None:
    known = Known(
        SURVEYED, {test["id"]: test for test in whole["tests"]}, frozenset(test["id"] for test in whole["tests"])
    )
    again = {whole["tests"][0]["id"]: "fail"}
    rest = Rest(known, frozenset(again))
    made = SimpleNamespace(items=[])
    rest.pytest_conformance_surveyed(made, SURVEYED)  # type: ignore[arg-type]  # no more of a session is asked for
    part = whole | {"tests": [test | {"verdict": again[test["id"]]} for test in whole["tests"] if test["id"] in again]}
    judged = {row["id"]: row["verdict"] for row in rest.completed(part)["requirements"]}
    failing = whole["tests"][0]["requirement"]

    assert judged == {row["id"]: row["verdict"] for row in whole["requirements"]} | {failing: "fail"}
    assert rest.completed(part)["claim"] == "not-conformant"


def test_a_look_at_all_replies_that_sees_too_few_of_them_is_no_news(whole: dict[str, Any]) -> None:
    looking, other = whole["tests"][:2]
    known = Known(SURVEYED, {test["id"]: test for test in whole["tests"]}, frozenset({other["id"]}))
    rest = Rest(known, frozenset())
    rest.pytest_conformance_surveyed(SimpleNamespace(items=[]), SURVEYED)  # type: ignore[arg-type]  # as above
    judged = rest.completed(whole | {"tests": [looking | {"verdict": "inapplicable"}]})

    assert {test["id"]: test["verdict"] for test in judged["tests"]}[looking["id"]] == "pass"
