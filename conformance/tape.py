"""The other world: the log of an earlier run, in place of a target (world.py)."""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Final

from conformance.events import (
    UNCOVERED,
    Counted,
    Event,
    Exchanged,
    Finished,
    Judged,
    Leased,
    Missed,
    Obtained,
    Started,
    Surveyed,
)
from conformance.mail import Layout
from conformance.model import Code, Exchange, Request
from conformance.outcomes import Inconclusive
from conformance.redaction import redacted
from conformance.secrecy import Secrets
from conformance.world import Live, Receipt, new_password

_AT_ONCE: Final = 8
"""Calls that a test may make at the same time: they are recorded in the order in which they were answered."""


class Tape:
    """The log of an earlier run: what was answered then is answered now, as long as the same is asked."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.secrets = Secrets()
        self.layout: Layout | None = None
        self._finding = threading.Lock()
        self._exchanges: dict[str, deque[Exchange]] = defaultdict(deque)
        self._receipts: dict[str, deque[Obtained | Missed]] = defaultdict(deque)
        self._counts: dict[str, deque[Counted]] = defaultdict(deque)
        self._codes: dict[str, dict[str, Code]] = defaultdict(dict)
        self.leases: dict[str, tuple[str, ...]] = {}
        """The given accounts that each test had."""
        self.events = tuple(events)
        judged = [event for event in self.events if isinstance(event, Judged)]
        self._performed = {event.test for event in judged if event.verdict != "untested"}
        self.untested = [replace(event, exchanges=()) for event in judged if event.verdict == "untested"]
        """Tests that did not run to their end then, each with the reason, and so do not run now."""
        self.complete = any(isinstance(event, Finished) and event.complete for event in self.events)
        self.ended = ""
        """When the run came to its end, or began if it was cut: to judge evidence again makes it no younger."""
        for event in self.events:
            match event:
                case Started():
                    self.started, self.ended = event, event.started
                case Finished():
                    self.ended = event.finished
                case Surveyed():
                    self.surveyed = event
                case Leased():
                    self.leases[event.test] = event.accounts
                case Exchanged():
                    self._exchanges[event.test].append(event.exchange)
                case Counted():
                    self._counts[event.test].append(event)
                case Obtained() | Missed():
                    self._receipts[event.test].append(event)

    def need_a_survey(self) -> None:
        """ValueError where the log is that of a run which was cut before there was anything to judge."""
        kinds = {type(event) for event in self.events}
        if Started not in kinds:
            raise ValueError("it does not open with its header line")
        if Surveyed not in kinds:
            raise ValueError("the run was cut in its preflight, before anything was judged")

    def exchange(self, test: str, request: Request) -> Exchange:
        asked = redacted(Exchange(request, None, None, 0, 0), self.secrets.of(test)).request
        with self._finding:
            return replace(self._found(self._exchanges[test], asked), request=request)

    @staticmethod
    def _found(recorded: deque[Exchange], asked: Request) -> Exchange:
        """The recorded exchange of this request, which is not there a second time."""
        if not recorded:
            raise Inconclusive(f"{UNCOVERED} this request: {asked.verb} {asked.path}")
        found = next((nth for nth in range(min(_AT_ONCE, len(recorded))) if recorded[nth].request == asked), None)
        if found is None:
            raise Inconclusive(
                f"{UNCOVERED} this request: {asked.verb} {asked.path}; "
                f"recorded was {recorded[0].request.verb} {recorded[0].request.path}"
            )
        exchange = recorded[found]
        del recorded[found]
        return exchange

    def recorded(self, test: str) -> list[Request]:
        return [exchange.request for exchange in self._exchanges[test]]

    def now(self) -> float:
        """Codes that were made from the time have names on a tape, so any time will do."""
        return 0.0

    def wait(self, seconds: float) -> None:
        """Nothing waits on a tape."""

    def turn(self, route: str) -> AbstractContextManager[None]:
        return nullcontext()

    def performing(self, test: str) -> AbstractContextManager[None]:
        """A tape does not fall silent."""
        return nullcontext()

    def password(self, name: str) -> str:
        return self.secrets.add(new_password(), name)

    def totp(self, secret: str, at: float) -> str:
        """Another code each time: on a tape only its name matters, and no two steps have the same."""
        return _stand_in("999999", {}).compact

    def expect_mail(self, address: str) -> None:
        """All mail that came is on the tape."""

    def mail_count(self, test: str, address: str) -> int:
        return self._counts[test].popleft().mails if self._counts[test] else 0

    code_mail_count = mail_count

    def count(self, test: str, look: Callable[[Live], int]) -> int:
        return self.mail_count(test, "")

    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt:
        if not (recorded := self._receipts[test]):
            raise Inconclusive(f"{UNCOVERED} this mail")
        event = recorded.popleft()
        if isinstance(event, Missed):
            return Receipt(None, None, None, event.after, event.proof)
        if event.code is None:
            return Receipt(event.read, None, None, event.after, proof=True)
        mailed = self._codes[test]
        code = mailed.get(event.code) or _stand_in(event.form or "", mailed)
        mailed[event.code] = code
        self.secrets.of(test).add_code(code.displayed, code.compact, event.code)
        return Receipt(event.read, event.code, code, event.after, proof=True)

    def covers(self, test: str) -> bool:
        """Whether a test ran to its end when the tape was recorded."""
        return test in self._performed


def _stand_in(form: str, known: Mapping[str, Code]) -> Code:
    """A code of a recorded form that is none of the known ones: on a tape only its name matters."""
    taken = {code.compact for code in known.values()}
    letters = {"9": "0123456789", "A": "ABCDEFGHJKLMNPQRSTUVWXYZ", "a": "abcdefghijkmnopqrstuvwxyz"}
    while True:
        shown = "".join(secrets.choice(letters[sign]) if sign in letters else sign for sign in form)
        compact = "".join(sign for sign in shown if sign not in "- ")
        if compact not in taken:
            return Code(shown, compact)
