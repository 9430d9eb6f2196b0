"""report.md: the report as text to read, to paste and to keep beside a release.

What may come from the target stands in code, where Markdown and HTML mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from conformance.events import Finding
from conformance.model import Verdict
from conformance.render import outline, statement
from conformance.render.visible import cut, in_line, visible
from conformance.results import Report, Row

_REASON: Final = 4096
_SECTIONS: Final = {
    Verdict.FAIL: "Failures",
    Verdict.ERROR: "Errors of the suite",
    Verdict.WARN: "Warnings",
    Verdict.NOTE: "Notes",
}


def render(report: Report) -> str:
    return "\n".join(_document(report)) + "\n"


def _document(report: Report) -> Iterator[str]:
    yield f"# Conformance of {_code(report.started.target)}: {report.claim}"
    yield f"\n**{_prose(statement.claim(report))}**"
    yield "\n## What is not claimed\n"
    yield from (f"- {_prose(sentence)}" for sentence in statement.not_claimed(report))
    yield "\n## Run\n"
    yield from _run(report)
    yield "\n## Preflight\n"
    yield from map(_finding, report.surveyed.findings)
    yield "" if report.surveyed.findings else "No finding was recorded."
    for verdict, title in _SECTIONS.items():
        yield from _section(report, title, outline.of_verdict(report, verdict))
    yield from _undecided(report)
    yield from _disagreements(report)
    yield from _all(report)


def _run(report: Report) -> Iterator[str]:
    started, surveyed, finished = report.started, report.surveyed, report.finished
    yield f"- Exit code: {statement.exit_code(report)}"
    yield f"- Target: {_code(started.target)} at {_code(started.base_url)}"
    yield f"- Server version: {_code(surveyed.server_version or 'unknown')}"
    yield f"- Edition: {surveyed.edition}"
    yield from (f"  - sign: {_code(sign)}" for sign in surveyed.edition_evidence)
    yield f"- Methods: declared {_listed(surveyed.declared)}; probed {_listed(surveyed.probed)};"
    yield f"  tested {_listed(report.scope.methods_tested)}"
    yield from (f"- Profile {name}: {claim or 'not run'}" for name, claim in report.profiles.items())
    yield f"- Suite: {_code(started.suite_version)}, catalogue {_code(started.catalogue_digest)}"
    yield f"- Run: {_code(started.run)}, seed {started.seed}, started {_code(started.started)}"
    yield (
        f"- Finished: {_code(finished.finished)}, after {finished.seconds:.1f} s" if finished else "- Finished: never"
    )
    yield f"- Complete: {'yes' if report.complete else 'no'}"
    if finished and finished.left_over:
        yield f"- Left over on the target: {_listed(finished.left_over)}"


def _finding(finding: Finding) -> str:
    remedy = f"; remedy: {_code(finding.remedy)}" if finding.remedy else ""
    return f"- **{_prose(finding.verdict)}** {_code(finding.id)}: {_code(finding.finding)}{remedy}"


def _section(report: Report, title: str, rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        if number == 0:
            yield f"\n## {title}"
        yield from _row(report, row)


def _row(report: Report, row: Row) -> Iterator[str]:
    requirement, seen = row.requirement, outline.exchanges(report, row)
    yield f"\n### {_code(requirement.id)}: {row.verdict.word}\n"
    yield f"- Level: {_prose(outline.force(requirement))}"
    yield f"- Source: {_prose(requirement.source)}"
    yield f"- Expected: {_prose(requirement.text)}"
    yield f"- Tests: {_listed(row.tests)}"
    if seen:
        yield f"- Exchanges to look at, by seq in run.jsonl: {', '.join(map(str, seen))}"
    if row.blocked_by:
        yield f"- Blocked by: {_code(row.blocked_by)}"
    yield "- Actual:\n"
    yield _fence(row.reason or "no reason was recorded")


def _undecided(report: Report) -> Iterator[str]:
    groups = outline.groups(report)
    if groups:
        yield "\n## Not decided\n"
    for group in groups:
        cause = f"blocked by {_code(group.blocked_by)}" if group.blocked_by else _code(group.reason or "no reason")
        yield f"- **{group.head}**, {cause}: {_listed(row.requirement.id for row in group.rows)}"


def _disagreements(report: Report) -> Iterator[str]:
    rows = outline.disagreements(report)
    if rows:
        yield "\n## Where the page and the product disagree\n"
    for row in rows:
        yield f"- {_code(row.requirement.id)}, {row.verdict.word}: {_prose(row.requirement.disagreement or '')}"


def _all(report: Report) -> Iterator[str]:
    yield "\n## All requirements\n"
    yield f"{', '.join(f'{count} {word}' for word, count in report.counts.items())}"
    for chapter, rows in outline.chapters(report).items():
        yield f"\n### {_prose(chapter)}\n"
        yield "| requirement | level | verdict | text |"
        yield "|---|---|---|---|"
        for row in rows:
            requirement = row.requirement
            cells = (_code(requirement.id), requirement.level.name, row.verdict.word, _prose(requirement.text))
            yield f"| {' | '.join(cells)} |"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(map(_code, items)) or "none"


def _prose(text: str) -> str:
    """Our own words, shown as they were written."""
    return re.sub(r"([\\`*_\[\]<>&|~])", r"\\\1", in_line(text))


def _code(text: str) -> str:
    """A code span that nothing in the text can close."""
    shown = in_line(cut(text, _REASON))
    ticks = _ticks(shown, 1)
    return f"{ticks} {shown} {ticks}" if "`" in shown else f"{ticks}{shown or ' '}{ticks}"


def _fence(text: str) -> str:
    """A code block that nothing in the text can close."""
    shown = visible(cut(text, _REASON))
    ticks = _ticks(shown, 3)
    return f"{ticks}text\n{shown}\n{ticks}"


def _ticks(text: str, least: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)
