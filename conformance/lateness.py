"""How late a target's mails come just now: a mail that is due is as late as those that come meanwhile, and not missing.

A target that sends its mails one after another falls behind where many are asked for at once.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

_ROUNDED: Final = 1.0
"""Seconds by which a mail may seem late that is not: its header tells whole ones."""


class Lateness:
    """Of all mails of a run. Moments are monotonic seconds, but for those that a sender's own clock has told."""

    def __init__(self, usual: float) -> None:
        """``usual``: seconds within which a mail comes. One that takes half of them is late."""
        self._usual = usual
        self._quickest = self._began = math.inf
        self._sent: float | None = None
        self._tells_time = False
        self._recent: deque[tuple[float, float]] = deque()

    def note(self, took: float, at: float) -> None:
        """A mail came at a moment, so many seconds after somebody began to wait for it."""
        self._recent.append((at, took))

    def note_sent(self, sent: float, at: float) -> None:
        """A mail came at a moment that was sent at one of the sender's clock, whatever that shows. It is as late as it took
        longer than the quickest one. A clock that always shows the same tells nothing, nor does one that makes a mail older than
        the first of them."""
        self._began = min(self._began, at)
        self._tells_time |= self._sent not in (None, sent)
        self._sent = sent
        self._quickest = min(self._quickest, at - sent)
        late = at - sent - self._quickest - _ROUNDED
        if self._tells_time and late <= at - self._began:
            self.note(late, at)

    def at(self, moment: float) -> float:
        """Seconds that the latest mail of late took, at a moment: 0 if none of them was late."""
        while len(self._recent) > 1 and self._recent[0][0] < moment - self._usual:
            self._recent.popleft()
        longest = max((took for _, took in self._recent), default=0.0)
        return longest if longest > self._usual / 2 else 0.0
