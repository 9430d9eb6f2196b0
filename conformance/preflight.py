"""Phase 0: what has to be known about a target before anything is judged.

It finds out once, with an account of its own, what would otherwise block every test one by one. Only what makes a run
pointless fails here (exit 5); all else is a fact, which the suites judge or take into account.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Final

from conformance import diagnosis
from conformance.accounts import Admin
from conformance.admission import admission
from conformance.binding import at_path
from conformance.configuration import Configuration
from conformance.editions import choose, signs
from conformance.events import Event, Exchanged, Facts, Finding, Surveyed
from conformance.findings import Findings, Stopped
from conformance.given import Given
from conformance.imap import MailboxError
from conformance.model import Call, Edition, Granted, Reply, Response
from conformance.outcomes import Inconclusive
from conformance.own_factor import Unanswerable
from conformance.probe import Probe
from conformance.recorder import Recorder
from conformance.redaction import redacted_message
from conformance.survey import Survey
from conformance.target import Target
from conformance.world import Live


class Preflight:
    """One survey of one target. With a configuration its settings are changed before anything depends on them."""

    def __init__(
        self,
        target: Target,
        live: Live,
        provider: Admin | Given,
        recorder: Recorder,
        configuration: Configuration | None = None,
    ) -> None:
        self._target = target
        self._live = live
        self._provider = provider
        self._recorder = recorder
        self._configuration = configuration
        self._findings = Findings()
        self._admission = admission(provider, live, recorder, self._findings)
        self._version: str | None = None
        self._probe = Probe()
        self._capabilities: tuple[str, ...] = ()
        self._surveyed_facts: Facts | None = None
        self._configured = 0
        """How many events there were when the target's settings had been made what they are to be."""

    def run(self, edition: str) -> Surveyed:
        """Survey the target. Never raises for what the target does: see ``passed``."""
        try:
            self._reach()
            self._open_mailbox()
            self._admission.enter()
            self._configure()
            self._try_an_account()
            self._survey()
        except Stopped:
            pass
        except Unanswerable as lacking:
            self._findings.append(Finding("admin-second-factor", "fail", lacking.finding, lacking.remedy))
        except Inconclusive as broken:
            self._findings.append(Finding("target-answers", "fail", broken.reason, _REACH))
        probe = self._probe
        seen = signs(self._version, probe.challenge, probe.refusal, probe.facts.several_codes)
        chosen, evidence = choose(edition, seen)
        if passed(self._findings):
            self._findings.append(diagnosis.edition(edition, chosen, seen))
        return self._surveyed(chosen, evidence)

    def _surveyed(self, edition: Edition, evidence: tuple[str, ...]) -> Surveyed:
        facts = replace(
            self._facts,
            clock_offset=round(_clock_offset(self._recorder.evidence()), 2),
            admin_id=self._provider.session.user_id if self._provider.session else "",
            admin_factors=self._admin_factors,
            brief=_brief(self._probe.facts.mail_delay),
            patience=float(self._target.target.timeout),
        )
        return Surveyed(
            findings=tuple(replace(finding, finding=self._shown(finding.finding)) for finding in self._findings),
            edition=edition,
            edition_evidence=tuple(map(self._shown, evidence)),
            server_version=self._version and self._shown(self._version),
            declared=tuple(self._target.capabilities.methods),
            probed=self._capabilities,
            facts=facts,
            accounts=self._provider.as_evidence() if isinstance(self._provider, Given) else (),
        )

    def _shown(self, text: str) -> str:
        """What the target said may hold a secret."""
        return redacted_message(text, self._recorder.secrets)

    def _reach(self) -> None:
        for path in ("/api/info", "/api/v1/info"):
            try:
                reply = self._recorder.send(Call(f"GET {path}"))
            except Inconclusive as broken:
                if "not trusted" in broken.reason:
                    self._findings.stop("tls-trusted", broken.reason, _TRUST)
                self._findings.stop("target-reachable", f"{self._target.target.base_url}: {broken.reason}", _REACH)
            self._version = self._version or _version(reply)
        self._findings.passed("target-reachable", f"{self._target.target.base_url} answers")
        self._findings += diagnosis.encryption(self._target.target.base_url)
        self._recorder.clock_offset = _clock_offset(self._recorder.evidence())
        self._findings.append(diagnosis.clock(self._recorder.clock_offset))

    def _open_mailbox(self) -> None:
        if not self._live.postbox:
            self._findings.note(
                "mailbox", "no [mailbox]: requirements about email are inapplicable", "describe one in [mailbox]"
            )
            return
        try:
            self._live.postbox.open()
        except MailboxError as error:
            self._findings.stop("mailbox", str(error), "the mailbox is described in [mailbox] of the target file")
        self._findings.passed("mailbox", "opened read-only")

    def _configure(self) -> None:
        if self._configuration:
            self._configuration.recorder.clock_offset = self._recorder.clock_offset
            self._findings += self._configuration.make()
            self._configured = len(self._recorder.evidence())

    def _try_an_account(self) -> None:
        user = self._admission.borrow()
        if not user:
            return
        try:
            self._probe.run(user, self._live, self._findings.require_route)
        finally:
            self._findings += self._probe.findings
            user.name_codes()
            self._admission.give_back(user)
        self._admission.settle(self._probe.facts)

    @property
    def _facts(self) -> Facts:
        return self._surveyed_facts or self._probe.facts

    @property
    def _admin_factors(self) -> tuple[str, ...]:
        return self._provider.factors if isinstance(self._provider, Admin) else ()

    def _survey(self) -> None:
        survey = Survey(self._provider, self._recorder, self._probe.facts, self._target.limits)
        try:
            survey.run(with_mail=self._live.postbox is not None)
        finally:
            survey.compare(self._target.capabilities.methods)
            self._capabilities, self._surveyed_facts = tuple(survey.capabilities), survey.facts
            self._findings += [*diagnosis.findings(self._observations(survey)), *survey.findings]

    def _observations(self, survey: Survey) -> diagnosis.Observations:
        mailbox, session = self._target.mailbox, self._provider.session
        events = self._recorder.evidence()[self._configured :]
        facts = replace(
            survey.facts,
            admin_id=session.user_id if session else "",
            admin_factors=self._admin_factors,
            clock_offset=self._recorder.clock_offset,
        )
        return diagnosis.Observations(
            facts,
            self._probe.bare,
            survey.fallback,
            survey.settings,
            tuple(event.exchange for event in events if isinstance(event, Exchanged)),
            self._recorder.binding,
            self._target.limits.requests_per_second,
            mailbox.deadline if mailbox else None,
            changes=self._target.limits.allow_settings or self._configuration is not None,
        )


_REACH: Final = "check target.base_url, target.timeout, and whether the target is up"
_TRUST: Final = "name the certificate's authority with target.ca_file"


def passed(findings: Iterable[Finding]) -> bool:
    """Whether a run makes sense after these findings."""
    return all(finding.verdict != "fail" for finding in findings)


def _version(reply: Reply) -> str | None:
    """The version that /api/info tells, in either of the places where it stands."""
    if not isinstance(reply, Granted):
        return None
    told = (at_path(reply.body, "version"), at_path(reply.body, "info.version"))
    return next((version for version in told if isinstance(version, str)), None)


def _brief(mail_delay: float | None) -> int:
    """Whole seconds in which a mail comes and its code is used, with room to spare, and that a test can wait for."""
    return max(3, math.ceil(3 * (mail_delay or 0.0)) + 2)


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
