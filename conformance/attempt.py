"""What a user of a test wants to do: one call that needs a second factor, and every way to go about it.

The verbs are drivers: they never assert. Where a test cannot go on they end it as inconclusive and name the requirement
that stands in the way, so that one fault shows as one red row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.effect import Effect
from conformance.members import dates, present
from conformance.model import (
    ABSENT,
    Answer,
    Call,
    Challenge,
    Challenged,
    Code,
    Granted,
    HeaderCase,
    Json,
    Protected,
    Refused,
    Reply,
    Throttled,
    Unintelligible,
)
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.wire import carried_out, describe, fill, form_of_reply

if TYPE_CHECKING:
    from conformance.users import User


class Attempt:
    """One call with one effect of its own, tried as often as it takes."""

    def __init__(self, user: User, protected: Protected, nonce: str) -> None:
        self.user = user
        self.protected = protected
        self._values = {"user_id": user.account.user_id, "username": user.account.username, "nonce": nonce}
        self._call = Call(
            fill(protected.route, **self._values),
            fill(protected.body, **self._values),
            session=user.session,
        )
        self.effect = Effect(user, protected, self._call, self._values)

    def first_reply(self) -> Reply:
        """Call without a code, when whether it is challenged is what is in question."""
        reply = self.bare()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the reply cannot be read: {reply.why}", blocked_by="challenge.json")
        return reply

    def bare(self) -> Reply:
        """Call without a code."""
        self.user.catch_up()
        reply = self.user.recorder.send(self._call)
        self.user.expect(reply)
        return reply

    def provoke(self) -> Challenged | Unintelligible:
        """Call without a code and be answered with something that may be a challenge."""
        if not self.user.facts.challenged:
            raise Inconclusive("no call of this target is challenged", blocked_by="challenge.required")
        if not self.user.facts.challenged_again:
            raise Inconclusive("a call is challenged once and never again", blocked_by="challenge.required")
        reply = self.bare()
        if not isinstance(reply, Challenged | Unintelligible):
            raise Inconclusive(f"the call was not challenged: {describe(reply)}", blocked_by="challenge.required")
        return reply

    def challenge(self) -> Challenged:
        """Call without a code and be challenged."""
        reply = self.provoke()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the challenge cannot be read: {reply.why}", blocked_by="challenge.json")
        return reply

    def code(self) -> Code:
        """Be challenged, and find the code that answers it."""
        return self.user.code(self.challenge())

    def answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a code."""
        return self._answer(self.user.answer(code), code, header_case)

    def right_answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a right code, by a way of writing that is in question: the plain way must work."""
        self._need_right_codes_to_work()
        return self._readable(self.answer(code, header_case))

    def answer_as_displayed(self, code: Code) -> Reply:
        """The same call with a right code, written as its mail shows it."""
        self._need_right_codes_to_work()
        return self._readable(self._answer(Answer(code.displayed, "email"), code))

    def first_answer(self, code: Code) -> Reply:
        """The same call with a right code, when that is what is in question."""
        return self._readable(self.answer(code))

    def accept(self, code: Code | None = None) -> Granted:
        """Carry the call out with this code; without one, with whatever code is right by now."""
        reply = self.accepted_or_garbled(code)
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the accepted call's reply cannot be read: {reply.why}", blocked_by="acceptance.json")
        return reply

    def newest_answer(self) -> Reply:
        """The same call with the code of the latest mail."""
        return self._readable(self.answer(self.user.latest))

    def accepted_or_garbled(self, code: Code | None = None) -> Granted | Unintelligible:
        """Carry the call out, and get a reply that need not be readable."""
        self._need_right_codes_to_work()
        reply = self.answer(code) if code else self._step_up()
        if isinstance(reply, Granted | Unintelligible) and carried_out(reply):
            return reply
        raise Inconclusive(f"the right code was refused: {describe(reply)}", blocked_by="acceptance.right-code")

    def accept_first(self) -> Granted:
        """Carry the call out with the code of its own challenge, at the first try."""
        return self.accept(self.code())

    def accept_generated(self) -> Granted:
        """Carry the call out with a code that its own challenge has announced and mailed."""
        self._need_mail()
        self._need_guesses_to_be_refused()
        challenged = self.challenge()
        if challenged.challenge.code_generated is not True:
            raise Inconclusive("the first challenge announces no code", blocked_by="announcement.generated-first")
        return self.accept(self.user.code(challenged))

    def accept_if_allowed(self) -> Granted:
        """Carry out a call that the target may forbid, or leave without a second factor: then there is nothing to judge."""
        reply = self.bare()
        if not isinstance(reply, Challenged):
            raise NotApplicable(f"{self._call.route} needs no second factor here: {describe(reply)}")
        reply = self.answer(self.user.code(reply))
        if not isinstance(reply, Granted):
            raise NotApplicable(f"the account may not call {self._call.route}: {describe(reply)}")
        return reply

    def guess(self) -> Challenged | Refused:
        """Be challenged, and answer with a code that was never sent."""
        reply = self.refused_or_garbled()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the refusal cannot be read: {reply.why}", blocked_by="refusal.json")
        if isinstance(reply, Challenged) and not self.user.facts.code_works:
            raise Inconclusive("this target does not look at codes", blocked_by="acceptance.right-code")
        return reply

    def refused_or_garbled(self) -> Challenged | Refused | Unintelligible:
        """Answer with a code that was never sent, and get a reply that need not be readable."""
        return self.refuse(self.user.guess(self.code()))

    def refuse(self, code: Code) -> Challenged | Refused | Unintelligible:
        """Answer with a code that must be refused."""
        reply = self.answer(code)
        if isinstance(reply, Granted | Throttled) or carried_out(reply):
            raise Inconclusive("a code that was never sent was accepted", blocked_by="code.random")
        return reply

    def wrong(self, answers: Iterable[tuple[str | None, str | None]]) -> list[Reply]:
        """Answer with several things that are not the code, each with its method; None leaves a header out.

        Where any code will do this shows nothing, so a code that was never sent must be refused.
        """
        self._need_guesses_to_be_refused()
        self.be_untrusted()
        return [self._answer(Answer(code, method), None) for code, method in answers]

    def be_untrusted(self) -> None:
        """Go on only if a refused code does not open the session: else whatever comes after it is accepted."""
        if self.user.facts.refusal_trusted:
            raise Inconclusive("after a refused code every call is accepted", blocked_by="effect.factor-kept")

    def bare_with(self, *, header: tuple[str, str] | None = None, member: tuple[str, Json] | None = None) -> Reply:
        """Call without a code, but with a further header or member of the body. The control shows that the call is
        challenged without it."""
        self.challenge()
        more = replace(
            self._call,
            more_headers=(header,) if header else (),
            more_members=(member,) if member else (),
        )
        return self.user.recorder.send(more)

    def challenge_if_any(self) -> Challenged:
        """Call without a code, where the target may leave the call without a second factor."""
        reply = self.bare()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the challenge cannot be read: {reply.why}", blocked_by="challenge.json")
        if isinstance(reply, Granted):
            raise NotApplicable(f"{self._call.route} needs no second factor here")
        if not isinstance(reply, Challenged):
            raise Inconclusive(f"the call was not challenged: {describe(reply)}", blocked_by="challenge.required")
        return reply

    def challenge_in(self, language: str) -> Challenged:
        """Be challenged in a language."""
        self.challenge()
        reply = self.user.recorder.send(replace(self._call, more_headers=(("Accept-Language", language),)))
        if not isinstance(reply, Challenged):
            raise Inconclusive(f"the call was not challenged: {describe(reply)}", blocked_by="challenge.required")
        return reply

    def forms(self, times: int) -> list[dict[str, str]]:
        """Be challenged several times, and be told the form each time: members and the kinds of their values. The first
        time is left out: what is optional may come with the second."""
        challenges = [self.challenge() for _ in range(times)]
        return [form_of_reply(challenged) for challenged in challenges[1:]]

    def refusal(self) -> Refused:
        """Be refused for a wrong code."""
        reply = self.guess()
        if not isinstance(reply, Refused) or not reply.invalid:
            raise Inconclusive(
                f"the wrong code was not answered with totp-invalid: {describe(reply)}", blocked_by="refusal.error-type"
            )
        return reply

    def details(self) -> Challenge:
        """Be challenged, with details."""
        challenged = self.challenge()
        if not isinstance(challenged.details, dict):
            raise Inconclusive("the challenge has no details", blocked_by="challenge.details")
        return challenged.challenge

    def methods(self) -> list[object]:
        """Be challenged: the list of available methods."""
        return self.selection()[1]

    def selection(self) -> tuple[object, list[object]]:
        """Be challenged: the selected method, and the list of available ones."""
        challenge = self.details()
        methods = challenge.available_methods
        if not isinstance(methods, list) or not all(isinstance(name, str) for name in methods):
            raise Inconclusive("availableMethods is no list of names", blocked_by="challenge.available-methods")
        return challenge.method, methods

    def twice(self, member: str) -> list[object]:
        """Be challenged twice, and be told a member of the details each time; where it is absent there is nothing to tell."""
        told = [getattr(self.details(), member), getattr(self.details(), member)]
        values = [value for value in told if value is not ABSENT]
        if not values:
            raise NotApplicable(f"the target sends no {member.replace('_', ' ')}, which is optional")
        return values

    def says_generated(self) -> bool:
        """Be challenged, and be told whether a code was generated."""
        generated = self.details().code_generated
        if not isinstance(generated, bool):
            raise Inconclusive("codeGenerated is no boolean", blocked_by="announcement.generated")
        return generated

    def code_count(self) -> int:
        """Be challenged, and be told how many codes are out."""
        self._need_mail()
        challenge = self.details()
        count = present(challenge.code_count, "codeCount")
        if not isinstance(count, int) or isinstance(count, bool):
            raise Inconclusive("codeCount is no whole number", blocked_by="announcement.count")
        return count

    def true_code_count(self) -> int:
        """Be challenged, and be told truly how many codes are out."""
        count = self.code_count()
        if count > self.user.count_out(at_least=count):
            raise Inconclusive("codeCount is not true", blocked_by="announcement.count-true")
        return count

    def seconds_to_expiry(self) -> list[float]:
        """Be challenged, and be told when the codes expire: seconds from now by the target's clock, 2 s in its favour."""
        challenged = self.challenge()
        expiry = dates(present(challenged.challenge.code_expires, "codeExpires"))
        if expiry is None:
            raise Inconclusive("codeExpires holds something that is no date")
        return [date.timestamp() - challenged.at + 2 for date in expiry]

    def carry_out(self) -> None:
        """Carry the call out and see its effect: the control of tests in which there must be none."""
        self.accept()
        if not self.effect.shows():
            raise Inconclusive("an accepted call has no effect that could be seen", blocked_by="effect.accepted")

    def _need_right_codes_to_work(self) -> None:
        if not self.user.facts.code_works:
            raise Inconclusive("this target accepts no right code", blocked_by="acceptance.right-code")

    def _need_guesses_to_be_refused(self) -> None:
        if not self.user.facts.guess_refused:
            raise Inconclusive("a code that was never sent is accepted", blocked_by="code.random")

    def _need_mail(self) -> None:
        if not self.user.facts.mail_arrives:
            raise Inconclusive("no mail follows a challenge", blocked_by="mail.arrives")

    def _answer(self, answer: Answer, code: Code | None, header_case: HeaderCase = "as-written") -> Reply:
        self.user.spare()
        reply = self.user.recorder.send(replace(self._call, answer=answer, header_case=header_case))
        self.user.note_refusal(reply)
        if code and isinstance(reply, Granted):
            self.user.use(code)
        return reply

    def _step_up(self) -> Reply:
        """From the bare call to the accepted one; with a new code if the first is no longer the right one."""
        reply = self.bare()
        if isinstance(reply, Challenged):
            reply = self.answer(self.user.code(reply))
        if isinstance(reply, Refused) and reply.invalid:
            self.user.recorder.wait(1.0, "a mail that the wrong code may have caused")
            if fresh := self.user.resend():
                reply = self.answer(fresh)
        return reply

    def _readable(self, reply: Reply) -> Reply:
        if isinstance(reply, Unintelligible) and carried_out(reply):
            raise Inconclusive(f"the accepted call's reply cannot be read: {reply.why}", blocked_by="acceptance.json")
        return reply
