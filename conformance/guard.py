"""A guard against lock-outs: how many wrong codes an account was sent, in one test and since its last success."""

from __future__ import annotations

from conformance.model import Granted, Refused, Reply
from conformance.outcomes import Untested
from conformance.recorder import Recorder


class Guard:
    """For one account in one test. ``in_a_row``: wrong codes since the account's last success; it may begin with those of
    earlier tests, if the account is a given one."""

    def __init__(self, recorder: Recorder, in_a_row: int) -> None:
        self.in_a_row = in_a_row
        self._recorder = recorder
        self._refused = 0

    @property
    def allows_codes(self) -> bool:
        """Whether one more wrong code is within what the target's owner allows for one account."""
        return self._spent < self._recorder.wrong_codes

    def spare(self, wrong: int) -> None:
        """Send no codes, of which so many may be refused, beyond what the target's owner allows."""
        if self._spent + wrong > self._recorder.wrong_codes:
            raise self._limit()

    def spare_right(self) -> None:
        """Send no right code, by all that is known, after one that was refused beyond what is allowed. Else one may be sent:
        it ends a row of wrong ones."""
        if self.in_a_row > self._recorder.wrong_codes:
            raise self._limit()

    def count(self, *replies: Reply) -> None:
        """Count the wrong codes among answers that were sent."""
        for reply in replies:
            if isinstance(reply, Refused) and reply.invalid:
                self._refused += 1
                self.in_a_row += 1
            if isinstance(reply, Granted):
                self.in_a_row = 0

    @property
    def _spent(self) -> int:
        return max(self._refused, self.in_a_row)

    def _limit(self) -> Untested:
        return Untested(f"limit: wrong_codes_per_account is {self._recorder.wrong_codes}")
