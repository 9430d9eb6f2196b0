"""The ground on which an attempt stands: one call of one user, the factor that it is to be proved with, and how it is sent.

What is built on it stands in asking.py (without a code), answering.py (with the right one), guessing.py (with wrong ones) and
exhausting.py (with very many).
All of them are drivers: they never assert. Where a test cannot go on they end it as inconclusive and name the requirement
that stands in the way, so that one fault shows as one red row.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from conformance.binding import fill, procedure
from conformance.effect import Effect
from conformance.factors import Factor
from conformance.model import Answer, Call, Granted, Protected, Reply, Session, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import carried_out, describe
from conformance.writing import HeaderCase

if TYPE_CHECKING:
    from conformance.users import User


OPENED = "a login that was proved with a code opens its session"
MAYBE_OPENED = "the login was proved with a code, and whether that opens its session was not found out"


class Trial:
    """One call with one effect of its own, tried as often as it takes. ``by`` is the factor that it is to be proved with."""

    def __init__(self, user: User, protected: Protected, nonce: str, by: Factor, session: Session | None) -> None:
        self.user = user
        self.protected = protected
        self.by = by
        self._nonce = nonce
        values = {
            "user_id": user.account.user_id,
            "username": user.account.username,
            "nonce": nonce,
            "address": user.account.email.replace("@", f".{nonce}@"),
            "password": user.recorder.new_password(user.account.name) if protected.opens_login else "",
        }
        body = fill(protected.body, **values)
        call = procedure(protected.procedure, body) if protected.procedure else Call(protected.route, body)
        self.plain_call = replace(call, route=fill(call.route, **values), session=session)
        self.effect = Effect(self, values)

    def elsewhere(self, session: Session) -> Self:
        """The same call in another session."""
        return type(self)(self.user, self.protected, self._nonce, self.by, session)

    def upon(self, other: User) -> Self:
        """The same call, to change another user's account. Only administrators may."""
        body = fill(self.protected.body, user_id=other.account.user_id)
        if body == self.protected.body:
            raise NotApplicable(f"{self.protected.route} does not name the user whom it changes")
        return type(self)(self.user, replace(self.protected, body=body), self._nonce, self.by, self.plain_call.session)

    def untrusted(self, session: Session) -> Self:
        """The same call where no earlier success opens it: in another session, if the target remembers one."""
        return self.elsewhere(session) if self.user.facts.trust_window else self

    def bare(self) -> Reply:
        """Call without a code. Who has more than one method names the one that it wants to use."""
        self.user.inbox.catch_up()
        choice = Answer(None, self.by.method) if self.user.by is not self.by else None
        return self.ask(replace(self.plain_call, answer=choice))

    def ask(self, call: Call) -> Reply:
        """Send a call without a code, and remember which mail its reply announces."""
        reply = self.user.recorder.send(call)
        self.user.inbox.expect(reply)
        return reply

    def send(self, answer: Answer, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with an answer, whatever it is."""
        self.user.spare()
        reply = self.user.recorder.send(replace(self.plain_call, answer=answer, header_case=header_case))
        self.user.note(answer, reply)
        return reply

    def need_right_answers_to_work(self) -> None:
        """Go on only if a right answer is accepted at all."""
        if not self.by.walk.right_works:
            raise Inconclusive("this target accepts no right code", blocked_by=self.by.blockers.right)

    def need_guesses_to_be_refused(self) -> None:
        """Go on only if a wrong answer is refused at all, and does not open the session."""
        if not self.by.walk.wrong_refused:
            raise Inconclusive("a code that was never sent is accepted", blocked_by=self.by.blockers.wrong)
        if self.user.facts.refusal_trusted:
            raise Inconclusive("after a refused code every call is accepted", blocked_by="effect.factor-kept")

    def need_a_lasting_factor(self) -> None:
        """Go on only if the call does not switch off the factor that it is proved with."""
        if not self.protected.read_back:
            raise NotApplicable("the only call that is challenged here is the one that switches email 2FA off")

    def unchallenged(self, reply: Reply) -> Inconclusive | NotApplicable:
        """That a call was not challenged, where it has to be."""
        if self.protected.procedure:
            return NotApplicable(f"the method is not challenged, see procedure.challenge: {describe(reply)}")
        if isinstance(reply, Granted) and (excuse := self.excuse):
            return excuse
        return Inconclusive(f"the call was not challenged: {describe(reply)}", blocked_by=self.by.blockers.challenge)

    @property
    def excuse(self) -> Inconclusive | NotApplicable | None:
        """Why this session need not be challenged: its login was proved, and such logins open theirs, or may."""
        session = self.plain_call.session
        if session is None or session.token not in self.user.proved or self.user.facts.login_trusted is False:
            return None
        return NotApplicable(OPENED) if self.user.facts.login_trusted else Inconclusive(MAYBE_OPENED)

    def readable(self, reply: Reply) -> Reply:
        """A reply that is not an accepted call's which nobody can read."""
        if isinstance(reply, Unintelligible) and carried_out(reply):
            raise Inconclusive(
                f"the accepted call's reply cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_success
            )
        return reply

    def accepted(self, reply: Reply) -> Granted | Unintelligible:
        """A reply to a right answer, if the call was carried out."""
        if isinstance(reply, Granted | Unintelligible) and carried_out(reply):
            return reply
        raise Inconclusive(f"the right code was refused: {describe(reply)}", blocked_by=self.by.blockers.right)
