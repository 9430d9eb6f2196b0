"""From outcome to verdict, from verdicts to a claim, from a claim to an exit code: the tables, whole."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model import EDITIONS, Claim, Level, Requirement, Verdict
from conformance.verdicts import Outcome, claim, exit_code, fold, judge

VERDICTS = st.lists(st.sampled_from(Verdict))

BEST_FIRST = ["untested", "inapplicable", "pass", "note", "warn", "inconclusive", "error", "fail"]
JUDGED = {
    Outcome.RETURNED: ("pass", "pass", "pass"),
    Outcome.VIOLATED: ("fail", "warn", "note"),
    Outcome.INCONCLUSIVE: ("inconclusive", "inconclusive", "inconclusive"),
    Outcome.INAPPLICABLE: ("inapplicable", "inapplicable", "inapplicable"),
    Outcome.UNTESTED: ("untested", "untested", "untested"),
    Outcome.BROKEN: ("error", "error", "error"),
}
CELLS = [
    (outcome, level, word)
    for outcome, words in JUDGED.items()
    for level, word in zip((Level.MUST, Level.SHOULD, Level.MAY), words, strict=True)
]


def row(level: str, verdict: str) -> tuple[Requirement, Verdict]:
    requirement = Requirement("a.b", "base", Level(level), "page", "It holds.", ("S01",), "page", EDITIONS, ())
    return requirement, Verdict[verdict.upper()]


def rows(text: str) -> list[tuple[Requirement, Verdict]]:
    """ "must pass, should warn" as rows."""
    pairs = (item.split() for item in text.split(",") if item.strip())
    return [row(level, verdict) for level, verdict in pairs]


@pytest.mark.parametrize(("outcome", "level", "word"), CELLS)
def test_an_outcome_is_judged_by_its_level(outcome: Outcome, level: Level, word: str) -> None:
    assert judge(level, outcome).word == word


def test_the_table_of_outcomes_is_whole() -> None:
    assert set(JUDGED) == set(Outcome)


def test_verdicts_are_ordered_as_the_contract_says() -> None:
    assert [verdict.word for verdict in sorted(Verdict)] == BEST_FIRST


@given(VERDICTS)
def test_the_verdict_of_a_requirement_is_its_worst(verdicts: list[Verdict]) -> None:
    assert fold(verdicts) == ([Verdict.UNTESTED, *sorted(verdicts)])[-1]


@given(VERDICTS, st.randoms(use_true_random=False))
def test_the_order_of_tests_does_not_matter(verdicts: list[Verdict], random: Random) -> None:
    shuffled = random.sample(verdicts, len(verdicts))

    assert fold(shuffled) == fold(verdicts)


@given(VERDICTS, VERDICTS)
def test_folding_in_parts_is_folding_at_once(some: list[Verdict], more: list[Verdict]) -> None:
    assert fold([fold(some), fold(more)]) == fold(some + more)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("must pass", "conformant"),
        ("must pass, must inapplicable", "conformant"),
        ("must pass, should warn, may note", "conformant"),
        ("must pass, should inconclusive, should untested, may error", "conformant"),
        ("must fail", "not-conformant"),
        ("must pass, must fail, must inconclusive, must error, must untested", "not-conformant"),
        ("must pass, must inconclusive", "undetermined"),
        ("must pass, must untested", "undetermined"),
        ("must pass, must error", "undetermined"),
        ("must inapplicable", "undetermined"),
        ("must inapplicable, should pass", "undetermined"),
        ("should pass, should warn", "conformant"),
        ("should warn", "conformant"),
        ("should warn, should inconclusive", "undetermined"),
        ("should inapplicable, may untested", "undetermined"),
        ("may note", "conformant"),
        ("", "undetermined"),
    ],
)
def test_a_claim_rests_on_the_musts(found: str, expected: Claim) -> None:
    assert claim(rows(found)) == expected


@pytest.mark.parametrize(("found", "expected"), [("must pass", "undetermined"), ("must fail", "not-conformant")])
def test_a_run_that_was_cut_is_never_conformant(found: str, expected: Claim) -> None:
    assert claim(rows(found), complete=False) == expected


CODES = [
    # claim, an error?, interrupted?, preflight passed? -> exit code
    ("conformant", False, False, True, 0),
    ("not-conformant", False, False, True, 1),
    ("undetermined", False, False, True, 3),
    ("conformant", True, False, True, 4),
    ("not-conformant", True, False, True, 4),
    ("undetermined", True, False, True, 4),
    ("conformant", False, False, False, 5),
    ("not-conformant", True, False, False, 5),
    ("undetermined", True, False, False, 5),
    ("conformant", False, True, True, 130),
    ("not-conformant", True, True, True, 130),
    ("undetermined", True, True, False, 130),
]


@pytest.mark.parametrize(("claimed", "error", "interrupted", "passed", "code"), CODES)
def test_of_several_exit_codes_the_first_in_the_contract_s_order_applies(
    claimed: Claim, error: bool, interrupted: bool, passed: bool, code: int
) -> None:
    verdicts = [Verdict.PASS, *[Verdict.ERROR] * error]

    assert exit_code(claimed, verdicts, interrupted=interrupted, preflight_passed=passed) == code


@pytest.mark.parametrize(
    ("interrupted", "passed", "code"), [(False, True, 4), (False, False, 5), (True, True, 130), (True, False, 130)]
)
def test_a_run_that_broke_is_an_error_in_the_suite(interrupted: bool, passed: bool, code: int) -> None:
    assert exit_code("conformant", [], interrupted=interrupted, preflight_passed=passed, broken=True) == code


@given(st.lists(st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.ERROR])))
def test_no_verdict_but_an_error_changes_what_a_claim_exits_with(verdicts: list[Verdict]) -> None:
    assert exit_code("conformant", verdicts, interrupted=False, preflight_passed=True) == 0
