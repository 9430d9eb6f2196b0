"""What a protected call does, read back in a way that needs no second factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from conformance.binding import at_path, fill
from conformance.calls import TOKENS
from conformance.model import ABSENT, Call, Challenged, Granted, Json, Session
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe, is_logged_out

if TYPE_CHECKING:
    from conformance.trial import Trial

_WHILE: Final = 2.0
"""Seconds for something that must not happen to happen."""

_LOOKS: Final = 10
_BETWEEN_LOOKS: Final = 0.3
"""Seconds. What an accepted call has done may show a little later; after three of them nobody would call it done."""

_NOT_FOR_USERS: Final = {404: "the target has no", 403: "the account may not call"}

State = tuple[Json, ...]


class Effect:
    """The effect of one attempt, read with the admin's eyes where the user may not see it."""

    def __init__(self, attempt: Trial, values: Mapping[str, str]) -> None:
        self._attempt = attempt
        self._user = attempt.user
        self._protected = attempt.protected
        self._values = values

    def state(self, *, lives: bool = False) -> State:
        """What the call would change, and what stands beside it, as the target shows it now. ``lives``: nothing was accepted
        that could have ended the session."""
        if self._protected.opens_login:
            return (self._opens(self._values["password"]),)
        if not self._protected.read_back or not self._protected.path:
            if self._attempt.by.method != "email":
                raise NotApplicable("switching email 2FA off shows only where it is asked for")
            return (self._is_asked_for(lives=lives),)
        session = self._user.session if self._protected.reader == "user" else self._user.provider.session
        body = self._read(self._protected.read_back, session or self._user.session)
        path = fill(self._protected.path, **self._values)
        shown = at_path(body, path)
        if shown is ABSENT and self._protected.reader == "admin":
            raise Inconclusive(f"the target does not show {path}")
        if shown is ABSENT and not _may_be_missing(body, path):
            raise NotApplicable(f"{self._protected.read_back} does not show {path}")
        return shown, *(at_path(body, path) for path in self._protected.beside)

    def visible_state(self) -> State:
        """The state, of a call whose effect can be seen from outside."""
        if not self._protected.visible:
            raise NotApplicable(f"what {self._protected.route} does cannot be seen from outside")
        return self.state()

    def later_state(self) -> State:
        """The state after a while: an action may have been put off rather than refused, and there is nothing else to
        wait for."""
        self._user.recorder.wait(_WHILE, "whether an action was only put off")
        return self.state()

    def state_after_refusal(self) -> State:
        """The same, where nothing was accepted: whether the session lives on is another requirement's matter."""
        self._user.recorder.wait(_WHILE, "whether an action was only put off")
        return self.state(lives=True)

    def shows_later(self) -> bool:
        """Whether the target shows after a while, rather than at last, what the accepted call would have done."""
        return self.later_state()[0] == self._done

    def shows_now(self) -> bool:
        """Whether the target shows at this moment what the accepted call would have done."""
        return self.state()[0] == self._done

    def shows(self) -> bool:
        """Whether the target shows what the accepted call has done; some show it a little later."""
        return self._comes_true(lambda state: state[0] == self._done)

    def changed(self, before: State) -> bool:
        """Whether the state is another one than before the accepted call; some show it a little later."""
        if before == (False,) and not self._protected.opens_login:
            raise Inconclusive(
                f"before the call {self._protected.route} was not asked for by {self._attempt.by.method}",
                blocked_by="challenge.method",
            )
        return self._comes_true(lambda state: state != before)

    def need_all_to_show(self) -> None:
        """Go on only if the target shows all that the accepted call has written, where it writes several things."""
        written = str(self._attempt.plain_call.body).count(self._values["nonce"])
        if not self._comes_true(lambda state: state.count(self._values["nonce"]) >= written):
            raise NotApplicable("the target does not show all that the call writes")

    def times_listed(self) -> int:
        """How often the token that the call created is in the user's list."""
        tokens = at_path(self._read(TOKENS, self._user.session), "tokens")
        if not isinstance(tokens, list):
            raise Inconclusive("the list of personal access tokens cannot be read")
        names = [token.get("name") for token in tokens if isinstance(token, dict)]
        times = names.count(self._values["nonce"])
        if not times:
            raise Inconclusive("the accepted call created no token", blocked_by="effect.accepted")
        return times

    @property
    def _done(self) -> Json:
        """What the target shows once the call is carried out."""
        return self._values["nonce"] if self._protected.read_back else False

    def _comes_true(self, holds: Callable[[State], bool]) -> bool:
        for _ in range(_LOOKS):
            if holds(self.state()):
                return True
            self._user.recorder.wait(_BETWEEN_LOOKS, "the effect to show")
        return False

    def _is_asked_for(self, *, lives: bool) -> bool:
        """Whether the call itself is still challenged by the method of this attempt."""
        reply = self._user.recorder.send(self._attempt.plain_call)
        if lives and is_logged_out(reply):
            raise Inconclusive(f"the session has ended: {describe(reply)}", blocked_by="robustness.session-kept")
        return isinstance(reply, Challenged) and reply.challenge.method == self._attempt.by.method

    def _opens(self, password: str) -> bool:
        """Whether a password opens the account, if need be up to the second factor."""
        reply = self._user.recorder.send(self._user.recorder.binding.login_call(self._user.account.username, password))
        return isinstance(reply, Granted | Challenged)

    def _read(self, route: str, session: Session | None) -> Json:
        call = Call(fill(route, **self._values), session=session)
        reply = self._user.recorder.send(call)
        if reply.status in _NOT_FOR_USERS and (self._protected.reader == "user" or self._user.account.given):
            raise NotApplicable(f"{_NOT_FOR_USERS[reply.status]} {call.route}")
        if not isinstance(reply, Granted):
            raise Inconclusive(f"{call.route} cannot be read: {describe(reply)}")
        return reply.body


def _may_be_missing(body: Json, path: str) -> bool:
    """Whether what is not at a path is an element that a list does not have, rather than a member that is not shown."""
    element = path[: path.rfind("]") + 1]
    return bool(element) and at_path(body, element) is ABSENT
