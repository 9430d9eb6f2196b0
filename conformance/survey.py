"""What a target can do beside codes by mail: authenticators, the password fallback, tokens, methods over REST, settings.

Each is tried once, with an account of its own where it needs one; what is not there is no fault, but nothing to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from conformance.attempt import Attempt
from conformance.binding import procedure
from conformance.cast import CAST
from conformance.condition import rest
from conformance.enrolment import ROUTES, Enrolment
from conformance.events import Facts, Finding, Walk
from conformance.model import ABSENT, Challenged, Granted, Json
from conformance.outcomes import Ended
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.replies import carried_out
from conformance.setting_names import NAMES
from conformance.target import LimitsTable
from conformance.target_settings import value_of
from conformance.users import User
from conformance.wire import result_of

_MISSING: Final = {404, 405, 501}
_READ: Final = ("remember_for", "enabled", "email", "totp", "fallback")
"""Settings that say why something is not asked for."""

_TOKENS: Final = ("GET /api/v1/users.getPersonalAccessTokens", "POST /api/v1/users.generatePersonalAccessToken")


class Survey:
    """One look at what a target can do. ``settings`` and ``lockout``: whether the target's owner allows to try these."""

    def __init__(self, provider: Provider, recorder: Recorder, facts: Facts, limits: LimitsTable) -> None:
        self.facts = facts
        self.capabilities: list[str] = []
        self.findings: list[Finding] = []
        self.settings: dict[str, Json] = {}
        """Those that could be read, by short name."""
        self.fallback: bool | None = None
        """Whether an account without a method is asked for its password; None where that was not tried."""
        self._provider = provider
        self._recorder = recorder
        self._limits = limits

    def run(self, *, with_mail: bool) -> None:
        """Try everything. What cannot be tried is said, and counts as absent."""
        self._note_settings()
        if with_mail and not self._switched_off("email"):
            self.capabilities.append("email")
            self._lease("alice", self._try_calls)
        self._lease("dave", self._try_password)
        if not self._switched_off("totp"):
            self._lease("carol", self._try_authenticator)
        self.capabilities += [name for name, there in self._facts_as_capabilities() if there]

    def compare(self, declared: Iterable[str]) -> None:
        """Say where what the target file declares is not what there is."""
        found = {"email": self.facts.challenged and "email" in self.capabilities}
        for method in declared:
            if not found.get(method, method in self.capabilities):
                self.findings.append(
                    Finding(
                        f"capability-{method}",
                        "warn",
                        f"the target file declares the method {method}, but the target does not offer it",
                        "correct [capabilities].methods, or switch the method on",
                    )
                )

    def _facts_as_capabilities(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("login", self.facts.login_challenged),
            ("trust-window", bool(self.facts.trust_window)),
            ("lockout", self._limits.allow_lockout),
            ("new-accounts", self._provider.session is not None),
        )

    def _lease(self, name: str, attempt: Callable[[User], None]) -> None:
        user = None
        try:
            (account,) = self._provider.lease(self._recorder, [name])
            user = User(account, self._recorder, self.facts, self._provider)
            attempt(user)
        except Ended as ended:
            self.findings.append(Finding(f"survey-{name}", "note", ended.reason))
        finally:
            if user:
                user.name_codes()
                self._provider.give_back(user)

    def _note_settings(self) -> None:
        for name in _READ:
            if (value := value_of(self._provider, self._recorder, name)) is not ABSENT:
                self.settings[name] = value
        if self._limits.allow_settings and "remember_for" in self.settings:
            self.capabilities.append("settings")
        for name in ("enabled", "email", "totp"):
            if self._switched_off(name):
                finding = f"the setting {NAMES[name]} is off"
                self.findings.append(Finding(f"switch-{name}", "note", finding, "switch it on to have it tested"))

    def _switched_off(self, name: str) -> bool:
        return self.settings.get(name) is False

    def _try_calls(self, user: User) -> None:
        """Which further calls there are, for a user with email 2FA."""
        CAST["alice"].prepare(user)
        if self.facts.mail_arrives and not self.facts.code_works:
            self._look_again(user)
        replies = [user.call(route) for route in _TOKENS]
        if all(reply.status not in _MISSING for reply in replies):
            self.capabilities.append("personal-access-tokens")
        tokens = procedure("personalAccessTokens:generateToken", {"tokenName": user.recorder.word()})
        reply = user.recorder.send(replace(tokens, session=user.session))
        if isinstance(reply, Challenged) or (isinstance(reply, Granted) and isinstance(result_of(reply), str)):
            self.capabilities.append("method-call")

    def _look_again(self, user: User) -> None:
        """Whether the code of a challenge works where that of a resend did not: one fault must not pass for the other."""
        walk = self._walk(user)
        if walk and walk.right_works:
            self._learn(code_works=True, guess_refused=walk.wrong_refused)
            user.facts = self.facts

    def _try_password(self, user: User) -> None:
        CAST["dave"].prepare(user)
        _, challenged = self._first_challenged(user)
        if challenged and challenged.asks_for == "email":
            self._learn(opted_in=True)
            user.facts = self.facts
            CAST["dave"].prepare(user)
        walk = self._walk(user)
        self.fallback = walk is not None
        if walk:
            self.capabilities.append("password")
            self._learn(password=walk)

    def _try_authenticator(self, user: User) -> None:
        if user.account.given:
            CAST["carol"].prepare(user)
        elif not self._find_enrolment(user):
            return
        self.capabilities.append("totp")
        authenticator = user.enrol()
        self._learn(totp=self._walk(user) or Walk())
        if authenticator.backup_codes:
            self.capabilities.append("backup-codes")
            with suppress(Ended):
                self._learn(backup_codes=self._takes_backup_code(user))

    def _find_enrolment(self, user: User) -> bool:
        """Which routes, if any, lead to an authenticator. Where none does, those that break down: that they are there is for
        the suites to judge."""
        if self.facts.opted_in:
            rest(user)  # else a challenge may ask for a mailed code
        else:
            user.log_in()
        broken = ""
        for routes in ROUTES:
            enrolment = Enrolment(user.recorder, user.session, routes)
            if self._begun(enrolment, user):
                return self._enrols_by(routes, user)
            if not broken and self._is_broken(enrolment):
                broken = routes
        return bool(broken) and self._enrols_by(broken, user)

    def _enrols_by(self, routes: str, user: User) -> bool:
        self._learn(enrolment=routes)
        user.facts = self.facts
        return True

    def _begun(self, enrolment: Enrolment, user: User) -> bool:
        with suppress(Ended):
            return enrolment.begin(user.account.name) is not None
        return False

    def _is_broken(self, enrolment: Enrolment) -> bool:
        with suppress(Ended):
            return enrolment.is_broken()
        return False

    def _walk(self, user: User) -> Walk | None:
        """From the bare call over a wrong answer to the right one. None if the method is not asked for."""
        attempt, challenged = self._first_challenged(user)
        if not challenged or challenged.challenge.method != user.by.method:
            return None
        wrong = attempt.send(user.by.wrong(challenged))
        right = attempt.send(user.by.right(challenged))
        return Walk(True, carried_out(right), not carried_out(wrong))

    def _first_challenged(self, user: User) -> tuple[Attempt, Challenged | None]:
        attempt = user.attempt(user.recorder.binding.candidates[self.facts.protected])
        reply = attempt.bare()
        return attempt, reply if isinstance(reply, Challenged) else None

    def _takes_backup_code(self, user: User) -> bool:
        user.facts = replace(self.facts, backup_codes=True)
        user.log_in()
        attempt, challenged = self._first_challenged(user)
        return challenged is not None and carried_out(attempt.send(user.enrolled.backup_answer()))

    def _learn(self, **facts: Any) -> None:
        self.facts = replace(self.facts, **facts)
