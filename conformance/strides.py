"""The steps of a walk: each is one thing that the user does, told as a sentence, and judged by the model.

Drivers like those of attempt.py: they never assert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from conformance.attempt import Attempt
from conformance.departure import Departed, Departure
from conformance.factors import Factor
from conformance.model import Answer, Call, Challenged, Edition, Granted, Protected, Refused, Reply, Said, Session
from conformance.outcomes import Inconclusive
from conformance.protocol_model import LASTING, OUTCOMES, Asked, Breaches, Outcome, Situation
from conformance.replies import describe, says, unauthorized

if TYPE_CHECKING:
    from conformance.users import User

_RESENDS: Final = 3
_SLOW: Final = 15.0
"""Seconds after its challenge at which an answer may have come too late."""

_WORDS: Final = {
    "code.used": "a used code",
    "resend.earlier-refused": "a code from before a resend",
    "replay.method-switched": "a code from before email 2FA was disabled",
}


class Strides:
    """One user's steps so far. ``rules`` are the requirements that are judged, ``kept`` those of them that have held."""

    def __init__(
        self, user: User, protected: Protected, disabling: Protected, edition: Edition, rules: frozenset[str]
    ) -> None:
        self.user = user
        self.situation = Situation(edition, bool(user.facts.trust_window))
        self.sessions: dict[str, Session | None] = {"session 1": user.session}
        self.rules = rules
        self.kept: set[str] = set()
        self.steps: list[str] = []
        self.departure: Departure | None = None
        self.refusals = 0
        self.resends = 0
        self.shown: dict[str, Answer] = {}
        """Answers of the authenticator that were accepted, by the session."""
        self._calls = {False: protected, True: disabling}
        self._attempts: dict[tuple[str, bool, str], Attempt] = {}
        self._now = self._began = 0.0
        self._logins = 2

    def ask(self, session: str, *, disabling: bool = False, by: Factor | None = None) -> Outcome | None:
        """Call without a code. What came of it; None where the session has ended."""
        self._catch_up()
        attempt = self._attempt(session, disabling=disabling, by=by or self.user.by)
        reply = attempt.bare()
        what = f"calls {attempt.plain_call.route.rpartition('/')[2]} without a code"
        came = self._outcome(session, what, reply, blocked_by="challenge.required")
        if came is None:
            return None
        self._judge(session, what, came, self.situation.asked(session, disabling=disabling))
        if disabling and came == "accepted":
            raise Departed
        if came != "accepted":
            self.situation = self.situation.challenged(session, disabling=disabling)
            self._read_mail(reply, (session, disabling))
        return came

    def answer(self, session: str, name: str, *, disabling: bool = False) -> None:
        """The challenged call with a code from a mail."""
        self._catch_up()
        code = self.situation.codes[name]
        breaches = self.situation.answered(session, name, self._now, disabling=disabling)
        what = f"answers with {_WORDS.get(code.breach, 'the code') if code.standing == 'bad' else 'the code'} ({name})"
        answer = self.user.inbox.answer(self.user.inbox.known[name])
        lasts = code.at + LASTING - self._now
        came = self._send(session, what, answer, breaches, self.user.inbox, disabling=disabling, lasts=lasts)
        if came == "accepted":
            self.situation = self.situation.accepted(session, name, self.sessions, disabling=disabling)

    def guess(self, session: str, *, disabling: bool = False) -> None:
        """The challenged call with a code that was never sent."""
        self._catch_up()
        inbox = self.user.inbox
        answer = inbox.answer(inbox.guess(inbox.latest))
        breaches = self.situation.guessed(disabling=disabling)
        came = self._send(
            session, "answers with a code that was never sent", answer, breaches, inbox, disabling=disabling
        )
        if came == "accepted":
            self.situation = self.situation.accepted(session, None, self.sessions, disabling=disabling)

    def show(self, session: str, kind: Literal["right", "used", "wrong"]) -> None:
        """The challenged call with a code of the authenticator."""
        device = self.user.enrolled
        if kind == "used":
            answer = next(used for other, used in self.shown.items() if other != session)
        else:
            answer = device.answer(device.code() if kind == "right" else device.guess())
        what = {"right": "the current code", "used": "a used code", "wrong": "a code that is none"}[kind]
        came = self._send(
            session, f"answers with {what} of the authenticator", answer, self.situation.shown(kind), device
        )
        if came == "accepted":
            self.shown[session] = answer
            self.situation = self.situation.accepted(session, None, self.sessions)

    def resend(self) -> None:
        """Ask for a new code by mail, logged out; a few times, lest the target takes it for an attack."""
        if self.resends >= _RESENDS:
            return
        self._catch_up()
        self.user.inbox.resent()
        self.resends += 1
        self._learn(None)
        self._tell("", "asks for a new code by mail", f"{self._latest} comes")

    def enable(self, session: str) -> None:
        """Switch email 2FA on. Some targets ask for an authenticator first: then nothing has happened."""
        self._catch_up()
        reply = self.user.recorder.send(Call(self.user.recorder.binding.enable_email, session=self.sessions[session]))
        if isinstance(reply, Granted):
            self.situation = self.situation.enabled(other for other in self.sessions if other != session)
            self._tell(session, "calls enableEmail", "accepted")
        elif isinstance(reply, Challenged):
            self.user.inbox.expect(reply)
            self._tell(session, "calls enableEmail", "challenged")
            self._read_mail(reply, ("", False))
        else:
            self._outcome(session, "calls enableEmail", reply, blocked_by="enabling.success")

    def enrol(self, session: str) -> None:
        """Get an authenticator and confirm it, which may end other sessions."""
        self._catch_up()
        self.user.session = self.sessions[session]
        if unauthorized(self.user.call(self.user.recorder.binding.me)):
            self._end(session, "adds an authenticator")
            return
        self.user.enrol()
        self.situation = self.situation.enrolled()
        self._attempts.clear()
        self._tell(session, "adds an authenticator", "done")

    def log_in(self) -> str:
        """Begin a session, with a code where the login asks for one; whether it lets the user in is not in question here."""
        self._catch_up()
        inbox, session = self.user.inbox, f"session {self._logins}"
        self._logins += 1
        before = list(inbox.unused)
        self.user.log_in()
        if len(self.sessions) > 1:
            del self.sessions[next(iter(self.sessions))]
        self.sessions[session] = self.user.session
        there = [*before, *(inbox.known[name] for name in self._unheard_of())]
        if self._unheard_of():
            self._learn((session, False))
        used = [name for name, code in inbox.known.items() if code in there and code not in inbox.unused]
        self.situation = self.situation.logged_in(
            session, used, self.sessions, proved=isinstance(self.user.login, Challenged)
        )
        self._tell("", f"logs in: {session}", "done")
        return session

    def let_time_pass(self, seconds: float) -> None:
        """A moment, after which everything has to be as it was."""
        self.user.recorder.wait(seconds, "a moment to pass")
        self._tell("", "lets a moment pass", "nothing happens")

    @property
    def seconds(self) -> float:
        """How long the walk has lasted, by its replies."""
        return self._now - self._began

    @property
    def may_answer(self) -> bool:
        """Whether the target's owner allows for one more wrong code. Who has sent as many sends no code at all."""
        return self.refusals < self.user.recorder.wrong_codes

    @property
    def may_log_in(self) -> bool:
        """With an authenticator it takes a backup code: its own codes are half a minute apart."""
        device = self.user.authenticator
        return not device or bool(self.user.facts.backup_codes and device.backup_codes)

    @property
    def good_code(self) -> str | None:
        """The code that has to work now."""
        return next((name for name, code in self.situation.codes.items() if code.standing == "good"), None)

    def has_good_code_for(self, session: str, *, disabling: bool) -> bool:
        """Whether there is a code that has to work for this very call."""
        name = self.good_code
        return name is not None and self.situation.codes[name].asked in (None, (session, disabling))

    @property
    def good_code_is_tried(self) -> bool:
        """Whether a wrong code was sent since the code that has to work came."""
        name = self.good_code
        return name is not None and self.situation.codes[name].breach == "robustness.code-kept"

    def bad_codes(self, session: str) -> list[str]:
        """Codes that must not work in a session."""
        return [name for name in self.situation.codes if self.situation.closed_to(name, [session])]

    def _send(
        self,
        session: str,
        what: str,
        answer: Answer,
        breaches: Breaches,
        by: Factor,
        *,
        disabling: bool = False,
        lasts: float = _SLOW,
    ) -> Outcome | None:
        """Send a challenged call with an answer that ``lasts`` so many seconds from the last reply on."""
        began, must_work = self._now, bool(breaches) and "accepted" not in breaches
        reply = self._attempt(session, disabling=disabling, by=by).send(answer)
        if must_work and isinstance(reply, Said) and reply.at - began > lasts:
            breaches, must_work = {}, False  # a rate limiter put it off
        if must_work and says(reply, "totp-max-attempts"):
            self._tell(session, what, "refused, after too many wrong codes")
            raise Departed
        if isinstance(reply, Refused) and not must_work and not unauthorized(reply):
            came: Outcome | None = "refused"
        else:
            came = self._outcome(session, what, reply, blocked_by="acceptance.right-code")
        if came is None:
            return None
        self.refusals += came == "refused"
        if must_work and came != "accepted":
            self._need_to_know_all_mail(reply)
        self._judge(session, what, came, breaches)
        if came == "refused":
            self.situation = self.situation.refused(disabling=disabling)
        self._read_mail(reply, (session, disabling))
        return came

    def _judge(self, session: str, what: str, came: Outcome, breaches: Breaches) -> None:
        self._tell(session, what, came)
        judged = {outcome: requirement for outcome, requirement in breaches.items() if requirement in self.rules}
        if came in breaches and came not in judged:
            raise Departed
        if came in judged:
            allowed = tuple(outcome for outcome in OUTCOMES if outcome not in breaches)
            self.kept.discard(judged[came])
            self.departure = Departure(judged[came], came, allowed, tuple(self.steps))
            raise Departed
        self.kept.update(judged.values())

    def _outcome(self, session: str, what: str, reply: Reply, *, blocked_by: str) -> Outcome | None:
        """What came of a step. None where the session has ended: many things may end one, and it is not in question."""
        self._now = reply.at if isinstance(reply, Said) else self._now
        self._began = self._began or self._now
        if isinstance(reply, Granted):
            return "accepted"
        if isinstance(reply, Challenged):
            listed = "email" in reply.offers or not reply.offers
            return "challenged by email" if reply.asks_for == "email" and listed else "challenged"
        if isinstance(reply, Refused) and (reply.invalid or says(reply, "totp-max-attempts")):
            return "refused"
        if unauthorized(reply):
            self._end(session, what)
            return None
        raise Inconclusive(f"a walk cannot go on after {what}: {describe(reply)}", blocked_by=blocked_by)

    def _end(self, session: str, what: str) -> None:
        self._tell(session, what, "the session has ended")
        del self.sessions[session]

    def _tell(self, session: str, what: str, came: str) -> None:
        where = f" in {session}" if session and len(self.sessions) > 1 else ""
        self.steps.append(f"{self.user.account.name} {what}{where}: {came}")

    def _attempt(self, session: str, *, disabling: bool, by: Factor) -> Attempt:
        key = (session, disabling, by.method)
        if key not in self._attempts:
            attempt = self.user.attempt(self._calls[disabling], by)
            opened = self.sessions[session]
            self._attempts[key] = attempt.elsewhere(opened) if opened else attempt
        return self._attempts[key]

    def _read_mail(self, reply: Reply, asked: Asked) -> None:
        """Wait at once for a mail that a reply has announced: mails may overtake each other."""
        if not isinstance(reply, Challenged | Refused):
            return
        if reply.challenge.code_generated is True:
            if not self.user.inbox.mail().code:
                raise Inconclusive("the mail shows nothing that could be a code", blocked_by="mail.shows-code")
            self._learn(asked)
            self.steps[-1] += f"; {self._latest} comes by mail"
        elif reply.challenge.code_generated is not False and self.situation.email:
            self.situation = self.situation.doubtful()

    def _need_to_know_all_mail(self, reply: Reply) -> None:
        """A code is the newest one only if no other is on its way: mails may be late, and come twice. What this very reply
        has announced came after the code."""
        announced = isinstance(reply, Challenged | Refused) and reply.challenge.code_generated is True
        came = 0
        while self.user.inbox.receive().read is not None:
            came += 1
        if came > announced:
            raise Inconclusive("a mail came that nobody has announced", blocked_by="announcement.generated")

    def _catch_up(self) -> None:
        """Read what nobody has announced: then no code is known to be the newest."""
        self.user.inbox.catch_up()
        if self._unheard_of():
            self._learn(("", False))
            self.situation = self.situation.doubtful()

    def _learn(self, asked: Asked | None) -> None:
        """Take note of the codes that have come, the last of which is the newest. Where only a known one has come once more,
        nobody can tell which that is."""
        new = self._unheard_of()
        for name in new:
            self.situation = self.situation.mailed(name, self._now, asked)
        if not new:
            self.situation = self.situation.doubtful()

    def _unheard_of(self) -> list[str]:
        return [name for name in self.user.inbox.known if name not in self.situation.codes]

    @property
    def _latest(self) -> str:
        """The name of the code that came last; it may be an earlier one's, where codes do not differ."""
        inbox = self.user.inbox
        return next(name for name, code in inbox.known.items() if code == inbox.latest)
