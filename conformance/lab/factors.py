"""The methods of a second factor: who has them, what they prepare before a call is judged, how they judge a code.

One entry in FACTORS for each method that an account can enable, in the order in which a server prefers them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.lab import authenticator, codes
from conformance.lab.accounts import Account, Code, State
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt

PREFIX = "Accounts_TwoFactorAuthentication_"


@dataclass(frozen=True, slots=True)
class Factor:
    """A method. `prepare` tells the state, whether a code was made and which are out; `verify` judges what was sent."""

    enabled: Callable[[State, Account], bool]
    prepare: Callable[[State, Account, bool, float], tuple[State, bool, tuple[Code, ...]]]
    verify: Callable[[State, Account, str, Request, float], tuple[State, bool]]


def switched_on(state: State, account: Account, name: str) -> bool:
    """Whether one of the server's switches is on for an account."""
    return bool(state.settings[PREFIX + name]) or not state.rules.heeds(name, account)


def email_enabled(state: State, account: Account) -> bool:
    reachable = state.rules.reachable(account)
    return switched_on(state, account, "By_Email_Enabled") and account.email_factor and bool(reachable)


def totp_enabled(state: State, account: Account) -> bool:
    return switched_on(state, account, "By_TOTP_Enabled") and state.rules.has_authenticator(account)


def verify_password(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    """The code is the SHA-256 of the account's password, in hex."""
    given = sent.lower() if state.rules.digest_any_case else sent
    attempt = Attempt(sent, "password", account.password == given, (), account, state, request, now)
    return state, state.rules.proves(attempt)


def verify_email(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    if not email_enabled(state, account):
        return state, False
    return codes.verify(state, account, sent, request, now)


def verify_totp(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    if not totp_enabled(state, account):
        return state, False
    return authenticator.verify(state, account, sent, request, now)


def nothing_made(state: State, account: Account, answered: bool, now: float) -> tuple[State, bool, tuple[Code, ...]]:
    """The preparation of methods that send nothing."""
    return state, False, ()


PASSWORD = Factor(
    enabled=lambda state, account: switched_on(state, account, "Enforce_Password_Fallback") and bool(account.password),
    prepare=nothing_made,
    verify=verify_password,
)
FACTORS: dict[str, Factor] = {
    "totp": Factor(totp_enabled, nothing_made, verify_totp),
    "email": Factor(email_enabled, codes.prepare, verify_email),
}


def available(state: State, account: Account) -> list[str]:
    """The names of the methods that the account has enabled, without the password fallback."""
    return state.rules.prefers([name for name, factor in FACTORS.items() if factor.enabled(state, account)], account)
