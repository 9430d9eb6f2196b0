"""Resends as anybody may ask for them: by other names, in other ways, too often."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from conformance.guesses import pattern
from conformance.model import Call, Code, Json, Reply, Session, Throttled
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import Unanswered, addresses_in, form_of_reply

if TYPE_CHECKING:
    from conformance.users import User


class Resends:
    """For one user."""

    def __init__(self, user: User) -> None:
        self._user = user

    def call_of_resend(self, session: Session | None = None) -> Call:
        """sendEmailCode for this user, asked for by anybody, or in a session."""
        body = {"emailOrUsername": self._user.account.username}
        return Call(self._user.recorder.binding.send_email_code, body=body, session=session)

    def send_resend(self, body: Json, *, form: bool = False) -> Reply:
        """Call sendEmailCode, logged out, with just this body."""
        return self._user.recorder.send(Call(self._user.recorder.binding.send_email_code, body=body, form=form))

    def answers(self, name: Json) -> bool:
        """Whether a resend for a name is answered, or is when it is asked for again. The control shows that one without a name
        is answered before and after."""
        call = Call(self._user.recorder.binding.send_email_code, body={"emailOrUsername": name})
        for _ in range(2):
            self.send_resend({})
            if not isinstance(self._user.recorder.offer(call), Unanswered):
                return True
        self.send_resend({})
        return False

    def reply_of_resend(self) -> Reply:
        """The reply to a resend, on a target whose resends do send mail."""
        if not self._user.facts.resend_arrives:
            raise Inconclusive("no mail follows a resend", blocked_by="resend.mails")
        return self._user.inbox.ask_for_code()

    def addresses_of_resend(self) -> list[str]:
        """The addresses that the reply to a resend lists, once its mail has come."""
        inbox = self._user.inbox
        inbox.catch_up()
        addresses = addresses_in(inbox.ask_for_code())
        if not addresses:
            raise NotApplicable("the reply to a resend lists no addresses")
        inbox.mail()
        return addresses

    def outline_of_resend(self, name: Json) -> tuple[int, dict[str, str], frozenset[str]]:
        """How a resend for a name is answered: status, form of the body, names of the headers."""
        reply = self._user.inbox.ask_for_code(name)
        return reply.status, form_of_reply(reply), self._user.recorder.last_header_names

    def resent_beginning_with(self, digit: str, times: int) -> Code | None:
        """A new code that begins with a digit, asked for so many times, or until the target has enough of it. None where there is
        none, or codes are not of digits."""
        then = self._user.recorder.then
        for code in islice(self._resent(), times):
            if not then(code.compact.isdigit()):
                break
            if then(code.compact.startswith(digit)):
                return code
        return None

    def _resent(self) -> Iterator[Code]:
        """New codes, until the target has enough of resends, or mails one again: first as anybody asks for them, then as the
        user does, whose own may be counted apart."""
        yield self._user.inbox.resent()
        for session in (None, self._user.session):
            while code := self._another(session):
                yield code

    def _another(self, session: Session | None) -> Code | None:
        inbox = self._user.inbox
        known = len(inbox.known)
        code = inbox.resent_once(session)
        return code if len(inbox.known) > known else None

    def ask_by_get(self) -> Reply:
        """Call sendEmailCode with the verb that must not change anything."""
        recorder, name = self._user.recorder, self._user.account.username
        path = recorder.binding.send_email_code.partition(" ")[2]
        return recorder.send(Call(f"GET {path}?emailOrUsername={name}"))

    def pattern(self, kind: str) -> Json:
        """A question to a database that finds this user."""
        return pattern(kind, self._user.account.username)

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

    def dead_address(self) -> str:
        """An address in a domain that is kept from ever existing, RFC 2606."""
        return f"{self._user.account.username}@mail.invalid"

    def mails_to(self, address: str) -> int:
        """How many mails with a code came to an address, once a mail that was asked for after them has come."""
        self._user.inbox.resent()
        return self._user.recorder.code_mail_count(address)

    def all_mails_to(self, address: str) -> int:
        """How many mails came to an address that nobody has, whatever they show, once one that was asked for after them has."""
        self._user.inbox.resent()
        return self._user.recorder.mail_count(address)

    def flood(self, times: int) -> int:
        """Ask for a new code so many times, or until the target has enough of it. How many calls it took, or else how many mails
        came, until one fails to come within the deadline; a mail that comes twice was asked for once."""
        recorder, inbox = self._user.recorder, self._user.inbox
        address, before = self._user.account.email, recorder.code_mail_count(self._user.account.email)
        call = self.call_of_resend()
        replies = (recorder.send_once(call) for _ in range(times))
        asked = sum(1 for _ in takewhile(lambda reply: not isinstance(reply, Throttled), replies))
        came = 0
        while asked == times and came < asked and inbox.receive().read is not None:
            came = recorder.code_mail_count(address) - before
        return min(came, asked) if asked == times else asked
