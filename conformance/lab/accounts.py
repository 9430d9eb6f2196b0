"""What the server remembers: accounts with their addresses, sessions and codes, the settings, and mails to send.

Frozen values. A change is a new value; nothing here knows routes, replies or rules of verification.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.lab.messages import Mail
    from conformance.lab.rules import Rules

CODES_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address of an account, and whether its owner has proved it."""

    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A mailed code: `text` without separators, times in epoch seconds, `fate` is used, replaced, expired, ended (with
    the method) or ""; `reason` is what it was made for, "challenge" or "resend"."""

    text: str
    issued: float
    expires: float
    fate: str = ""
    reason: str = "challenge"


@dataclass(frozen=True, slots=True)
class Session:
    """A token: of a login when `name` is None, else a personal access token. `trusted_by` is a client's fingerprint."""

    token: str
    created: float
    name: str | None = None
    bypass: bool = False
    trusted_until: float = 0.0
    trusted_by: str = ""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An app for one-time passwords. `secret` is Base32 and "" before it is confirmed, `started` one that is not yet;
    `backup_codes` are SHA-256 hex digests; `last_step` is the step of the newest code that was used."""

    secret: str = ""
    started: str = ""
    backup_codes: tuple[str, ...] = ()
    last_step: int = -1


@dataclass(frozen=True, slots=True)
class Account:
    """A user. `password` is the SHA-256 hex digest; `codes` is the ledger, oldest first; `tries` counts the codes sent
    for the newest one, `failures` the wrong ones among them, `denied` all calls that did not pass the second factor;
    `wrong_in_a_row` counts refused answers of every method since the last right one, `locked_until` is what they lead
    to. What only a faulty server keeps or remembers: `plain`, the password as it was sent, and `marks`."""

    id: str
    username: str
    name: str
    addresses: tuple[Address, ...]
    password: str | None
    roles: tuple[str, ...]
    created: float
    email_factor: bool = False
    authenticator: Authenticator = Authenticator()
    codes: tuple[Code, ...] = ()
    tries: int = 0
    failures: int = 0
    denied: int = 0
    wrong_in_a_row: int = 0
    locked_until: float = 0.0
    sessions: tuple[Session, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    plain: str = field(default="", repr=False)
    marks: frozenset[str] = frozenset()

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    @property
    def verified_addresses(self) -> tuple[str, ...]:
        return tuple(address.text for address in self.addresses if address.verified)


@dataclass(frozen=True, slots=True)
class State:
    """Everything the server knows. `hits` holds the times of calls for each limited route and client; `deferred` holds
    changes that fall due later (epoch seconds); `drawn` counts the random values taken from `seed`."""

    rules: Rules
    seed: bytes
    settings: Mapping[str, Any]
    accounts: Mapping[str, Account] = field(default_factory=dict)
    outbox: tuple[Mail, ...] = ()
    hits: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    deferred: tuple[tuple[float, Callable[[State], State]], ...] = ()
    drawn: int = 0


def digest(text: str) -> str:
    """SHA-256 of a text, as lower-case hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def draw(state: State, purpose: str) -> tuple[State, bytes]:
    """32 bytes that look random and depend on the seed alone."""
    value = hmac.digest(state.seed, f"{purpose} {state.drawn}".encode(), "sha256")
    return replace(state, drawn=state.drawn + 1), value


def put(state: State, account: Account) -> State:
    """The state with this account in it, new or changed."""
    return replace(state, accounts={**state.accounts, account.id: account})


def change(state: State, account_id: str, **fields: Any) -> State:
    """The state with some fields of one account changed; an account that is gone stays gone."""
    account = state.accounts.get(account_id)
    return state if account is None else put(state, replace(account, **fields))


def named(state: State, name: str) -> Account | None:
    """The account of a username or a mail address (addresses: in any letter case, outer blanks ignored)."""
    wanted = name.strip().lower()
    for account in state.accounts.values():
        if account.username == name or ("@" in name and any(a.text.lower() == wanted for a in account.addresses)):
            return account
    return None


def alike(state: State, account: Account) -> tuple[Account, ...]:
    """The other accounts whose usernames differ from this one's in the last five letters at most: the users of one
    test. What a fault does to others it does to them, and to nobody else's test."""

    name = account.username

    def near(other: Account) -> bool:
        shared = max(0, max(len(name), len(other.username)) - 5)
        return name[:shared] == other.username[:shared]

    return tuple(a for a in state.accounts.values() if a.id != account.id and not a.is_admin and near(a))


def remember_code(account: Account, code: Code) -> Account:
    """The account with one more code in its ledger, and its counters set back."""
    return replace(account, codes=(*account.codes, code)[-CODES_REMEMBERED:], tries=0, failures=0)


def settle_codes(account: Account, chosen: Callable[[Code], bool], fate: str) -> Account:
    """The account with this fate written to the open codes that are chosen."""
    return replace(
        account, codes=tuple(replace(c, fate=fate) if not c.fate and chosen(c) else c for c in account.codes)
    )


def replace_session(account: Account, session: Session) -> Account:
    """The account with one of its sessions changed, found by its token."""
    return replace(account, sessions=tuple(session if s.token == session.token else s for s in account.sessions))
