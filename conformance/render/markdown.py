"""report.md: the report as text to read, to paste, to keep beside a release, and to show as the summary of a pipeline's step.

What may come from the target stands in code, where Markdown and HTML mean nothing. What comes after the findings is folded.
GitHub shows no step summary that is larger than 1 MiB, so the whole is kept below that.
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
_MOST, _ROOM, _REASON = 200, 120_000, 4096
"""Findings that are told one by one; characters for all reasons together, and for one."""


def render(report: Report) -> str:
    return "\n".join(_document(report)) + "\n"


def _document(report: Report) -> Iterator[str]:
    yield f"# Conformance of {code(report.started.target)}: {report.claim}"
    yield f"\n**{prose(statement.claim(report))}**"
    yield f"\nExit code: {statement.exit_code(report)}\n"
    yield from _counts(report)
    yield from _folded("What is not claimed", (f"- {prose(sentence)}" for sentence in statement.not_claimed(report)))
    preflight = [_finding(finding) for finding in report.surveyed.findings] or ["No finding was recorded."]
    failed = any(finding.verdict == "fail" for finding in report.surveyed.findings)
    if failed:
        yield from ("\n## Preflight\n", *preflight)
    yield from _findings(report)
    yield from _undecided(report)
    yield from _folded("Run", _run(report))
    if not failed:
        yield from _folded("Preflight", preflight)
    yield from _disagreements(report)
    yield from _folded("All requirements", _all(report))


def _counts(report: Report) -> Iterator[str]:
    yield "| verdict | requirements |"
    yield "|---|---|"
    yield from (f"| {word} | {count} |" for word, count in report.counts.items() if count)


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n<details>\n<summary>{title}</summary>\n"
    yield from lines
    yield "\n</details>"


def _findings(report: Report) -> Iterator[str]:
    """The findings one by one, the most urgent first, each with its share of the room."""
    rows = outline.findings(report)
    limit = _share(len(rows))
    for verdict, title in _SECTIONS.items():
        told = [row for row in rows[:_MOST] if row.verdict is verdict]
        if told:
            yield f"\n## {title}"
        for row in told:
            yield from _row(report, row, limit)
    if len(rows) > _MOST:
        yield f"\n{len(rows) - _MOST} more findings are told in report.html."


def _share(count: int) -> int:
    return min(_REASON, _ROOM // max(1, min(count, _MOST)))


def _run(report: Report) -> Iterator[str]:
    started, surveyed, finished = report.started, report.surveyed, report.finished
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


def _row(report: Report, row: Row, limit: int) -> Iterator[str]:
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
    yield fence(row.reason or "no reason was recorded", limit)


def _undecided(report: Report) -> Iterator[str]:
    groups = outline.groups(report)
    if groups:
        yield "\n## Not decided\n"
    limit = _share(len(groups))
    for group in groups:
        cause = f"blocked by {code(group.blocked_by)}" if group.blocked_by else code(group.reason or "no reason", limit)
        yield f"- **{group.head}**, {cause}: {listed(row.requirement.id for row in group.rows)}"


def _disagreements(report: Report) -> Iterator[str]:
    rows = outline.disagreements(report)
    if rows:
        yield from _folded("Where the page and the product disagree", map(_disagreement, rows))


def _disagreement(row: Row) -> str:
    return f"- {code(row.requirement.id)}, {row.verdict.word}: {prose(row.requirement.disagreement or '')}"


def _all(report: Report) -> Iterator[str]:
    for chapter, rows in outline.chapters(report).items():
        yield f"\n### {prose(chapter)}\n"
        yield "| requirement | level | verdict | text |"
        yield "|---|---|---|---|"
        for row in rows:
            requirement = row.requirement
            cells = (code(requirement.id), requirement.level.name, row.verdict.word, prose(requirement.text))
            yield f"| {' | '.join(cells)} |"
