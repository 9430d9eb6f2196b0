"""The world that tests run in: Live, with a target, a clock and a mailbox. The other one is a tape (tape.py).

A test sees neither: it acts through its Recorder (recorder.py), which asks its world for replies, codes and time.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from conformance.breaker import Breaker
from conformance.canaries import Canaries
from conformance.correlation import Correlation
from conformance.imap import MailboxError
from conformance.mail import Candidate, Layout, Letter, alike, candidates, words
from conformance.mailbox import Postbox
from conformance.model import Code, Exchange, Request, Response
from conformance.otp import totp
from conformance.outcomes import Inconclusive, Untested
from conformance.queues import Queues
from conformance.secrecy import Secrets
from conformance.transport import Transport
from conformance.writing import TIDY

_UNMARKED: Final = Correlation()
_PLENTY: Final = 10_000_000
"""Octets of replies in a run, after which long ones are not kept any more: all of them are evidence, and stay in memory."""
_LONG: Final = 50_000
"""Octets that no usual reply of the protocol has."""

_LATE: Final = (2.0, 4.0)
"""A mail is waited for this much longer than others are late, and so many deadlines at most."""

_SETTLE: Final = 2.0
"""Seconds for a better mail to come after one that shows nothing that is surely a code."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What waiting for a mail gave: how many mails of the address are read now (None: no new one came), and the code.

    ``proof``: mail of this run has come, so this mailbox and the way to it work; and if none came, it is not for being late.
    """

    read: int | None
    name: str | None
    code: Code | None
    after: float
    proof: bool


class World(Protocol):
    """What a Recorder needs of its surroundings."""

    secrets: Secrets
    layout: Layout | None
    """How this target's mails show their codes, once that is known. On a tape there is nothing left to find out."""

    def exchange(self, test: str, request: Request) -> Exchange: ...
    def performing(self, test: str) -> AbstractContextManager[None]: ...
    def now(self) -> float: ...
    def wait(self, seconds: float) -> None: ...
    def turn(self, route: str) -> AbstractContextManager[None]: ...
    def expect_mail(self, address: str) -> None: ...
    def mail_count(self, test: str, address: str) -> int: ...
    def code_mail_count(self, test: str, address: str) -> int: ...
    def count(self, test: str, look: Callable[[Live], int]) -> int: ...
    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt: ...
    def recorded(self, test: str) -> list[Request] | None: ...
    def password(self, name: str) -> str: ...
    def totp(self, secret: str, at: float) -> str: ...


class Live:
    """A target over the network, the system's clock, codes from a mailbox."""

    def __init__(
        self,
        transport: Transport,
        postbox: Postbox | None,
        *,
        per_second: float,
        mail_deadline: float,
        correlation: Correlation = _UNMARKED,
        patience: float = 30.0,
        canaries: Canaries | None = None,
    ) -> None:
        """``patience``: seconds for which a target that has stopped answering is waited for, all in all."""
        self.canaries = canaries
        self.secrets = Secrets(canaries=self.canaries)
        self.stopping = threading.Event()
        self._queues = Queues(self.stopping)
        self.postbox = postbox
        self.layout: Layout | None = None
        self.common: frozenset[str] = frozenset()
        self.searched = False
        """Whether the preflight has tried the codes in its mails: a layout that is not known now will not be."""
        self._taken: set[str] = set()
        self._transport = transport
        self._correlation = correlation
        self.mail_deadline = mail_deadline
        self._interval = 1 / per_second
        self._turn = threading.Lock()
        self._next_turn = 0.0
        self._breaker = Breaker(self.stopping, patience)
        self._slowest = 0.0
        self._receiving = threading.Lock()
        self._received = 0

    def exchange(self, test: str, request: Request) -> Exchange:
        self._breaker.admit(test)
        answered = plain = False
        try:
            self._take_turn()
            exchange = replace(self._transport.exchange(self._correlation.mark(test, request)), request=request)
            answered, plain = exchange.response is not None, request.way == TIDY
        finally:
            self._breaker.note(answered=answered, plain=plain)
        return self._kept(exchange)

    def performing(self, test: str) -> AbstractContextManager[None]:
        """While a test is under way an outage of the target ends it."""
        return self._breaker.watching(test)

    def _kept(self, exchange: Exchange) -> Exchange:
        """The exchange as evidence: without its reply where that is long, and there were too many of the kind."""
        size = _size(exchange.response) if exchange.response else 0
        with self._receiving:
            self._received += size
        if self._received > _PLENTY and size > _LONG:
            told = f"no more long replies are kept: this target has sent more than {_PLENTY // 10**6} MB"
            return replace(exchange, response=None, fault=told)
        return exchange

    def try_again(self) -> None:
        """Give a target that stopped answering one more chance, and let requests out again after an interrupt."""
        self.stopping.clear()
        self._breaker.try_again()

    def now(self) -> float:
        return time.time()

    def wait(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise Untested("the run was interrupted")

    def turn(self, route: str) -> AbstractContextManager[None]:
        """A place in the queue of those whom a rate limiter has put off."""
        return self._queues.turn(route)

    def recorded(self, test: str) -> None:
        """Nothing yet."""

    def password(self, name: str) -> str:
        return self.secrets.add(new_password(), name)

    def totp(self, secret: str, at: float) -> str:
        return totp(secret, at)

    def expect_mail(self, address: str) -> None:
        if self.postbox:
            self.postbox.expect(address)

    def mail_count(self, test: str, address: str) -> int:
        return self.postbox.count(address) if self.postbox else 0

    def code_mail_count(self, test: str, address: str) -> int:
        """Notices, which accounts may get at any time, are left out."""
        return sum(bool(self._likely(mail)) for mail in self.letters(address))

    def count(self, test: str, look: Callable[[Live], int]) -> int:
        """A number that can be told only where there are mails and codes."""
        return look(self)

    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt:
        """Accounts get other mails, too, and some mails twice. So the first one that surely shows a code that is not known
        is taken at once, and any other only when nothing better has come in time. Without ``wait``: of those that are there."""
        began, second_best, worth = time.monotonic(), None, -1
        deadline, settled = began + (self.mail_deadline if wait else 0.0), not wait
        while letter := self.letter(address, after, deadline) if settled else self._due(address, after, began):
            after += 1
            candidate = self._code_in(letter)
            waited = time.monotonic() - began
            receipt = _receipt(after, candidate, known, name, waited)
            new = receipt.name == name
            if receipt.name and receipt.code:
                view = self.secrets.of(test)
                view.add_code(receipt.code.displayed, receipt.code.compact, receipt.name)
                receipt = replace(receipt, name=view.name_of(receipt.code.compact))
            if candidate and candidate.sure and new:
                self._slowest = max(self._slowest, waited)
                return receipt
            if (shows := bool(receipt.code) + (bool(receipt.code) and new)) > worth:
                second_best, worth = receipt, shows
            if receipt.code or not self.layout:
                deadline, settled = min(deadline, time.monotonic() + _SETTLE + 2 * self._slowest), True
        if second_best:
            return replace(second_best, read=after)
        waited = time.monotonic() - began
        proof = bool(
            self.postbox and self.postbox.arrived and (not wait or self._longest <= max(waited, self.mail_deadline))
        )
        return Receipt(None, None, None, waited, proof)

    def _due(self, address: str, after: int, began: float) -> Letter | None:
        """The mail that comes to an address after its first ``after`` ones, waited for since a moment (monotonic seconds): by
        its deadline, or later where others are late."""
        until = began + self.mail_deadline
        letter = self.letter(address, after, until)
        while not letter and (later := began + min(self._longest, _LATE[1] * self.mail_deadline)) > until:
            letter, until = self.letter(address, after, later), later
        return letter

    @property
    def _longest(self) -> float:
        """Seconds within which a mail comes that is on its way, as late as others are."""
        return self.mail_deadline + (_LATE[0] * self.postbox.late if self.postbox else 0.0)

    def _code_in(self, letter: Letter) -> Candidate | None:
        """The likeliest code. Inconclusive where several that no mail showed before stand where one is to stand."""
        ranked = self._likely(letter)
        new = [one for one in alike(ranked) if one.code.compact not in self._taken]
        if len(new) > 1 and self.searched:
            raise Inconclusive("a mail shows several codes, and which of them is meant cannot be told")
        self._taken.update(one.code.compact for one in ranked[:1])
        return ranked[0] if ranked else None

    def letters(self, address: str) -> list[Letter]:
        """All mails that have come to an address."""
        return self.postbox.letters(address) if self.postbox else []

    def deliveries(self, address: str) -> list[Letter]:
        """All that has come for an address, what was delivered several times among it."""
        return self.postbox.deliveries(address) if self.postbox else []

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    def rank(self, letter: Letter) -> list[Candidate]:
        """What may be the code in a mail, the likeliest first."""
        return candidates(letter, common=self.common, layout=self.layout, taken=self._taken)

    def _likely(self, letter: Letter) -> list[Candidate]:
        """The same. Once it is known how codes are written, what is written otherwise, and is not surely a code, is some
        number of a notice."""
        return [one for one in self.rank(letter) if one.sure or not self.layout or one.resembles(self.layout)]

    def letter(self, address: str, after: int, deadline: float) -> Letter | None:
        """The mail that comes to an address after its first ``after`` ones, by a deadline (monotonic seconds)."""
        if not self.postbox:
            raise Inconclusive("there is no mailbox to read codes from: describe one in [mailbox]")
        try:
            letter = self.postbox.wait(address, after, deadline, self.stopping)
        except MailboxError as error:
            raise Inconclusive(str(error)) from error
        if self.stopping.is_set():
            raise Untested("the run was interrupted")
        return letter

    def learn_mails(self, letters: list[Letter]) -> None:
        """What two mails have in common is no code, unless the latest shows nothing else."""
        seen = Counter(word for letter in letters for word in words(letter))
        common = frozenset(word for word, times in seen.items() if times > 1)
        if letters and candidates(letters[-1], common=common):
            self.common |= common

    def close(self) -> None:
        if self.postbox:
            self.postbox.close()
        self._transport.close()

    def _take_turn(self) -> None:
        """Keep to the requests per second that the target's owner allows: one after the other, also where one was late."""
        with self._turn:
            self.wait(self._next_turn - time.monotonic())
            self._next_turn = time.monotonic() + self._interval


def _size(response: Response) -> int:
    """Octets that it takes, about."""
    return len(response.body) + sum(len(name) + len(value) for name, value in response.headers)


def _receipt(read: int, candidate: Candidate | None, known: Mapping[str, Code], name: str, waited: float) -> Receipt:
    """What a mail gave: a code that is known already keeps its name."""
    if not candidate:
        return Receipt(read, None, None, waited, proof=True)
    named = next((other for other, seen in known.items() if seen == candidate.code), name)
    return Receipt(read, named, candidate.code, waited, proof=True)


def new_password() -> str:
    """One that every policy takes, and that no other account has."""
    return f"{secrets.token_urlsafe(18)}.aA1"
