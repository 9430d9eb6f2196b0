"""Phase 0: what has to be known about a target before anything is judged.

It finds out once, with an account of its own, what would otherwise block every test one by one. Only what makes a run
pointless fails here (exit 5); all else is a fact, which the suites judge or take into account.
"""

from __future__ import annotations

import math
from dataclasses import replace
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Final

from conformance.accounts import Admin
from conformance.admission import admission
from conformance.binding import at_path
from conformance.editions import choose, signs
from conformance.events import Event, Exchanged, Facts, Finding, Surveyed
from conformance.findings import Findings, Stopped
from conformance.given import Given
from conformance.imap import MailboxError
from conformance.model import Call, Edition, Granted, Reply, Response
from conformance.outcomes import Inconclusive, Untested
from conformance.probe import Probe
from conformance.recorder import Recorder
from conformance.survey import Survey
from conformance.target import Target
from conformance.world import Live

_NOTABLE_OFFSET: Final = 10.0


class Preflight:
    """One survey of one target. ``surveyed`` holds what was found, also when it stopped."""

    def __init__(self, target: Target, live: Live, provider: Admin | Given, recorder: Recorder) -> None:
        self._target = target
        self._live = live
        self._provider = provider
        self._recorder = recorder
        self._findings = Findings()
        self._admission = admission(provider, live, recorder, self._findings)
        self._version: str | None = None
        self._probe = Probe()
        self._capabilities: tuple[str, ...] = ()
        self._surveyed_facts: Facts | None = None

    def run(self, edition: str) -> Surveyed:
        """Survey the target. Never raises for what the target does: see ``passed``."""
        try:
            self._reach()
            self._open_mailbox()
            self._admission.enter()
            self._try_an_account()
            self._survey()
            self._note_clock()
        except Stopped:
            pass
        except (Inconclusive, Untested) as broken:
            self._findings.append(Finding("target-answers", "fail", broken.reason, _REACH))
        probe = self._probe
        seen = signs(self._version, probe.challenge, probe.refusal, probe.facts.several_codes)
        return self._surveyed(*choose(edition, seen))

    def _surveyed(self, edition: Edition, evidence: tuple[str, ...]) -> Surveyed:
        facts = replace(
            self._facts,
            clock_offset=round(_clock_offset(self._recorder.evidence()), 2),
            admin_id=self._provider.session.user_id if self._provider.session else "",
            brief=_brief(self._probe.facts.mail_delay),
            patience=float(self._target.target.timeout),
        )
        return Surveyed(
            findings=tuple(self._findings),
            edition=edition,
            edition_evidence=evidence,
            server_version=self._version,
            declared=tuple(self._target.capabilities.methods),
            probed=self._capabilities,
            facts=facts,
            accounts=self._provider.as_evidence() if isinstance(self._provider, Given) else (),
        )

    def _reach(self) -> None:
        for path in ("/api/info", "/api/v1/info"):
            try:
                reply = self._recorder.send(Call(f"GET {path}"))
            except Inconclusive as broken:
                if "not trusted" in broken.reason:
                    self._findings.stop(
                        "tls-trusted", broken.reason, "name the certificate's authority with target.ca_file"
                    )
                self._findings.stop("target-reachable", f"{self._target.target.base_url}: {broken.reason}", _REACH)
            self._version = self._version or _version(reply)
        self._recorder.clock_offset = _clock_offset(self._recorder.evidence())
        self._findings.passed("target-reachable", f"{self._target.target.base_url} answers")

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

    def _survey(self) -> None:
        survey = Survey(self._provider, self._recorder, self._probe.facts, self._target.limits)
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


_REACH: Final = "check target.base_url, target.timeout, and whether the target is up"


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
