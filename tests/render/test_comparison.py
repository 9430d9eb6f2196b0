"""What changed, in its three forms: the same in each, and inert whatever a target said."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.differences import Differences, compare
from conformance.events import Event, Started
from conformance.render import comparison
from conformance.results import build

from .samples import CATALOGUE, ONE_OF_EACH, log, report
from .test_hostile import EACH, UNSEEN, markdown_outline, spoken
from .test_schemas import schema

LATER = ONE_OF_EACH | {
    "challenge.required": "fail",
    "challenge.error-text": "pass",
    "challenge.status": "inconclusive",
    "effect.once": "pass",
}
SMALLER = {name: requirement for name, requirement in CATALOGUE.items() if name != "mail.as-displayed"}


def differences(old: list[Event] | None = None, new: list[Event] | None = None) -> Differences:
    """One requirement newly failing, one fixed, two changed otherwise, and one gone."""
    return compare(report(old or log(ONE_OF_EACH)), build(new or log(LATER), SMALLER))


SECTIONS = {
    "newly failing": ["challenge.required"],
    "fixed": ["challenge.error-text"],
    "other": ["challenge.status", "effect.once"],
    "added": [],
    "gone": ["mail.as-displayed"],
}
TITLES = {
    "newly failing": "Newly failing",
    "fixed": "Fixed",
    "other": "Other changes",
    "added": "New requirements",
    "gone": "Gone requirements",
}


def named_in(text: str, heading: str) -> dict[str, list[str]]:
    """The requirements that each section names in its items."""
    found: dict[str, list[str]] = {}
    for section, title in TITLES.items():
        _, _, rest = text.partition(f"{heading}{title}: {len(SECTIONS[section])}\n")
        body = rest.partition(f"\n{heading}" if heading else "\n\n")[0] if SECTIONS[section] else ""
        items = [line.strip(" -#`").partition(":")[0].strip("`") for line in body.splitlines()]
        found[section] = [item for item in items if item in CATALOGUE]
    return found


def test_the_text_holds_each_change_in_its_section() -> None:
    assert named_in(comparison.text(differences()), "") == SECTIONS


def test_the_markdown_holds_each_change_in_its_section() -> None:
    assert named_in(comparison.markdown(differences()), "## ") == SECTIONS


def test_the_json_holds_each_change_in_its_section() -> None:
    found = json.loads(json.dumps(comparison.to_json(differences())))
    keys = {"newly failing": "newly_failing"}

    assert {name: [row["id"] for row in found[keys.get(name, name)]] for name in SECTIONS} == SECTIONS


def test_what_fails_newly_stands_first() -> None:
    for text in (comparison.text(differences()), comparison.markdown(differences())):
        places = [text.index(title) for title in [*TITLES.values(), "Unchanged"]]

        assert places == sorted(places)


def test_a_change_is_told_with_both_reasons_and_its_cause() -> None:
    old, new = log(ONE_OF_EACH, reason="said before"), log(LATER, reason="said now")
    text = comparison.text(differences(old, new))
    (change,) = comparison.to_json(differences(old, new))["newly_failing"]

    assert (
        "  challenge.required: MUST of base, pass -> fail\n    cause: the server or its configuration changed\n" in text
    )
    assert "    new: said now\n" in text
    assert (change["old"], change["new"], change["new_reason"]) == ("pass", "fail", "said now")
    assert change["causes"] == [{"cause": "server", "old": "pass", "new": "fail"}]


def test_what_differs_stands_on_top() -> None:
    found = differences(log(ONE_OF_EACH, named="staging"), log(LATER, named="production"))

    assert "differs: target: staging -> production" in comparison.text(found).partition("Newly failing")[0]
    assert "| target | `staging` | `production` |" in comparison.markdown(found).partition("## Newly failing")[0]
    assert {"what": "target", "old": "staging", "new": "production"} in comparison.to_json(found)["differing"]


def test_that_the_suite_s_part_is_unknown_is_said_with_the_reason() -> None:
    started, *rest = log(LATER)
    assert isinstance(started, Started)
    newer = [replace(started, suite_version="0.2.0"), *rest]
    found = compare(report(log(ONE_OF_EACH)), report(newer), "the old report has no run.jsonl")

    assert "what is the suite's part is unknown: the old report has no run.jsonl." in comparison.text(found)
    assert "the old report has no run.jsonl." in comparison.markdown(found)
    assert comparison.to_json(found)["unjudged"] == "the old report has no run.jsonl"
    assert comparison.to_json(found)["newly_failing"][0]["causes"][0]["cause"] == "unknown"


@pytest.mark.parametrize("found", [differences(), differences(log(LATER), log(ONE_OF_EACH, finished=False))])
def test_the_json_keeps_to_its_schema(found: Differences) -> None:
    schema("diff.schema.json").validate(json.loads(json.dumps(comparison.to_json(found))))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("newly_failing", 0, "causes", 0, "cause"), "nobody"),
        (("newly_failing", 0, "new"), "failed"),
        (("gone", 0, "why"), None),
        (("unchanged",), {"skipped": 1}),
        (("format",), "twofa-conformance-diff/2"),
    ],
)
def test_the_schema_is_strict(place: tuple[str | int, ...], value: object) -> None:
    document: Any = comparison.to_json(differences())
    at = document
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value

    assert not schema("diff.schema.json").is_valid(document)


@EACH
def test_markdown_keeps_its_structure(words: str) -> None:
    text = comparison.markdown(differences(spoken(words), spoken_later(words)))
    harmless = comparison.markdown(differences(spoken("harmless"), spoken_later("harmless")))

    assert not UNSEEN.search(text)
    assert markdown_outline(text) == markdown_outline(harmless)


@EACH
def test_text_steers_no_terminal_and_no_build_server(words: str) -> None:
    text = comparison.text(differences(spoken(words), spoken_later(words)))

    assert not UNSEEN.search(text)
    assert not [line for line in text.splitlines() if "##" in line or line.startswith("::")]


@EACH
def test_json_is_ascii_whatever_was_said(words: str) -> None:
    found = comparison.to_json(differences(spoken(words), spoken_later(words)))

    assert json.loads(json.dumps(found).encode("ascii")) == found


def spoken_later(words: str) -> list[Event]:
    return log(LATER, reason=words, body=words, named=f"later {words}")
