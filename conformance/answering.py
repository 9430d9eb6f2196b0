"""An attempt with a right answer: is it accepted, in every way in which it may be given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.asking import Asking
from conformance.model import Answer, Challenged, Code, Granted, Refused, Reply, Session, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import carried_out, describe, is_server_error
from conformance.writing import HeaderCase


class Answering(Asking):
    """The ways to give a right answer."""

    def code(self) -> Code:
        """Be challenged by mail, and find the code that answers it."""
        return self.user.inbox.code(self.challenge())

    def answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a code from a mail."""
        return self.send(self.user.inbox.answer(code), header_case)

    def first_answer(self, code: Code) -> Reply:
        """The same call with a right code, when that is what is in question."""
        return self.readable(self._surely(self.answer(code)))

    def first_right(self) -> Reply:
        """Be challenged, and give a right answer, when whether it is accepted is what is in question."""
        reply = self._surely(self.send(self.by.right(self.challenge())))
        in_question = self.by.blockers.garbled_success == self.by.blockers.right
        return reply if in_question else self.readable(reply)

    def _surely(self, reply: Reply) -> Reply:
        """The reply to a right answer, unless it may be the answer that was not right."""
        if isinstance(reply, Challenged | Refused) and self.by is self.user.inbox and self.user.facts.code_doubtful:
            raise Inconclusive(
                "which word of the mails is the code cannot be told: several look alike, and none was accepted"
            )
        return reply

    def proven(self, header_case: HeaderCase = "as-written") -> Reply:
        """Be challenged, and give a right answer, when it is something else that is in question."""
        self.need_right_answers_to_work()
        return self.readable(self.send(self.by.right(self.challenge()), header_case))

    def right_answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a right code, by a way of writing that is in question: the plain way must work."""
        self.need_right_answers_to_work()
        return self.readable(self.answer(code, header_case))

    def answer_as_displayed(self, code: Code) -> Reply:
        """The same call with a right code, written as its mail shows it."""
        self.need_right_answers_to_work()
        return self.readable(self.send(Answer(code.displayed, "email")))

    def answer_alone(self, code: Code) -> Reply:
        """The same call with a right code, and no word of the method."""
        self.need_right_answers_to_work()
        return self.readable(self.send(replace(self.user.inbox.answer(code), method=None)))

    def answer_as_parameter(self) -> Reply:
        """Be challenged, and give a right answer as the last parameter of a method."""
        self.need_right_answers_to_work()
        answer = self.by.right(self.challenge())
        self.user.spare()
        reply = self.user.recorder.send(replace(self.plain_call, answer=answer, answer_in_body=True))
        self.user.note(answer, reply)
        return reply

    def newest_answer(self) -> Reply:
        """The same call with the code of the latest mail."""
        return self.readable(self.answer(self.user.inbox.latest))

    def answer_at_once(self, answer: Answer, sessions: Iterable[Session | None]) -> list[Reply]:
        """The same call with the same answer from several sessions, all at the same time."""
        self.need_right_answers_to_work()
        self.need_guesses_to_be_refused()
        calls = [replace(self.plain_call, session=session, answer=answer) for session in sessions]
        self.user.spare(len(calls) - 1)
        replies = self.user.recorder.send_at_once(calls)
        self.user.guard.count(*replies)
        return replies

    def times_accepted(self, answer: Answer, sessions: Iterable[Session], *, blocked_by: str) -> int:
        """How many of several calls at once with the same answer are accepted. Where it is taken again later on, too, that
        is the matter of the requirement that blocks this."""
        accepted = sum(isinstance(reply, Granted) for reply in self.answer_at_once(answer, sessions))
        if not accepted:
            raise Inconclusive("the right code was refused", blocked_by=self.by.blockers.right)
        if accepted > 1:
            self.need_refused_again(answer, *self.user.sessions_apart(1), blocked_by=blocked_by)
        return accepted

    def need_refused_again(self, answer: Answer, session: Session, *, blocked_by: str) -> None:
        """Go on only if a used answer is refused in another session, which is challenged."""
        again = self.elsewhere(session)
        again.challenge()
        if isinstance(again.send(answer), Granted):
            raise Inconclusive("a used code is accepted again", blocked_by=blocked_by)

    def right_late(self) -> Reply:
        """Be challenged, and give an authenticator's code shortly before it shows the next one."""
        self.challenge()
        return self.send(self.user.enrolled.answer(self.user.enrolled.late()))

    def accept_early(self, code: Code) -> None:
        """Carry the call out with an authenticator's code that is not the current one yet, where the target takes it."""
        self.need_right_answers_to_work()
        if not isinstance(self.send(self.user.enrolled.answer(code)), Granted):
            raise NotApplicable("the target takes no code of an authenticator before its step begins")

    def accept(self, code: Code | None = None) -> Granted:
        """Carry the call out with this code; without one, with whatever is right by now."""
        reply = self.accepted_or_garbled(code)
        if isinstance(reply, Unintelligible):
            raise Inconclusive(
                f"the accepted call's reply cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_success
            )
        return reply

    def accepted_or_garbled(self, code: Code | None = None) -> Granted | Unintelligible:
        """Carry the call out, and get a reply that need not be readable."""
        self.need_right_answers_to_work()
        return self.accepted(self.answer(code) if code else self._step_up())

    def accept_with(self, answer: Answer) -> None:
        """Carry the call out with this answer."""
        self.accepted(self.send(answer))

    def be_remembered(self) -> None:
        """Call without a code, right after a success that the target remembers."""
        reply = self.bare()
        if not isinstance(reply, Granted):
            raise NotApplicable("the target does not remember a success")

    def accept_first(self) -> Granted:
        """Carry the call out with the code of its own challenge, at the first try."""
        return self.accept(self.code())

    def accept_generated(self) -> Granted:
        """Carry the call out with a code that its own challenge has announced and mailed."""
        if not self.user.facts.mail_arrives:
            raise Inconclusive("no mail follows a challenge", blocked_by="mail.arrives")
        self.need_guesses_to_be_refused()
        challenged = self.challenge()
        if challenged.challenge.code_generated is not True:
            raise Inconclusive("the first challenge announces no code", blocked_by="announcement.generated-first")
        return self.accept(self.user.inbox.code(challenged))

    def accept_lasting(self) -> Granted:
        """Carry the call out and still have the factor that it was proved with."""
        self.need_a_lasting_factor()
        return self.accept()

    def reply_if_allowed(self) -> Reply:
        """Give the right answer to a call that the target may forbid, or leave without a second factor: then there is nothing to
        judge. A server error is no matter of permission, unless challenges have such a status, too."""
        challenged = self.bare()
        if not isinstance(challenged, Challenged):
            raise NotApplicable(f"{self.plain_call.route} needs no second factor here: {describe(challenged)}")
        self.need_right_answers_to_work()
        reply = self.send(self.by.right(challenged))
        broken = is_server_error(reply) and challenged.status < 500
        if not isinstance(reply, Granted) and not broken:
            raise NotApplicable(f"the account may not call {self.plain_call.route}: {describe(reply)}")
        return reply

    def accept_if_allowed(self) -> Granted:
        """Carry such a call out."""
        reply = self.reply_if_allowed()
        if not isinstance(reply, Granted):
            raise Inconclusive(f"the right code leads to a server error: {describe(reply)}", blocked_by="calls.once")
        return reply

    def accept_where_possible(self) -> None:
        """Carry the call out: the control where the account, or what it wants, is one that the target may forbid."""
        reply = self._step_up()
        if not carried_out(reply):
            raise NotApplicable(f"the account may not call {self.plain_call.route}: {describe(reply)}")

    def carry_out(self) -> None:
        """Carry the call out and see its effect: the control of tests in which there must be none."""
        self.accept()
        if not self.effect.shows():
            raise Inconclusive("an accepted call has no effect that could be seen", blocked_by="effect.accepted")

    def leave_a_word(self) -> str:
        """Carry the call out, so that a word stands in what it changes that nobody else uses. The word."""
        self.need_a_lasting_factor()
        self.carry_out()
        return self._nonce

    def _step_up(self) -> Reply:
        """From the bare call to the accepted one; with a new code if the first is no longer the right one."""
        reply = self.bare()
        if isinstance(reply, Challenged):
            reply = self.send(self.by.right(reply))
        if self.by is self.user.inbox and isinstance(reply, Refused) and reply.invalid:
            self.user.recorder.wait(1.0, "a mail that the wrong code may have caused")
            if fresh := self.user.inbox.resend():
                reply = self.answer(fresh)
        return reply
