"""Every document holds the verdicts of the report that it was made from."""

from xml.etree import ElementTree

import pytest

from conformance.events import Event
from conformance.render import html, junit, markdown, terminal
from conformance.results import to_json

from .reading import Page, junit_verdicts, markdown_verdicts
from .samples import ONE_OF_EACH, log, report
from .samples import test_of as id_of

MIXED = log(ONE_OF_EACH)
ALL_FAIL = log(dict.fromkeys(ONE_OF_EACH, "fail"))
CUT = log({"challenge.required": "pass"}, finished=False)
EMPTY = log({}, finished=False)

LOGS = pytest.mark.parametrize("events", [MIXED, ALL_FAIL, CUT, EMPTY], ids=["mixed", "all fail", "cut", "empty"])

JUNIT = {
    "pass": "passed",
    "note": "passed",
    "warn": "passed",
    "fail": "failure fail",
    "error": "error error",
    "inconclusive": "error inconclusive",
    "inapplicable": "skipped inapplicable",
    "untested": "skipped untested",
}


def verdicts(events: list[Event]) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in to_json(report(events))["requirements"]}


@LOGS
def test_markdown_has_the_verdict_of_every_requirement(events: list[Event]) -> None:
    assert markdown_verdicts(markdown.render(report(events))) == verdicts(events)


@LOGS
def test_html_has_the_verdict_of_every_requirement(events: list[Event]) -> None:
    assert Page(html.render(report(events), events)).verdicts == verdicts(events)


@LOGS
def test_junit_has_the_verdict_of_every_test_and_of_requirements_without_one(events: list[Event]) -> None:
    tested = {test.requirement: test.test for test in report(events).tests}

    assert junit_verdicts(junit.render(report(events))) == {
        tested.get(requirement, requirement): (JUNIT[verdict], verdict)
        for requirement, verdict in verdicts(events).items()
    }


@LOGS
def test_the_table_on_the_screen_has_the_counts(events: list[Event]) -> None:
    screen = terminal.summary(report(events), width=100, colour=False).splitlines()
    head = next(line.split() for line in screen if line.startswith("chapter"))
    total = next(line.split() for line in screen if line.startswith("total"))

    assert dict(zip(head[1:], map(int, total[1:]), strict=True)) == report(events).counts


@LOGS
def test_every_document_says_the_claim_with_its_scope(events: list[Event]) -> None:
    made = report(events)
    claim = f"{made.claim}: {made.scope.musts_passed} MUST"

    documents = [markdown.render(made), html.render(made, events), terminal.plain(made)]
    documents.append(terminal.summary(made, width=200, colour=False))
    assert [text for text in documents if claim not in text or "methods tested: " not in text] == []


def test_junit_counts_what_it_holds() -> None:
    suite = ElementTree.fromstring(junit.render(report(MIXED)))[0]
    facts = {item.attrib["name"]: item.attrib["value"] for item in suite.findall("properties/property")}

    assert [suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")] == ["8", "1", "2", "2"]
    assert facts["claim"] == "not-conformant"
    assert facts["exit_code"] == "4"
    assert facts["edition"] == "classic"
    assert facts["run"] == "r-1"
    assert facts["complete"] == "true"
    assert facts["profile.security"] == "not run"


def test_junit_tells_the_reason_of_a_warning_that_passes() -> None:
    suite = ElementTree.fromstring(junit.render(report(log({"challenge.status": "warn"}, reason="status 200"))))
    case = suite.find(f".//testcase[@name='{id_of('challenge.status')}']")

    assert case is not None
    assert case.attrib["classname"] == "challenge"
    assert "status 200" in (case.findtext("system-out") or "")


@pytest.mark.parametrize("render", [markdown.render, lambda made: html.render(made, MIXED), terminal.plain])
def test_a_failure_comes_before_all_else(render: object) -> None:
    text = render(report(MIXED))  # type: ignore[operator]
    later = ["refusal.json", "challenge.status", "mail.as-displayed", "mail.arrives", "challenge.required"]

    assert all(text.index("challenge.error-text") < text.index(other) for other in later if other in text)
