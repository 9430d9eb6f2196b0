"""The people whom tests ask for by name: what kind of account each has, and how it is brought to its known state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.condition import rest
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.users import User


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of account. ``roles`` are the target's own names; none stands for those of every user."""

    email: bool = False
    authenticator: bool = False
    verified: bool = True
    roles: tuple[str, ...] = ()

    def prepare(self, user: User) -> None:
        """Log in, and switch on what the role has. What a given account has beyond it is switched off before, and what
        the target has switched on for a new one."""
        opted_in = user.facts.opted_in and self.verified and not self.email
        if not user.account.given and not opted_in:
            self._log_in(user)
        elif not rest(user) and not self.email:
            raise NotApplicable(f"email 2FA of {user.account.username} cannot be switched off for this test")
        if not self.verified and user.is_verified():
            raise NotApplicable("the target takes every address for verified")
        if self.authenticator:
            user.enrol()
        if self.email:
            user.enable_email()

    def _log_in(self, user: User) -> None:
        try:
            user.log_in()
        except Inconclusive as refused:
            if self.verified:
                raise
            raise NotApplicable(
                f"the target lets nobody in whose address is not verified: {refused.reason}"
            ) from refused


CAST: Final = {
    "alice": Role(email=True),
    "bob": Role(email=True),
    "carol": Role(authenticator=True),
    "dave": Role(),
    "erin": Role(email=True, authenticator=True),
    "frank": Role(verified=False),
    "ida": Role(authenticator=True),
    "judy": Role(),
    "root": Role(email=True, roles=("admin", "user")),
    "ruth": Role(roles=("admin", "user")),
}
"""alice and bob have email 2FA, carol and ida an authenticator, erin both, dave and judy nothing but a password; frank's
address is not verified; root is an administrator with email 2FA, ruth one with nothing but a password."""
