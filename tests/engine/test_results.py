"""The report as a fold over a log: rows, reasons, scope, counts and claim."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.catalogue import Catalogue, load
from conformance.events import Event, Facts, Finding, Finished, Judged, Started, Surveyed
from conformance.results import build, to_json

ROW = """
[[requirement]]
id = "{id}"
level = "{level}"
level_by = "page"
clauses = ["S01", "D4"]
source = "introduction"
when = ["{when}"]
profile = "{profile}"
editions = {editions}
text = "It holds."
passes = "All else."
fails = "A breach."
"""
BOTH = '["classic", "current"]'


def row(id: str, level: str = "must", *, when: str = "email", profile: str = "base", editions: str = BOTH) -> str:
    return ROW.format(id=id, level=level, when=when, profile=profile, editions=editions)


CATALOGUE: Catalogue = load(
    row("a.must")
    + row("a.other")
    + row("a.should", "should")
    + row("a.may", "may")
    + row("b.totp", when="totp")
    + row("b.classic", editions='["classic"]')
    + row("b.current", editions='["current"]')
    + row("c.secure", when="totp", profile="security")
    + row("c.robust", "should", profile="robustness", editions='["classic"]')
    + row("d.unseen", "should")
    + 'untestable = "nobody can see it from outside"\n'
)
FINISHED = Finished("2026-01-02T03:05:00Z", 55.5, complete=True)


def started(*profiles: str) -> Started:
    return Started(
        run="abcdef",
        started="2026-01-02T03:04:05Z",
        suite_version="1.2.3",
        catalogue_digest="sha256:00",
        target="staging",
        base_url="https://chat.example.org",
        seed=7,
        profiles=("base", *profiles),
        address="qa+{tag}@example.org",
        binding={},
    )


def surveyed(edition: str = "classic", *findings: Finding) -> Surveyed:
    return Surveyed(findings, edition, ("classic: a sign",), "4.8", ("email", "totp"), ("tokens",), Facts())


def judged(
    requirement: str, verdict: str, *, name: str = "", reason: str | None = None, by: str | None = None
) -> Judged:
    test = name or f"test_{requirement}"
    return Judged(test, requirement, verdict, reason, by, 0.5, exchanges=(3, 4), purpose="Why.")


def report(*judgements: Event, edition: str = "classic", profiles: tuple[str, ...] = ()) -> dict[str, Any]:
    """A report as it is read back from its file."""
    log = [started(*profiles), surveyed(edition), *judgements, FINISHED]
    made: dict[str, Any] = json.loads(json.dumps(to_json(build(log, CATALOGUE))))
    return made


def by_id(made: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each for each in made["requirements"]}


MEMBERS = {
    "": "format claim scope profiles exit_code suite target run preflight counts requirements tests",
    "scope": "methods_tested musts_passed musts_inapplicable",
    "profiles": "security robustness",
    "suite": "version catalogue_digest",
    "target": "name base_url server_version edition edition_evidence capabilities clock_offset mail_delay",
    "target capabilities": "declared probed tested",
    "run": "id started finished seconds seed complete selection interrupted broken left_over",
    "preflight 0": "id verdict finding remedy",
    "counts": "pass fail warn note inconclusive error inapplicable untested",
    "requirements 0": "id profile level level_by text passes fails clauses source line editions when untestable "
    "disagreement explained_by verdict reason blocked_by tests",
}


@pytest.mark.parametrize("place", MEMBERS)
def test_a_report_has_the_members_of_the_contract(place: str) -> None:
    made = to_json(build([started(), surveyed("classic", Finding("clock", "pass", "fine"))], CATALOGUE))
    here: Any = made
    for step in place.split():
        here = here[int(step)] if step.isdigit() else here[step]

    assert " ".join(here) == MEMBERS[place]


def test_a_test_has_the_members_of_the_contract_and_what_it_expected() -> None:
    (test,) = report(judged("a.must", "fail", reason="no"))["tests"]

    assert test == {
        "id": "test_a.must",
        "requirement": "a.must",
        "expected": "It holds. (S01, D4)",
        "verdict": "fail",
        "reason": "no",
        "blocked_by": None,
        "seconds": 0.5,
        "exchanges": [3, 4],
        "reproducer": None,
        "purpose": "Why.",
    }


def test_a_selection_that_came_to_its_end_is_not_complete() -> None:
    log = [replace(started(), selection=True), surveyed("classic"), FINISHED]

    assert to_json(build(log, CATALOGUE))["run"]["complete"] is False


def test_a_report_says_what_was_tested_with_what_and_when() -> None:
    made = report()

    assert made["format"] == "twofa-conformance-report/1"
    assert made["suite"] == {"version": "1.2.3", "catalogue_digest": "sha256:00"}
    assert made["run"]["seed"] == 7
    assert made["run"]["complete"] is True
    assert made["target"]["capabilities"] == {"declared": ["email", "totp"], "probed": ["tokens"], "tested": []}


def test_rows_are_those_of_edition_and_profile_in_the_order_of_the_catalogue() -> None:
    assert list(by_id(report())) == ["a.must", "a.other", "a.should", "a.may", "b.totp", "b.classic", "d.unseen"]
    assert "b.classic" not in by_id(report(edition="current"))
    assert "b.current" in by_id(report(edition="current"))
    assert "c.secure" in by_id(report(profiles=("security",)))


def test_a_row_is_as_its_worst_test_and_takes_its_reason() -> None:
    made = report(
        judged("a.must", "pass", name="test_one"),
        judged("a.must", "inconclusive", name="test_two", reason="no way", by="a.other"),
        judged("a.must", "inapplicable", name="test_three", reason="not there"),
    )
    found = by_id(made)["a.must"]

    assert (found["verdict"], found["reason"], found["blocked_by"]) == ("inconclusive", "no way", "a.other")
    assert found["tests"] == ["test_one", "test_two", "test_three"]


def test_what_passed_has_no_reason_and_nothing_that_blocks_it() -> None:
    found = by_id(report(judged("a.must", "pass")))["a.must"]

    assert (found["verdict"], found["reason"], found["blocked_by"]) == ("pass", None, None)


@pytest.mark.parametrize(
    ("end", "findings", "reason"),
    [
        (FINISHED, (), "not selected"),
        (Finished("", 1, complete=False, interrupted=True), (), "the run was interrupted"),
        (None, (), "the run was interrupted"),
        (FINISHED, (Finding("mailbox", "fail", "refused"),), "the preflight failed"),
    ],
)
def test_a_row_without_a_test_says_why(end: Finished | None, findings: tuple[Finding, ...], reason: str) -> None:
    log: list[Event] = [started(), surveyed("classic", *findings), *([end] if end else [])]
    rows = by_id(to_json(build(log, CATALOGUE)))

    assert (rows["a.must"]["verdict"], rows["a.must"]["reason"]) == ("untested", reason)
    assert rows["d.unseen"]["reason"] == "nobody can see it from outside"


def test_counts_are_of_requirements_not_of_tests() -> None:
    made = report(*[judged("a.must", "pass", name=f"test_{number}") for number in range(5)], judged("a.should", "warn"))

    assert made["counts"] == {**dict.fromkeys(made["counts"], 0), "pass": 1, "warn": 1, "untested": 5}
    assert sum(made["counts"].values()) == len(made["requirements"])


def test_the_scope_counts_base_musts_and_names_the_methods_that_were_seen_at_work() -> None:
    made = report(
        judged("a.must", "pass"),
        judged("a.other", "inapplicable"),
        judged("a.should", "pass"),
        judged("b.totp", "inconclusive"),
        judged("c.secure", "pass"),
        profiles=("security",),
    )

    assert made["scope"] == {"methods_tested": ["email"], "musts_passed": 1, "musts_inapplicable": 1}
    assert made["target"]["capabilities"]["tested"] == ["email"]
