"""Attempts whose calls come at the same time: of two users, or twice of one; and whether replies come in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, Self

from conformance.model import Challenged, Reply
from conformance.outcomes import NotApplicable
from conformance.replies import Unanswered
from conformance.spelling import Spelling

_TIMES: Final = 3
_SLOWER: Final = 10.0
"""By so much is a reply later than others before anybody would say that it does not come in time."""


class Simultaneous(Spelling):
    """The ways to call at once, and to look at the clock."""

    def challenges_beside(self, other: Self) -> tuple[list[Challenged], list[Challenged]]:
        """Be challenged at the same time as another user, a few times: own replies, and the other user's. The control shows
        that either is challenged alone, by the own method."""
        self.challenge_by_own_method()
        other.challenge_by_own_method()
        told = [self._challenged_beside(other) for _ in range(_TIMES)]
        return [own for own, _ in told], [foreign for _, foreign in told]

    def need_to_be_named(self) -> None:
        """Go on only if challenges say whom they are for."""
        if not self.user.is_named_in(self.challenge()):
            raise NotApplicable("challenges do not say whom they are for")

    def is_answered_twice_at_once(self) -> bool:
        """Be challenged, and give a wrong answer twice at the same time: are both calls answered? The control shows that a
        call is answered before and after."""
        self.need_guesses_to_be_refused()
        answer = self.by.wrong(self.challenge())
        self.user.spare(2)
        call = replace(self.plain_call, answer=answer)
        with ThreadPoolExecutor(2) as together:
            replies = list(together.map(self.user.recorder.offer, [call, call]))
        for reply in replies:
            if not isinstance(reply, Unanswered):
                self.user.note(answer, reply)
        self.challenge()
        return not any(isinstance(reply, Unanswered) for reply in replies)

    def is_challenged_in_time(self) -> bool:
        """Be challenged: does the reply come before a caller has lost half of its patience?"""
        self.challenge()
        return self._was_in_time()

    def is_refused_in_time(self) -> bool:
        """Be refused for a wrong answer: does the reply come before a caller has lost half of its patience?"""
        self.guess()
        return self._was_in_time()

    def _was_in_time(self) -> bool:
        """Whether the last reply came in time, or not much later than others: some servers are slow, or far away."""
        seconds = self.user.recorder.seconds
        return seconds[-1] <= max(self.user.facts.patience / 2, _SLOWER * min(seconds))

    def _challenged_beside(self, other: Self) -> tuple[Challenged, Challenged]:
        with ThreadPoolExecutor(2) as together:
            own, foreign = together.map(self.user.recorder.send, [self.plain_call, other.plain_call])
        return self._challenged(own), other._challenged(foreign)

    def _challenged(self, reply: Reply) -> Challenged:
        self.user.inbox.expect(reply)
        if not isinstance(reply, Challenged):
            raise self.unchallenged(reply)
        return reply
