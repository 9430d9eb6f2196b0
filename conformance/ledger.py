"""The output directory: run.jsonl while it grows, and at the end the documents that are projections of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from conformance import results
from conformance.catalogue import Catalogue
from conformance.documents import document
from conformance.events import Event, Exchanged, Judged, to_json
from conformance.output import replace as replace_file
from conformance.results import Report

DOCUMENTS: Final = {"report.json": "json", "report.html": "html", "report.md": "md", "junit.xml": "junit"}
"""What a run leaves beside its log: the file's name, and its format."""


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
        replace_file(self.folder / "run.jsonl", "")
        self._log = (self.folder / "run.jsonl").open("a", encoding="utf-8", errors="backslashreplace")
        self.write([header])

    def write(self, events: Iterable[Event]) -> list[Event]:
        """Append the events of one test; its exchanges get the next numbers of the log, and its judgement cites them. Returns
        them as they are written."""
        numbers: list[int] = []
        beginning = len(self.events)
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
        return self.events[beginning:]

    def close(self, catalogue: Catalogue) -> Report:
        """End the log and write the documents. Returns the report that they hold."""
        if self._log:
            self._log.close()
            self._log = None
        report = results.build(self.events, catalogue)
        for name, form in DOCUMENTS.items():
            if name in self._documents:
                replace_file(self.folder / name, document(form, report, self.events))
        return report
