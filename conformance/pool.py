"""Given accounts, leased to one test at a time.

A test gets all its accounts in one go, or waits until it can: two tests that each hold one account and want another's would
wait for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from conformance.cast import CAST, Role
from conformance.model import Account
from conformance.outcomes import Inconclusive, NotApplicable, Untested

_LOOK: Final = 0.5
"""Seconds between two looks at whether the run was interrupted."""


class Leases(Protocol):
    """Which account a test gets for each name of the cast."""

    def take(self, test: str, names: Sequence[str], *, mailed: bool) -> list[Account]: ...
    def give_back(self, account: Account) -> None: ...


class Pool:
    """The accounts that no test has just now, those that have rested longest first."""

    def __init__(self, accounts: Sequence[Account], stopping: threading.Event) -> None:
        self.waiting = 0
        """How many tests are waiting just now."""
        self._free = list(accounts)
        self._stopping = stopping
        self._returned = threading.Condition()

    def take(self, test: str, names: Sequence[str], *, mailed: bool) -> list[Account]:
        """Wait until accounts for all these names are free. Whoever needs none waits for nobody."""
        if not names:
            return []
        with self._returned:
            while not (found := cast_with(self._free, names, mailed=mailed)):
                if self._stopping.is_set():
                    raise Untested("the run was interrupted")
                self.waiting += 1
                self._returned.wait(_LOOK)
                self.waiting -= 1
            self._free = [account for account in self._free if account not in found]
        return found

    def give_back(self, account: Account) -> None:
        with self._returned:
            self._free.append(account)
            self._returned.notify_all()


class Recorded:
    """The leases of an earlier run."""

    def __init__(self, accounts: Sequence[Account], leases: Mapping[str, Sequence[str]]) -> None:
        self._accounts = {account.username: account for account in accounts}
        self._leases = leases

    def take(self, test: str, names: Sequence[str], *, mailed: bool) -> list[Account]:
        leased = self._leases.get(test, ())
        if len(leased) != len(names) or not self._accounts.keys() >= set(leased):
            raise Inconclusive("the evidence does not say which accounts this test had")
        return [self._accounts[username] for username in leased]

    def give_back(self, account: Account) -> None:
        """Nobody waits on a tape."""


def need(accounts: Sequence[Account], names: Sequence[str], *, mailed: bool) -> None:
    """NotApplicable where these accounts can never be these people, with what the target file lacks."""
    for count in range(1, len(names) + 1):
        if not cast_with(accounts, names[:count], mailed=mailed):
            raise NotApplicable(_lack(accounts, names[:count], mailed))


def cast_with(accounts: Sequence[Account], names: Sequence[str], *, mailed: bool) -> list[Account]:
    """An account for each name, none of which could be taken for another. Empty if there are not enough.
    ``mailed``: all of them have an address."""
    known = [account for account in accounts if account.email or not mailed]
    return next(_castings(known, [CAST[name] for name in names], []), [])


def _castings(accounts: Sequence[Account], roles: list[Role], chosen: list[Account]) -> Iterator[list[Account]]:
    if len(chosen) == len(roles):
        yield chosen
        return
    role, before = roles[len(chosen)], list(zip(roles, chosen, strict=False))
    for account in _candidates(accounts, role):
        if not any(_alike(role, account, *other) for other in before):
            yield from _castings(accounts, roles, [*chosen, account])


def _candidates(accounts: Sequence[Account], role: Role) -> list[Account]:
    """The accounts that can play a role, first those that can play fewer others."""
    fitting = [account for account in accounts if _fits(account, role)]
    return sorted(fitting, key=lambda account: bool(account.email))


def _fits(account: Account, role: Role) -> bool:
    ordinary = role.verified and not role.roles
    return ordinary and bool(account.totp_secret) == role.authenticator and bool(account.email or not role.email)


def _alike(role: Role, one: Account, as_other: Role, other: Account) -> bool:
    """Whether they are one account, or what one of them proves itself with would prove the other, too."""
    if role.authenticator and as_other.authenticator:
        return one.totp_secret == other.totp_secret
    bare = not (role.email or role.authenticator or as_other.email or as_other.authenticator)
    return one.username == other.username or (bare and one.password == other.password)


def _lack(accounts: Sequence[Account], names: Sequence[str], mailed: bool) -> str:
    name, role = names[-1], CAST[names[-1]]
    if not role.verified or role.roles:
        kind = "an administrator" if role.roles else "a user whose address is not verified"
        return f"{name} is {kind}, and no given account is used as one: let an admin make accounts, with [provisioning]"
    has = ["an email"] * (mailed or role.email) + ["a totp_secret" if role.authenticator else "no totp_secret"]
    fitting = [account for account in accounts if _fits(account, role) and (account.email or not mailed)]
    own = "totp_secret" if role.authenticator else "password"
    unlike = f", and another {own} than the others" if len(fitting) >= len(names) else ""
    return f"too few given accounts for {' and '.join(names)}: add an [[account]] with {' and '.join(has)}{unlike}"
