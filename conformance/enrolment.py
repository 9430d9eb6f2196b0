"""How a user of a target gets an authenticator: by the routes users.totp.*, or by the methods that they replace."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from conformance.binding import at_path, procedure
from conformance.model import ABSENT, Call, Granted, Json, Refused, Reply, Session
from conformance.outcomes import Ended, Inconclusive, NotApplicable
from conformance.recorder import Recorder
from conformance.replies import describe, is_server_error
from conformance.wire import result_of

Routes = Literal["users.totp", "method.call"]
ROUTES: Final[tuple[Routes, ...]] = ("users.totp", "method.call")

_NAMES: Final[dict[str, dict[Routes, str]]] = {
    "begin": {"users.totp": "enable", "method.call": "2fa:enable"},
    "confirm": {"users.totp": "validate", "method.call": "2fa:validateTempToken"},
    "renew": {"users.totp": "regenerateCodes", "method.call": "2fa:regenerateCodes"},
}


class Enrolment:
    """One user's way to an authenticator."""

    def __init__(self, recorder: Recorder, session: Session | None, routes: str) -> None:
        self._recorder = recorder
        self._session = session
        self._routes: Routes = "method.call" if routes == "method.call" else "users.totp"
        self.last: Reply | None = None

    def begin(self, owner: str) -> str | None:
        """Ask for a secret, in Base32. None if there is none to be had."""
        secret = self._ask("begin", "secret")
        return self._recorder.keep_secret(secret, f"{owner}.secret") if isinstance(secret, str) else None

    def start(self, owner: str) -> Reply:
        """Ask for a secret, where the target knows how to begin. The reply to it: a secret, or a server error."""
        secret = self.begin(owner)
        if not secret and not self.is_broken():
            raise NotApplicable(f"the target begins no enrolment by {self._routes}")
        if self.last and (secret or is_server_error(self.last)):
            return self.last
        raise self.missing()

    def is_broken(self) -> bool:
        """Whether the target knows how to begin, and breaks down: it answers the last start with a server error, with a success
        that holds no secret, or not at all. The control shows that this is not how it answers what it does not know."""
        if self.last and not _has_failed(self.last):
            return False
        unknown = self._recorder.send(self._call(self._recorder.word()))
        return not _has_failed(unknown)

    def missing(self) -> Ended:
        """Why there is no secret."""
        if self.last and not _has_failed(self.last):
            return NotApplicable("the target lets nobody have an authenticator")
        why = describe(self.last) if self.last else "no reply"
        return Inconclusive(f"the start of an enrolment gives no secret: {why}", blocked_by="totp.enrolment")

    def confirm(self, code: str) -> list[str] | None:
        """Show that the authenticator works. The backup codes, or None if it is not taken."""
        return self._codes("confirm", code)

    def renew(self, code: str) -> list[str] | None:
        """Ask for new backup codes."""
        return self._codes("renew", code)

    @property
    def has_failed_right_code(self) -> bool:
        """Whether the last step took its code for a wrong one, or broke down, rather than being unknown or not allowed."""
        wrong = isinstance(self.last, Refused) and self.last.invalid
        return wrong or (self.last is not None and is_server_error(self.last))

    def _codes(self, step: str, code: str) -> list[str] | None:
        codes = self._ask(step, "codes", code)
        if codes is ABSENT or not isinstance(self.last, Granted):
            return None
        return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []

    def _ask(self, step: str, member: str, code: str | None = None) -> Json:
        self.last = self._recorder.send(self._call(_NAMES[step][self._routes], code))
        if not isinstance(self.last, Granted):
            return ABSENT
        return at_path(result_of(self.last) if self._routes == "method.call" else self.last.body, member)

    def _call(self, name: str, code: str | None = None) -> Call:
        if self._routes == "method.call":
            call = procedure(name, *([code] if code is not None else []))
        else:
            call = Call(f"POST /api/v1/users.totp.{name}", {"code": code} if code is not None else None)
        return replace(call, session=self._session)


def _has_failed(reply: Reply) -> bool:
    """Whether a start that gave no secret was neither refused nor unknown."""
    return isinstance(reply, Granted) or is_server_error(reply)
