"""The output directory: run.jsonl while it grows, and at the end the documents that are projections of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from conformance import clauses, resources, results
from conformance.catalogue import Catalogue
from conformance.events import Event, Exchanged, Judged, to_json
from conformance.results import Report

DOCUMENTS: Final = ("report.json", "report.html", "report.md", "junit.xml")


class Ledger:
    """The log of one run, on disk line by line: a run that is killed leaves what it had seen."""

    def __init__(self, folder: Path, documents: Iterable[str] = DOCUMENTS) -> None:
        """``documents``: those to write at the end."""
        self.folder = folder
        self._documents = frozenset(documents)
        self.events: list[Event] = []
        self._log: IO[str] | None = None
        self._next_seq = 0

    def open(self, header: Event) -> None:
        """Begin the log. What an earlier run left goes first, so that nobody takes its report for this one's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in DOCUMENTS:
            (self.folder / name).unlink(missing_ok=True)
        _replace(self.folder / "run.jsonl", "")
        self._log = (self.folder / "run.jsonl").open("a", encoding="utf-8", errors="backslashreplace")
        self.write([header])

    def write(self, events: Iterable[Event]) -> None:
        """Append the events of one test; its exchanges get the next numbers of the log, and its judgement cites them."""
        numbers: list[int] = []
        for event in events:
            if isinstance(event, Exchanged):
                event = replace(event, seq=self._next_seq)
                numbers.append(self._next_seq)
                self._next_seq += 1
            elif isinstance(event, Judged):
                event = replace(event, exchanges=tuple(numbers) or event.exchanges)
            self.events.append(event)
            if self._log:
                self._log.write(to_json(event) + "\n")
        if self._log:
            self._log.flush()

    def close(self, catalogue: Catalogue) -> Report:
        """End the log and write the documents. Returns the report that they hold."""
        if self._log:
            self._log.close()
            self._log = None
        report = results.build(self.events, catalogue)
        for name, render in _renderers().items():
            if name in self._documents:
                _replace(self.folder / name, render(report, self.events))
        return report


def _renderers() -> dict[str, Callable[[Report, list[Event]], str]]:
    from conformance.render import html, junit, markdown

    return {
        "report.json": lambda report, _: json.dumps(results.to_json(report), ensure_ascii=False, indent=2) + "\n",
        "report.html": lambda report, events: html.render(report, events, clauses.says(resources.clauses_text())),
        "report.md": lambda report, _: markdown.render(report),
        "junit.xml": lambda report, _: junit.render(report),
    }


def _replace(path: Path, text: str) -> None:
    """A file is there whole or not at all, and readable by its owner only."""
    draft = path.with_name(f".{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    draft.replace(path)
