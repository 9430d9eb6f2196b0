"""What the target's administrator does to a user's account where a test is about what follows from it.

Drivers like those of attempt.py: they never assert. Without an administrator, or where the target does not let it, there is
nothing to judge.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.binding import at_path
from conformance.model import Granted
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe

if TYPE_CHECKING:
    from conformance.users import User

_BEYOND_ASCII = "\u00e9"
"""One letter, already composed: who puts passwords into a normal form first (NFC, NFKC) gets the same."""


class Oversight:
    """One user's account in the administrator's hands."""

    def __init__(self, user: User) -> None:
        self._user = user

    def deactivate(self) -> None:
        """Deactivate the account."""
        self._write(active=False)
        found = self._user.provider.call(self._user.recorder, f"GET users.info?userId={self._user.account.user_id}")
        if not isinstance(found, Granted) or at_path(found.body, "user.active") is not False:
            raise NotApplicable("the target does not deactivate users by users.update")

    def demand_new_password(self) -> None:
        """Have the user choose another password before anything else, as far as the target insists on it."""
        self._write(requirePasswordChange=True)

    def give_password(self, ending: str = "") -> None:
        """Give the account another password. That may end its sessions."""
        user = self._user
        password = user.recorder.new_password(user.account.name) + ending
        self._write(password=password)
        user.account = replace(user.account, password=password)

    def give_password_beyond_ascii(self) -> None:
        """Give the account a password with a letter beyond ASCII, and log in with it."""
        self.give_password(_BEYOND_ASCII)
        try:
            self._user.log_in()
        except Inconclusive as refused:
            raise NotApplicable(f"the target takes no password beyond ASCII: {refused.reason}") from refused

    def give_name(self, name: str) -> None:
        """Give the user a name, where the target takes one like it."""
        user, body = self._user, {"userId": self._user.account.user_id, "data": {"name": name}}
        reply = user.provider.call(user.recorder, "POST users.update", body)
        if not isinstance(reply, Granted):
            raise NotApplicable(f"the target takes no such name: {describe(reply)}")

    def move_to(self, address: str) -> None:
        """Give the user another address, which counts as verified."""
        user, data = self._user, {"email": address, "verified": True}
        reply = user.provider.call(user.recorder, "POST users.update", {"userId": user.account.user_id, "data": data})
        seen = user.provider.call(user.recorder, f"GET users.info?userId={user.account.user_id}")
        first = at_path(seen.body, "user.emails.0.address") if isinstance(seen, Granted) else ""
        if not isinstance(reply, Granted) or str(first).lower() != address.lower() or not user.is_verified():
            raise NotApplicable(f"the admin cannot give a user another address that is verified: {describe(reply)}")

    def _write(self, **fields: object) -> None:
        user = self._user
        reply = user.provider.call(user.recorder, "POST users.update", {"userId": user.account.user_id, "data": fields})
        if not isinstance(reply, Granted):
            raise NotApplicable(f"the administrator may not change {', '.join(fields)} here: {describe(reply)}")
