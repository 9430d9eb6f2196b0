"""The golden sample in reports/: a small run that was kept, and what is made of it. `tox run -e sample` makes it anew."""

import json
from collections import Counter
from pathlib import Path

import pytest

from conformance import resources
from conformance.documents import FORMATS, document
from conformance.glossary import Glossary
from conformance.render.explanation import ALONE
from conformance.report_file import read

from .reading import Page, ctrf_verdicts, junit_verdicts, markdown_verdicts, sarif_verdicts

SAMPLE = resources.folder("reports") / "sample"
DOCUMENTS = {
    "report.json": "json",
    "report.html": "html",
    "report.md": "md",
    "junit.xml": "junit",
    "ctrf.json": "ctrf",
    "report.sarif": "sarif",
}


def text_of(name: str) -> str:
    return (SAMPLE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_sample_is_what_its_log_gives(name: str) -> None:
    report, events = read(SAMPLE / "run.jsonl")

    assert document(DOCUMENTS[name], report, events) == text_of(name), "make it anew: tox run -e sample"


def test_the_sample_shows_every_format_and_most_verdicts() -> None:
    assert set(DOCUMENTS.values()) == set(FORMATS)
    assert {path.name for path in SAMPLE.iterdir()} == {*DOCUMENTS, "run.jsonl"}
    assert {row["verdict"] for row in json.loads(text_of("report.json"))["requirements"]} == {
        *("pass", "fail", "warn", "inconclusive", "inapplicable", "untested")
    }


def test_the_sample_s_documents_agree() -> None:
    rows = json.loads(text_of("report.json"))["requirements"]
    verdicts = Counter((row["id"], row["verdict"]) for row in rows)
    words = Counter(verdict for _, _, verdict in junit_verdicts(text_of("junit.xml")).elements())

    assert Counter(Page(text_of("report.html")).verdicts.items()) == verdicts
    assert Counter(markdown_verdicts(text_of("report.md")).items()) == verdicts
    assert Counter(verdict for _, _, verdict in ctrf_verdicts(text_of("ctrf.json")).elements()) == words
    assert Counter(level for _, level in sarif_verdicts(text_of("report.sarif")).elements()) == {
        "error": words["fail"],
        "warning": words["warn"],
    }


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in Path(SAMPLE).iterdir()) < 350_000


def test_the_page_says_of_a_requirement_what_explain_says() -> None:
    """But for tests that did not run: a reader at night does not type a command to learn what passes, or what breaks it."""
    report, events = read(SAMPLE / "run.jsonl")
    shown = " ".join(Page(document("html", report, events)).text.split())
    explained = [part for row in report.rows for part in Glossary().requirement(row.requirement).parts]
    kept = [part for part in explained if part.title not in {"Why it matters", ALONE}]
    lines = [" ".join(line.split()) for part in kept for line in part.lines]

    assert "What breaks it in the lab" in {part.title for part in kept}
    assert [line for line in lines if line not in shown] == []
