"""How a server's administrator gets in: by a password alone, with a second factor beside it, or by a token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from conformance.lab.accounts import Address, Authenticator, Session, State, named, put
from conformance.lab.server import ADMIN, admin_password


@dataclass(frozen=True, slots=True)
class Administrator:
    """`totp_secret` (Base32) is a confirmed authenticator's, `email` an address with the e-mail method on, `token` a personal
    access token, which needs no second factor if it is made to `bypass` it."""

    totp_secret: str | None = None
    email: str | None = None
    token: str | None = None
    bypass: bool = True


BY_PASSWORD = Administrator()


def equipped(state: State, administrator: Administrator, now: float) -> State:
    """The state with what its administrator has."""
    account = named(state, ADMIN)
    if account is None:
        return state
    token = Session(administrator.token, now, "conformance", administrator.bypass) if administrator.token else None
    return put(
        state,
        replace(
            account,
            addresses=(Address(administrator.email, True),) if administrator.email else (),
            email_factor=bool(administrator.email),
            authenticator=Authenticator(secret=administrator.totp_secret or ""),
            sessions=(token,) if token else (),
        ),
    )


def access(state: State, administrator: Administrator, seed: bytes) -> dict[str, Any]:
    """The target file's [provisioning]."""
    account = named(state, ADMIN)
    if administrator.token and account:
        return {"kind": "rocketchat-admin", "user_id": account.id, "token": administrator.token}
    given = {"totp_secret": administrator.totp_secret, "email": administrator.email}
    return {"kind": "rocketchat-admin", "username": ADMIN, "password": admin_password(seed)} | {
        name: value for name, value in given.items() if value
    }
