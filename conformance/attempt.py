"""What a user of a test wants to do: one call that needs a second factor, and every way to go about it."""

from __future__ import annotations

from conformance.guesses import clock_units
from conformance.model import Code, Granted, Reply, Said
from conformance.nearness import Nearness
from conformance.outcomes import Inconclusive, NotApplicable


class Attempt(Nearness):
    """One call, asked without a code, answered with the right one, guessed at, and written in other bytes (trial.py says
    what they share)."""

    _asked_at = 0.0

    def prepared(self) -> Attempt:
        """Carry out what has to come first, in a session of its own; then there is something to change."""
        if not self.protected.first:
            return self
        Attempt(self.user, self.protected.first, self._nonce, self.by, self.user.session).accept_if_allowed()
        self.user.new_session()
        return Attempt(self.user, self.protected, self._nonce, self.by, self.user.session)

    def outlive(self) -> None:
        """Wait until every code that was mailed so far has expired, by the setting of this phase."""
        self.user.recorder.wait(self.user.facts.brief + 1.0, "the codes to expire")

    def answer_just_before_expiry(self) -> tuple[list[float], Reply]:
        """Be mailed a code, be told when the codes expire, and answer with it just before that, as far as anybody would wait:
        how many seconds were left, and the reply. Again where the code has expired before it was told of, or tried."""
        for again in (True, False):
            code, told = self.code(), self.challenge()
            if again and told.challenge.code_generated is True:
                continue
            seconds = self.says.seconds_left(told)
            asked, answered = self.user.recorder.last_asked
            if min(seconds, default=0.0) <= 0 < min(seconds, default=0.0) + answered - asked:
                continue
            left = max(seconds, default=0.0) - 2.0
            self.user.recorder.wait(max(0.0, min(left, self.user.facts.brief + 2.0) - 1.0), "the code to expire almost")
            reply = self.right_answer(code)
            late = isinstance(reply, Said) and reply.at > told.at + left - _LATE
            if isinstance(reply, Granted) or not late or min(seconds, default=0.0) <= 0:
                return seconds, reply
        raise Inconclusive("no code was tried in time: it may have expired on the way")

    def answer_beginning_with(self, digit: str, times: int, otherwise: Attempt) -> Reply:
        """Answer with a code that begins with a digit, of so many resends; with another user's where this one is mailed none."""
        for attempt in (self, otherwise):
            attempt.challenge()
            if code := attempt.user.inbox.resent_beginning_with(digit, times):
                return attempt.right_answer(code)
        raise NotApplicable(f"of the codes of up to {times} resends to each none is of digits and begins with {digit}")

    def takes_another_authenticator(self) -> bool:
        """Begin another authenticator in this session, and confirm it, with nothing proved: does the call take its code? The
        control shows that the session is challenged by the one that there is."""
        if self.user.account.given:
            raise NotApplicable("the authenticator of a given account is left as it was found")
        self.need_right_answers_to_work()
        self.need_guesses_to_be_refused()
        self.challenge()
        other = self.user.try_another_authenticator()
        return other is not None and isinstance(self.send(other.answer(other.code())), Granted)

    def code_after_expiry(self) -> Code | None:
        """Be challenged until a new code is mailed; a server may find out only then that the old one is gone. None where none
        is, if it was announced with proof alone."""
        known = len(self.user.inbox.known)
        for _ in range(_CHALLENGES):
            challenged = self.challenge()
            self._asked_at = challenged.at
            if challenged.challenge.code_generated is True and not self.user.inbox.got_mail():
                return None
            self.user.inbox.catch_up()
            if len(self.user.inbox.known) > known:
                return self.user.inbox.latest
        return None

    def clock_units(self, resends: int) -> int:
        """In how many units of time the codes of a challenge and of some resends go on as the clock does."""
        codes, made = list[Code](), list[tuple[float, float]]()
        for ask in (self.code, *[self.user.inbox.resent] * resends):
            codes.append(ask())
            made.append(self.user.recorder.last_asked)
        if not all(code.compact.isdecimal() for code in codes) or len({len(code.compact) for code in codes}) > 1:
            raise NotApplicable("the codes are no numbers of one length")
        return self.user.recorder.count(lambda live: clock_units(codes, made))

    def codes_at_once(self, most: int) -> int:
        """How many codes of challenges work at once, up to so many: all of them if the oldest one does."""
        self.need_right_answers_to_work()
        oldest = self.code()
        for _ in range(most - 1):
            if self.challenge().challenge.code_generated is not True:
                return 1
        mailed = self.user.inbox.count_out(at_least=most)
        return mailed if mailed < most or isinstance(self.misuse(oldest), Granted) else most - 1

    def told_by_mail(self) -> int:
        """How many mails without a code tell the user of what the call would do."""
        if self._nonce not in str(self.plain_call.body):
            raise NotApplicable(f"what {self.plain_call.route} does is not in its body")
        return self.user.mails.notices_of(self._nonce)

    def answer_in_time(self, code: Code | None) -> Reply:
        """The same call with the code that came after expiry; with a newer one where it was tried after its own time."""
        for _ in range(_TRIES):
            if code is None:
                break
            reply = self.right_answer(code)
            late = isinstance(reply, Said) and reply.at - self._asked_at > self.user.facts.brief - 1
            if isinstance(reply, Granted) or not late:
                return reply
            code = self.code_after_expiry()
        raise Inconclusive("no new code was tried in time: it may have expired, too")


_LATE = 0.5
"""Seconds before its date from which on a code may have expired: so well are the two clocks compared."""

_CHALLENGES = 3
_TRIES = 3
"""A rate limiter that counts by the minute may put a call off for longer than a code lives, and more than once."""
