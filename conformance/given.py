"""Accounts that the target file gives: leased to one test at a time, and left as they were found."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from conformance.changes import Change
from conformance.condition import Condition, as_details, look, put_back, switch_off
from conformance.events import Facts
from conformance.journal import Journal
from conformance.model import Account, Call, Reply, Session
from conformance.outcomes import Ended, NotApplicable
from conformance.pool import Leases, Pool, Recorded, need
from conformance.recorder import Recorder
from conformance.secrecy import Secrets, sha256_hex
from conformance.tape import Tape
from conformance.target import AccountTable
from conformance.users import User
from conformance.world import Live

_OWNER: Final = "account"


class Given:
    """The accounts of a target file. Nobody here is an administrator."""

    session: Final = None

    def __init__(self, accounts: Iterable[Account], secrets: Secrets, journal: Journal | None = None) -> None:
        self.accounts = list(accounts)
        self._journal = journal or Journal()
        self._secrets = secrets
        self._leases: Leases = Recorded((), {})
        self._found: dict[str, tuple[Account, Condition]] = {}
        self._unclosed: dict[str, list[Session]] = {}
        self._learning = threading.Lock()

    @classmethod
    def of(cls, tables: Iterable[AccountTable], live: Live, journal: Journal | None = None) -> Given:
        """The accounts of a target file, their secrets known by name."""
        given = cls((account_of(table) for table in tables), live.secrets, journal)
        for number, account in enumerate(given.accounts, start=1):
            for text in (account.password, sha256_hex(account.password)):
                live.secrets.add(text, f"{_OWNER}.password#{number}")
            live.secrets.add(account.totp_secret, f"{_OWNER}.totp_secret#{number}")
            live.expect_mail(account.email)
        return given

    @classmethod
    def recorded(cls, tape: Tape) -> Given:
        """The accounts of an earlier run."""
        given = cls(_recorded(tape), tape.secrets)
        given._leases = Recorded(given.accounts, tape.leases)
        return given

    def admit(self, user: User) -> None:
        """Take note of the condition in which an account is found. Its user has just logged in."""
        user.account = replace(user.account, user_id=user.session.user_id if user.session else "")
        self.learn(user.account, user_id=user.account.user_id)
        self.remember(user.account, found := look(user))
        self._journal.announce(
            Change("account", user.account.username, {"id": user.account.user_id, **as_details(found)})
        )
        self._remember_step(user)

    def remember(self, account: Account, found: Condition) -> None:
        """Put an account back to this condition when everything is over."""
        self._found[account.username] = account, found

    def learn(self, account: Account, **changes: Any) -> None:
        """Know more about an account, or less."""
        with self._learning:
            self.accounts = [
                replace(known, **changes) if known.username == account.username else known for known in self.accounts
            ]

    def withdraw(self, account: Account) -> None:
        """Use an account no more."""
        self.accounts = [known for known in self.accounts if known.username != account.username]

    def open(self, live: Live) -> None:
        """From now on the accounts are leased as they are known."""
        self._leases = Pool(self.accounts, live.stopping)

    def as_evidence(self) -> tuple[dict[str, Any], ...]:
        """What somebody has to know of the accounts who judges the run again: no secret, but the names of secrets."""
        return tuple(
            {
                "username": account.username,
                "user_id": account.user_id,
                "email": account.email,
                "password": self._secrets.redact(account.password),
                "totp_secret": self._secrets.redact(account.totp_secret),
            }
            for account in self.accounts
        )

    def call(self, recorder: Recorder, route: str, body: Mapping[str, object] | None = None) -> Reply:
        raise NotApplicable("it takes an administrator: the target file gives accounts, and no [provisioning]")

    def need(self, names: Sequence[str], *, mailed: bool = False) -> None:
        need(self.accounts, names, mailed=mailed)

    def lease(self, recorder: Recorder, names: Sequence[str], *, mailed: bool = False) -> list[Account]:
        """The accounts that can be these people, as soon as all of them are free."""
        self.need(names, mailed=mailed)
        leased = self._leases.take(recorder.test, names, mailed=mailed)
        recorder.leased(account.username for account in leased)
        return [replace(self._known(account), name=name) for name, account in zip(names, leased, strict=True)]

    def give_back(self, user: User) -> None:
        """Let nothing of this test reach the next one: no mail, no session, no code of an authenticator twice."""
        try:
            user.inbox.await_all()
            switch_off(user)
            user.inbox.await_all()
            _log_out(user)
        except Ended:
            pass
        finally:
            self._unclosed.setdefault(user.account.username, []).extend(user.sessions)
            self._remember_step(user)
            if isinstance(self._leases, Pool):  # on a tape tests come in another order
                self.learn(user.account, refused=user.guard.in_a_row)
            self._leases.give_back(self._known(user.account))

    def guest(self, recorder: Recorder) -> None:
        return None

    def clean_up(self, recorder: Recorder, facts: Facts) -> tuple[str, ...]:
        """Put back every account at once: each may have to wait for a mail, or for its authenticator."""
        if not self._found:
            return ()
        with ThreadPoolExecutor(len(self._found)) as together:
            left = together.map(lambda name: self.restore(recorder, facts, name), self._found)
            return tuple(
                f"{name}: {reason}" for name, reasons in zip(self._found, left, strict=True) for reason in reasons
            )

    def restore(self, recorder: Recorder, facts: Facts, username: str) -> list[str]:
        """Make one account what it was found as. Returns what would not go back."""
        account, found = self._found[username]
        user = User(self._known(account), recorder, facts, self)
        failures = put_back(user, found)
        if not failures:
            self._journal.undone("account", username)
        user.sessions += self._unclosed.get(username, [])
        with suppress(Ended):
            _log_out(user)
        return failures

    def _known(self, account: Account) -> Account:
        return next((known for known in self.accounts if known.username == account.username), account)

    def _remember_step(self, user: User) -> None:
        if user.authenticator:
            self.learn(user.account, totp_used=user.authenticator.used)


def account_of(table: AccountTable) -> Account:
    """An account as the target file describes it."""
    secret = table.totp_secret.get_secret_value() if table.totp_secret else ""
    password, email = table.password.get_secret_value(), (table.email or "").lower()
    return Account(table.username, table.username, password, email, given=True, totp_secret=secret)


def _recorded(tape: Tape) -> Iterator[Account]:
    """Secrets that were the same are the same again."""
    stand_ins: dict[str, str] = {}
    for row in tape.surveyed.accounts:
        password = row["password"].strip("«»")
        stand_ins.setdefault(password, tape.password(password))
        secret = row["totp_secret"]
        yield Account(
            row["username"],
            row["username"],
            stand_ins[password],
            row["email"],
            row["user_id"],
            given=True,
            totp_secret=secret,
        )


def _log_out(user: User) -> None:
    """End the sessions that a test began, where the target has a route for it."""
    while user.sessions:
        user.recorder.send(Call(user.recorder.binding.logout, session=user.sessions[-1]))
        user.sessions.pop()
