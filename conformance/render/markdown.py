"""report.md: the report as text to read, to paste and to keep beside a release.

What may come from the target stands in code, where Markdown and HTML mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from conformance.events import Finding
from conformance.model import Verdict
from conformance.render import outline, statement
from conformance.render.markup import code, fence, listed, prose
from conformance.results import Report, Row

_SECTIONS: Final = {
    Verdict.FAIL: "Failures",
    Verdict.ERROR: "Errors of the suite",
    Verdict.WARN: "Warnings",
    Verdict.NOTE: "Notes",
}


def render(report: Report) -> str:
    return "\n".join(_document(report)) + "\n"


def _document(report: Report) -> Iterator[str]:
    yield f"# Conformance of {code(report.started.target)}: {report.claim}"
    yield f"\n**{prose(statement.claim(report))}**"
    yield "\n## What is not claimed\n"
    yield from (f"- {prose(sentence)}" for sentence in statement.not_claimed(report))
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
    yield f"- Target: {code(started.target)} at {code(started.base_url)}"
    yield f"- Server version: {code(surveyed.server_version or 'unknown')}"
    yield f"- Edition: {surveyed.edition}"
    yield from (f"  - sign: {code(sign)}" for sign in surveyed.edition_evidence)
    yield f"- Methods: declared {listed(surveyed.declared)}; probed {listed(surveyed.probed)};"
    yield f"  tested {listed(report.scope.methods_tested)}"
    yield from (f"- Profile {name}: {claim or 'not run'}" for name, claim in report.profiles.items())
    yield f"- Suite: {code(started.suite_version)}, catalogue {code(started.catalogue_digest)}"
    yield f"- Run: {code(started.run)}, seed {started.seed}, started {code(started.started)}"
    yield (
        f"- Finished: {code(finished.finished)}, after {finished.seconds:.1f} s" if finished else "- Finished: never"
    )
    yield f"- Complete: {'yes' if report.complete else 'no'}"
    if finished and finished.left_over:
        yield f"- Left over on the target: {listed(finished.left_over)}"


def _finding(finding: Finding) -> str:
    remedy = f"; remedy: {code(finding.remedy)}" if finding.remedy else ""
    return f"- **{prose(finding.verdict)}** {code(finding.id)}: {code(finding.finding)}{remedy}"


def _section(report: Report, title: str, rows: Iterable[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        if number == 0:
            yield f"\n## {title}"
        yield from _row(report, row)


def _row(report: Report, row: Row) -> Iterator[str]:
    requirement, seen = row.requirement, outline.exchanges(report, row)
    yield f"\n### {code(requirement.id)}: {row.verdict.word}\n"
    yield f"- Level: {prose(outline.force(requirement))}"
    yield f"- Source: {prose(requirement.source)}"
    yield f"- Expected: {prose(requirement.text)}"
    yield f"- Tests: {listed(row.tests)}"
    if seen:
        yield f"- Exchanges to look at, by seq in run.jsonl: {', '.join(map(str, seen))}"
    if row.blocked_by:
        yield f"- Blocked by: {code(row.blocked_by)}"
    yield "- Actual:\n"
    yield fence(row.reason or "no reason was recorded")


def _undecided(report: Report) -> Iterator[str]:
    groups = outline.groups(report)
    if groups:
        yield "\n## Not decided\n"
    for group in groups:
        cause = f"blocked by {code(group.blocked_by)}" if group.blocked_by else code(group.reason or "no reason")
        yield f"- **{group.head}**, {cause}: {listed(row.requirement.id for row in group.rows)}"


def _disagreements(report: Report) -> Iterator[str]:
    rows = outline.disagreements(report)
    if rows:
        yield "\n## Where the page and the product disagree\n"
    for row in rows:
        yield f"- {code(row.requirement.id)}, {row.verdict.word}: {prose(row.requirement.disagreement or '')}"


def _all(report: Report) -> Iterator[str]:
    yield "\n## All requirements\n"
    yield f"{', '.join(f'{count} {word}' for word, count in report.counts.items())}"
    for chapter, rows in outline.chapters(report).items():
        yield f"\n### {prose(chapter)}\n"
        yield "| requirement | level | verdict | text |"
        yield "|---|---|---|---|"
        for row in rows:
            requirement = row.requirement
            cells = (code(requirement.id), requirement.level.name, row.verdict.word, prose(requirement.text))
            yield f"| {' | '.join(cells)} |"
