"""Attempts with wrong codes that are near to the right one, or far from it: is a caller told which, in words or in time?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, Self

from conformance.model import Code, Granted, Refused, Reply, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe
from conformance.simultaneous import Simultaneous

Distance = Literal["near", "far"]
_ORDERS: Final[dict[bool, tuple[Distance, ...]]] = {True: ("near", "far", "near"), False: ("far", "near", "far")}
_ROUND: Final[tuple[Distance, ...]] = ("near", "far", "far", "near")
"""An order in which neither is sent earlier than the other."""


class Nearness(Simultaneous):
    """The ways to miss the right code: by one sign, or altogether."""

    def misses(self, other: Self) -> tuple[list[Refused], list[Refused]]:
        """Be refused for near and for far misses by turns, and so is another user, in the other order: the replies to near
        ones, and to far ones."""
        told = [*self._missed(_ORDERS[True]), *other._missed(_ORDERS[False])]
        return [said for way, said, _ in told if way == "near"], [said for way, said, _ in told if way == "far"]

    def paces(self, codes: int) -> tuple[list[float], list[float]]:
        """Be refused for near and for far misses of so many codes, by turns: how long the replies to either took."""
        paces: dict[Distance, list[float]] = {"near": [], "far": []}
        for nth in range(codes):
            for way, _, seconds in self._missed(_ROUND, self.user.inbox.resent() if nth else None):
                paces[way].append(seconds)
        return paces["near"], paces["far"]

    def _missed(self, ways: tuple[Distance, ...], code: Code | None = None) -> list[tuple[Distance, Refused, float]]:
        self.need_right_answers_to_work()
        self.need_guesses_to_be_refused()
        right = code or self.code()
        sent: list[Code] = []
        told = []
        for way in ways:
            sent.append(self.user.inbox.near(right, *sent) if way == "near" else self.user.inbox.guess(right))
            told.append((way, self._refusal(self._once(sent[-1])), self.user.recorder.seconds[-1]))
        return told

    def _once(self, code: Code) -> Reply:
        """The same call with a code, and a rate limiter's answer if there is one."""
        self.user.spare()
        answer = self.user.inbox.answer(code)
        reply = self.user.recorder.send_once(replace(self.plain_call, answer=answer))
        self.user.note(answer, reply)
        return reply

    def _refusal(self, reply: Reply) -> Refused:
        if isinstance(reply, Granted):
            raise Inconclusive("a code that is not quite right is accepted", blocked_by="code.altered")
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the refusal cannot be read: {reply.why}", blocked_by=self.by.blockers.garbled_refusal)
        if not isinstance(reply, Refused) or not reply.invalid:
            raise NotApplicable(f"misses are soon answered in another way: {describe(reply)}")
        if reply.challenge.code_generated is True:
            raise NotApplicable("a wrong code brings a new one here: nothing is near to it")
        return reply
