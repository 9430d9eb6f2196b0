"""What one test does and sees, written down as it happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from conformance.binding import Binding
from conformance.costs import mails_of
from conformance.events import Counted, Event, Exchanged, Leased, Missed, Obtained, Waited
from conformance.guesses import shares_a_half
from conformance.mail import form_of, words_like
from conformance.model import Call, Challenged, Code, Refused, Reply, Request, Response, Session, Throttled
from conformance.outcomes import Inconclusive
from conformance.queues import Patience
from conformance.redaction import redacted, redacted_body
from conformance.renewals import Renewals, is_over
from conformance.replies import Unanswered
from conformance.traces import trace_in
from conformance.wire import encode, read
from conformance.world import Live, Receipt, World

_SHOWN: Final = 600


class Recorder:
    """One for each test. Its random numbers come from the run's seed and the test's name, so that a run can be repeated."""

    def __init__(
        self,
        test: str,
        world: World,
        binding: Binding,
        *,
        seed: int,
        clock_offset: float = 0.0,
        wrong_codes: int = 3,
        logged: bool = True,
    ) -> None:
        """``logged``: whether the evidence is to be written, and not just to be looked at in this run."""
        self.test = test
        self.world = world
        self.secrets = world.secrets.of(test)
        self.binding = binding
        self.clock_offset = clock_offset
        self.wrong_codes = wrong_codes
        self.random = Random(f"{seed}:{test}")
        self.seed = seed
        self._logged = logged
        self.began = time.monotonic()
        self.announced: list[Call] = []
        """Calls whose replies announced a mail with a code."""
        self.mails = 0
        """How many mails the replies so far have announced, or granted."""
        self.renewals = Renewals()
        self._guesses = Random(f"{seed}:{test}:guesses")
        self._events: list[Event] = []
        self._writing = threading.Lock()
        self._names: dict[str, int] = {}

    def send(self, call: Call) -> Reply:
        """Make a call and read the reply. A rate limiter is waited out; no reply at all is inconclusive."""
        return _heard(call, self.offer(call))

    def send_at_once(self, calls: Sequence[Call], *, patient: bool = True, apart: float = 0.0) -> list[Reply]:
        """Make several calls at once, or each ``apart`` seconds behind the one before: their replies, in the order of the calls. A
        rate limiter is waited out, or its reply is read, too. Their codes stay what they are, however long that takes."""

        def send(nth: int, call: Call) -> Reply:
            self.renewals.keep(call.answer)
            self.world.wait(nth * apart)
            return self.send(call) if patient else self.send_once(call)

        with ThreadPoolExecutor(len(calls)) as together:
            return list(together.map(send, range(len(calls)), calls))

    def send_once(self, call: Call) -> Reply:
        """Make a call and read the reply, a rate limiter's too."""
        return _heard(call, self._put(call)[0])

    def offer(self, call: Call) -> Reply | Unanswered:
        """Make a call that need not be answered."""
        reply, at = self._put(call)
        if not isinstance(reply, Throttled):
            return reply
        put_off = self.time()
        with self.world.turn(call.route):
            return self._insist(call, reply, at, self.time() - put_off)

    def _insist(self, call: Call, reply: Throttled, at: float, queued: float) -> Reply | Unanswered:
        """Make a call again that a rate limiter put off at a time, until it is let through. ``queued``: seconds since then."""
        patience, made = Patience(call.route), at
        while True:
            pause = patience.pause(reply.wait)
            self.wait(max(0.0, pause - queued), "the target asked for fewer requests")
            call, made = self._renewed(call, made, at + max(pause, queued))
            again, at = self._put(call)
            if not isinstance(again, Throttled):
                return again
            reply, queued = again, 0.0

    def _renewed(self, call: Call, made: float, now: float) -> tuple[Call, float]:
        """The same call, but an authenticator's code in its answer is the one of now; and when that was made."""
        if self.renewals.apply_to(call) and self.then(is_over(made, now)):
            return self.renewals.renewed(call), now
        return call, made

    def _put(self, call: Call) -> tuple[Reply | Unanswered, float]:
        """Make a call: what came of it, and when, by the target's clock."""
        exchange = self.world.exchange(self.test, encode(self.binding, call))
        with self._writing:
            self._events.append(Exchanged(len(self._events), self.test, exchange))
        at = exchange.at + exchange.elapsed + self.clock_offset
        if exchange.response is None:
            unanswered = Unanswered(exchange.fault or "no reply")
            return _heard(call, unanswered) if unanswered.unsent else unanswered, at
        reply = read(exchange.response, at)
        with self._writing:
            self.mails += mails_of(exchange.request, reply, self.binding)
        if isinstance(reply, Challenged | Refused) and reply.challenge.code_generated is True:
            self.announced.append(call)
        return reply, at

    def wait(self, seconds: float, why: str) -> None:
        """Let time pass."""
        self._events.append(Waited(self.test, seconds, why))
        self.world.wait(seconds)

    def receive(self, address: str, owner: str, after: int, known: Mapping[str, Code], *, wait: bool = True) -> Receipt:
        """Wait for the mail that comes to an address after its first ``after`` ones, and shows a code that is not known;
        or take the one that is there, whatever it shows."""
        name = f"{owner}.email#{len(known) + 1}"
        receipt = self.world.receive(self.test, address, after, known, name, wait=wait)
        waited = round(receipt.after, 3)
        if receipt.read is None:
            self._events.append(Missed(self.test, waited, receipt.proof))
        else:
            form = form_of(receipt.code.displayed) if receipt.code else None
            self._events.append(Obtained(self.test, receipt.name, form, waited, receipt.read))
        return receipt

    def mail_count(self, address: str) -> int:
        """How many mails have come to an address."""
        count = self.world.mail_count(self.test, address)
        self._events.append(Counted(self.test, count))
        return count

    def code_mail_count(self, address: str) -> int:
        """How many mails that show a code have come to an address."""
        count = self.world.code_mail_count(self.test, address)
        self._events.append(Counted(self.test, count))
        return count

    def count(self, look: Callable[[Live], int]) -> int:
        """A number that can be told only where there are mails and codes: on a tape it is what it was then."""
        number = self.world.count(self.test, look)
        self._events.append(Counted(self.test, number))
        return number

    def far_from(self, known: Collection[Code], words: Iterable[str]) -> list[str]:
        """The words that share no half with a known code."""
        return [word for word in words if not self.then(shares_a_half(word, known))]

    def then(self, now: bool) -> bool:
        """What depends on how a code reads: on a tape, where codes are others, it is as it was then."""
        return bool(self.count(lambda _: int(now)))

    def recorded(self) -> list[Request] | None:
        """The requests that this test is still to make, where they are known: on a tape."""
        return self.world.recorded(self.test)

    def leased(self, usernames: Iterable[str]) -> None:
        """Remember which of the given accounts this test has."""
        self._events.append(Leased(self.test, tuple(usernames)))

    def hide(self, wrong: str, owner: str) -> str:
        """Give a wrong code a name, too, where the right one could be told from it. What is a secret has one already."""
        if not self.secrets.find(wrong):
            self.secrets.add_code(wrong, wrong, self._name(f"{owner}.wrong"))
        return wrong

    def guess(self, like: Code, known: Iterable[Code], owner: str) -> Code:
        """A code of the same form as a real one, other in every place, and none of the known ones."""
        taken = {code.compact.lower() for code in known}
        while True:
            shown = "".join(self.other_sign(sign) for sign in like.displayed)
            compact = "".join(sign for sign in shown if sign not in "- ")
            if compact.lower() not in taken:
                self.secrets.add_code(shown, compact, self._name(f"{owner}.guess"))
                return Code(shown, compact)

    def near(self, like: Code, known: Iterable[Code], owner: str) -> Code:
        """A code that is like a real one in all signs but the last, and none of the known ones."""
        taken = {code.compact.lower() for code in known}
        last = max(place for place, sign in enumerate(like.displayed) if sign not in "- ")
        while True:
            other = self.other_sign(like.displayed[last])
            shown, compact = like.displayed[:last] + other + like.displayed[last + 1 :], like.compact[:-1] + other
            if compact.lower() not in taken:
                self.secrets.add_code(shown, compact, self._name(f"{owner}.near"))
                return Code(shown, compact)

    def made_up(self, length: int, owner: str) -> str:
        """Letters and digits that are no code of anybody."""
        return self.hide("".join(self._guesses.choices(ascii_uppercase + ascii_lowercase + digits, k=length)), owner)

    def time(self) -> float:
        """The time by the target's clock, in seconds since the epoch."""
        return self.world.now() + self.clock_offset

    def totp(self, secret: str, at: float, owner: str) -> Code:
        """The code of an authenticator at a time by the target's clock."""
        code = self.world.totp(secret, at)
        self.secrets.add_code(code, code, self._name(f"{owner}.totp"))
        return Code(code, code)

    def new_password(self, owner: str) -> str:
        """A password that an account may get."""
        return self.world.password(self._name(f"{owner}.password"))

    def keep_secret(self, value: str, of: str) -> str:
        """Give a secret its name."""
        return self.secrets.add(value, self._name(of))

    def keep(self, session: Session, owner: str) -> Session:
        """Give the token of a session its name."""
        self.secrets.add(session.token, self._name(f"{owner}.token"))
        return session

    def word(self) -> str:
        """A word that nobody else uses: what an effect is recognised by."""
        return "".join(self.random.choices("bcdfghjklmnpqrstvwxz", k=12))

    @property
    def last_reply(self) -> str:
        """The last exchange in one line, for reasons."""
        last = next((event.exchange for event in reversed(self._events) if isinstance(event, Exchanged)), None)
        if not last or not last.response:
            return "none"
        begins = redacted_body(last.response.body[: 10 * _SHOWN], self.secrets)  # first, as a cut secret has no name
        body = begins[:_SHOWN].decode("utf-8", "backslashreplace")
        return f"{last.request.verb} {last.request.path}: {last.response.status} {body}"

    @property
    def last_asked(self) -> tuple[float, float]:
        """Between which moments the last call was answered, by our clock: seconds since the epoch."""
        last = next(event.exchange for event in reversed(self._events) if isinstance(event, Exchanged))
        return last.at, last.at + last.elapsed

    @property
    def last_header_names(self) -> frozenset[str]:
        """The names of the last reply's headers, in lower case."""
        return frozenset(name.lower() for name, _ in self._last_response().headers)

    @property
    def seconds(self) -> list[float]:
        """How long each reply so far took."""
        exchanges = (event.exchange for event in self._events if isinstance(event, Exchanged))
        return [exchange.elapsed for exchange in exchanges if exchange.response]

    @property
    def last_cookies(self) -> list[str]:
        """What the last reply would have a browser send back, without the attributes."""
        headers = self._last_response().headers
        return [value.partition(";")[0] for name, value in headers if name.lower() == "set-cookie"]

    @property
    def content_types(self) -> list[str]:
        """How the bodies of all replies so far are labelled, but for those of rate limiters, which may stand before the target."""
        replies = (event.exchange.response for event in self._events if isinstance(event, Exchanged))
        return [reply.header("content-type") or "" for reply in replies if reply and reply.body and reply.status != 429]

    def trace(self) -> str | None:
        """What in the last reply gives away the inside of the server: a stack trace, an error of its database."""
        return trace_in(self._last_response().body.decode("utf-8", "replace"))

    def _last_response(self) -> Response:
        responses = (event.exchange.response for event in reversed(self._events) if isinstance(event, Exchanged))
        return next((response for response in responses if response), Response(0, (), b""))

    def evidence(self) -> list[Event]:
        """The events so far, without a secret in them where they are logged. Sequence numbers are the test's own, from 0."""
        if not self._logged:
            return [*self._events]
        return [
            replace(event, exchange=redacted(event.exchange, self.secrets)) if isinstance(event, Exchanged) else event
            for event in self._events
        ]

    def shown(self, name: str) -> bool:
        """Whether any reply so far holds a code, known by its name."""
        replies = (event.exchange.response for event in self._events if isinstance(event, Exchanged))
        return any(f"«{name}»" in self._redacted(reply) for reply in replies if reply)

    def may_show(self, form: str) -> bool:
        """Whether a reply so far holds a word that is written like a code of this form, and has no name yet."""
        like = words_like(form)
        replies = (event.exchange.response for event in self._events if isinstance(event, Exchanged))
        return any(like.search(_text(reply)) and like.search(self._redacted(reply)) for reply in replies if reply)

    def _redacted(self, reply: Response) -> str:
        return self.secrets.redact(_text(reply))

    def _name(self, of: str) -> str:
        self._names[of] = self._names.get(of, 0) + 1
        return f"{of}#{self._names[of]}"

    def other_sign(self, sign: str) -> str:
        """Another sign of the same kind; blanks and dashes stay."""
        for alphabet in (digits, ascii_uppercase, ascii_lowercase):
            if sign in alphabet:
                return self._guesses.choice(alphabet.replace(sign, ""))
        return sign


def _heard(call: Call, reply: Reply | Unanswered) -> Reply:
    if isinstance(reply, Unanswered):
        raise Inconclusive(f"{call.route} was not answered: {reply.why}")
    return reply


def _text(reply: Response) -> str:
    """All that a reply says: the values of its headers, and its body."""
    return "\n".join([*(value for _, value in reply.headers), reply.body.decode("utf-8", "replace")])
