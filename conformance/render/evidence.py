"""The evidence of each test as JSON that report.html carries along, inert, until somebody opens the test."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from conformance.events import Event, Judged, Missed, Obtained, Waited
from conformance.model import Verdict
from conformance.render import anchors, outline
from conformance.render.references import references
from conformance.render.transcript import Step, bystanders, transcripts
from conformance.results import Report

_TO_EXPLAIN: Final = {verdict.word for verdict in (*outline.FINDINGS, Verdict.INCONCLUSIVE)}


@dataclass(frozen=True, slots=True)
class Island:
    """The steps of one test, or of a part of the run that is none, as JSON."""

    anchor: str
    json: str


def islands(report: Report, events: Iterable[Event], named: anchors.Anchors) -> Iterator[Island]:
    """One for each test, and one for each part of the run that no test cites."""
    log = list(events)
    steps, reference = transcripts(log), references(log)
    clock = f"The target's clock was {report.surveyed.facts.clock_offset:+.1f} s against ours."

    def referred(test: Judged, step: Step) -> dict[str, Any] | None:
        if test.verdict not in _TO_EXPLAIN or step.seq is None or (found := reference(step.seq)) is None:
            return None
        return {"anchor": named[(found.test.requirement, found.test.test)], "seq": found.seq}

    for test in report.tests:
        told = [(step, referred(test, step)) for step in steps(test.test, test.exchanges)]
        yield _island(named[(test.requirement, test.test)], clock, told)
    for name, numbers in bystanders(log).items():
        yield _island(anchors.of_part(name), clock, [(step, None) for step in steps(name, numbers)])


def _island(anchor: str, clock: str, steps: list[tuple[Step, dict[str, Any] | None]]) -> Island:
    begun = min((step.at for step, _ in steps if step.at is not None), default=0.0)
    told = [_told(step, begun, reference) for step, reference in steps]
    return Island(anchor, json.dumps({"clock": clock, "steps": told}, ensure_ascii=False))


def _told(step: Step, begun: float, reference: dict[str, Any] | None) -> dict[str, Any]:
    if step.at is None:
        return {"line": step.line}
    told = {key: value for key, value in asdict(step).items() if key != "at"}
    return told | {"after": f"+{step.at - begun:.3f} s", "reference": reference}


@dataclass(frozen=True, slots=True)
class Tally:
    """What a test did, in numbers."""

    exchanges: int
    mails: int
    missed: int
    waited: float

    @property
    def words(self) -> str:
        return ", ".join(filter(None, self._words()))

    def _words(self) -> Iterator[str]:
        yield _counted(self.exchanges, "exchange")
        if self.mails:
            yield _counted(self.mails, "mail")
        if self.missed:
            yield _counted(self.missed, "missing mail")
        if self.waited:
            yield f"waited {self.waited:.1f} s"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tallies(events: Iterable[Event]) -> Callable[[Judged], Tally]:
    by_test: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if isinstance(event, Obtained | Missed | Waited):
            by_test[event.test].append(event)

    def tally(test: Judged) -> Tally:
        mine = by_test.get(test.test, [])
        return Tally(
            exchanges=len(test.exchanges),
            mails=sum(isinstance(event, Obtained) for event in mine),
            missed=sum(isinstance(event, Missed) for event in mine),
            waited=sum(event.seconds for event in mine if isinstance(event, Waited)),
        )

    return tally
