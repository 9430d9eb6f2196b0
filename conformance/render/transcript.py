"""What a test did and saw, as text, in the order in which it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from conformance.events import Counted, Event, Exchanged, Judged, Missed, Obtained, Waited
from conformance.model import Exchange, Headers, Request, Response
from conformance.render.visible import cut, in_line, visible

_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response: its first line and headers, and its body, both cut and spelled out."""

    head: str
    body: str

    def __str__(self) -> str:
        return f"{self.head}\n\n{self.body}" if self.body else self.head


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a transcript. An exchange has more: its number, when it began (our clock, seconds since the epoch), and
    its messages."""

    line: str
    seq: int | None = None
    at: float | None = None
    request: Message | None = None
    response: Message | None = None


def transcripts(events: Iterable[Event]) -> Callable[[str, Iterable[int]], tuple[Step, ...]]:
    """From a log to a function that tells the steps of a test, by its id and the numbers of its exchanges."""
    by_seq: dict[int, list[tuple[int, Exchanged]]] = defaultdict(list)
    by_test: dict[str, list[tuple[int, Obtained | Missed | Counted | Waited]]] = defaultdict(list)
    for place, event in enumerate(events):
        match event:
            case Exchanged():
                by_seq[event.seq].append((place, event))
            case Obtained() | Missed() | Counted() | Waited():
                by_test[event.test].append((place, event))

    def steps(test: str, exchanges: Iterable[int]) -> tuple[Step, ...]:
        mine = [placed for seq in exchanges for placed in by_seq.get(seq, ())] + by_test.get(test, [])
        return tuple(_step(event) for _, event in sorted(mine, key=lambda placed: placed[0]))

    return steps


def bystanders(events: Iterable[Event]) -> dict[str, tuple[int, ...]]:
    """The exchanges that no test cites, as those of the preflight, by the name of what made them."""
    log = list(events)
    cited = {seq for event in log if isinstance(event, Judged) for seq in event.exchanges}
    made: dict[str, list[int]] = defaultdict(list)
    for event in log:
        if isinstance(event, Exchanged) and event.seq not in cited:
            made[event.test].append(event.seq)
    return {name: tuple(numbers) for name, numbers in made.items()}


def _step(event: Exchanged | Obtained | Missed | Counted | Waited) -> Step:
    match event:
        case Exchanged():
            return _of_exchange(event)
        case Obtained():
            code = f"with code {in_line(event.code)}, written as {event.form}" if event.code else "without a code"
            return Step(f"mail {code}, after {event.after:.2f} s")
        case Missed():
            proof = "other mail of this run did arrive" if event.proof else "nor did any other mail of this run"
            return Step(f"no mail within {event.after:.2f} s; {proof}")
        case Counted():
            return Step(f"counted in the mailbox: {event.mails}")
        case Waited():
            return Step(f"waited {event.seconds:.2f} s: {in_line(event.why)}")


def _of_exchange(event: Exchanged) -> Step:
    exchange = event.exchange
    request, response = exchange.request, exchange.response
    return Step(
        line=f"#{event.seq} {in_line(request.verb)} {in_line(cut(request.path, _LIMIT))}: {_outcome(exchange)}",
        seq=event.seq,
        at=exchange.at,
        request=_request(request),
        response=_response(response) if response else Message(f"no response: {_fault(exchange)}", ""),
    )


def _outcome(exchange: Exchange) -> str:
    outcome = str(exchange.response.status) if exchange.response else "no response"
    return f"{outcome}, {exchange.elapsed * 1000:.0f} ms"


def _fault(exchange: Exchange) -> str:
    return visible(cut(exchange.fault or "unknown fault", _LIMIT))


def _request(request: Request) -> Message:
    return _message(f"{request.verb} {request.path}", request.headers, request.body)


def _response(response: Response) -> Message:
    return _message(f"HTTP status {response.status}", response.headers, response.body)


def _message(first: str, headers: Headers, body: bytes) -> Message:
    lines = (first, *(f"{name}: {value}" for name, value in headers))
    text = body.decode("utf-8", "backslashreplace")
    return Message("\n".join(in_line(cut(line, _LIMIT)) for line in lines), visible(cut(text, _LIMIT)))
