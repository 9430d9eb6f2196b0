"""The people whom tests ask for by name: what kind of account each has, and how it is brought to its known state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.condition import rest
from conformance.outcomes import NotApplicable
from conformance.users import User


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of account. ``roles`` are the target's own names; none stands for those of every user."""

    email: bool = False
    authenticator: bool = False
    verified: bool = True
    roles: tuple[str, ...] = ()

    def prepare(self, user: User) -> None:
        """Log in, and switch on what the role has. What a given account has beyond it is switched off before."""
        if not user.account.given:
            user.log_in()
        elif not rest(user) and not self.email:
            raise NotApplicable(f"email 2FA of {user.account.username} cannot be switched off for this test")
        if self.authenticator:
            user.enrol()
        if self.email:
            user.enable_email()


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
}
"""alice and bob have email 2FA, carol and ida an authenticator, erin both, dave and judy nothing but a password; frank's
address is not verified; root is an administrator with email 2FA."""
