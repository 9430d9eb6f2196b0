"""The people of a test: users of the target who log in, read their mail and know which of their codes are used.

What they do with them stands in attempt.py; the same rules hold here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from conformance.attempt import Attempt
from conformance.events import Facts
from conformance.flow import carry_out, step_up
from conformance.model import (
    Account,
    Answer,
    Call,
    Challenged,
    Code,
    Granted,
    Protected,
    Reply,
    Session,
)
from conformance.outcomes import Inconclusive
from conformance.recorder import Recorder
from conformance.wire import describe, session_of
from conformance.world import Receipt

if TYPE_CHECKING:
    from conformance.accounts import Admin


class User:
    """A test account at work: its session, the codes that its mails showed, and which of them are used."""

    def __init__(self, account: Account, recorder: Recorder, facts: Facts, admin: Admin) -> None:
        self.account = account
        self.facts = facts
        self.known: dict[str, Code] = {}
        self.unused: list[Code] = []
        self.recorder = recorder
        self.admin = admin
        self.session: Session | None = None
        self._mails_read = 0
        self._proof = False

    def log_in(self) -> None:
        """Begin a session, with the code from a mail where the login asks for one."""
        call = self.recorder.binding.login_call(self.account.username, self.account.password)
        reply = carry_out(step_up(call), self.recorder.send, self._answer_login)
        session = session_of(self.recorder.binding, reply) if isinstance(reply, Granted) else None
        if not session:
            raise Inconclusive(f"the test account {self.account.name} cannot log in: {describe(reply)}")
        self.session = self.recorder.keep(session, self.account.name)

    def new_session(self) -> None:
        """Go on as the same user in a session that no earlier success has made trusted."""
        self.log_in()
        if self.facts.protected == len(self.recorder.binding.protected):
            self.enable_email()

    def enable_email(self) -> Reply:
        return self.recorder.send(Call(self.recorder.binding.enable_email, session=self.session))

    def attempt(self, protected: Protected) -> Attempt:
        """One thing that the user wants to do, and that needs a second factor."""
        return Attempt(self, protected, nonce=self.recorder.word())

    def resend(self) -> Code | None:
        """Ask for a new code by mail. None if no mail came."""
        before = self.mark()
        self.ask_for_code()
        return self._read_mail(before)

    def ask_for_code(self) -> Reply:
        """Call sendEmailCode, logged out; as a form if the target takes no JSON."""
        call = Call(self.recorder.binding.send_email_code, body={"emailOrUsername": self.account.username})
        reply = self.recorder.send(call)
        return reply if isinstance(reply, Granted) else self.recorder.send(replace(call, form=True))

    def code(self, challenged: Challenged) -> Code:
        """The code that answers a challenge: from the mail that it announces, or one that is still unused."""
        if challenged.challenge.code_generated is not True and self._newest():
            return self.unused[-1]
        code = self._read_mail(self._mails_read) if self.facts.mail_arrives else None
        if not code and self.facts.resend_arrives:
            code = self.resend()
        if not code:
            self._no_mail()
        return code

    def got_mail(self) -> bool:
        """Whether the last challenge's mail came. False only with proof that mail of this target reaches the mailbox;
        without it the test is inconclusive."""
        if self.receive().read is not None:
            return True
        if not self.resend() and not self._proof:
            self._no_mail()
        return False

    def mail(self) -> Receipt:
        """The mail that the last challenge sent."""
        receipt = self.receive()
        if receipt.read is None:
            self._no_mail()
        return receipt

    def guess(self, like: Code) -> Code:
        """A code of the same form as a real one that was never sent."""
        return self.recorder.guess(like, self.known.values(), self.account.name)

    @property
    def codes_out(self) -> int:
        """How many codes were mailed and are not used."""
        return len(self.unused)

    def mark(self) -> int:
        """The place in the mailbox from which on mail is new."""
        self._mails_read = max(self._mails_read, self.recorder.world.mail_count(self.account.email))
        return self._mails_read

    def answer(self, code: Code) -> Answer:
        """A code in the form in which this target takes it."""
        return Answer(code.compact if self.facts.compact else code.displayed, "email")

    def use(self, code: Code) -> None:
        """Remember that a code was accepted."""
        self.unused = [other for other in self.unused if other != code]

    def _answer_login(self, challenged: Challenged) -> Answer:
        code = self.code(challenged)
        self.use(code)
        return self.answer(code)

    def receive(self, after: int | None = None) -> Receipt:
        """Wait for the next mail that was not read yet."""
        first = self._mails_read if after is None else after
        receipt = self.recorder.receive(self.account.email, self.account.name, first, self.known)
        self._proof = receipt.proof
        self._mails_read = receipt.read or self._mails_read
        if receipt.name and receipt.code and receipt.name not in self.known:
            self.known[receipt.name] = receipt.code
            self.unused.append(receipt.code)
        return receipt

    def _read_mail(self, after: int) -> Code | None:
        receipt = self.receive(after)
        if receipt.read is not None and not receipt.code:
            raise Inconclusive("the mail shows nothing that could be a code", blocked_by="mail.shows-code")
        return receipt.code

    def _newest(self) -> bool:
        """Whether an unused code is there, once what has come in the meantime is read."""
        while self.recorder.world.mail_count(self.account.email) > self._mails_read:
            self._read_mail(self._mails_read)
        return bool(self.unused)

    def _no_mail(self) -> NoReturn:
        if self._proof:
            raise Inconclusive(
                "no mail came, neither after the challenge nor after a resend", blocked_by="mail.arrives"
            )
        raise Inconclusive(
            "no mail of this run has reached the mailbox, so it cannot be told whether the target sent any: check that "
            "its mail leads to this mailbox, and mailbox.folder and mailbox.deadline",
            blocked_by="mail.arrives",
        )
