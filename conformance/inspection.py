"""What of an event came from the target, and what is left of one in which a secret was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from conformance.canaries import Canaries
from conformance.events import Event, Exchanged, Finding, Finished, Judged, Started, Surveyed
from conformance.model import Exchange

WITHHELD: Final = "«withheld»"


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret that stood in what was to be written: in which file, and what kind of secret."""

    file: str
    secret: str


def secret_in(event: Event, line: str, canaries: Canaries) -> str | None:
    """The kind of a secret that an event holds; ``line`` is what would be written of it."""
    found = (canaries.in_reply(text) for text in _from_target(event))
    return next(filter(None, found), None) or (None if isinstance(event, Exchanged) else canaries.in_text(line))


def _from_target(event: Event) -> Iterator[str]:
    match event:
        case Exchanged(exchange=exchange):
            yield "\n".join(_texts(exchange))
        case Judged(reason=str() as reason):
            yield reason
        case Surveyed():
            yield from (f"{finding.finding}\n{finding.remedy}" for finding in event.findings)
            yield from (event.server_version or "", *event.edition_evidence)
        case Finished(broken=broken):
            yield from (broken or "", *event.left_over)


def _texts(exchange: Exchange) -> Iterator[str]:
    """All that a request and its reply say. Bodies are looked at themselves: in the log they may stand in Base64."""
    request, response = exchange.request, exchange.response
    yield from (request.path, exchange.fault or "")
    yield from (f"{name}: {value}" for name, value in request.headers + (response.headers if response else ()))
    yield from (body.decode("utf-8", "replace") for body in (request.body, response.body if response else b""))


def without_texts(event: Event) -> Event | None:
    """An event that held a secret, without anything that a target or its owner has written. None: nothing is left of it."""
    match event:
        case Started():
            address = event.address and WITHHELD
            return replace(event, target=WITHHELD, base_url=WITHHELD, address=address, binding={})
        case Surveyed():
            findings = tuple(Finding(finding.id, finding.verdict, WITHHELD) for finding in event.findings)
            return replace(event, findings=findings, edition_evidence=(), server_version=None, declared=(), accounts=())
        case Judged():
            return replace(event, reason=WITHHELD)
        case Finished():
            return replace(event, broken=event.broken and WITHHELD, left_over=())
    return None
