"""A user's mail as a factor: which codes its mails showed, which of them are used, and what is no code at all.

A driver like attempt.py: it never asserts, and ends a test as inconclusive where no code is to be had.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final, NoReturn

from conformance.factors import Blockers
from conformance.guesses import alterations, methods, pattern, stand_ins
from conformance.model import Answer, Call, Challenged, Code, Granted, Json, Refused, Reply, Throttled, Walk
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import addresses_in, form_of_reply
from conformance.world import Receipt

if TYPE_CHECKING:
    from conformance.users import User

_FLOOD: Final = 2.0
"""Seconds without a mail that end a flood."""


class Inbox:
    """The mail of one user."""

    method: Final = "email"
    blockers: Final = Blockers(
        challenge="challenge.required",
        right="acceptance.right-code",
        wrong="code.random",
        refusal="refusal.error-type",
        garbled_challenge="challenge.json",
        garbled_success="acceptance.json",
        garbled_refusal="refusal.json",
    )

    def __init__(self, user: User) -> None:
        self.known: dict[str, Code] = {}
        self.unused: list[Code] = []
        self.latest = Code("", "")
        self._user = user
        self._mails_read = 0
        self._mails_due = 0
        self._mails_before = 0
        self._announced_before = 0
        self._resends = 0
        self._told_none = False
        self._proof = False
        self._codeless = False

    @property
    def walk(self) -> Walk:
        return self._user.facts.email

    def right(self, challenged: Challenged) -> Answer:
        return self.answer(self.code(challenged))

    def wrong(self, challenged: Challenged) -> Answer:
        return self.answer(self.guess(self.code(challenged)))

    def answer(self, code: Code) -> Answer:
        """A code in the form in which this target takes it."""
        return Answer(code.compact if self._user.facts.compact else code.displayed, self.method)

    def code(self, challenged: Challenged) -> Code:
        """The code that answers a challenge: from the mail that it announces, or one that is still unused."""
        self.catch_up()
        if not self._mails_due and self.unused:
            return self.unused[-1]
        code = self._read_mail() if self._user.facts.mail_arrives and not self._only_stale_codes() else None
        if not code and self._user.facts.resend_arrives:
            code = self.resend()
        if not code:
            self._no_mail()
        return code

    def resend(self) -> Code | None:
        """Ask for a new code by mail, once the mail that a challenge has announced is read. None if no mail came."""
        self.catch_up()
        if self._mails_due and self._user.facts.mail_arrives:
            self.receive()
        self.ask_for_code()
        return self._read_mail()

    def resent(self, instead_of: Code | None = None) -> Code:
        """A new code, asked for by mail; the test cannot go on without it."""
        if not self._user.facts.resend_arrives:
            raise Inconclusive("no mail follows a resend", blocked_by="resend.mails")
        code = self.resend() or self._no_mail()
        if code == instead_of:
            raise Inconclusive("the resend mailed the same code again", blocked_by="resend.new-code")
        return code

    def ask_for_code(self, name: Json = None) -> Reply:
        """Call sendEmailCode, logged out, for this user or by another name; as a form if the target takes no JSON."""
        wanted = self._user.account.username if name is None else name
        reply = self.send_resend({"emailOrUsername": wanted})
        self._told_none = False
        self._resends += wanted in (self._user.account.username, self._user.account.email)
        understood = isinstance(reply, Granted) or reply.error_type == "error-invalid-user"
        form = not understood and isinstance(wanted, str)
        return self.send_resend({"emailOrUsername": wanted}, form=True) if form else reply

    def send_resend(self, body: Json, *, form: bool = False) -> Reply:
        """Call sendEmailCode, logged out, with just this body."""
        return self._user.recorder.send(Call(self._user.recorder.binding.send_email_code, body=body, form=form))

    def got_mail(self) -> bool:
        """Whether the last challenge's mail came. False only with proof: mail of this target does reach the mailbox, and
        patience with a resend was in vain, or the resend came and the challenge's mail did not."""
        self._need_new_mail()
        if self.receive().read is not None or self.catch_up():
            return True
        self.ask_for_code()
        if self.receive().read is not None:
            return False
        if not self._proof:
            self._no_mail()
        return self.receive().read is not None

    def gets_resent_mail(self, name: Json = None) -> bool:
        """Whether a resend for a name sends a mail. False only with proof, and after a second resend."""
        self.catch_up()
        for _ in range(2):
            self.ask_for_code(name)
            if self.receive().read is not None:
                return True
        return self._no_mail() if not self._proof else False

    def addresses_of_resend(self) -> list[str]:
        """The addresses that the reply to a resend lists, once its mail has come."""
        self.catch_up()
        reply = self.ask_for_code()
        addresses = addresses_in(reply)
        if not addresses:
            raise NotApplicable("the reply to a resend lists no addresses")
        self.mail()
        return addresses

    def ask_by_get(self) -> Reply:
        """Call sendEmailCode with the verb that must not change anything."""
        recorder, name = self._user.recorder, self._user.account.username
        path = recorder.binding.send_email_code.partition(" ")[2]
        return recorder.send(Call(f"GET {path}?emailOrUsername={name}"))

    def pattern(self, kind: str) -> Json:
        """A question to a database that finds this user."""
        return pattern(kind, self._user.account.username)

    def outline_of_resend(self, name: Json) -> tuple[int, dict[str, str], frozenset[str]]:
        """How a resend for a name is answered: status, form of the body, names of the headers."""
        reply = self.ask_for_code(name)
        return reply.status, form_of_reply(reply), self._user.recorder.last_header_names

    def nobody(self, kind: str) -> str:
        """A name, or an address, that no account has."""
        word = self._user.recorder.word()
        return f"{word}" if kind == "name" else self.strange_address(word)

    def strange_address(self, word: str = "") -> str:
        """An address of the mailbox that no account has."""
        local, _, domain = self._user.account.email.partition("@")
        address = f"{local}.{word or self._user.recorder.word()}@{domain}"
        self._user.recorder.world.expect_mail(address)
        return address

    def flood(self, times: int) -> int:
        """Ask for a new code so many times, or until the target has enough of it. How many mails came, until no more do; a mail
        that comes twice was asked for once."""
        recorder = self._user.recorder
        address, before = self._user.account.email, recorder.code_mail_count(self._user.account.email)
        call = Call(recorder.binding.send_email_code, body={"emailOrUsername": self._user.account.username})
        replies = (recorder.send_once(call) for _ in range(times))
        asked = sum(1 for _ in takewhile(lambda reply: not isinstance(reply, Throttled), replies))
        quiet, came, last = _FLOOD + 2 * (self._user.facts.mail_delay or 0.0), 0, -1
        while last < came < asked:
            last = came
            recorder.wait(quiet, "the mails to come")
            came = recorder.code_mail_count(address) - before
        return min(came, asked)

    def mail(self) -> Receipt:
        """The mail that the last challenge sent."""
        self._need_new_mail()
        receipt = self.receive()
        if receipt.read is None:
            self._no_mail()
        if receipt.code is None and self._user.facts.code_unread:
            raise Inconclusive("the mails differ in a word that may be a code, in a form that this suite cannot read")
        return receipt

    def mails_to(self, address: str) -> int:
        """How many mails with a code came to an address, once a mail that was asked for after them has come."""
        self.resent()
        return self._user.recorder.code_mail_count(address)

    def guess(self, like: Code) -> Code:
        """A code of the same form as a real one that was never sent."""
        return self._user.recorder.guess(like, self.known.values(), self._user.account.name)

    def alter(self, code: Code, kind: str) -> list[tuple[str, str]]:
        """Codes near to a right one, each to be sent with its method."""
        recorder = self._user.recorder
        altered = alterations(kind, code, recorder.other_sign)
        return [(recorder.hide(wrong, self._user.account.name), self.method) for wrong in altered]

    def stand_ins(self, kind: str) -> list[tuple[str, str]]:
        """What may stand in place of a code, each to be sent with its method."""
        return [(word, self.method) for word in stand_ins(kind, list(self.known.values()))]

    def guesses(self, like: Code, kind: str) -> list[tuple[str, str | None]]:
        """Codes that were never sent, each under another method."""
        return [(self.answer(self.guess(like)).code or "", method) for method in methods(kind)]

    def catch_up(self) -> bool:
        """Read what has come in the meantime, so that every later mail is a new one. Whether there was any."""
        before = self._mails_read
        while self._user.recorder.mail_count(self._user.account.email) > self._mails_read:
            self.receive(wait=False)
        return self._mails_read > before

    def expect(self, reply: Reply) -> None:
        """Remember that a challenge, or a refusal, has announced a mail."""
        if isinstance(reply, Challenged):
            self._told_none = reply.challenge.code_generated is False
        if isinstance(reply, Challenged | Refused) and reply.challenge.code_generated is True:
            self._mails_due += 1

    def count_out(self, at_least: int) -> int:
        """How many codes were mailed and are not used; mails that may still be on their way are waited for."""
        while len(self.unused) < at_least and self.receive().read is not None:
            continue
        return len(self.unused)

    def use(self, answer: Answer) -> None:
        """Remember that an answer was accepted."""
        self.unused = [code for code in self.unused if answer.code not in (code.displayed, code.compact)]

    def leaked(self) -> bool:
        """Whether any reply so far shows a code that was mailed."""
        return any(self._user.recorder.shown(name) for name in self.known)

    def begin(self) -> None:
        """Leave what has come before this test unread."""
        self._mails_read = self._mails_before = self._user.recorder.mail_count(self._user.account.email)
        self._announced_before = len(self._user.recorder.announced)

    def await_all(self) -> None:
        """Wait for the mails that are still on their way, so that they do not pass for a later test's."""
        announced = self._user.recorder.announced[self._announced_before :]
        due = self._mails_before + self._resends + sum(map(self._concerned, announced))
        while self._user.facts.mail_arrives and self._mails_read < due and self.receive().read is not None:
            continue

    def forget(self) -> None:
        """Take all codes for expired."""
        self.unused = []

    def receive(self, *, wait: bool = True) -> Receipt:
        """Wait for the next mail that was not read yet; or take the one that is there, which need not be the one that is due."""
        account = self._user.account
        receipt = self._user.recorder.receive(account.email, account.name, self._mails_read, self.known, wait=wait)
        self._proof = receipt.proof
        if wait or receipt.code:
            self._mails_due = max(0, self._mails_due - 1) if receipt.read is not None else 0
        self._mails_read = receipt.read or self._mails_read
        self._codeless |= receipt.read is not None and receipt.code is None
        self.latest = receipt.code or self.latest
        if receipt.name and receipt.code and receipt.name not in self.known:
            self.known[receipt.name] = receipt.code
            self.unused.append(receipt.code)
        return receipt

    def _concerned(self, call: Call) -> bool:
        """Whether a call was this user's: in one of its sessions, or a login under its name."""
        account = self._user.account
        return call.session.user_id == account.user_id if call.session else account.username in str(call.body)

    def _only_stale_codes(self) -> bool:
        """Whether the last challenge sent no mail because a code is out that this test does not know: an earlier test's."""
        return self._user.account.given and self._told_none and not self._mails_due and not self.unused

    def _need_new_mail(self) -> None:
        if self._only_stale_codes():
            raise NotApplicable("a code of an earlier test is still out, so that the challenge need not send another")

    def _read_mail(self) -> Code | None:
        receipt = self.receive()
        if receipt.read is not None and not receipt.code:
            raise Inconclusive("the mail shows nothing that could be a code", blocked_by="mail.shows-code")
        return receipt.code

    def _no_mail(self) -> NoReturn:
        if self._codeless:
            raise Inconclusive("the mail that came shows nothing that could be a code", blocked_by="mail.shows-code")
        if self._proof:
            raise Inconclusive(
                "no mail came, neither after the challenge nor after a resend", blocked_by="mail.arrives"
            )
        raise Inconclusive(
            "no mail of this run has reached the mailbox, so it cannot be told whether the target sent any: check that "
            "its mail leads to this mailbox, and mailbox.folder and mailbox.deadline",
            blocked_by="mail.arrives",
        )
