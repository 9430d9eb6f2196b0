"""The output directory: run.jsonl while it grows, and at the end the documents that are projections of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from conformance import results
from conformance.canaries import Canaries
from conformance.catalogue import Catalogue
from conformance.documents import document
from conformance.events import Event, Exchanged, Judged, to_json
from conformance.inspection import WITHHELD, Leak, secret_in, without_texts
from conformance.output import replace as replace_file
from conformance.results import Report

DOCUMENTS: Final = {"report.json": "json", "report.html": "html", "report.md": "md", "junit.xml": "junit"}
"""What a run leaves beside its log: the file's name, and its format."""


_LOG: Final = "run.jsonl"
_REPORT: Final = "report.json"
_AT_ONCE: Final = 2**20
"""Characters of the log that are looked through at once."""


class Ledger:
    """The log of one run, on disk line by line: a run that is killed leaves what it had seen.

    Each line is looked through for secrets before it is written, and at the end each document and once more the log, as
    some secrets became known later than they were seen. Where one is found, report.json is all that stays, without any text
    that a target wrote; and where no texts are wanted there is no more from the start.
    """

    def __init__(self, folder: Path, documents: Iterable[str] = DOCUMENTS, *, texts: bool = True) -> None:
        """``documents``: those to write at the end."""
        self.folder = folder
        self._texts = texts
        self._documents = frozenset(documents)
        self.events: list[Event] = []
        self._log: IO[str] | None = None
        self._next_seq = 0
        self._canaries = Canaries()
        self._leaks: set[Leak] = set()

    def open(self, header: Event, canaries: Canaries | None = None) -> None:
        """Begin the log. What an earlier run left goes first, so that nobody takes its report for this one's.
        ``canaries``: the secrets to look for."""
        self._canaries = canaries or self._canaries
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in DOCUMENTS:
            (self.folder / name).unlink(missing_ok=True)
        if self._texts:
            replace_file(self.folder / _LOG, "")
            self._log = (self.folder / _LOG).open("a", encoding="utf-8", errors="backslashreplace")
        else:
            (self.folder / _LOG).unlink(missing_ok=True)
        self.write([header])

    def exchanged(self) -> list[Exchanged]:
        """All exchanges so far."""
        return [event for event in self.events if isinstance(event, Exchanged)]

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
            self._append(event)
        if self._log:
            self._log.flush()
        return self.events[beginning:]

    def _append(self, event: Event) -> None:
        if not self._texts:
            self.events.append(event)
            return
        line = to_json(event)
        if secret := secret_in(event, line, self._canaries):
            self._leaks.add(Leak(_LOG, secret))
            if rest := without_texts(event):
                self.events.append(rest)
            return
        self.events.append(event)
        if self._log:
            self._log.write(line + "\n")

    def cleared(self, text: str, file: str) -> str:
        """What is to be written by somebody else; if it holds a secret, that something is withheld. ``file``: what it is."""
        if not self._texts:
            return WITHHELD
        if secret := self._canaries.in_reply(text):
            self._leaks.add(Leak(file, secret))
            return WITHHELD
        return text

    def close(self, catalogue: Catalogue) -> Report:
        """End the log and write the documents. Returns the report that they hold: without texts, if a secret was found or
        none are wanted."""
        if self._log:
            self._log.close()
            self._log = None
        report, documents = self._explained(catalogue) if self._texts else (None, {})
        if not report or self._leaks:
            report = self._without_texts(catalogue)
            documents = {_REPORT: document(DOCUMENTS[_REPORT], report, [])}
            (self.folder / _LOG).unlink(missing_ok=True)
        for name, text in documents.items():
            replace_file(self.folder / name, text)
        return report

    def _explained(self, catalogue: Catalogue) -> tuple[Report, dict[str, str]]:
        """The report with all that is known, and the documents; these and the log are looked through for secrets."""
        report = results.build(self.events, catalogue)
        documents = {
            name: document(form, report, self.events) for name, form in DOCUMENTS.items() if name in self._documents
        }
        self._inspect(documents)
        return report, documents

    def _inspect(self, documents: Mapping[str, str]) -> None:
        for name, text in documents.items():
            if secret := self._canaries.in_text(text):
                self._leaks.add(Leak(name, secret))
        with (self.folder / _LOG).open(encoding="utf-8") as log:
            while lines := log.readlines(_AT_ONCE):
                if secret := self._canaries.in_text("".join(lines)):
                    self._leaks.add(Leak(_LOG, secret))

    def _without_texts(self, catalogue: Catalogue) -> Report:
        """The verdicts and nothing else that came from the target. The header did not: it was looked through at the start."""
        header, *others = self.events
        events = [header, *(rest for event in others if (rest := without_texts(event)))]
        return results.build(events, catalogue, withheld=tuple(sorted(self._leaks, key=str)))
