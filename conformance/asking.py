"""An attempt without a code: is it challenged, and what may stand in the call beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.announcement import Announcement
from conformance.binding import with_query
from conformance.factors import Factor
from conformance.guesses import spelled
from conformance.model import Answer, Challenged, Code, Granted, Json, Protected, Reply, Session, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe, is_logged_out
from conformance.trial import OPENED, Trial

if TYPE_CHECKING:
    from conformance.users import User

_UNKNOWN = {404, 405, 501}
_FORBIDDEN = 403


class Asking(Trial):
    """The ways to call without a code. ``says`` asks what a challenge tells."""

    def __init__(self, user: User, protected: Protected, nonce: str, by: Factor, session: Session | None) -> None:
        super().__init__(user, protected, nonce, by, session)
        self.says = Announcement(self)

    def first_reply(self) -> Reply:
        """Call without a code, when whether it is challenged is what is in question."""
        return self._legible(self.bare())

    def comparable_reply(self) -> Reply:
        """Call without a code, on a target that does challenge another call."""
        self._need_challenges()
        return self.first_reply()

    def provoke(self) -> Challenged | Unintelligible:
        """Call without a code and be answered with something that may be a challenge."""
        self._need_challenges()
        if self.by is self.user.inbox and not self.user.facts.challenged_again:
            raise Inconclusive("a call is challenged once and never again", blocked_by="challenge.required")
        reply = self.bare()
        if not isinstance(reply, Challenged | Unintelligible):
            raise self.unchallenged(reply)
        return reply

    def challenge(self) -> Challenged:
        """Call without a code and be challenged."""
        return self._readable_challenge(self.provoke())

    def challenged_by(self, reply: Reply) -> Challenged:
        """The challenge that a call without a code, sent beside others, was answered with."""
        self.user.inbox.expect(reply)
        if not isinstance(reply, Challenged | Unintelligible):
            raise self.unchallenged(reply)
        return self._readable_challenge(reply)

    def _readable_challenge(self, reply: Challenged | Unintelligible) -> Challenged:
        if isinstance(reply, Unintelligible):
            raise Inconclusive(
                f"the challenge cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_challenge
            )
        return reply

    def challenge_by_own_method(self) -> Challenged:
        """Call without a code, and be challenged by the method of this attempt."""
        challenged = self.challenge()
        if challenged.asks_for != self.by.method:
            blocker = "challenge.method" if self.by is self.user.inbox else self.by.blockers.challenge
            raise Inconclusive(f"the challenge asks for {challenged.asks_for!r}", blocked_by=blocker)
        return challenged

    def challenge_if_any(self) -> Challenged:
        """Call without a code, where the target may leave the call without a second factor, or not let the account make it."""
        reply = self.first_reply()
        if isinstance(reply, Granted):
            raise NotApplicable(f"{self.plain_call.route} needs no second factor here")
        self._need_permission(reply)
        if not isinstance(reply, Challenged):
            raise self.unchallenged(reply)
        return reply

    def bare_again(self) -> Reply:
        """Call without a code once more. Whether the session lives on is another requirement's matter."""
        reply = self.bare()
        if is_logged_out(reply):
            raise Inconclusive(f"the session has ended: {describe(reply)}", blocked_by="robustness.session-kept")
        return reply

    def challenge_where_known(self) -> Challenged:
        """Call without a code, where the target may not know the call, or not let the account make it."""
        reply = self.reply_where_known()
        if not isinstance(reply, Challenged):
            raise NotApplicable(f"{self.plain_call.route} is not challenged here: {describe(reply)}")
        return reply

    def reply_where_known(self) -> Reply:
        """Call without a code, where the target may not know the call at all, may not let the account make it, or may not ask
        new users for a while."""
        reply = self.bare()
        if reply.status in _UNKNOWN:
            raise NotApplicable(f"the target has no {self.plain_call.route}")
        self._need_permission(reply)
        if isinstance(reply, Granted) and (excuse := self.excuse):
            raise excuse
        if isinstance(reply, Granted) and self.user.facts.protected:
            raise NotApplicable("this target asks new users nothing for a while: trust.newcomers says so")
        return self._legible(reply)

    def _need_permission(self, reply: Reply) -> None:
        if reply.status == _FORBIDDEN and not isinstance(reply, Challenged):
            raise NotApplicable(f"the account may not call {self.plain_call.route}: {describe(reply)}")

    def challenge_named(self) -> Challenged:
        """Call without a code, but with the name of the method, and be challenged."""
        reply = self._legible(self.ask(replace(self.plain_call, answer=Answer(None, self.by.method))))
        if not isinstance(reply, Challenged):
            raise self.unchallenged(reply)
        return reply

    def bare_with(self, *, header: tuple[str, str] | None = None, member: tuple[str, Json] | None = None) -> Reply:
        """Call without a code, but with a further header or member of the body. The control shows that the call is
        challenged without it."""
        self.challenge()
        more = replace(
            self.plain_call,
            more_headers=(header,) if header else (),
            more_members=(member,) if member else (),
        )
        return self.user.recorder.send(more)

    def challenge_by_way_of(self, host: str) -> Code:
        """Be challenged by a call that a proxy would have passed on, which was asked under another host. The code of its mail."""
        reply = self.ask(replace(self.plain_call, more_headers=(("X-Forwarded-Host", host),)))
        if not isinstance(reply, Challenged):
            raise NotApplicable(f"the target does not serve calls under another host: {describe(reply)}")
        return self.user.inbox.code(reply)

    def bare_at(self, spelling: str) -> Reply:
        """Call without a code, with the route in another spelling. The control shows that the call is challenged."""
        self.challenge()
        verb, _, path = self.plain_call.route.partition(" ")
        return self.user.recorder.send(replace(self.plain_call, route=f"{verb} {spelled(spelling, path)}"))

    def bare_by(self, verb: str) -> Reply:
        """Call without a code, with another verb. The control shows that the call is challenged."""
        self.challenge()
        path = self.plain_call.route.partition(" ")[2]
        return self.user.recorder.send(replace(self.plain_call, route=f"{verb} {path}"))

    def bare_raw(self, body: bytes) -> Reply:
        """Call without a code, with these bytes in place of the body. The control shows that the call is challenged."""
        self.challenge()
        return self.ask(replace(self.plain_call, raw=body))

    def challenge_in(self, language: str) -> Challenged:
        """Be challenged in a language."""
        self.challenge()
        reply = self.user.recorder.send(replace(self.plain_call, more_headers=(("Accept-Language", language),)))
        if not isinstance(reply, Challenged):
            raise self.unchallenged(reply)
        return reply

    def by_session(self, session: Session | None) -> Reply:
        """The call without a code, in another session or in none."""
        return self.ask(replace(self.plain_call, session=session))

    def need_closed(self, session: Session) -> None:
        """Go on only if another session is challenged before anything is proved here: its login may have proved it. The mail of
        that challenge is read, so that it does not pass for the next one's."""
        if isinstance(self.by_session(session), Challenged):
            self.user.inbox.await_all()
            return
        if isinstance(self.user.login, Challenged):
            raise NotApplicable(OPENED)
        raise Inconclusive("the other session is open from the start", blocked_by=self.by.blockers.challenge)

    def by_get(self) -> Reply:
        """The call without a code, with the verb that must not change anything."""
        return self.ask(replace(self.plain_call, route=f"GET {self.plain_call.route.partition(' ')[2]}"))

    def in_query(self, answer: Answer) -> Reply:
        """The call with its answer in the query of the URL, and nowhere else."""
        return self.user.recorder.send(with_query(self.user.recorder.binding, self.plain_call, answer))

    def under_alias(self, answer: Answer) -> Reply:
        """The call with its answer in a header whose name is spelled with underscores, and nowhere else. The control shows
        that the method alone, which comes with it, opens nothing."""
        name = self.user.recorder.binding.code_header
        alias = name.replace("-", "_")
        if alias == name:
            raise NotApplicable(f"the name {name} has no dash in it")
        named = Answer(None, answer.method)
        if isinstance(self.ask(replace(self.plain_call, answer=named)), Granted):
            raise Inconclusive("a method without a code is enough", blocked_by="challenge.unconditional")
        return self.ask(replace(self.plain_call, answer=named, more_headers=((alias, answer.code or ""),)))

    def _need_challenges(self) -> None:
        if not self.by.walk.challenged:
            raise Inconclusive("no call of this target is challenged", blocked_by=self.by.blockers.challenge)

    def _legible(self, reply: Reply) -> Reply:
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the reply cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_challenge)
        return reply
