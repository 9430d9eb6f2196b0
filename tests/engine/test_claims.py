"""What a whole log comes to: claim, profiles and exit code."""

import pytest

from conformance.events import Event, Facts, Finding, Finished, Judged, Surveyed, Waited
from conformance.results import Report, build, survey_to_json

from .test_results import CATALOGUE, FINISHED, judged, started, surveyed

BASE = ("a.must", "a.other", "a.should", "a.may", "b.totp", "b.classic")


def all_pass(*, but: dict[str, str] | None = None) -> list[Judged]:
    verdicts = dict.fromkeys(BASE, "pass") | (but or {})
    return [judged(requirement, verdict) for requirement, verdict in verdicts.items()]


def report(judgements: list[Judged], *profiles: str, edition: str = "classic", end: Event = FINISHED) -> Report:
    return build([started(*profiles), surveyed(edition), *judgements, end], CATALOGUE)


def test_a_run_that_passed_is_conformant() -> None:
    made = report(all_pass())

    assert (made.claim, made.exit_code) == ("conformant", 0)


@pytest.mark.parametrize(
    ("requirement", "verdict", "claim", "code"),
    [
        ("a.must", "fail", "not-conformant", 1),
        ("a.must", "inconclusive", "undetermined", 3),
        ("a.must", "untested", "undetermined", 3),
        ("a.must", "inapplicable", "conformant", 0),
        ("a.must", "error", "undetermined", 4),
        ("a.should", "warn", "conformant", 0),
        ("a.should", "inconclusive", "conformant", 0),
        ("a.should", "error", "conformant", 4),
        ("a.may", "note", "conformant", 0),
    ],
)
def test_one_other_verdict_decides(requirement: str, verdict: str, claim: str, code: int) -> None:
    made = report(all_pass(but={requirement: verdict}))

    assert (made.claim, made.exit_code) == (claim, code)


def test_a_must_of_another_edition_does_not_count() -> None:
    made = report(all_pass(but={"b.classic": "fail", "b.current": "pass"}), edition="current")

    assert made.claim == "conformant"


def test_a_profile_that_was_not_run_has_no_claim() -> None:
    assert report(all_pass()).profiles == {"security": None, "robustness": None}
    assert report(all_pass(), "security").profiles == {"security": "undetermined", "robustness": None}


def test_a_profile_never_changes_the_claim() -> None:
    made = report([*all_pass(), judged("c.secure", "fail"), judged("c.robust", "pass")], "security", "robustness")

    assert (made.claim, made.exit_code) == ("conformant", 0)
    assert made.profiles == {"security": "not-conformant", "robustness": "conformant"}


def test_the_result_of_a_profile_that_was_not_asked_for_is_left_out() -> None:
    made = report([*all_pass(), judged("c.secure", "fail")])

    assert made.profiles["security"] is None
    assert "c.secure" not in {row.requirement.id for row in made.rows}


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (Finished("", 1, complete=False, interrupted=True), 130),
        (Finished("", 1, complete=False, broken="KeyError: x"), 4),
        (Finished("", 1, complete=False), 3),
        (Waited("test_x", 1, "the log was cut here"), 130),
    ],
)
def test_a_run_that_did_not_come_to_its_end_proves_nothing(end: Event, code: int) -> None:
    made = report(all_pass(), end=end)

    assert (made.claim, made.exit_code, made.complete) == ("undetermined", code, False)


def test_a_failed_preflight_is_exit_code_5() -> None:
    failed = surveyed("classic", Finding("clock", "note", "late"), Finding("mailbox", "fail", "refused"))
    made = build([started(), failed, FINISHED], CATALOGUE)

    assert (made.claim, made.exit_code) == ("undetermined", 5)


def test_a_note_of_the_preflight_changes_nothing() -> None:
    noted = surveyed("classic", Finding("clock", "note", "late"))
    made = build([started(), noted, *all_pass(), FINISHED], CATALOGUE)

    assert made.exit_code == 0


def test_a_log_that_ends_before_the_survey_is_a_report_all_the_same() -> None:
    made = build([started()], CATALOGUE)

    assert (made.claim, made.exit_code) == ("undetermined", 130)
    assert {row.verdict.word for row in made.rows} == {"untested"}


@pytest.mark.parametrize("log", [[], [surveyed()], [FINISHED, started()]])
def test_a_log_without_its_header_line_is_an_error(log: list[Event]) -> None:
    with pytest.raises(ValueError, match="does not open with its header line"):
        build(log, CATALOGUE)


def test_the_survey_alone_says_what_was_found() -> None:
    survey = Surveyed(
        (Finding("clock", "note", "late", "set it"),), "current", ("sign",), None, ("email",), (), Facts()
    )

    assert survey_to_json(survey) == {
        "preflight": [{"id": "clock", "verdict": "note", "finding": "late", "remedy": "set it"}],
        "edition": "current",
        "edition_evidence": ["sign"],
        "server_version": None,
        "capabilities": {"declared": ["email"], "probed": []},
    }
