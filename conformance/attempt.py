"""What a user of a test wants to do: one call that needs a second factor, and every way to go about it."""

from __future__ import annotations

from conformance.model import Code, Granted, Reply, Said
from conformance.outcomes import Inconclusive
from conformance.spelling import Spelling


class Attempt(Spelling):
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

    def almost_outlive(self) -> None:
        """Wait until just before the code expires by the date that the challenge gives, as far as anybody would wait."""
        left = max(self.says.seconds_to_expiry()) - 2.0
        self.user.recorder.wait(max(0.0, min(left, self.user.facts.brief + 2.0) - 1.0), "the code to expire almost")

    def code_after_expiry(self) -> Code | None:
        """Be challenged until a new code is mailed; a server may find out only then that the old one is gone."""
        known = len(self.user.inbox.known)
        for _ in range(_CHALLENGES):
            challenged = self.challenge()
            self._asked_at = challenged.at
            if challenged.challenge.code_generated is True:
                self.user.inbox.receive()
            self.user.inbox.catch_up()
            if len(self.user.inbox.known) > known:
                return self.user.inbox.latest
        return None

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


_CHALLENGES = 3
_TRIES = 2
