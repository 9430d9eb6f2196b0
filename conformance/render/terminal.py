"""The end of a run on the screen: what failed first, with expected and actual, then a table by chapter, then the claim."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.model import Verdict
from conformance.render import outline, statement
from conformance.render.visible import cut, defused, in_line, visible
from conformance.results import Report, Row

_ACTUAL: Final = 1200
_FEW: Final = 3
_COLUMNS: Final = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.WARN,
    Verdict.NOTE,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.INAPPLICABLE,
    Verdict.UNTESTED,
)
_COLOURS: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.NOTE: "cyan",
    Verdict.INCONCLUSIVE: "blue",
    Verdict.ERROR: "bold magenta",
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing to read: a line, and below it what belongs to it, each with its label."""

    verdict: Verdict
    head: str
    below: tuple[tuple[str, str], ...] = ()


def summary(report: Report, *, width: int, colour: bool) -> str:
    """For a terminal of this width. ``colour`` False: without a single escape sequence."""
    console = Console(
        file=io.StringIO(),
        width=width,
        height=25,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
    )
    with console.capture() as screen:
        for item in _items(report):
            console.print(Text(item.head, style=_COLOURS.get(item.verdict, "")))
            if item.below:
                console.print(Padding(_labelled(item), (0, 0, 0, 2), expand=False))
        console.print(_table(report))
        console.print(Text("\n".join(_last_lines(report)), style="bold"))
    return screen.get()


def plain(report: Report) -> str:
    """For a log file or a pipe: one thing to a line."""
    return "\n".join(_plain(report)) + "\n"


def _plain(report: Report) -> Iterator[str]:
    for item in _items(report):
        yield item.head
        for label, text in item.below:
            yield f"  {label}: " + text.replace("\n", "\n  | ")
    for chapter, rows in outline.chapters(report).items():
        yield f"{in_line(chapter)}: " + ", ".join(f"{count} {word}" for word, count in _counts(rows).items() if count)
    yield from _last_lines(report)


def _items(report: Report) -> Iterator[_Item]:
    for leak in report.withheld:
        written = "report.json alone, and no text that came from the target; please report this error of the suite"
        yield _Item(Verdict.ERROR, f"SECRET found: {in_line(leak.secret)}, in {leak.file}", (("written", written),))
    for finding in report.surveyed.findings:
        if finding.verdict == "fail":
            remedy = (("remedy", _quoted(finding.remedy)),) if finding.remedy else ()
            yield _Item(
                Verdict.FAIL, f"PREFLIGHT {in_line(finding.id)}", (("finding", _quoted(finding.finding)), *remedy)
            )
    for row in outline.findings(report):
        yield _of_row(report, row)
    for group in outline.groups(report):
        cause = f"blocked by {group.blocked_by}" if group.blocked_by else group.reason or "no reason was recorded"
        yield _Item(group.verdict, f"{group.head}{_named(group)}, {in_line(defused(cut(cause, _ACTUAL)))}")


def _named(group: outline.Group) -> str:
    """A few rows that nothing else explains are named; many would only fill the screen."""
    names = [in_line(row.requirement.id) for row in group.rows]
    return "" if group.blocked_by or len(names) > _FEW else f" ({', '.join(names)})"


def _of_row(report: Report, row: Row) -> _Item:
    requirement, seen = row.requirement, outline.exchanges(report, row)
    below = [
        ("expected", _quoted(f"{requirement.text} ({outline.force(requirement)})")),
        ("actual", _quoted(row.reason or "no reason was recorded")),
        ("tests", _quoted(", ".join(row.tests))),
    ]
    if seen:
        below.append(("exchanges", ", ".join(map(str, seen))))
    return _Item(row.verdict, f"{row.verdict.name} {in_line(requirement.id)}", tuple(below))


def _quoted(text: str) -> str:
    return visible(defused(cut(text, _ACTUAL)))


def _labelled(item: _Item) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in item.below:
        grid.add_row(Text(label, style="dim"), Text(text))
    return grid


def _table(report: Report) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("chapter", overflow="fold")
    for verdict in _COLUMNS:
        table.add_column(verdict.word, justify="right")
    for chapter, rows in outline.chapters(report).items():
        table.add_row(Text(in_line(chapter)), *_cells(rows))
    table.add_row(Text("total"), *_cells(report.rows), style="bold")
    return table


def _cells(rows: tuple[Row, ...]) -> list[Text]:
    counts = _counts(rows)
    return [
        Text(str(counts[verdict.word]), style=_COLOURS.get(verdict, "") if counts[verdict.word] else "dim")
        for verdict in _COLUMNS
    ]


def _counts(rows: tuple[Row, ...]) -> dict[str, int]:
    verdicts = [row.verdict for row in rows]
    return {verdict.word: verdicts.count(verdict) for verdict in _COLUMNS}


def _last_lines(report: Report) -> tuple[str, str]:
    return f"exit code {statement.exit_code(report)}", in_line(statement.claim(report))
