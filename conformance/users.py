"""The people of a test: users of the target who log in, read their mail and know which of their codes are used.

What they do with them stands in attempt.py; the same rules hold here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from conformance.attempt import Attempt
from conformance.events import Facts
from conformance.flow import carry_out, step_up
from conformance.guesses import alterations, methods, stand_ins
from conformance.model import (
    Account,
    Answer,
    Call,
    Challenged,
    Code,
    Granted,
    Protected,
    Refused,
    Reply,
    Session,
)
from conformance.outcomes import Inconclusive, Untested
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
        self.latest = Code("", "")
        self.recorder = recorder
        self.admin = admin
        self.session: Session | None = None
        self._mails_read = 0
        self._mails_due = 0
        self._proof = False
        self._codeless = False
        self._refusals = 0

    def __repr__(self) -> str:
        return self.account.name

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
        self.catch_up()
        self.ask_for_code()
        return self._read_mail()

    def ask_for_code(self) -> Reply:
        """Call sendEmailCode, logged out; as a form if the target takes no JSON."""
        call = Call(self.recorder.binding.send_email_code, body={"emailOrUsername": self.account.username})
        reply = self.recorder.send(call)
        return reply if isinstance(reply, Granted) else self.recorder.send(replace(call, form=True))

    def code(self, challenged: Challenged) -> Code:
        """The code that answers a challenge: from the mail that it announces, or one that is still unused."""
        self.catch_up()
        if not self._mails_due and self.unused:
            return self.unused[-1]
        code = self._read_mail() if self.facts.mail_arrives else None
        if not code and self.facts.resend_arrives:
            code = self.resend()
        if not code:
            self._no_mail()
        return code

    def got_mail(self) -> bool:
        """Whether the last challenge's mail came. False only with proof: mail of this target does reach the mailbox, and
        patience with a resend was in vain, or the resend came and the challenge's mail did not."""
        if self.receive().read is not None or self.catch_up():
            return True
        self.ask_for_code()
        if self.receive().read is not None:
            return False
        if not self._proof:
            self._no_mail()
        return self.receive().read is not None

    def mail(self) -> Receipt:
        """The mail that the last challenge sent."""
        receipt = self.receive()
        if receipt.read is None:
            self._no_mail()
        return receipt

    def guess(self, like: Code) -> Code:
        """A code of the same form as a real one that was never sent."""
        return self.recorder.guess(like, self.known.values(), self.account.name)

    def alter(self, code: Code, kind: str) -> list[tuple[str, str]]:
        """Codes near to a right one, each to be sent with its method."""
        altered = alterations(kind, code, self.recorder.other_sign)
        return [(self.recorder.hide(wrong, self.account.name), "email") for wrong in altered]

    def stand_ins(self, kind: str) -> list[tuple[str, str]]:
        """What may stand in place of a code, each to be sent with its method."""
        return [(word, "email") for word in stand_ins(kind, list(self.known.values()))]

    def guesses(self, like: Code, kind: str) -> list[tuple[str, str | None]]:
        """Codes that were never sent, each under another method."""
        return [(self.answer(self.guess(like)).code or "", method) for method in methods(kind)]

    def catch_up(self) -> bool:
        """Read what has come in the meantime, so that every later mail is a new one. Whether there was any."""
        before = self._mails_read
        while self.recorder.mail_count(self.account.email) > self._mails_read:
            self.receive()
        return self._mails_read > before

    def expect(self, reply: Reply) -> None:
        """Remember that a challenge has announced a mail."""
        if isinstance(reply, Challenged) and reply.challenge.code_generated is True:
            self._mails_due += 1

    def count_out(self, at_least: int) -> int:
        """How many codes were mailed and are not used; mails that may still be on their way are waited for."""
        while len(self.unused) < at_least and self.receive().read is not None:
            continue
        return len(self.unused)

    def answer(self, code: Code) -> Answer:
        """A code in the form in which this target takes it."""
        return Answer(code.compact if self.facts.compact else code.displayed, "email")

    def spare(self) -> None:
        """Send no more codes when as many were refused as the target's owner allows for one account."""
        allowed = self.recorder.wrong_codes
        if self._refusals >= allowed:
            raise Untested(f"limit: wrong_codes_per_account is {allowed}")

    def note_refusal(self, reply: Reply) -> None:
        self._refusals += isinstance(reply, Refused) and reply.invalid

    def use(self, code: Code) -> None:
        """Remember that a code was accepted."""
        self.unused = [other for other in self.unused if other != code]

    def _answer_login(self, challenged: Challenged) -> Answer:
        self.expect(challenged)
        code = self.code(challenged)
        self.use(code)
        return self.answer(code)

    def receive(self) -> Receipt:
        """Wait for the next mail that was not read yet."""
        receipt = self.recorder.receive(self.account.email, self.account.name, self._mails_read, self.known)
        self._proof = receipt.proof
        self._mails_due = max(0, self._mails_due - 1) if receipt.read is not None else 0
        self._mails_read = receipt.read or self._mails_read
        self._codeless |= receipt.read is not None and receipt.code is None
        self.latest = receipt.code or self.latest
        if receipt.name and receipt.code and receipt.name not in self.known:
            self.known[receipt.name] = receipt.code
            self.unused.append(receipt.code)
        return receipt

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
