"""What was answered in a run, all of it, held against the OpenAPI document.

A test looks at the replies that it provokes. This looks at every reply of the run, and finds what nobody asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

from conformance import resources
from conformance.events import Exchanged
from conformance.model import EDITIONS, Challenged, Granted
from conformance.openapi import Deviation, Document, read_exchange
from conformance.outcomes import NotApplicable
from conformance.redaction import with_redacted_reply
from conformance.secrecy import Secrets
from conformance.wire import repeated_names

ELSEWHERE: Final = "challenge.elsewhere"
"""Whose deviations of a challenge are that no challenge of the usual call shows."""

NAMES_ONCE: Final = "robustness.names-once"
"""Whose deviation is no document's business: what a reader makes of it is up to the reader."""

Findings = Mapping[str, Mapping[str, list[int]]]
"""By requirement: what deviates, each with the numbers of the exchanges that show it."""


def documented() -> list[str]:
    """The requirements at which a deviation from the document is reported."""
    text = resources.openapi_text()
    return sorted({ELSEWHERE}.union(*(Document(text, edition).requirements for edition in EDITIONS)))


class Record:
    """All exchanges of a run, as its log has them. Made once the tests that make exchanges are over."""

    def __init__(
        self,
        exchanged: Callable[[], Iterable[Exchanged]],
        secrets: Secrets,
        document: Document,
        routes: Mapping[str, str],
        usual: str,
    ) -> None:
        self._exchanged = exchanged
        self._secrets = secrets
        self._document = document
        self._routes = routes
        self._usual = usual
        self._seen: set[str] = set()
        """Requirements whose kind of reply there was."""

    def of(self, requirement: str) -> Replies:
        """What one requirement has to say of it."""
        return Replies(self, requirement)

    @cached_property
    def findings(self) -> Findings:
        usual, elsewhere = _empty(), _empty()
        for event in self._exchanged():
            for name in self._repeated(event):
                usual[NAMES_ONCE][f"{_route(event)}: {name} stands twice in one object"].append(event.seq)
            for deviation, here in self._deviations(event):
                found = usual if here else elsewhere
                found[deviation.requirement][f"{_route(event)}: {deviation}"].append(event.seq)
        for requirement, deviations in elsewhere.items():
            if requirement not in usual:
                usual[ELSEWHERE].update(deviations)
        return usual

    def looked_at(self, requirement: str) -> bool:
        """Whether any reply was of a kind that the requirement is about."""
        return bool(self.findings) or requirement in self._seen

    def _repeated(self, event: Exchanged) -> list[str]:
        """Members that an object of a reply names more than once."""
        response = event.exchange.response
        repeated = repeated_names(response.body) if response else None
        if repeated is not None:
            self._seen.add(NAMES_ONCE)
        return repeated or []

    def _deviations(self, event: Exchanged) -> Iterable[tuple[Deviation, bool]]:
        """Each with whether it counts for the requirement that the document names. Of one that holds a secret nothing is said,
        whether the run is logged or not."""
        if not any(self._found(event)):
            return ()
        exchange = with_redacted_reply(event.exchange, self._secrets.of(event.test))
        return self._found(replace(event, exchange=exchange))

    def _found(self, event: Exchanged) -> Iterator[tuple[Deviation, bool]]:
        told = read_exchange(event.exchange)
        if told is None:
            return
        reply, body = told
        schema = self._document.schema_of(self._routes.get(_route(event), _route(event)), reply, event.exchange.request)
        here = isinstance(reply, Granted) or _route(event) == self._usual
        if schema is None or not (here or isinstance(reply, Challenged)):
            return
        self._seen |= self._document.requirements_of(schema) if here else {ELSEWHERE}
        for deviation in self._document.deviations(schema, body):
            yield deviation, here


def _empty() -> dict[str, dict[str, list[int]]]:
    return defaultdict(lambda: defaultdict(list))


class Replies:
    """The record as the test of one requirement sees it."""

    def __init__(self, record: Record, requirement: str) -> None:
        self._record = record
        self._requirement = requirement

    def deviations(self) -> list[str]:
        """Where replies deviate from the document: each member once, with the first exchange that shows it."""
        found = self._record.findings.get(self._requirement, {})
        if not found and not self._record.looked_at(self._requirement):
            raise NotApplicable("no reply of this kind was seen")
        return [f"{what} ({_numbers(numbers)})" for what, numbers in found.items()]

    @property
    def cited(self) -> tuple[int, ...]:
        """The exchanges that show a deviation."""
        found = self._record.findings.get(self._requirement, {})
        return tuple(sorted({numbers[0] for numbers in found.values()}))


def _route(event: Exchanged) -> str:
    request = event.exchange.request
    return f"{request.verb} {request.path.partition('?')[0]}"


def _numbers(numbers: list[int]) -> str:
    more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    return f"exchange {numbers[0]}{more}"
