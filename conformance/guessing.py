"""An attempt with wrong answers: are they refused, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.answering import Answering
from conformance.guesses import DIGEST_NAMES
from conformance.inbox import Inbox
from conformance.model import Answer, Challenged, Code, Granted, Refused, Reply, Throttled, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import carried_out, describe, is_logged_out
from conformance.secrecy import sha256_hex


class Guessing(Answering):
    """The ways to give a wrong answer."""

    def first_wrong(self) -> Reply:
        """Be challenged, and give a wrong answer, when whether it is refused is what is in question."""
        return self.send(self.by.wrong(self.challenge()))

    def wrong_reply(self) -> Reply:
        """Be challenged, and give a wrong answer, on a target that refuses wrong answers at all."""
        self.need_guesses_to_be_refused()
        return self.first_wrong()

    def guess(self) -> Challenged | Refused:
        """Be challenged, and answer with a code that was never sent."""
        reply = self.refused_or_garbled()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the refusal cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_refusal)
        if isinstance(reply, Challenged) and not self.by.walk.right_works:
            raise Inconclusive("this target does not look at codes", blocked_by=self.by.blockers.right)
        return reply

    def refused_or_garbled(self) -> Challenged | Refused | Unintelligible:
        """Answer with a code that was never sent, and get a reply that need not be readable."""
        return self._refused(self.first_wrong())

    def refuse(self, code: Code) -> Challenged | Refused | Unintelligible:
        """Answer with a code that must be refused."""
        return self._refused(self.answer(code))

    def refusal(self) -> Refused:
        """Be refused for a wrong code."""
        reply = self.guess()
        if not isinstance(reply, Refused) or not reply.invalid:
            raise Inconclusive(
                f"the wrong code was not answered with totp-invalid: {describe(reply)}",
                blocked_by=self.by.blockers.refusal,
            )
        return reply

    def wrong(self, answers: Iterable[tuple[str | None, str | None]]) -> list[Reply]:
        """Answer with several things that are not the code, each with its method; None leaves a header out.

        Where any code will do this shows nothing, so a code that was never sent must be refused.
        """
        self.need_guesses_to_be_refused()
        return [self.send(Answer(code, method)) for code, method in answers]

    def bring_digest(self, code: Code) -> Reply:
        """Answer with a code, and bring its digest along in the body, under names that servers have for it."""
        answer, digest = self.user.inbox.answer(code), sha256_hex(code.compact)
        self.user.spare()
        call = replace(self.plain_call, answer=answer, more_members=tuple((name, digest) for name in DIGEST_NAMES))
        reply = self.user.recorder.send(call)
        self.user.note(answer, reply)
        return reply

    def padded(self) -> list[Reply]:
        """Answer with the authenticator's code behind zeros, on a target that does not take any code of that length: it is
        that of many backup codes."""
        authenticator, owner = self.user.enrolled, self.user.account.name
        padded = self.user.recorder.hide(f"00{authenticator.shown(0)[0].compact}", owner)
        made_up = "".join(self.user.recorder.other_sign(sign) for sign in padded)
        control = self.send(authenticator.answer(self.user.recorder.hide(made_up, owner)))
        if isinstance(control, Granted):
            raise Inconclusive("a made-up code of eight digits is accepted", blocked_by="totp.backup-code-made-up")
        return self.wrong([(padded, authenticator.method)])

    def misuse(self, code: Code) -> Reply:
        """Answer with a code that is somebody else's, or no longer good."""
        self.need_guesses_to_be_refused()
        return self.answer(code)

    def refuse_used(self, code: Code) -> None:
        """Be challenged, and answer with a used code, which must be refused as it was sent."""
        self.challenge()
        if isinstance(self.misuse(code), Granted):
            raise Inconclusive("a used code is accepted again", blocked_by="code.used")

    def borrow(self, other: Inbox) -> Reply:
        """Answer with the code that somebody else was sent last. Two users may once be sent the same one by chance, so then
        both ask for another; where codes never differ this shows nothing."""
        own = self.user.inbox
        if other.latest not in own.known.values():
            return self.misuse(other.latest)
        before = own.latest
        other.resent()
        if own.resent() == before:
            raise Inconclusive("two users were sent the same code, twice", blocked_by="code.varies")
        return self.misuse(other.latest)

    def right_after_wrong(self) -> Reply:
        """Answer with a wrong code, then with the right one: the newly mailed one where the refusal announces it."""
        self.need_right_answers_to_work()
        code = self.code()
        refused = self.refuse(self.user.inbox.guess(code))
        if isinstance(refused, Refused) and refused.challenge.code_generated is True:
            code = self.user.inbox.mail().code or code
        return self.readable(self.answer(code))

    def guesses(self, times: int) -> list[Reply]:
        """Answer with so many wrong codes, and be told each time."""
        self.need_guesses_to_be_refused()
        challenged = self.challenge()
        replies = [self.send(self.by.wrong(challenged)) for _ in range(times)]
        if any(isinstance(reply, Unintelligible) for reply in replies):
            raise Inconclusive("the refusals cannot be read", blocked_by=self.by.blockers.garbled_refusal)
        return replies

    def reach_maximum(self, maximum: int) -> list[Reply]:
        """Answer with as many wrong codes as the target allows for one code, and be told each time. Where each of them
        brings a new code there is nothing to count."""
        replies = self.guesses(maximum)
        if any(map(is_logged_out, replies)):
            raise Inconclusive("the session has ended on the way", blocked_by="robustness.session-kept")
        if any(isinstance(reply, Refused) and reply.challenge.code_generated is True for reply in replies):
            raise NotApplicable("every wrong code brings a new one here: none is tried so often")
        return replies

    def _refused(self, reply: Reply) -> Challenged | Refused | Unintelligible:
        if isinstance(reply, Granted | Throttled) or carried_out(reply):
            raise Inconclusive("a code that was never sent was accepted", blocked_by=self.by.blockers.wrong)
        return reply
