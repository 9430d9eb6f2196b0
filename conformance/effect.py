"""What a call does to the target, as the target shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from conformance.model import ABSENT, Call, Challenged, Granted, Json, Protected, Session
from conformance.outcomes import Inconclusive
from conformance.wire import at_path, describe, fill

if TYPE_CHECKING:
    from conformance.users import User

_TOKENS: Final = "GET /api/v1/users.getPersonalAccessTokens"

_WHILE: Final = 2.0
"""Seconds for something that must not happen to happen."""

_LOOKS: Final = 10
_BETWEEN_LOOKS: Final = 0.3
"""Seconds. What an accepted call has done may show a little later; after three of them nobody would call it done."""


class Effect:
    """The effect of one attempt, read with the admin's eyes where the user may not see it."""

    def __init__(self, user: User, protected: Protected, call: Call, values: Mapping[str, str]) -> None:
        self._user = user
        self._protected = protected
        self._call = call
        self._values = values

    def state(self) -> tuple[Json, ...]:
        """What the call would change, and what stands beside it, as the target shows it now."""
        if not self._protected.read_back or not self._protected.path:
            reply = self._user.recorder.send(self._call)
            return (isinstance(reply, Challenged) and reply.challenge.method == "email",)
        body = self._read(self._protected.read_back, self._user.admin.session)
        shown = at_path(body, self._protected.path)
        if shown is ABSENT:
            raise Inconclusive(f"the target does not show {self._protected.path}")
        return shown, *(at_path(body, path) for path in self._protected.beside)

    def later_state(self) -> tuple[Json, ...]:
        """The state after a while: an action may have been put off rather than refused, and there is nothing else to
        wait for."""
        self._user.recorder.wait(_WHILE, "whether an action was only put off")
        return self.state()

    def shows(self) -> bool:
        """Whether the target shows what the accepted call has done; some show it a little later."""
        effect = self._values["nonce"] if self._protected.read_back else False
        for _ in range(_LOOKS):
            if self.state()[0] == effect:
                return True
            self._user.recorder.wait(_BETWEEN_LOOKS, "the effect to show")
        return False

    def times_listed(self) -> int:
        """How often the token that the call created is in the user's list."""
        tokens = at_path(self._read(_TOKENS, self._user.session), "tokens")
        if not isinstance(tokens, list):
            raise Inconclusive("the list of personal access tokens cannot be read")
        names = [token.get("name") for token in tokens if isinstance(token, dict)]
        times = names.count(self._values["nonce"])
        if not times:
            raise Inconclusive("the accepted call created no token", blocked_by="effect.accepted")
        return times

    def _read(self, route: str, session: Session | None) -> Json:
        call = Call(fill(route, **self._values), session=session)
        reply = self._user.recorder.send(call)
        if not isinstance(reply, Granted):
            raise Inconclusive(f"{call.route} cannot be read: {describe(reply)}")
        return reply.body
