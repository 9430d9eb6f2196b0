"""What becomes of an authenticator's code in a call that a rate limiter puts off: it is good for its step alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.model import Answer, Call, Code

_STEP: Final = 30
"""Seconds."""

_LATEST: Final = 2.0
"""Seconds before a reply in which the step may have ended that a code was made for."""


class Renewals:
    """By code, how to get the one that follows it."""

    def __init__(self) -> None:
        self._following: dict[str, Callable[[], Code]] = {}

    def add(self, code: Code, following: Callable[[], Code]) -> None:
        self._following[code.compact] = following

    def keep(self, answer: Answer | None) -> None:
        """Send the code of an answer as it is from now on: it is used, or several calls are to have the same one."""
        self._following.pop(answer.code or "", None) if answer else None

    def apply_to(self, call: Call) -> bool:
        """Whether the answer of a call has such a code."""
        return call.answer is not None and (call.answer.code or "") in self._following

    def renewed(self, call: Call) -> Call:
        """The same call with the code of now in its answer."""
        assert call.answer
        return replace(call, answer=replace(call.answer, code=self._following[call.answer.code or ""]().compact))


def is_over(made: float, now: float) -> bool:
    """Whether the step may have ended of a code that was sent off by ``made``. Both are seconds by the target's clock."""
    return now // _STEP > (made - _LATEST) // _STEP
