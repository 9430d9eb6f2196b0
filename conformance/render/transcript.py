"""What a test did and saw, as text, in the order in which it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from conformance.events import Event, Exchanged, Judged, Missed, Obtained, Waited
from conformance.model import Exchange, Headers, Request, Response
from conformance.render.visible import cut, in_line, visible

_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a transcript. ``request`` and ``response`` are texts, for an exchange only."""

    line: str
    seq: int | None = None
    request: str | None = None
    response: str | None = None


def transcripts(events: Iterable[Event]) -> Callable[[Judged], tuple[Step, ...]]:
    """From a log to a function that tells the steps of a test: its exchanges by seq, mails and waits by its id."""
    by_seq: dict[int, list[tuple[int, Step]]] = defaultdict(list)
    by_test: dict[str, list[tuple[int, Step]]] = defaultdict(list)
    for place, event in enumerate(events):
        match event:
            case Exchanged():
                by_seq[event.seq].append((place, _of_exchange(event)))
            case Obtained() | Missed() | Waited():
                by_test[event.test].append((place, Step(_line(event))))

    def steps(test: Judged) -> tuple[Step, ...]:
        mine = [placed for seq in test.exchanges for placed in by_seq.get(seq, ())] + by_test.get(test.test, [])
        return tuple(step for _, step in sorted(mine, key=lambda placed: placed[0]))

    return steps


def _line(event: Obtained | Missed | Waited) -> str:
    match event:
        case Obtained(code=None):
            return f"mail without a code, after {event.after:.2f} s"
        case Obtained():
            return f"mail with code {event.code}, written as {event.form}, after {event.after:.2f} s"
        case Missed():
            proof = "other mail of this run did arrive" if event.proof else "nor did any other mail of this run"
            return f"no mail within {event.after:.2f} s; {proof}"
        case Waited():
            return f"waited {event.seconds:.2f} s: {event.why}"


def _of_exchange(event: Exchanged) -> Step:
    exchange = event.exchange
    request, response = exchange.request, exchange.response
    return Step(
        line=f"#{event.seq} {in_line(request.verb)} {in_line(request.path)}: {_outcome(exchange)}",
        seq=event.seq,
        request=_request(request),
        response=_response(response) if response else f"no response: {visible(exchange.fault or 'unknown fault')}",
    )


def _outcome(exchange: Exchange) -> str:
    outcome = str(exchange.response.status) if exchange.response else "no response"
    return f"{outcome}, {exchange.elapsed * 1000:.0f} ms"


def _request(request: Request) -> str:
    return _message(f"{request.verb} {request.path}", request.headers, request.body)


def _response(response: Response) -> str:
    return _message(f"HTTP status {response.status}", response.headers, response.body)


def _message(first: str, headers: Headers, body: bytes) -> str:
    head = "\n".join(in_line(cut(line, _LIMIT)) for line in (first, *(f"{name}: {value}" for name, value in headers)))
    text = body.decode("utf-8", "backslashreplace")
    return f"{head}\n\n{visible(cut(text, _LIMIT))}" if text else head
