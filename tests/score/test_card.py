"""What a report makes of a score, and scores of a card."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from conformance import resources
from conformance.catalogue import load
from conformance.score import document
from conformance.score.card import Card, from_json, profile_for, score_fault, score_variant, to_json
from conformance.score.session import holds

CATALOGUE = load(resources.catalogue_text())
SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((resources.folder("reports") / "scorecard.schema.json").read_text(encoding="utf-8"))
)


def report(claim: str = "conformant", **verdicts: str) -> dict[str, Any]:
    """A report of these rows; chapter and name are parted by two underscores."""
    ids = {name.replace("__", ".").replace("_", "-"): verdict for name, verdict in verdicts.items()}
    rows = [{"id": id, "profile": CATALOGUE[id].profile, "verdict": verdict} for id, verdict in ids.items()]
    return {"claim": claim, "requirements": rows}


def fault(*breaks: str, first_run: bool | None = None, **verdicts: str) -> Any:
    return score_fault("a-fault", "classic", breaks, report(**verdicts), CATALOGUE, first_run=first_run, seconds=1.5)


CAUGHT = fault("challenge.method", challenge__method="fail", challenge__json="pass")
ELSEWHERE = fault("challenge.method", challenge__json="fail")
BESIDE = fault("challenge.method", challenge__method="fail", challenge__status="warn")
OPEN = fault("challenge.method", challenge__method="inconclusive")
CARD = Card((CAUGHT, ELSEWHERE, BESIDE, OPEN), (score_variant("b-01", "classic", report(), seconds=2.0),))


def test_a_fault_is_detected_where_a_requirement_fails_or_warns() -> None:
    scores = (CAUGHT, ELSEWHERE, BESIDE, OPEN)

    assert [score.detected for score in scores] == [True, True, True, False]
    assert [score.at_right_requirement for score in scores] == [True, False, True, False]
    assert [score.misattributed for score in scores] == [(), ("challenge.json",), ("challenge.status",), ()]


def test_a_fault_has_the_clauses_of_what_it_breaks_and_the_level_of_the_gravest() -> None:
    score = fault("resend.addresses", "challenge.method")

    assert (score.level, score.profile) == ("must", "base")
    assert set(score.clauses) == {
        *CATALOGUE["resend.addresses"].clauses,
        *CATALOGUE["challenge.method"].clauses,
    }


@pytest.mark.parametrize(("known", "kept"), [(None, True), (False, False), (True, True)])
def test_the_first_score_of_a_fault_stays(known: bool | None, kept: bool) -> None:
    assert fault("challenge.method", first_run=known, challenge__method="fail").first_run is kept


def test_a_warning_accuses_a_correct_server_in_base_alone() -> None:
    base = score_variant("b-01", "classic", report(challenge__email_or_username="warn"), seconds=1)
    beyond = score_variant("b-01", "classic", report(robustness__session_kept="warn"), seconds=1)

    assert (base.false_alarms, beyond.false_alarms) == (("challenge.email-or-username",), ())


def test_a_profile_is_run_where_a_requirement_of_it_is_broken() -> None:
    base, security, robustness = (CATALOGUE[id] for id in ("challenge.json", "replay.totp", "bytes.answered"))

    assert profile_for([base]) == "base"
    assert profile_for([base, security]) == "security"
    assert profile_for([security, robustness]) == "all"


def test_totals_count_servers_and_for_what_is_wrong_requirements() -> None:
    assert CARD.totals() == {
        "faults": 4,
        "detected": 3,
        "at_right_requirement": 2,
        "misattributed": 2,
        "variants": 1,
        "false_alarms": 0,
        "unproven": 0,
    }


def test_a_card_comes_back_from_its_file_and_keeps_to_the_schema() -> None:
    written = json.loads(json.dumps(to_json(CARD)))

    SCHEMA.validate(written)
    assert from_json(written) == CARD
    with pytest.raises(ValueError, match="format"):
        from_json({**written, "format": "other/1"})


def test_the_document_names_survivors_with_their_reasons_and_what_turned_red_beside_them() -> None:
    text = document.render(CARD, {"a-fault": "nobody can see it"}, {"b-fault": "Legal in the product."})

    assert "3 of 4 (75.0 %)" in text
    assert "nobody can see it" in text
    assert "- `b-fault`: Legal in the product." in text
    assert "| challenge.json | (`a-fault`) |" in text


@pytest.mark.parametrize(
    ("card", "reasons", "good"),
    [
        (CARD, {"a-fault": "why"}, True),
        (CARD, {}, False),
        (replace(CARD, faults=(CAUGHT,)), {}, True),
        (Card((CAUGHT,), (score_variant("b-01", "classic", report("undetermined"), seconds=1),)), {}, False),
        (Card((), (score_variant("b-01", "classic", report(challenge__method="fail"), seconds=1),)), {}, False),
    ],
)
def test_a_scoring_is_good_without_unexplained_survivors_and_accused_servers(
    card: Card, reasons: dict[str, str], good: bool
) -> None:
    assert holds(card, reasons) is good
