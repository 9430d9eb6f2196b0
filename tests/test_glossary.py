"""What `explain` finds by a name: every requirement, test, clause, fault and variant, and the nearest of what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import catalogue, clauses, listing, resources
from conformance.glossary import Glossary, UnknownName
from conformance.lab import FAULTS, VARIANTS
from conformance.model import Requirement
from conformance.render.explanation import CONDITIONS, Explanation, plain

GLOSSARY = Glossary()
CATALOGUE = catalogue.load(resources.catalogue_text())
CLAUSES = {clause.id for clause in clauses.load(resources.clauses_text())}
TESTS = {row["id"] for row in listing.tests()}


def part(made: Explanation, title: str) -> tuple[str, ...]:
    return next((part.lines for part in made.parts if part.title == title), ())


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.id)
def test_a_requirement_is_explained_with_its_tests_and_faults(row: Requirement) -> None:
    (made,) = GLOSSARY.explain(row.id)

    assert made == GLOSSARY.requirement(row)
    assert part(made, "Requirement") == (row.text,)
    assert part(made, "Why it matters")
    assert len(part(made, "What breaks it in the lab")) == sum(row.id in fault.breaks for fault in FAULTS.values())
    assert len(part(made, "To run it alone")) == 1


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.id)
def test_every_clause_of_the_protocol_is_shown_with_what_it_says(row: Requirement) -> None:
    (made,) = GLOSSARY.explain(row.id)
    cited = part(made, "Clauses")

    assert [line.partition(": ")[0] for line in cited] == list(row.clauses)
    assert {line.partition(": ")[0] for line in cited if ": " in line} == CLAUSES & set(row.clauses)


@pytest.mark.parametrize("name", ["challenge.error-type", "exposure.recipients", "ch-available-global", "E07"])
def test_an_explanation_reads_as_it_did(name: str) -> None:
    """These texts are kept so that a change of words or order is seen: `twofa-conformance explain ID` writes them anew."""
    kept = (Path(__file__).parent / "golden" / f"explain-{name}.txt").read_text(encoding="utf-8")

    assert "\n".join(map(plain, GLOSSARY.explain(name))) == kept


def test_every_condition_of_the_catalogue_is_put_in_words() -> None:
    assert {name for row in CATALOGUE.values() for name in row.when} == set(CONDITIONS)


def test_everything_that_is_listed_is_explained() -> None:
    names = [*TESTS, *CLAUSES, *FAULTS, *VARIANTS, *(clause for row in CATALOGUE.values() for clause in row.clauses)]

    assert [name for name in names if GLOSSARY.explain(name)[0].id != name] == []


def test_no_name_means_two_things() -> None:
    kinds = [set(CATALOGUE), TESTS, CLAUSES, set(FAULTS), set(VARIANTS)]

    assert sum(map(len, kinds)) == len(set().union(*kinds))


def test_a_test_brings_its_requirement_and_may_come_with_path_and_parameters() -> None:
    test, its = GLOSSARY.explain("suites/test_bytes.py::test_of_two_codes_none_is_picked[wrong first]")

    assert (test.id, its.id) == ("test_of_two_codes_none_is_picked", "bytes.two-codes")


def test_of_a_test_of_many_requirements_only_their_names_are_told() -> None:
    (made,) = GLOSSARY.explain("test_all_replies_have_the_form_of_the_document")

    assert len(part(made, "Judges")) > 1


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("chalenge.steedy", "challenge.steady"),
        ("ch-flacky", "ch-flaky"),
        ("S001", "S01"),
        ("test_a_challenge_is_no_sucess", "test_a_challenge_is_no_success"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UnknownName, match=f"nothing is called '{name}'; the nearest: .*{near}"):
        GLOSSARY.explain(name)


def test_a_name_like_no_other_has_none_near() -> None:
    with pytest.raises(UnknownName, match="nothing is called '§§§'$"):
        GLOSSARY.explain("§§§")


def test_a_clause_says_what_judges_it_and_what_is_not_judged() -> None:
    (made,) = GLOSSARY.explain("E07")

    assert part(made, "Says")
    assert part(made, "Judged by")
    assert all(line.startswith("email, classic: ") for line in part(made, "Not judged"))
