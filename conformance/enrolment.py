"""How a user of a target gets an authenticator: by the routes users.totp.*, or by the methods that they replace."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from conformance.binding import at_path, procedure
from conformance.model import ABSENT, Call, Granted, Json, Reply, Session
from conformance.recorder import Recorder
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

    def confirm(self, code: str) -> list[str] | None:
        """Show that the authenticator works. The backup codes, or None if it is not taken."""
        return self._codes("confirm", code)

    def renew(self, code: str) -> list[str] | None:
        """Ask for new backup codes."""
        return self._codes("renew", code)

    def _codes(self, step: str, code: str) -> list[str] | None:
        codes = self._ask(step, "codes", code)
        if codes is ABSENT or not isinstance(self.last, Granted):
            return None
        return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []

    def _ask(self, step: str, member: str, code: str | None = None) -> Json:
        name = _NAMES[step][self._routes]
        if self._routes == "method.call":
            call = procedure(name, *([code] if code is not None else []))
        else:
            call = Call(f"POST /api/v1/users.totp.{name}", {"code": code} if code is not None else None)
        self.last = self._recorder.send(replace(call, session=self._session))
        if not isinstance(self.last, Granted):
            return ABSENT
        return at_path(result_of(self.last) if self._routes == "method.call" else self.last.body, member)
