"""Accounts that a server has from the start, as somebody's test system has them, and how a target file says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.lab.accounts import Account, Address, Authenticator, Session, State, digest, draw, put
from conformance.lab.entry_routes import token

DAY = 86400


@dataclass(frozen=True, slots=True)
class GivenAccount:
    """An account that was there before: its address is verified, its authenticator (a Base32 secret) confirmed. With a
    token it is logged in."""

    username: str
    password: str
    email: str | None = None
    email_factor: bool = False
    totp_secret: str | None = None
    token: str | None = None


def settled(state: State, accounts: Iterable[GivenAccount], now: float) -> State:
    """The state with these accounts in it, a day old."""
    for given in accounts:
        state, value = draw(state, "account")
        account = Account(
            id=token(value)[:17],
            username=given.username,
            name=given.username.title(),
            addresses=(Address(given.email, True),) if given.email else (),
            password=digest(given.password),
            roles=("user",),
            created=now - DAY,
            email_factor=given.email_factor,
            authenticator=Authenticator(secret=given.totp_secret or ""),
            sessions=(Session(given.token, now),) if given.token else (),
        )
        state = put(state, account)
    return state


def account_table(given: GivenAccount) -> dict[str, str]:
    """The target file's [[account]]."""
    rows = (("email", given.email), ("totp_secret", given.totp_secret))
    return {"username": given.username, "password": given.password} | {name: text for name, text in rows if text}
