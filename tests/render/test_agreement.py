"""Every document holds the verdicts of the report that it was made from."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.events import Event, Judged
from conformance.inspection import Leak
from conformance.render import ctrf, html, junit, markdown, sarif, terminal
from conformance.report_json import from_json
from conformance.results import to_json

from .allure_run import allure_results, label
from .reading import Page, Verdicts, ctrf_verdicts, junit_verdicts, markdown_verdicts, sarif_verdicts
from .samples import ONE_OF_EACH, log, report
from .samples import test_of as id_of
from .test_hostile import HOSTILE, spoken


def verdict_of(events: list[Event], requirement: str) -> Judged:
    return next(event for event in events if isinstance(event, Judged) and event.requirement == requirement)


MIXED = log(ONE_OF_EACH)
ALL_FAIL = log(dict.fromkeys(ONE_OF_EACH, "fail"))
CUT = log({"challenge.required": "pass"}, finished=False)
EMPTY = log({}, finished=False)
SEVERAL = [
    *MIXED[:-1],
    replace(verdict_of(MIXED, "challenge.required"), test="test_another", verdict="fail"),
    MIXED[-1],
]
"""Two tests of one requirement."""

HOSTILE_WORDS = " ".join(words for name, words in HOSTILE.items() if name != "long")

LOGS = pytest.mark.parametrize(
    "events",
    [MIXED, ALL_FAIL, log(dict.fromkeys(ONE_OF_EACH, "pass")), CUT, EMPTY, SEVERAL, spoken(HOSTILE_WORDS)],
    ids=["mixed", "all fail", "faultless", "cut", "empty", "several tests", "hostile"],
)

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
CTRF = {
    "pass": "passed",
    "note": "passed",
    "warn": "passed",
    "fail": "failed",
    "error": "other",
    "inconclusive": "other",
    "inapplicable": "skipped",
    "untested": "pending",
}
SARIF = {"fail": "error", "warn": "warning", "note": "note"}
ALLURE = {
    "pass": "passed",
    "note": "passed",
    "warn": "passed",
    "fail": "failed",
    "error": "broken",
    "inconclusive": "broken",
    "inapplicable": "skipped",
}


def verdicts(events: list[Event]) -> Verdicts:
    """Of the requirements, by report.json."""
    return Counter((row["id"], row["verdict"]) for row in to_json(report(events))["requirements"])


def verdicts_of_tests(events: list[Event]) -> Verdicts:
    """Of the tests, and of the requirements that have none, by report.json."""
    document = to_json(report(events))
    idle = [row for row in document["requirements"] if not row["tests"]]
    return Counter((row["id"], row["verdict"]) for row in [*document["tests"], *idle])


def in_words(found: Verdicts, words: dict[str, str]) -> Counter[tuple[str, str, str]]:
    """The same with what a format calls each verdict between the two."""
    return Counter({(name, words[verdict], verdict): count for (name, verdict), count in found.items()})


@LOGS
def test_markdown_has_the_verdict_of_every_requirement(events: list[Event]) -> None:
    assert Counter(markdown_verdicts(markdown.render(report(events))).items()) == verdicts(events)


@LOGS
def test_html_has_the_verdict_of_every_requirement(events: list[Event]) -> None:
    assert Counter(Page(html.render(report(events), events)).verdicts.items()) == verdicts(events)


@LOGS
def test_sarif_has_the_verdict_of_every_requirement_that_does_not_hold(events: list[Event]) -> None:
    broken = {(name, SARIF[verdict]): count for (name, verdict), count in verdicts(events).items() if verdict in SARIF}

    assert sarif_verdicts(sarif.render(report(events))) == Counter(broken)


@LOGS
def test_junit_has_the_verdict_of_every_test_and_of_requirements_without_one(events: list[Event]) -> None:
    assert junit_verdicts(junit.render(report(events))) == in_words(verdicts_of_tests(events), JUNIT)


@LOGS
def test_ctrf_has_the_verdict_of_every_test_and_of_requirements_without_one(events: list[Event]) -> None:
    assert ctrf_verdicts(ctrf.render(report(events))) == in_words(verdicts_of_tests(events), CTRF)


@LOGS
def test_allure_has_the_verdict_of_every_test(events: list[Event], tmp_path: Path) -> None:
    found = allure_results(report(events), events, tmp_path)
    told = Counter((result["name"], result["status"], *label(result, "verdict")) for result in found)

    assert told == in_words(Counter((test.test, test.verdict) for test in report(events).tests), ALLURE)


def test_allure_has_each_exchange_as_it_went_and_each_mail(tmp_path: Path) -> None:
    events = log({"challenge.required": "fail"}, body='{"said": "no"}', reason="no")
    (result,) = allure_results(report(events), events, tmp_path)
    exchange, waits = result["attachments"]

    assert exchange["name"] == "#1 POST /api/v1/users.update: 400, 12 ms"
    assert exchange["text"] == (
        'POST /api/v1/users.update\nx-2fa-code: «alice.email#1»\n\n{"a": 1}\n\n'
        'HTTP status 400\nx-said: no\n\n{"said": "no"}\n'
    )
    assert waits["name"] == "mails and waits"
    assert "no mail within 30.00 s; other mail of this run did arrive\n" in waits["text"]


def test_allure_keeps_nothing_of_a_run_in_which_a_secret_was_found(tmp_path: Path) -> None:
    (tmp_path / "allure").mkdir()
    (tmp_path / "allure" / "of-another-run").write_text("")
    allure_results(replace(report(MIXED), withheld=(Leak("run.jsonl", "code"),)), MIXED, tmp_path)

    assert [path.name for path in (tmp_path / "allure").iterdir()] == ["of-another-run"]


@LOGS
def test_a_report_json_gives_the_documents_that_its_log_gives(events: list[Event]) -> None:
    made, back = report(events), from_json(json.loads(json.dumps(to_json(report(events)))))

    for render in (markdown.render, junit.render, ctrf.render, sarif.render, terminal.plain):
        assert render(back) == render(made)


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


def test_junit_has_the_form_that_pipelines_read() -> None:
    """Names are unique, since GitLab takes two of one name for one; the order of the parts is that of Jenkins' schema."""
    (suite,) = ElementTree.fromstring(junit.render(report(SEVERAL)))
    cases = suite.findall("testcase")
    names = Counter((case.attrib["classname"], case.attrib["name"]) for case in cases)

    assert set(names.values()) == {1}
    assert {tuple(case.attrib) for case in cases} == {("classname", "name", "time")}
    assert {tuple(part.tag for part in case) for case in cases} == {
        ("properties",),
        ("properties", "failure"),
        ("properties", "error"),
        ("properties", "skipped"),
        ("properties", "system-out"),
    }
    assert all(float(case.attrib["time"]) >= 0 for case in [suite, *cases])


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
