"""The golden sample in reports/: a small run that was kept, and what is made of it. `tox run -e sample` makes it anew."""

import json
from collections import Counter
from pathlib import Path

import pytest

from conformance import resources
from conformance.documents import FORMATS, document
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
