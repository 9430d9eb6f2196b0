"""report.md as the summary of a pipeline's step: the findings first, the rest folded, and never too large to be shown."""

import re
from dataclasses import replace

import pytest

from conformance import resources
from conformance.catalogue import load
from conformance.events import Finding
from conformance.render import markdown
from conformance.results import Report, build

from .reading import markdown_tables, markdown_tokens
from .samples import ONE_OF_EACH, log, report

MOST = 1024 * 1024
"""Bytes that GitHub shows of a step's summary."""


def whole(verdict: str, reason: str, times: int = 1) -> Report:
    """A report of the real catalogue, or one that is several times as long."""
    catalogue = load(resources.catalogue_text())
    long = {
        f"{name}-{time}": replace(row, id=f"{name}-{time}") for time in range(times) for name, row in catalogue.items()
    }
    return build(log(dict.fromkeys(long, verdict), reason=reason), long)


@pytest.mark.parametrize("reason", ["x" * 100_000, "\u202e" * 100_000, "\U0001f600`" * 100_000, "\n" * 100_000])
@pytest.mark.parametrize("verdict", ["fail", "inconclusive"])
def test_a_summary_is_shown_however_much_failed(verdict: str, reason: str) -> None:
    assert len(markdown.render(whole(verdict, reason)).encode()) < MOST


def test_a_summary_of_2000_failures_is_shown_and_says_what_it_leaves_out() -> None:
    made = whole("fail", "x" * 1000, times=16)
    text = markdown.render(made)

    assert len(made.rows) > 2000
    assert len(text.encode()) < MOST
    assert f"{len(made.rows) - 200} more findings are told in report.html." in text


def test_what_comes_after_the_findings_is_folded() -> None:
    text = markdown.render(report(log(ONE_OF_EACH)))
    folds = re.findall("<summary>(.*)</summary>", text)

    assert folds == ["What is not claimed", "Run", "Preflight", "All requirements"]
    assert text.count("<details>") == text.count("</details>") == len(folds)
    assert text.index("## Failures") < text.index("<summary>Run</summary>")


def test_a_failed_preflight_is_not_folded() -> None:
    text = markdown.render(report(log({}, findings=(Finding("mailbox", "fail", "refused", remedy="the password"),))))

    assert "\n## Preflight\n" in text
    assert "<summary>Preflight</summary>" not in text


def test_the_counts_come_as_a_table() -> None:
    made = report(log(ONE_OF_EACH))
    head, *rows = markdown_tables(markdown.render(made))[0]

    assert head == ["verdict", "requirements"]
    assert {verdict: int(count) for verdict, count in rows} == {word: n for word, n in made.counts.items() if n}


def test_what_is_folded_is_still_markdown() -> None:
    kinds = [token.type for token in markdown_tokens(markdown.render(report(log(ONE_OF_EACH))))]

    assert kinds.count("table_open") == 5
    assert "bullet_list_open" in kinds
