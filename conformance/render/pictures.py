"""The two pictures of report.html as geometry: verdicts by chapter, and the run as tests over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from conformance.events import Event, Exchanged, Judged
from conformance.render import outline
from conformance.results import Report, Row

WIDTH: Final = 1000.0
"""Of a bar or a time line, in units of its picture."""

_LANE: Final = 10.0
_GAP: Final = 2.0
_THINNEST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Segment:
    verdict: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A chapter: its verdicts as segments, the worst first, as long as it has requirements."""

    chapter: str
    total: int
    segments: tuple[Segment, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {segment.verdict: segment.count for segment in self.segments}

    @property
    def words(self) -> str:
        return f"{self.chapter}: " + ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items())


def bars(report: Report) -> tuple[Bar, ...]:
    """One bar for each chapter, in the catalogue's order; the longest takes the whole width."""
    chapters = outline.chapters(report)
    longest = max(map(len, chapters.values()), default=1)
    return tuple(_bar(name, rows, WIDTH / longest) for name, rows in chapters.items())


def _bar(chapter: str, rows: tuple[Row, ...], unit: float) -> Bar:
    verdicts = [row.verdict for row in rows]
    segments, x = [], 0.0
    for verdict in outline.WORST_FIRST:
        if count := verdicts.count(verdict):
            segments.append(Segment(verdict.word, count, round(x, 1), round(count * unit, 1)))
            x += count * unit
    return Bar(chapter, len(rows), tuple(segments))


@dataclass(frozen=True, slots=True)
class Span:
    """A test as it lies on the time line. ``begun``: seconds after the first exchange of the run."""

    test: Judged
    begun: float
    lane: int
    x: float
    width: float

    @property
    def y(self) -> float:
        return self.lane * _LANE


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tests over time, in as few lanes as they need. A test that made no exchange is not in it."""

    spans: tuple[Span, ...]
    seconds: float
    lanes: int

    @property
    def height(self) -> float:
        return max(self.lanes, 1) * _LANE

    @property
    def thickness(self) -> float:
        return _LANE - _GAP

    @property
    def paths(self) -> Mapping[str, str]:
        """The spans of each verdict without a finding as one shape, so that thousands of them cost a browser nothing."""
        found = {verdict.word for verdict in outline.FINDINGS}
        shapes: dict[str, list[str]] = defaultdict(list)
        for span in self.spans:
            if span.test.verdict not in found:
                shapes[span.test.verdict].append(
                    f"M{span.x:g} {span.y:g}h{span.width:g}v{self.thickness:g}h-{span.width:g}z"
                )
        return {verdict: "".join(shape) for verdict, shape in shapes.items()}

    @property
    def findings(self) -> tuple[Span, ...]:
        found = {verdict.word for verdict in outline.FINDINGS}
        return tuple(span for span in self.spans if span.test.verdict in found)

    @property
    def slowest(self) -> tuple[Span, ...]:
        return tuple(sorted(self.spans, key=lambda span: -span.test.seconds)[:10])

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Places and times of the axis: five, from the beginning to the end."""
        return tuple((WIDTH * part / 4, f"{self.seconds * part / 4:.1f} s") for part in range(5))


def timeline(report: Report, events: Iterable[Event]) -> Timeline:
    """A test begins with the first exchange that it made itself, and lasts for as long as it says."""
    begun: dict[str, float] = {}
    for event in events:
        if isinstance(event, Exchanged):
            begun[event.test] = min(event.exchange.at, begun.get(event.test, event.exchange.at))
    origin = min(begun.values(), default=0.0)
    tests = sorted(
        ((begun[test.test] - origin, test) for test in report.tests if test.test in begun), key=lambda item: item[0]
    )
    seconds = max((start + test.seconds for start, test in tests), default=0.0)
    spans = tuple(_spans(tests, WIDTH / max(seconds, 0.001)))
    return Timeline(spans, seconds, 1 + max((span.lane for span in spans), default=0))


def _spans(tests: list[tuple[float, Judged]], scale: float) -> Iterator[Span]:
    """Each test goes into the first lane that is free; what is too short to be seen is drawn wider, and takes that room."""
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    for start, test in tests:
        x, width = start * scale, max(test.seconds * scale, _THINNEST)
        while busy and busy[0][0] <= x:
            heappush(free, heappop(busy)[1])
        lane = heappop(free) if free else len(busy)
        heappush(busy, (x + width, lane))
        yield Span(test, start, lane, round(x, 2), round(width, 2))
