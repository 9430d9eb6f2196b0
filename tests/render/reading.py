"""Documents read back, by parsers that are none of ours."""

import json
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token


class Page(HTMLParser):
    """An HTML document: its tags in order with their attributes, the text of each style and script, and its JSON by id."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.code: dict[str, list[str]] = {"style": [], "script": []}
        self.json: dict[str, str] = {}
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][1].get("type") == "application/json" and self.cdata_elem:
            self.json[self.tags[-1][1]["id"]] = self.json.get(self.tags[-1][1]["id"], "") + data
        elif self.cdata_elem in self.code:
            self.code[self.cdata_elem].append(data)
        else:
            self.text += data

    @property
    def outline(self) -> list[str]:
        return [tag for tag, _ in self.tags]

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]

    def evidence(self, anchor: str) -> Any:
        """What the page holds about a test: its clock, and its steps."""
        return json.loads(self.json[f"evidence:{anchor}"])

    @property
    def verdicts(self) -> dict[str, str]:
        return {row["id"]: row["data-verdict"] for tag, row in self.tags if "data-verdict" in row}


def markdown_tokens(text: str) -> list[Token]:
    def flat(tokens: list[Token]) -> Iterator[Token]:
        for token in tokens:
            yield token
            yield from flat(token.children or [])

    return list(flat(MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)))


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables, row by row, each cell as its words; the first row is the head."""
    tables: list[list[list[str]]] = []
    tokens = markdown_tokens(text)
    for token, after in pairwise(tokens):
        match token.type:
            case "table_open":
                tables.append([])
            case "tr_open":
                tables[-1].append([])
            case "th_open" | "td_open":
                tables[-1][-1].append(_words(after))
    return tables


def markdown_verdicts(text: str) -> dict[str, str]:
    """Requirement -> verdict, from the rows of the tables: requirement, level, verdict, text."""
    tables = [rows for head, *rows in markdown_tables(text) if head[0] == "requirement"]
    return {row[0]: row[2] for rows in tables for row in rows}


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or [])


Verdicts = Counter[tuple[str, str]]
"""How often each (test or requirement, verdict) is there."""


def junit_verdicts(text: str) -> Counter[tuple[str, str, str]]:
    """Testcase, what JUnit says of it, and what its property says."""
    return Counter(
        (case.attrib["name"], _result(case), case.findall("properties/property[@name='verdict']")[0].attrib["value"])
        for case in ElementTree.fromstring(text).iter("testcase")
    )


def ctrf_verdicts(text: str) -> Counter[tuple[str, str, str]]:
    """Test, what CTRF says of it, and what it was before."""
    return Counter((test["name"], test["status"], test["rawStatus"]) for test in json.loads(text)["results"]["tests"])


def sarif_verdicts(text: str) -> Counter[tuple[str, str]]:
    """Requirement and level of each result; the requirement is that of the result's rule."""
    (run,) = json.loads(text)["runs"]
    rules = run["tool"]["driver"]["rules"]
    return Counter((rules[result["ruleIndex"]]["id"], result["level"]) for result in run["results"])


def _result(case: ElementTree.Element) -> str:
    for tag in ("failure", "error", "skipped"):
        if (element := case.find(tag)) is not None:
            return f"{tag} {element.attrib['type']}"
    return "passed"
