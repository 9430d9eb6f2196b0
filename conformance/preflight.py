"""Phase 0: what has to be known about a target before anything is judged.

It finds out once, with an account of its own, what would otherwise block every test one by one. Only what makes a run
pointless fails here (exit 5); all else is a fact, which the suites judge or take into account.
"""

from __future__ import annotations

import math
from dataclasses import replace
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Final, NoReturn

from conformance.accounts import Admin
from conformance.binding import at_path
from conformance.editions import choose, signs
from conformance.events import Event, Exchanged, Facts, Finding, Surveyed
from conformance.mailbox import MailboxError
from conformance.model import Call, Edition, Granted, Reply, Response
from conformance.outcomes import Inconclusive
from conformance.probe import Probe
from conformance.recorder import Recorder
from conformance.replies import describe
from conformance.survey import Survey
from conformance.target import Target
from conformance.users import User
from conformance.world import Live

_MISSING: Final = {404, 405, 501}
_NOTABLE_OFFSET: Final = 10.0


class Stopped(Exception):
    """The preflight found something that makes a run pointless."""


class Preflight:
    """One survey of one target. ``surveyed`` holds what was found, also when it stopped."""

    def __init__(self, target: Target, live: Live, admin: Admin, recorder: Recorder) -> None:
        self._target = target
        self._live = live
        self._admin = admin
        self._recorder = recorder
        self._findings: list[Finding] = []
        self._version: str | None = None
        self._probe = Probe()
        self._capabilities: tuple[str, ...] = ()
        self._surveyed_facts: Facts | None = None

    def run(self, edition: str) -> Surveyed:
        """Survey the target. Never raises for what the target does: see ``passed``."""
        try:
            self._reach()
            self._open_mailbox()
            self._log_in()
            self._try_an_account()
            self._survey()
            self._note_clock()
        except Stopped:
            pass
        except Inconclusive as broken:
            self._findings.append(Finding("target-answers", "fail", broken.reason, _REACH))
        probe = self._probe
        seen = signs(self._version, probe.challenge, probe.refusal, probe.facts.several_codes)
        return self._surveyed(*choose(edition, seen))

    def _surveyed(self, edition: Edition, evidence: tuple[str, ...]) -> Surveyed:
        facts = replace(
            self._facts,
            clock_offset=round(_clock_offset(self._recorder.evidence()), 2),
            admin_id=self._admin.session.user_id if self._admin.session else "",
            brief=_brief(self._probe.facts.mail_delay),
        )
        return Surveyed(
            findings=tuple(self._findings),
            edition=edition,
            edition_evidence=evidence,
            server_version=self._version,
            declared=tuple(self._target.capabilities.methods),
            probed=self._capabilities,
            facts=facts,
        )

    def _reach(self) -> None:
        for path in ("/api/info", "/api/v1/info"):
            try:
                reply = self._recorder.send(Call(f"GET {path}"))
            except Inconclusive as broken:
                if "not trusted" in broken.reason:
                    self._stop("tls-trusted", broken.reason, "name the certificate's authority with target.ca_file")
                self._stop("target-reachable", f"{self._target.target.base_url}: {broken.reason}", _REACH)
            self._version = self._version or _version(reply)
        self._recorder.clock_offset = _clock_offset(self._recorder.evidence())
        self._pass("target-reachable", f"{self._target.target.base_url} answers")

    def _open_mailbox(self) -> None:
        if not self._live.postbox:
            self._note(
                "mailbox", "no [mailbox]: requirements about email are inapplicable", "describe one in [mailbox]"
            )
            return
        try:
            self._live.postbox.open()
        except MailboxError as error:
            self._stop("mailbox", str(error), "the mailbox is described in [mailbox] of the target file")
        self._pass("mailbox", "opened read-only")

    def _log_in(self) -> None:
        reply = self._admin.log_in(self._recorder)
        if not self._admin.session or not isinstance(reply, Granted):
            self._require_route("login", reply)
            self._stop("admin-login", f"the admin's login is refused: {describe(reply)}", _ADMIN)
        me = self._admin.call(self._recorder, "GET me")
        self._require_route("me", me)
        self._pass("admin-login", "the admin is logged in")

    def _try_an_account(self) -> None:
        reply, account = self._admin.create(self._recorder, "probe")
        self._require_route("users.create", reply)
        if not account:
            self._stop("accounts", f"users.create is refused: {describe(reply)}", _RIGHTS)
        self._require_route("users.info", self._admin.call(self._recorder, f"GET users.info?userId={account.user_id}"))
        self._pass("accounts", "test accounts can be made")
        try:
            user = User(account, self._recorder, self._probe.facts, self._admin)
            self._probe.run(user, self._live, self._require_route)
        finally:
            self._findings += self._probe.findings
            removed = self._admin.remove(self._recorder, account)
        if not removed:
            self._stop("accounts", "users.delete does not remove the account that was made", _RIGHTS)

    @property
    def _facts(self) -> Facts:
        return self._surveyed_facts or self._probe.facts

    def _survey(self) -> None:
        survey = Survey(self._admin, self._recorder, self._probe.facts, self._target.limits)
        try:
            survey.run(with_mail=self._live.postbox is not None)
        finally:
            survey.compare(self._target.capabilities.methods)
            self._findings += survey.findings
            self._capabilities, self._surveyed_facts = tuple(survey.capabilities), survey.facts

    def _note_clock(self) -> None:
        offset = _clock_offset(self._recorder.evidence())
        verdict = "note" if abs(offset) > _NOTABLE_OFFSET else "pass"
        self._findings.append(
            Finding(
                "clock",
                verdict,
                f"the target's clock is {offset:+.1f} s off ours; times are compared with that in mind",
            )
        )

    def _require_route(self, name: str, reply: Reply) -> None:
        if reply.status in _MISSING:
            self._stop("routes", f"the target has no {name}: status {reply.status}", _ROUTES)

    def _pass(self, check: str, finding: str) -> None:
        self._findings.append(Finding(check, "pass", finding))

    def _note(self, check: str, finding: str, remedy: str) -> None:
        self._findings.append(Finding(check, "note", finding, remedy))

    def _stop(self, check: str, finding: str, remedy: str) -> NoReturn:
        self._findings.append(Finding(check, "fail", finding, remedy))
        raise Stopped(finding)


_REACH: Final = "check target.base_url, target.timeout, and whether the target is up"
_ADMIN: Final = "check provisioning.username and its password, or user_id and its token"
_RIGHTS: Final = "give the admin of [provisioning] the rights to create and delete users"
_ROUTES: Final = "a target of kind rocketchat-admin has login, me, users.create, info, update, delete and users.2fa.*"


def passed(surveyed: Surveyed) -> bool:
    """Whether a run makes sense after this survey."""
    return all(finding.verdict != "fail" for finding in surveyed.findings)


def _version(reply: Reply) -> str | None:
    """The version that /api/info tells, in either of the places where it stands."""
    if not isinstance(reply, Granted):
        return None
    told = (at_path(reply.body, "version"), at_path(reply.body, "info.version"))
    return next((version for version in told if isinstance(version, str)), None)


def _brief(mail_delay: float | None) -> int:
    """Whole seconds in which a mail comes and its code is used, with room to spare, and that a test can wait for."""
    return max(4, math.ceil(3 * (mail_delay or 0.0)) + 2)


def _clock_offset(events: list[Event]) -> float:
    """Seconds by which the target's clock is ahead of ours. Date counts whole seconds, so half of one is added."""
    offsets = [
        date + 0.5 - (event.exchange.at + event.exchange.elapsed / 2)
        for event in events
        if isinstance(event, Exchanged) and (date := _date(event.exchange.response)) is not None
    ]
    return median(offsets) if offsets else 0.0


def _date(response: Response | None) -> float | None:
    try:
        return parsedate_to_datetime((response and response.header("date")) or "").timestamp()
    except (ValueError, OverflowError):
        return None
