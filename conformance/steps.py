"""The steps of an authenticator: each has one code, and each code serves once (RFC 6238 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from conformance.recorder import Recorder

STEP: Final = 30.0
"""Seconds."""

BEGUN: Final = 1.0
"""Seconds after which a step has begun for the target, too: its clock is known to half a second."""

LEFT: Final = 2.0
"""Seconds of a step that a call needs at least; with less, the next step is waited for."""

LATE: Final = 4.0
"""Seconds before the end of a step from which on its code is a late one, and still in time."""


def unused_step(now: float, used: int) -> int:
    """The step whose code is the next to send, after the step that was used last. ``now`` is by the target's clock."""
    step, into = divmod(now, STEP)
    if step <= used or STEP - into < LEFT:
        step = max(step, used) + 1
    return int(step)


def await_step(recorder: Recorder, step: int, why: str) -> None:
    """Let time pass until a step has begun."""
    if (begun := step * STEP + BEGUN) > recorder.time():
        recorder.wait(begun - recorder.time(), why)
