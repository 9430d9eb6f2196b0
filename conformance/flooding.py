"""Resends by the dozen, as anybody may ask for them: what becomes of the user whose mail it is.

Drivers like those of attempt.py: they never assert.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model import Reply, Session, Throttled
from conformance.outcomes import NotApplicable

if TYPE_CHECKING:
    from conformance.users import User

_LONG: Final = 300.0
"""Seconds. A shorter pause shuts nobody out: it is over before the codes are that have come."""


class Flood:
    """What strangers, who are not logged in, ask for in one user's name."""

    def __init__(self, victim: User) -> None:
        self._victim = victim

    def begin(self, times: int) -> None:
        """Ask for so many codes, or until the target has enough of it."""
        for _ in range(times):
            if isinstance(_ask(self._victim, None), Throttled):
                return

    def shuts_out(self, other: User) -> bool:
        """Whether the user, logged in, is told to wait for long, while strangers get a code for another user: where they
        do not, it is callers whom the target limits, and not what they may ask for one user."""
        reply = _ask(self._victim, self._victim.session)
        if not isinstance(reply, Throttled) or reply.wait is None or reply.wait <= _LONG:
            return False
        if isinstance(_ask(other, None), Throttled):
            raise NotApplicable("the target limits resends for all users alike")
        return True


def _ask(whom: User, session: Session | None) -> Reply:
    return whom.recorder.send_once(whom.inbox.call_of_resend(session))
