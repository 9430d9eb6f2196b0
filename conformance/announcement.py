"""What a challenge says: its details, one by one, each only where what it builds on is as it must be.

Drivers like those of attempt.py: they never assert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.members import dates, present
from conformance.model import ABSENT, Challenge, Challenged
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import form_of_reply

if TYPE_CHECKING:
    from conformance.asking import Asking


class Announcement:
    """What the challenges of one attempt say. Each question is a call of its own."""

    def __init__(self, attempt: Asking) -> None:
        self._attempt = attempt

    def details(self) -> Challenge:
        """Be challenged, with details."""
        return self.details_of(self._attempt.challenge())

    def details_of(self, challenged: Challenged) -> Challenge:
        """The details of a challenge."""
        if not isinstance(challenged.details, dict) and challenged.challenge == Challenge():
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

    def forms(self, times: int) -> list[dict[str, str]]:
        """Be challenged several times, and be told the form each time: members and the kinds of their values. The first
        time is left out: what is optional may come with the second."""
        challenges = [self._attempt.challenge() for _ in range(times)]
        return [form_of_reply(challenged) for challenged in challenges[1:]]

    def twice(self, member: str) -> list[object]:
        """Be challenged twice, and be told a member of the details each time; where it is absent there is nothing to tell."""
        told = [getattr(self.details(), member), getattr(self.details(), member)]
        values = [value for value in told if value is not ABSENT]
        if not values:
            raise NotApplicable(f"the target sends no {member.replace('_', ' ')}, which is optional")
        return values

    def generated(self) -> bool:
        """Be challenged, and be told whether a code was generated."""
        generated = self.details().code_generated
        if not isinstance(generated, bool):
            raise Inconclusive("codeGenerated is no boolean", blocked_by="announcement.generated")
        return generated

    def standing_code_count(self) -> int:
        """Be challenged, and be told how many codes are out, where no new one is made."""
        challenge = self.details()
        if challenge.code_generated is True:
            raise NotApplicable("every challenge makes a new code here")
        return self._counted(challenge)

    def code_count(self) -> int:
        """Be challenged, and be told how many codes are out."""
        self._need_mail()
        return self._counted(self.details())

    def _counted(self, challenge: Challenge) -> int:
        count = present(challenge.code_count, "codeCount")
        if not isinstance(count, int) or isinstance(count, bool):
            raise Inconclusive("codeCount is no whole number", blocked_by="announcement.count")
        return count

    def true_code_count(self) -> int:
        """Be challenged, and be told truly how many codes are out."""
        count = self.code_count()
        if count > self._attempt.user.inbox.count_out(at_least=count):
            raise Inconclusive("codeCount is not true", blocked_by="announcement.count-true")
        return count

    def need_a_true_count(self) -> None:
        """Go on only if as many codes are counted as this test has been mailed and has not used."""
        if self.code_count() != len(self._attempt.user.inbox.unused):
            raise Inconclusive("codeCount is not true", blocked_by="announcement.count-true")

    def codes_and_dates(self) -> tuple[int, int]:
        """Be challenged, and be told how many codes are out, and for how many of them dates are listed."""
        self.need_a_true_count()
        challenge = self.details()
        count, expires = present(challenge.code_count, "codeCount"), present(challenge.code_expires, "codeExpires")
        if not isinstance(count, int) or isinstance(count, bool):
            raise Inconclusive("codeCount is no whole number", blocked_by="announcement.count")
        if not isinstance(expires, list):
            raise Inconclusive("codeExpires is no list", blocked_by="announcement.expires-list")
        return count, len(expires)

    def seconds_to_expiry(self) -> list[float]:
        """Be challenged, and be told when the codes expire: seconds from now by the target's clock, 2 s in its favour."""
        return self.seconds_left(self._attempt.challenge())

    def seconds_left(self, challenged: Challenged) -> list[float]:
        """The same, by a challenge that has come."""
        expiry = dates(present(self.details_of(challenged).code_expires, "codeExpires"))
        if expiry is None:
            raise Inconclusive("codeExpires holds something that is no date")
        return [date.timestamp() - challenged.at + 2 for date in expiry]

    def last_expiry_twice(self, pause: float) -> tuple[float, float]:
        """Be challenged, and again after so many seconds, which makes no further code: when the last code expires, in seconds
        since the epoch, at first and then. A challenge that moves the date may show it only in the one that follows."""
        inbox = self._attempt.user.inbox
        inbox.code(self._attempt.challenge())
        known, first = len(inbox.known), self._last_expiry(self._attempt.challenge())
        self._attempt.user.recorder.wait(pause, "whether the codes expire later then")
        later = [self._attempt.challenge(), self._attempt.challenge()]
        inbox.catch_up()
        if any(again.challenge.code_generated is True for again in later) or len(inbox.known) > known:
            raise NotApplicable("every challenge makes a code of its own")
        return first, max(map(self._last_expiry, later))

    def _last_expiry(self, challenged: Challenged) -> float:
        expiry = dates(present(self.details_of(challenged).code_expires, "codeExpires"))
        if not expiry:
            raise Inconclusive("codeExpires holds something that is no date")
        return max(date.timestamp() for date in expiry)

    def _need_mail(self) -> None:
        if not self._attempt.user.facts.mail_arrives:
            raise Inconclusive("no mail follows a challenge", blocked_by="mail.arrives")
