"""The part of the preflight that depends on who provides accounts: is everybody let in, and whom may the probe have?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Final, NoReturn, Protocol

from conformance.accounts import Admin
from conformance.attempt import Attempt
from conformance.binding import at_path
from conformance.condition import enter, rest
from conformance.events import Facts
from conformance.findings import Findings
from conformance.given import Given
from conformance.model import Account, Challenged, Granted, Protected
from conformance.outcomes import Inconclusive, NotApplicable, Untested
from conformance.own_factor import Unanswerable
from conformance.probe import HOPEFUL
from conformance.recorder import Recorder
from conformance.replies import describe, intercepted
from conformance.users import User
from conformance.world import Live


class Admission(Protocol):
    """One provider's way through the preflight."""

    def enter(self) -> None:
        """Log in, whoever has to."""

    def borrow(self) -> User | None:
        """Somebody for the probe to act as."""

    def give_back(self, user: User) -> None:
        """The probe is over."""

    def settle(self, facts: Facts) -> None:
        """Look at what else depends on the accounts, now that this much is known of the target."""


class ByAdmin:
    """An admin who makes accounts, and removes them."""

    def __init__(self, admin: Admin, recorder: Recorder, findings: Findings) -> None:
        self._admin = admin
        self._recorder = recorder
        self._findings = findings

    def enter(self) -> None:
        try:
            reply = self._admin.log_in(self._recorder)
        except Unanswerable as lacking:
            self._findings.stop("admin-login", f"the admin's login is not completed: {lacking.finding}", lacking.remedy)
        if not self._admin.session or not isinstance(reply, Granted):
            self._findings.require_answer("login", reply)
            self._findings.stop("admin-login", f"the admin's login is refused: {describe(reply)}", _ADMIN)
        me = self._admin.call(self._recorder, "GET me")
        self._findings.require_answer("me", me)
        self._findings.passed("admin-login", "the admin is logged in")

    def borrow(self) -> User:
        reply, account = self._admin.create(self._recorder, "probe")
        self._findings.require_answer("users.create", reply)
        if not account:
            self._stop("users.create", describe(reply))
        info = self._admin.call(self._recorder, f"GET users.info?userId={account.user_id}")
        self._findings.require_answer("users.info", info)
        if not isinstance(info, Granted):
            self._stop("users.info", describe(info))
        self._findings.passed("accounts", "test accounts can be made")
        return User(account, self._recorder, HOPEFUL, self._admin)

    def give_back(self, user: User) -> None:
        reply = self._admin.delete(self._recorder, user.account)
        self._findings.require_answer("users.delete", reply)
        if not isinstance(reply, Granted):
            self._stop("users.delete", describe(reply))
        self._findings.passed("admin-rights", "the admin may call users.create, users.info and users.delete")

    def _stop(self, route: str, said: str) -> NoReturn:
        self._findings.stop("admin-rights", f"{route} is refused: {said}", _RIGHTS)

    def settle(self, facts: Facts) -> None:
        """Accounts that are made are alike."""


class ByTargetFile:
    """Accounts that are there. Each has to let us in; what else does not fit makes it useless for some tests alone."""

    def __init__(self, given: Given, live: Live, recorder: Recorder, findings: Findings) -> None:
        self._given = given
        self._live = live
        self._recorder = recorder
        self._findings = findings

    def enter(self) -> None:
        for account in self._given.accounts:
            user = User(account, self._recorder, HOPEFUL, self._given)
            try:
                self._log_in(user)
                self._given.admit(user)
                self._check_address(user)
            except NotApplicable as ended:
                self._note(user.account, f"is not used: {ended.reason}")
                self._given.withdraw(account)
            finally:
                self._given.give_back(user)
        self._findings.passed("account-login", "the password of every given account is accepted")
        self._given.open(self._live)

    def borrow(self) -> User | None:
        try:
            (account,) = self._given.lease(self._recorder, ["alice"])
        except NotApplicable as lacking:
            self._findings.note("accounts", lacking.reason, "requirements about email are inapplicable until then")
            return None
        user = User(account, self._recorder, HOPEFUL, self._given)
        rest(user)
        return user

    def give_back(self, user: User) -> None:
        self._given.give_back(user)

    def settle(self, facts: Facts) -> None:
        """Find the accounts whose mail does not reach the mailbox, while others' does: no server is to blame for them."""
        if not (facts.mail_arrives and facts.code_works):
            return
        reachable = [account for account in self._given.accounts if account.email]
        with ThreadPoolExecutor(max(1, len(reachable))) as together:
            for account, blocked in zip(reachable, together.map(self._unread, reachable, repeat(facts)), strict=True):
                if blocked:
                    self._note(account, f"gets no mail that can be read: {blocked}")
                    self._given.learn(account, email="")
        self._given.open(self._live)

    def _unread(self, account: Account, facts: Facts) -> str | None:
        """What keeps an account's mail from being read, if anything does."""
        user = User(account, self._recorder, facts, self._given)
        try:
            rest(user)
            user.enable_email()
            off = Protected(self._recorder.binding.disable_email)
            Attempt(user, off, "", user.inbox, user.session).accept()
        except Inconclusive as blocked:
            return blocked.reason
        finally:
            self._given.give_back(user)
        return None

    def _log_in(self, user: User) -> None:
        """The password has to be accepted, if need be up to the second factor."""
        try:
            enter(user)
        except (Inconclusive, Untested) as refused:
            if user.login and not isinstance(user.login, Challenged):
                self._findings.require_answer("login", user.login)
                finding = f"the login of {user.account.username} is refused: {describe(user.login)}"
                self._findings.stop("account-login", finding, _ACCOUNT)
            raise NotApplicable(f"nothing answers its login's challenge: {refused.reason}") from refused

    def _check_address(self, user: User) -> None:
        """Whether the account has its address, where the target tells: only an admin's has to have me."""
        me = user.call(user.recorder.binding.me)
        if intercepted(me):
            self._findings.require_answer("me", me)
        listed = at_path(me.body, "emails") if isinstance(me, Granted) else None
        emails = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        verified = [str(row.get("address")).lower() for row in emails if row.get("verified")]
        if user.account.email and emails and user.account.email not in verified:
            self._note(user.account, f"has no verified address {user.account.email} on the target")
            self._given.learn(user.account, email="")

    def _note(self, account: Account, finding: str) -> None:
        self._findings.note("account", f"{account.username} {finding}", _ACCOUNT)


def admission(provider: Admin | Given, live: Live, recorder: Recorder, findings: Findings) -> Admission:
    if isinstance(provider, Admin):
        return ByAdmin(provider, recorder, findings)
    return ByTargetFile(provider, live, recorder, findings)


_ADMIN: Final = "check provisioning.username and its password, or user_id and its token"
_RIGHTS: Final = (
    "give the admin of [provisioning] the rights to create and delete users: the permissions create-user, "
    "view-full-other-user-info, edit-other-user-info and delete-user"
)
_ACCOUNT: Final = "check the account's table: username, password, email, and totp_secret if it has an authenticator"
