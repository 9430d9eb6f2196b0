"""The admin's own second factor: an authenticator, codes by mail, or the password's digest; whichever the target asks for.

The target file has to name what it takes. Where it does not, what cannot be answered says so, and what would help.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conformance.model import Answer, Call, Challenged, Code
from conformance.outcomes import Inconclusive
from conformance.recorder import Recorder
from conformance.secrecy import sha256_hex
from conformance.steps import STEP, await_step, unused_step
from conformance.target import ProvisioningTable

_OWNER: Final = "admin"


class Unanswerable(Inconclusive):
    """The admin is asked for what the target file does not give."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}: {remedy}")
        self.finding = reason
        self.remedy = remedy


class OwnFactor:
    """One for a run, shared by its threads: each code of an authenticator serves once, whoever needs it."""

    def __init__(self, settings: ProvisioningTable) -> None:
        self._settings = settings
        self._choosing = threading.Lock()
        self._mailing = threading.RLock()
        self._used = -1
        self._read = 0
        self._mailed: dict[str, Code] = {}
        self._compact = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The methods beside the password that the target file gives."""
        given = (("totp", self._settings.totp_secret), ("email", self._settings.email))
        return tuple(kind for kind, value in given if value)

    @property
    def password(self) -> str:
        return self._settings.password.get_secret_value() if self._settings.password else ""

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Where codes come by mail, one call at a time: a code that is mailed for one would be spent by another."""
        if not self._settings.email:
            yield
            return
        with self._mailing:
            yield

    def answer(self, challenged: Challenged, recorder: Recorder) -> Answer:
        """What answers a challenge. Unanswerable where the target file gives nothing that does."""
        asked, kinds = challenged.asks_for, self.kinds
        if "totp" in kinds and "totp" in (asked, *challenged.offers):
            return Answer(self._code(recorder).compact, "totp")
        if asked == "email" and asked in kinds:
            code = self._mailed_code(challenged, recorder)
            return Answer(code.compact if self._compact else code.displayed, "email")
        if asked not in ("totp", "email") and self.password:
            return Answer(recorder.secrets.add(sha256_hex(self.password), f"{_OWNER}.password.sha256"), "password")
        named = asked if isinstance(asked, str) else "none that it names"
        raise Unanswerable(f"the admin is asked for a second factor: {named}", _REMEDIES.get(named, _TOKEN))

    def try_otherwise(self) -> bool:
        """Whether a refused code may be followed by another: an authenticator's may have been used by a run that has just
        ended, and a mailed one may have to be sent without the dash that it is printed with."""
        self._compact = True
        return bool(self.kinds)

    def _code(self, recorder: Recorder) -> Code:
        """The authenticator's code of a step that no other call has used."""
        with self._choosing:
            step = self._used = unused_step(recorder.time(), self._used)
        await_step(recorder, step, "the admin's authenticator to show a code that was not used yet")
        secret = self._settings.totp_secret.get_secret_value() if self._settings.totp_secret else ""
        code = recorder.totp(secret, step * STEP, _OWNER)
        recorder.renewals.add(code, lambda: self._code(recorder))
        return code

    def _mailed_code(self, challenged: Challenged, recorder: Recorder) -> Code:
        """The code that a challenge mails; where one is out already, nobody knows it, and another is asked for."""
        address = (self._settings.email or "").lower()
        if challenged.challenge.code_generated is not True:
            told = challenged.challenge.email_or_username
            name = told if isinstance(told, str) else self._settings.username
            recorder.send(Call(recorder.binding.send_email_code, {"emailOrUsername": name}))
        receipt = recorder.receive(address, _OWNER, self._read, self._mailed)
        self._read = receipt.read or self._read
        if not receipt.code or not receipt.name:
            raise Unanswerable("no code for the admin came by mail", _NO_MAIL)
        self._mailed[receipt.name] = receipt.code
        return receipt.code


_TOKEN: Final = "give user_id and token_env of a personal access token that bypasses two-factor authentication"
_REMEDIES: Final = {
    "totp": f"name the secret of the admin's authenticator: provisioning.totp_secret_env; or {_TOKEN}",
    "email": (
        "name the admin's address, if its mail reaches [mailbox]: provisioning.email; or give the admin an authenticator "
        f"(totp_secret_env); or {_TOKEN}"
    ),
    "password": f"give username and password_env of the admin in place of the token; or {_TOKEN}",
}
_NO_MAIL: Final = f"check that mail to provisioning.email reaches mailbox.folder within mailbox.deadline; or {_TOKEN}"
