"""A login in question: what it answers without a code, with the right one, and with what is none.

Drivers like those of an attempt: they never assert.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.binding import session_of
from conformance.model import Answer, Call, Challenged, Code, Granted, Json, Reply, Session
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe, tokens_in

if TYPE_CHECKING:
    from conformance.users import User

_TOKENS: Final = 5
"""Texts of one reply that are tried as tokens, at most."""


class SignIn:
    """One user's way in, with the right password."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._call = user.recorder.binding.login_call(user.account.username, user.account.password)

    def bare(self) -> Reply:
        """Log in with the password alone."""
        self._user.inbox.catch_up()
        reply = self._user.recorder.send(self._call)
        self._user.inbox.expect(reply)
        return self._kept(reply)

    def with_headers(self, answer: Answer) -> Reply:
        """Log in with the password, and with the two headers of something else."""
        return self._kept(self._user.recorder.send(replace(self._call, answer=answer, answer_in_body=False)))

    def challenge(self) -> Challenged:
        """Log in with the password alone, and be challenged."""
        reply = self.bare()
        if not isinstance(reply, Challenged):
            raise NotApplicable(f"the login is not challenged: {describe(reply)}")
        return reply

    def challenge_by_name(self) -> Challenged:
        """Log in with the password alone, under a name that is no address and holds none, and be challenged."""
        if "@" in self._user.account.username:
            raise NotApplicable(f"the username of {self._user.account.name} is an address")
        return self.challenge()

    def code(self) -> Code:
        """Be challenged, and find the code that answers it."""
        return self._user.inbox.code(self.challenge())

    def answer(self, code: Code) -> Reply:
        """Log in with a code."""
        if not self._user.facts.code_works:
            raise Inconclusive("this target accepts no right code", blocked_by="acceptance.right-code")
        return self._send(self._user.inbox.answer(code).code)

    def accept(self) -> None:
        """Log in with whatever code is right by now: the control of tests in which the login must fail."""
        reply = self.answer(self.code())
        if not isinstance(reply, Granted):
            raise Inconclusive(f"the login with the right code is refused: {describe(reply)}")

    def misuse(self, code: Json) -> Reply:
        """Log in with something that is not the code, whatever it is."""
        return self._send(code)

    def with_password(self, password: str) -> Reply:
        """Log in with another password, and no code."""
        return self._user.recorder.send(self._user.recorder.binding.login_call(self._user.account.username, password))

    def is_opened_by(self, reply: Reply) -> bool:
        """Whether the last reply opens a session of this user, who is logged in: by a token in its body, or by its cookies."""
        user, me = self._user, self._user.recorder.binding.me
        cookies = user.recorder.last_cookies
        if not isinstance(user.visit(), Granted):
            raise NotApplicable(f"{me} does not tell whether a session lives")
        for session in (Session(word, user.account.user_id) for word in tokens_in(reply)[:_TOKENS]):
            if isinstance(user.visit(session), Granted):
                user.recorder.keep(session, user.account.name)
                return True
        jar = (("Cookie", "; ".join(cookies)),)
        return bool(cookies) and isinstance(user.recorder.send(Call(me, more_headers=jar)), Granted)

    def _send(self, code: Json) -> Reply:
        self._user.spare()
        if isinstance(self._call.body, dict) and not isinstance(code, str):
            call = replace(self._call, body=self._call.body | {"code": code})
        else:
            call = replace(self._call, answer=Answer(str(code), None))
        reply = self._user.recorder.send(call)
        self._user.note(Answer(str(code), None), reply)
        return self._kept(reply)

    def _kept(self, reply: Reply) -> Reply:
        """A session that a login opened is one of the user's."""
        if isinstance(reply, Granted) and session_of(self._user.recorder.binding, reply):
            self._user.keep_session(reply)
        return reply
