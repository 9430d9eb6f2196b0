"""Accounts for tests: made through the target's admin API, for one test each, and removed after it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from conformance.binding import at_path, session_of
from conformance.cast import CAST
from conformance.flow import carry_out, step_up
from conformance.model import Account, Call, Granted, Refused, Reply, Session
from conformance.outcomes import Ended, Inconclusive
from conformance.own_factor import OwnFactor
from conformance.recorder import Recorder
from conformance.replies import describe
from conformance.target import ProvisioningTable

if TYPE_CHECKING:
    from conformance.events import Facts
    from conformance.users import User

_API: Final = "/api/v1"


class Admin:
    """The admin of a target of kind rocketchat-admin: makes accounts, and removes every one that it made."""

    def __init__(self, settings: ProvisioningTable, address: str, run: str) -> None:
        self.session: Session | None = None
        self._settings = settings
        self._factor = OwnFactor(settings)
        self._address = address
        self._run = run
        self._lock = threading.Lock()
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
        return self._carry_out(call, recorder)

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
        """Delete an account. False if it is still there."""
        if not account.user_id:
            found = self.call(recorder, f"GET users.info?username={account.username}")
            user_id = at_path(found.body, "user._id") if isinstance(found, Granted) else None
            if not isinstance(user_id, str):
                return self._forget(account, gone=isinstance(found, Refused))
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
        return confirmed

    def _carry_out(self, call: Call, recorder: Recorder) -> Reply:
        with self._factor.in_turn():
            return carry_out(step_up(call), recorder.send, lambda challenged: self._factor.answer(challenged, recorder))

    def _forget(self, account: Account, *, gone: bool) -> bool:
        if gone:
            with self._lock:
                self._made.pop(account.username, None)
        return gone
