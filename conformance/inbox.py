"""A user's mail as a factor: which codes its mails showed, which of them are used, and what is no code at all.

A driver like attempt.py: it never asserts, and ends a test as inconclusive where no code is to be had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn

from conformance.events import Walk
from conformance.factors import Blockers
from conformance.model import Answer, Call, Challenged, Code, Granted, Json, Refused, Reply, Session
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.resends import Resends
from conformance.world import Receipt
from conformance.wrong_codes import WrongCodes

if TYPE_CHECKING:
    from conformance.users import User

_AS_LATE: Final = 2
"""Deadlines within which a mail comes that is as late as one that missed its own."""


class Inbox(Resends, WrongCodes):
    """The mail of one user."""

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
        super().__init__(user)
        self._mails_read = 0
        self._mails_due = 0
        self._mails_before = 0
        self._announced_before = 0
        self._resends = 0
        self._told_none = False
        self._overdue = False
        self._proof = False
        self._codeless = False

    @property
    def walk(self) -> Walk:
        return self._user.facts.email

    def right(self, challenged: Challenged) -> Answer:
        return self.answer(self.code(challenged))

    def wrong(self, challenged: Challenged) -> Answer:
        return self.answer(self.guess(self.code(challenged)))

    def code(self, challenged: Challenged) -> Code:
        """The code that answers a challenge: from the mail that it announces, or one that is still unused."""
        self.catch_up()
        if not self._mails_due and self.unused:
            return self.unused[-1]
        code = self._code_in(self._due_mail) if self._user.facts.mail_arrives and not self._only_stale_codes() else None
        while code and self._mails_due:  # each of several wrong codes may be followed by a new one
            code = self._code_in(self._due_mail) or code
        if not code and self._user.facts.resend_arrives:
            code = self.resend()
        if not code:
            self._no_mail()
        return code

    def resend(self) -> Code | None:
        """Ask for a new code by mail, once the mail that a challenge has announced is read. None if no mail came."""
        self.catch_up()
        while self._mails_due and self._user.facts.mail_arrives:
            self.receive()
        overdue = self._overdue
        self.ask_for_code()
        code = self._read_mail(of="resend.mails")
        if code and overdue:
            self._need_no_late_mail()
        return code

    def resent(self, instead_of: Code | None = None) -> Code:
        """A new code, asked for by mail; the test cannot go on without it."""
        if not self._user.facts.resend_arrives:
            raise Inconclusive("no mail follows a resend", blocked_by="resend.mails")
        code = self.resend() or self._no_mail()
        if code == instead_of:
            raise Inconclusive("the resend mailed the same code again", blocked_by="resend.new-code")
        return code

    def resent_once(self, session: Session | None) -> Code | None:
        """A new code, for which nobody waits long: None where the target has enough of resends, or mails none."""
        self.catch_up()
        if not isinstance(self._user.recorder.send_once(self.call_of_resend(session)), Granted):
            return None
        self._resends += 1
        return self._read_mail(of="resend.mails")

    def resent_at_once(self) -> tuple[Code, Code]:
        """Two new codes, asked for at the same time."""
        if not self._user.facts.resend_arrives:
            raise Inconclusive("no mail follows a resend", blocked_by="resend.mails")
        self.catch_up()
        wanted = self.call_of_resend()
        replies = self._user.recorder.send_at_once([wanted] * 2)
        if not any(isinstance(reply, Granted) for reply in replies):
            self._user.recorder.send_at_once([replace(wanted, form=True)] * 2)
        self._resends += 2
        codes = self._read_mail(of="resend.mails") or self._no_mail(), self._read_mail(of="resend.mails")
        if not codes[1]:
            raise Inconclusive("two resends at once have sent one mail")
        return codes[0], codes[1]

    def ask_for_code(self, name: Json = None) -> Reply:
        """Call sendEmailCode, logged out, for this user or by another name; as a form if the target takes no JSON."""
        wanted = self._user.account.username if name is None else name
        reply = self.send_resend({"emailOrUsername": wanted})
        self._told_none = False
        self._resends += wanted in (self._user.account.username, self._user.account.email)
        understood = isinstance(reply, Granted) or reply.error_type == "error-invalid-user"
        form = not understood and isinstance(wanted, str)
        return self.send_resend({"emailOrUsername": wanted}, form=True) if form else reply

    def got_mail(self) -> bool:
        """Whether the last challenge's mail came. False only with proof: mail of this target does reach the mailbox, and
        patience with a resend was in vain, or the resend's mail came and no other after it."""
        self._need_new_mail()
        if self.receive().read is not None or self.catch_up():
            return True
        self.ask_for_code()
        if self.receive().read is not None:
            self._need_no_late_mail()
            return False
        self._need_proof()
        if self.receive().read is not None:
            return True
        self._need_proof()
        return False

    def gets_resent_mail(self, name: Json = None) -> bool:
        """Whether a resend for a name sends a mail that shows a code. False of a mail that never came only with proof, and
        after a second resend."""
        self.catch_up()
        for _ in range(2):
            self.ask_for_code(name)
            receipt = self.receive()
            if receipt.read is not None:
                return self._shows_code(receipt)
        self._need_proof()
        return False

    def resent_by_way_of(self, host: str) -> None:
        """Ask for a new code by a call that a proxy would have passed on, which was asked under another host."""
        self.catch_up()
        body = {"emailOrUsername": self._user.account.username}
        route, host_header = self._user.recorder.binding.send_email_code, ("X-Forwarded-Host", host)
        self._user.recorder.send(Call(route, body, more_headers=(host_header,)))
        self._resends += 1
        self.receive()

    def mail(self) -> Receipt:
        """The mail that the last challenge sent."""
        self._need_new_mail()
        receipt = self._due_mail()
        if receipt.read is None:
            self._no_mail()
        self._shows_code(receipt)
        return receipt

    def _due_mail(self) -> Receipt:
        """The mail that a challenge has sent. If it shows a code that is known already, it may be an earlier one's second copy
        that comes only now, and the one that is due behind it."""
        known = set(self.known)
        receipt = self.receive()
        following = self.receive() if receipt.name in known else receipt
        return receipt if following.read is None else following

    def _shows_code(self, receipt: Receipt) -> bool:
        if receipt.code is None and self._user.facts.code_unread:
            raise Inconclusive("the mails differ in a word that may be a code, in a form that this suite cannot read")
        return receipt.code is not None

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

    def bears_out(self, count: int) -> bool:
        """Whether the mails bear out that so many codes are out. False only with proof: a mail that was asked for behind them
        came, where resends do, and none that was late."""
        if self.count_out(at_least=count) >= count:
            return True
        out = len(self.unused)
        if self._user.facts.resend_arrives:
            self.resent()
            out += 1
        if self.another_comes() or len(self.unused) > out:
            raise Inconclusive(
                "a mail came later than its deadline: look at mailbox.deadline", blocked_by="mail.arrives"
            )
        return False

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
        if wait:
            self._overdue = receipt.read is None and self._mails_due > 0
        self._proof = receipt.proof
        if (wait or receipt.code) and receipt.name not in self.known:  # what comes twice was due once
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
        account, binding = self._user.account, self._user.recorder.binding
        return call.session.user_id == account.user_id if call.session else binding.is_login_of(account.username, call)

    def _only_stale_codes(self) -> bool:
        """Whether the last challenge sent no mail because a code is out that this test does not know: an earlier test's."""
        return self._user.account.given and self._told_none and not self._mails_due and not self.unused

    def _need_new_mail(self) -> None:
        if self._only_stale_codes():
            raise NotApplicable("a code of an earlier test is still out, so that the challenge need not send another")

    def another_comes(self) -> bool:
        """Whether a second mail comes after a resend where one had come: then the challenge's was late, and not missing. Which
        of the two came first, only the other could tell; and if that was the late one, the other may be as late. A mail that is
        delivered twice is one."""
        if any(self._comes_anew() for _ in range(_AS_LATE)):
            return True
        self._need_proof()
        return False

    def _comes_anew(self) -> bool:
        known = set(self.known)
        receipt = self.receive()
        return receipt.read is not None and receipt.name not in known

    def _need_no_late_mail(self) -> None:
        if self.another_comes():
            raise Inconclusive(
                "the mail of the challenge came only after a resend: look at mailbox.deadline",
                blocked_by="mail.arrives",
            )

    def _read_mail(self, of: str = "mail.shows-code") -> Code | None:
        """The code of the next mail, or None if none comes. ``of``: the requirement that it shows one, if others do."""
        return self._code_in(self.receive, of)

    def _code_in(self, awaited: Callable[[], Receipt], of: str = "mail.shows-code") -> Code | None:
        others_do = not self._codeless
        receipt = awaited()
        if receipt.read is not None and not receipt.code:
            blocker = of if others_do else "mail.shows-code"
            raise Inconclusive("the mail shows nothing that could be a code", blocked_by=blocker)
        return receipt.code

    def _need_proof(self) -> None:
        """Go on only if a mail that was waited for in vain would have come by now, had it been sent."""
        if not self._proof:
            self._no_mail()

    def _no_mail(self) -> NoReturn:
        if self._codeless:
            raise Inconclusive("the mail that came shows nothing that could be a code", blocked_by="mail.shows-code")
        if self._proof:
            raise Inconclusive(
                "no mail came, neither after the challenge nor after a resend", blocked_by="mail.arrives"
            )
        raise Inconclusive(
            "no mail of this run has reached the mailbox in time, so it cannot be told whether the target sent any: check that "
            "its mail leads to this mailbox, and mailbox.folder and mailbox.deadline",
            blocked_by="mail.arrives",
        )
