"""A report that was edited does not get past the gate, however the edit is made."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.consistency import contradictions
from conformance.report_json import from_json
from conformance.results import to_json

from .samples import ALL, CATALOGUE, PREFLIGHT_FAILED, Verdicts, report

Document = dict[str, Any]
ONE_OF_EACH = ALL | {"b.must": "fail", "c.should": "warn", "d.may": "note", "s.should": "inconclusive"}


def document(verdicts: Verdicts = ONE_OF_EACH, **changes: Any) -> Document:
    made: Document = json.loads(json.dumps(to_json(report(verdicts, **changes))))
    return made


def doubts(found: Document, digest: str = "sha256:00") -> list[str]:
    return list(contradictions(from_json(found), found, CATALOGUE, digest))


@pytest.mark.parametrize(
    "found",
    [
        document(),
        document(ALL),
        document({}),
        document({"a.must": "pass"}, selection=True),
        document(ALL, end=None),
        document({}, findings=PREFLIGHT_FAILED),
        document(ALL | {"a.must": "error"}),
    ],
    ids=["mixed", "conformant", "nothing", "selection", "cut", "preflight", "error"],
)
def test_a_report_as_it_was_written_fits_together(found: Document) -> None:
    assert doubts(found) == []


def test_the_methods_are_held_against_the_catalogue_where_the_rows_do_not_name_them() -> None:
    found = bare(document())
    found["scope"]["methods_tested"] = ["email", "totp"]

    assert doubts(found) == ["scope.methods_tested is email, totp, but email follows from its tests"]


LATER = ("editions", "when", "untestable")
"""Members of a requirement that a report.json need not have."""


def test_a_report_of_another_catalogue_with_the_least_that_it_must_have_fits_together() -> None:
    assert doubts(bare(document()), digest="sha256:of another") == []


def bare(found: Document) -> Document:
    rows = [{key: value for key, value in row.items() if key not in LATER} for row in found["requirements"]]
    return found | {"requirements": rows}


def put(*place: str | int, value: object) -> Callable[[Document], None]:
    """The edit that writes a value at a place."""

    def edit(found: Any) -> None:
        for step in place[:-1]:
            found = found[step]
        found[place[-1]] = value

    return edit


def drop_the_failure(found: Document) -> None:
    found["requirements"] = [row for row in found["requirements"] if row["id"] != "b.must"]
    found["tests"] = [test for test in found["tests"] if test["requirement"] != "b.must"]
    found |= {"claim": "conformant", "exit_code": 0}
    found["counts"]["fail"] = 0


def drop_the_failed_test(found: Document) -> None:
    found["tests"] = [test for test in found["tests"] if test["requirement"] != "b.must"]


def weaken_the_failure(found: Document) -> None:
    """The failed MUST becomes a SHOULD, and all that follows from it is put right."""
    found["requirements"][1]["level"] = "should"
    found |= {"claim": "conformant", "exit_code": 0}


def move_the_failure(found: Document) -> None:
    found["requirements"][1]["profile"] = "robustness"
    found |= {"claim": "conformant", "exit_code": 0}
    found["profiles"]["robustness"] = "not-conformant"


EDITS: dict[str, tuple[Callable[[Document], None], str]] = {
    "claim": (put("claim", value="conformant"), "claim is conformant, but not-conformant follows"),
    "lesser claim": (put("claim", value="undetermined"), "claim is undetermined, but not-conformant follows"),
    "exit code": (put("exit_code", value=0), "exit_code is 0, but 1 follows"),
    "a count": (put("counts", "fail", value=0), "counts.fail is 0, but 1 follows"),
    "a profile": (put("profiles", "security", value=None), "profiles.security is null, but conformant follows"),
    "methods": (
        put("scope", "methods_tested", value=["email", "totp"]),
        "scope.methods_tested is email, totp, but email follows",
    ),
    "no methods": (put("scope", "methods_tested", value=[]), "scope.methods_tested is none, but email follows"),
    "passed": (put("scope", "musts_passed", value=2), "scope.musts_passed is 2, but 1 follows"),
    "inapplicable": (put("scope", "musts_inapplicable", value=1), "scope.musts_inapplicable is 1, but 0 follows"),
    "never finished": (put("run", "finished", value=None), "run.complete is True, but False follows"),
    "interrupted": (put("run", "interrupted", value=True), "exit_code is 1, but 130 follows"),
    "a selection": (put("run", "selection", value=True), "run.complete is True, but False follows"),
    "a row": (put("requirements", 1, "verdict", value="pass"), "the verdict of b.must is pass, but fail follows"),
    "a test": (put("tests", 1, "verdict", value="pass"), "the verdict of b.must is fail, but pass follows"),
    "a list": (
        put("requirements", 1, "tests", value=[]),
        "the list of tests of b.must is none, but test_b_must follows",
    ),
    "a failed test less": (drop_the_failed_test, "the verdict of b.must is fail, but untested follows"),
    "a failure less": (drop_the_failure, "requirements are missing that the catalogue of this digest has: b.must"),
    "a lesser level": (
        weaken_the_failure,
        "b.must has the level should and the verdict fail, which no should can have",
    ),
    "another level": (put("requirements", 0, "level", value="may"), "level of a.must is not that of the catalogue"),
    "another profile": (move_the_failure, "profile of b.must is not that of the catalogue of this digest"),
    "another name": (
        put("requirements", 1, "id", value="b.other"),
        "no such requirement in this edition and profile: b.o",
    ),
    "a test twice": (put("tests", 0, "id", value="test_b_must"), "the test test_b_must stands there 2 times"),
    "a row twice": (put("requirements", 0, "id", value="b.must"), "the requirement b.must stands there 2 times"),
    "a stray": (
        put("tests", 1, "requirement", value="b.gone"),
        "test_b_must is a test of b.gone, which the report does not",
    ),
    "a preflight": (
        put("preflight", value=[{"id": "mailbox", "verdict": "fail", "finding": "x", "remedy": None}]),
        "exit_code is 1, but 5 follows",
    ),
}


@pytest.mark.parametrize(("edit", "doubt"), EDITS.values(), ids=EDITS)
def test_an_edit_shows(edit: Callable[[Document], None], doubt: str) -> None:
    found = document()
    edit(found)

    assert [said for said in doubts(found) if doubt in said]


def test_an_incomplete_run_claims_nothing() -> None:
    found = document(ALL)
    put("run", "complete", value=False)(found)

    assert "claim is conformant, but undetermined follows from its tests" in doubts(found)


def test_many_missing_rows_are_one_doubt() -> None:
    found = document(ALL)
    found["requirements"], found["tests"] = [], []

    assert len([said for said in doubts(found) if "a.must" in said]) == 1
