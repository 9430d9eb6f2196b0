"""Accounts for tests: made through the target's admin API, for one test each, and removed after it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.binding import at_path, session_of
from conformance.cast import CAST
from conformance.changes import Change
from conformance.flow import carry_out, step_up
from conformance.journal import Journal
from conformance.model import Account, Answer, Call, Challenged, Granted, Refused, Reply, Session
from conformance.outcomes import Ended, Inconclusive, Untested
from conformance.own_factor import OwnFactor
from conformance.recorder import Recorder
from conformance.replies import describe, is_logged_out
from conformance.target import ProvisioningTable

if TYPE_CHECKING:
    from conformance.events import Facts
    from conformance.provider import Provider
    from conformance.users import User

_API: Final = "/api/v1"
_LOGINS: Final = 3
_NOT_THERE: Final = {400, 404}
"""With which status users.info says that there is no such user. With others it says that it does not tell."""


class Admin:
    """The admin of a target of kind rocketchat-admin: makes accounts, and removes every one that it made."""

    def __init__(self, settings: ProvisioningTable, address: str, run: str, journal: Journal | None = None) -> None:
        self.session: Session | None = None
        self._journal = journal or Journal()
        self._settings = settings
        self._factor = OwnFactor(settings)
        self._address = address
        self._run = run
        self._lock = threading.Lock()
        self._logging_in = threading.Lock()
        self._logins = 0
        """How often the admin has logged in again."""
        self._refused = 0
        """Answers of the admin's that were refused in a row."""
        self._made: dict[str, Account] = {}

    def log_in(self, recorder: Recorder) -> Reply:
        """Begin the admin's session, or take the one that the target file gives."""
        settings = self._settings
        if settings.user_id and settings.token:
            self.session = recorder.keep(Session(settings.token.get_secret_value(), settings.user_id), "admin")
            return recorder.send(Call(f"GET {_API}/me", session=self.session))
        call = recorder.binding.login_call(settings.username or "", self._factor.password)
        reply = self._carry_out(call, recorder)
        if isinstance(reply, Refused) and reply.invalid and self._factor.try_otherwise():
            reply = self._carry_out(call, recorder)
        session = session_of(recorder.binding, reply) if isinstance(reply, Granted) else None
        self.session = session and recorder.keep(session, "admin")
        return reply

    def resume(self, user_id: str) -> None:
        """Stand in for the admin of a recorded run."""
        self.session = Session("«admin.token#1»", user_id)

    def call(self, recorder: Recorder, route: str, body: Mapping[str, object] | None = None) -> Reply:
        """A call of the admin's, with the admin's second factor where it is asked for."""
        verb, _, path = route.partition(" ")
        call = Call(f"{verb} {_API}/{path}", dict(body) if body is not None else None, session=self.session)
        reply = self._carry_out(call, recorder)
        if is_logged_out(reply) and self._is_back(recorder, call.session):
            reply = self._carry_out(replace(call, session=self.session), recorder)
        return reply

    def need(self, names: Sequence[str], *, mailed: bool = False) -> None:
        """Whoever is needed can be made."""

    def lease(self, recorder: Recorder, names: Sequence[str], *, mailed: bool = False) -> list[Account]:
        """New accounts, each with an address of its own. Inconclusive if the target makes none."""
        made: list[Account] = []
        for name in names:
            reply, account = self.create(recorder, name, verified=CAST[name].verified, roles=CAST[name].roles)
            if not account:
                for other in made:
                    self.remove(recorder, other)
                raise Inconclusive(f"the target makes no account (users.create): {describe(reply)}")
            made.append(account)
        return made

    def give_back(self, user: User) -> None:
        """Remove the account. One that cannot be removed now is tried again when the run ends."""
        with suppress(Ended):
            self.remove(user.recorder, user.account)

    def guest(self, recorder: Recorder) -> Account | None:
        """A new account whom the target greets by mail."""
        return self.create(recorder, "guest", welcome=True)[1]

    def clean_up(self, recorder: Recorder, facts: Facts) -> tuple[str, ...]:
        """Remove every account that a test could not remove. Returns the names of those that would not go."""
        for account in self.remaining if self.session else ():
            with suppress(Ended):
                self.remove(recorder, account)
        return tuple(account.username for account in self.remaining)

    def create(
        self,
        recorder: Recorder,
        name: str,
        *,
        verified: bool = True,
        roles: tuple[str, ...] = (),
        welcome: bool = False,
    ) -> tuple[Reply, Account | None]:
        """Ask for a new account, and a mail that welcomes it: what was answered, and the account if there is one now."""
        draft = self._draft(recorder, name)
        with self._lock:
            self._made[draft.username] = draft
        self._journal.announce(Change("user", draft.username))
        recorder.world.expect_mail(draft.email)
        reply = self.call(
            recorder,
            "POST users.create",
            {
                "name": f"Conformance {name}",
                "email": draft.email,
                "username": draft.username,
                "password": draft.password,
                "verified": verified,
                "joinDefaultChannels": False,
                "requirePasswordChange": False,
                "sendWelcomeEmail": welcome,
                **({"roles": list(roles)} if roles else {}),
            },
        )
        user_id = at_path(reply.body, "user._id") if isinstance(reply, Granted) else None
        return reply, self._confirm(draft, user_id) if isinstance(user_id, str) else None

    def remove(self, recorder: Recorder, account: Account) -> bool:
        """Delete an account. False if it is still there; Inconclusive if that cannot be told."""
        if not account.user_id:
            user_id = find(self, recorder, f"username={account.username}")
            if not user_id:
                return self._forget(account, gone=True)
            account = self._confirm(account, user_id)
        return isinstance(self.delete(recorder, account), Granted)

    def delete(self, recorder: Recorder, account: Account) -> Reply:
        """Ask for the end of an account whose id is known: what was answered."""
        reply = self.call(recorder, "POST users.delete", {"userId": account.user_id, "confirmRelinquish": True})
        self._forget(account, gone=isinstance(reply, Granted))
        return reply

    @property
    def factors(self) -> tuple[str, ...]:
        """The methods beside the password by which the admin can prove who it is."""
        return self._factor.kinds

    @property
    def remaining(self) -> tuple[Account, ...]:
        """Accounts that were made and are not known to be gone."""
        with self._lock:
            return tuple(self._made.values())

    def _draft(self, recorder: Recorder, name: str) -> Account:
        tag = f"{self._run}{hashlib.sha256(recorder.test.encode()).hexdigest()[:8]}{name}"
        return Account(
            name=name,
            username=f"twofa-{tag}",
            password=recorder.world.password(f"{name}.password"),
            email=self._address.replace("{tag}", tag).lower(),
        )

    def _confirm(self, account: Account, user_id: str) -> Account:
        confirmed = Account(account.name, account.username, account.password, account.email, user_id)
        with self._lock:
            self._made[account.username] = confirmed
        self._journal.learn(Change("user", account.username, {"id": user_id}))
        return confirmed

    def _carry_out(self, call: Call, recorder: Recorder) -> Reply:
        """From the bare call to the proved one. The admin's account is not locked by a second factor that does not fit: once
        as many answers were refused as the target's owner allows, none is given any more."""
        answered: list[Answer] = []

        def answer(challenged: Challenged) -> Answer:
            if self._refused >= max(1, recorder.wrong_codes):
                raise Untested(f"limit: wrong_codes_per_account is {recorder.wrong_codes}, for the admin's own, too")
            answered.append(self._factor.answer(challenged, recorder))
            return answered[-1]

        with self._factor.in_turn():
            reply = carry_out(step_up(call), recorder.send, answer)
        if answered and isinstance(reply, Granted | Refused):
            with self._lock:
                self._refused = self._refused + 1 if isinstance(reply, Refused) and reply.invalid else 0
        return reply

    def _is_back(self, recorder: Recorder, ended: Session | None) -> bool:
        """Whether the admin has another session than one that has ended. A target that was restarted may have lost it, and
        accounts are still to be removed: so the admin logs in again, if need be, some times in a run."""
        with self._logging_in:
            if self.session == ended and self._logins < _LOGINS and not self._settings.token:
                self._logins += 1
                self.log_in(recorder)
                self.session = self.session or ended
            return self.session != ended

    def _forget(self, account: Account, *, gone: bool) -> bool:
        if gone:
            with self._lock:
                self._made.pop(account.username, None)
            self._journal.undone("user", account.username)
        return gone


def find(provider: Provider, recorder: Recorder, query: str) -> str | None:
    """A user's id, by a query of users.info. None if there is no such user; Inconclusive if that cannot be told."""
    reply = provider.call(recorder, f"GET users.info?{query}")
    if isinstance(reply, Refused) and reply.status in _NOT_THERE:
        return None
    user_id = at_path(reply.body, "user._id") if isinstance(reply, Granted) else None
    if not isinstance(user_id, str):
        raise Inconclusive(f"users.info does not tell whether a user is there: {describe(reply)}")
    return user_id
