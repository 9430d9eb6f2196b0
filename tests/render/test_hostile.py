"""Whatever a target says is shown, and does nothing: in each format it changes no more than the text."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.events import Event, Finding, to_json
from conformance.render import ctrf, html, junit, markdown, sarif, terminal
from conformance.report_json import from_json
from conformance.results import to_json as report_json

from .allure_run import allure_results
from .formats import CTRF, SARIF
from .reading import Page, markdown_tokens
from .samples import ONE_OF_EACH, log, report

HOSTILE = {
    "script": "</td></script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=alert(1) x='",
    "template": "{{ 7*7 }}{% raw %}",
    "cdata": "]]></failure><![CDATA[<x>",
    "entity": "&lt;script&gt; &#0; &bogus;",
    "markdown": "`` ``` | ![x](http://evil.example/x.png) <b>x</b> [a](javascript:alert(1)) **x**",
    "fence": "a\n```\n# heading\n~~~\n<script>alert(1)</script>\n\n---\n| a | b |\n````````",
    "ansi": "\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\x\x9b31m",
    "rich": "[bold red]x[/bold red] [link=http://evil.example]y[/link] :boom:",
    "bidi": "\u202edecrease\u2066\u200f\u061c",
    "unseen": "a\u200b\u2060\ufeff\u2028\u2029\u00ad\U000e0041b",
    "control": "a\x00b\x08\x0b\x0c\r\x7f\x85",
    "surrogate": "a\ud800b\udfff",
    "no character": "\ufffe\uffff",
    "build server": "x\n##vso[task.setvariable variable=a]b\n###vso[x]\n::set-output name=a::b\n##teamcity[x]",
    "long": "<&`\x1b" * 50_000,
}

EACH = pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def spoken(words: str) -> list[Event]:
    """A log in which the target said this wherever a target can say something."""
    findings = (Finding("reachable", "fail", words, remedy=words), Finding("login", "note", words))
    return log(ONE_OF_EACH, reason=words, body=words, named=words, findings=findings)


def markdown_outline(text: str) -> list[str]:
    return [token.type for token in markdown_tokens(text)]


def junit_outline(text: str) -> list[tuple[str, list[str]]]:
    return [(element.tag, sorted(element.attrib)) for element in ElementTree.fromstring(text).iter()]


HARMLESS = spoken("harmless")
HARMLESS_MARKDOWN = markdown_outline(markdown.render(report(HARMLESS)))
HARMLESS_PAGE = Page(html.render(report(HARMLESS), HARMLESS))
HARMLESS_JUNIT = junit_outline(junit.render(report(HARMLESS)))


@EACH
def test_markdown_keeps_its_structure(words: str) -> None:
    text = markdown.render(report(spoken(words)))

    assert not UNSEEN.search(text)
    assert markdown_outline(text) == HARMLESS_MARKDOWN


@EACH
def test_html_keeps_its_structure(words: str) -> None:
    events = spoken(words)
    text = html.render(report(events), events)
    page, plain = Page(text), HARMLESS_PAGE

    assert not UNSEEN.search(text)
    assert page.outline == plain.outline
    assert page.code == plain.code
    assert [sorted(attributes) for _, attributes in page.tags] == [sorted(attributes) for _, attributes in plain.tags]


@EACH
def test_junit_keeps_its_structure(words: str) -> None:
    text = junit.render(report(spoken(words)))

    assert not UNSEEN.search(text)
    assert junit_outline(text) == HARMLESS_JUNIT


def json_outline(value: Any) -> Any:
    """A document with every text of it left out."""
    match value:
        case dict():
            return {name: json_outline(member) for name, member in value.items()}
        case list():
            return [json_outline(item) for item in value]
    return type(value).__name__


HARMLESS_CTRF = json_outline(json.loads(ctrf.render(report(HARMLESS))))
HARMLESS_SARIF = json_outline(json.loads(sarif.render(report(HARMLESS))))


@EACH
def test_ctrf_keeps_its_structure(words: str) -> None:
    text = ctrf.render(report(spoken(words)))

    CTRF.validate(json.loads(text))
    assert not UNSEEN.search(text)
    assert json_outline(json.loads(text)) == HARMLESS_CTRF


@EACH
def test_sarif_keeps_its_structure(words: str) -> None:
    text = sarif.render(report(spoken(words)))

    SARIF.validate(json.loads(text))
    assert not UNSEEN.search(text)
    assert json_outline(json.loads(text)) == HARMLESS_SARIF


def test_sarif_shows_no_link_and_no_placeholder_of_a_target() -> None:
    events = log({"challenge.required": "fail"}, reason="see [here](https://evil.example) {0} {12}")
    (result,) = json.loads(sarif.render(report(events)))["runs"][0]["results"]

    assert "see [here] (https://evil.example) { 0} { 12}" in result["message"]["text"]


def test_allure_keeps_its_results(tmp_path: Path) -> None:
    words = " ".join(HOSTILE.values())
    made = report(spoken(words))
    found = allure_results(made, spoken(words), tmp_path)

    assert len(found) == len(made.tests)
    assert not any(UNSEEN.search(json.dumps(result, ensure_ascii=False)) for result in found)


@EACH
def test_a_terminal_and_a_build_server_are_told_nothing(words: str) -> None:
    made = report(spoken(words))
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", terminal.summary(made, width=80, colour=True))
    bare = terminal.summary(made, width=80, colour=False)
    plain = terminal.plain(made)

    assert not any(UNSEEN.search(text) for text in (coloured, bare, plain))
    assert coloured == bare
    assert [line for line in plain.splitlines() if "##" in line or line.strip().startswith("::")] == []


@EACH
def test_every_document_can_be_written(words: str) -> None:
    events = spoken(words)
    made = report(events)
    for text in (
        markdown.render(made),
        html.render(made, events),
        junit.render(made),
        ctrf.render(made),
        sarif.render(made),
        terminal.plain(made),
    ):
        assert text.encode()


OF_OUR_OWN = {
    *("format", "claim", "profile", "level", "level_by", "verdict", "edition", "editions"),
    *("security", "robustness", "methods_tested", "tested"),
}
"""Members whose words the schema knows."""


def poisoned(value: Any, words: str, name: str = "") -> Any:
    """A report.json in which every text is hostile that may be any."""
    match value:
        case dict():
            return {key: poisoned(member, words, key) for key, member in value.items()}
        case list():
            return [poisoned(item, words, name) for item in value]
        case str() if name not in OF_OUR_OWN:
            return words
    return value


@EACH
def test_a_report_json_that_says_anything_gives_documents_all_the_same(words: str) -> None:
    made = from_json(poisoned(report_json(report(log(ONE_OF_EACH))), words[:1000]))
    documents = [render(made) for render in (junit.render, ctrf.render, sarif.render, markdown.render, terminal.plain)]
    documents.append(html.render(made, []))

    assert [UNSEEN.search(text) for text in documents] == [None] * len(documents)
    ElementTree.fromstring(documents[0])
    CTRF.validate(json.loads(documents[1]))
    SARIF.validate(json.loads(documents[2]))


def test_what_was_said_can_still_be_read() -> None:
    events = log({"challenge.required": "fail"}, reason="it said \u202e<b>\x1b[0m")
    page = Page(html.render(report(events), events))
    failure = ElementTree.fromstring(junit.render(report(events))).findtext(".//failure")
    fence = next(token for token in markdown_tokens(markdown.render(report(events))) if token.type == "fence")

    seen = "it said <U+202E><b><U+001B>[0m"
    assert seen in page.text
    assert seen in (failure or "")
    assert seen in fence.content
    assert seen in terminal.plain(report(events))


def test_a_long_text_is_cut_with_a_note() -> None:
    events = log(ONE_OF_EACH, reason="x" * 200_000, body="x" * 200_000)
    made = report(events)

    for text in (markdown.render(made), html.render(made, events), terminal.plain(made)):
        assert "more characters are in run.jsonl" in text
        assert "x" * 5000 not in text
    assert len(html.render(made, events)) < 500_000
    assert len(terminal.plain(made)) < 50_000
    assert len(json.loads(to_json(events[-2]))["reason"]) == 200_000, "the evidence is whole"
