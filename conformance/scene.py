"""One test on the stage: it gets its people, acts, and leaves the target as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.allowance import Allowance
from conformance.bill import Part
from conformance.calls import TOKEN_CREATION, TOKEN_PROCEDURE
from conformance.cast import CAST
from conformance.departure import Departure
from conformance.events import Event, Facts, Judged
from conformance.handles import PEOPLE, RECORD, THINGS, WALK
from conformance.model import Account, Edition, Protected, Verdict
from conformance.outcomes import Ended, Inconclusive, NotApplicable, outcome_of
from conformance.provider import Provider
from conformance.record import Record, Replies
from conformance.recorder import Recorder
from conformance.redaction import redacted_message
from conformance.target_settings import need
from conformance.users import User
from conformance.verdicts import judge
from conformance.walks import Walk
from conformance.world import Live, World


@dataclass(frozen=True, slots=True)
class Stage:
    """What all tests of a run share."""

    world: World
    provider: Provider
    facts: Facts
    capabilities: frozenset[str]
    new_recorder: Callable[[str], Recorder]
    record: Record
    edition: Edition
    judged: frozenset[str]
    obstacle: str | None = None
    """Why settings cannot be changed just now, where the target would let us."""
    allowance: Allowance = field(default_factory=Allowance)


class Scene:
    """One performance of one test."""

    def __init__(self, part: Part, purpose: str | None, stage: Stage) -> None:
        self.test = part.test
        self.requirement = part.requirement
        self._phase = part.phase
        self.raised: BaseException | None = None
        self._needs = part.needs
        self._risks = part.risks
        self._purpose = purpose
        self._stage = stage
        self._recorder = stage.new_recorder(part.test)
        if "lockout" in self._needs:
            self._recorder.wrong_codes = _MANY
        self._people: dict[str, User] = {}
        self._replies: Replies | None = None
        self._walk = Walk(stage.edition, stage.judged)
        self._seconds = 0.0
        self._last_reply = "none"

    def perform(self, act: Callable[..., object], names: list[str], others: Mapping[str, Any]) -> None:
        """Call the test function with the people and things that it names. What it raises is kept, not raised."""
        began = time.monotonic()
        try:
            self._stage.allowance.begin(self.test)
            with self._stage.world.performing(self.test):
                people = [name for name in names if name in PEOPLE]
                self._stage.provider.need(people, mailed=self._mailed)
                self._check_capabilities()
                accounts = self._stage.provider.lease(self._recorder, people, mailed=self._mailed)
                began = time.monotonic()
                self._act(act, self._handles(dict(zip(people, accounts, strict=True)), names, others))
        except (Exception, Ended, BaseExceptionGroup) as raised:  # noqa: BLE001 - it is judged, not swallowed
            self.raised = raised
        finally:
            self._seconds = time.monotonic() - began
            self._leave()
            self._stage.allowance.end(self.test, self._mails)

    def _act(self, act: Callable[..., object], handles: Mapping[str, Any]) -> None:
        """What the test finds counts only while the target's settings are those that it needs."""
        try:
            act(**handles)
        except (AssertionError, BaseExceptionGroup):
            self._last_reply = self._recorder.last_reply
            self._need_settings()
            raise
        self._need_settings()

    def _need_settings(self) -> None:
        need(self._stage.provider, self._recorder, self._phase, self._stage.facts.brief)

    def events(self, raised: BaseException | None, message: str) -> list[Event]:
        """What this test did and saw, and last what it found. ``message`` is what its assertion said, if one failed."""
        judged = Judged(
            test=self.test,
            requirement=self.requirement.id,
            verdict=self.verdict(raised).word,
            reason=self._reason(raised, message),
            blocked_by=getattr(raised, "blocked_by", None),
            seconds=round(self._seconds, 3),
            exchanges=self._replies.cited if self._replies else (),
            purpose=self._purpose,
            risks=self._risks,
        )
        return [*self._recorder.evidence(), judged]

    def redacted(self, text: str) -> str:
        """What was made of this test's values, without a secret in it."""
        return redacted_message(text, self._recorder.secrets)

    @property
    def departure(self) -> Departure | None:
        """Where the test's walk has left the protocol, if it was one."""
        return self._walk.departure

    def verdict(self, raised: BaseException | None) -> Verdict:
        return judge(self.requirement.level, outcome_of(raised))

    def _check_capabilities(self) -> None:
        if self._phase and self._stage.obstacle:
            raise Inconclusive(self._stage.obstacle)
        for name in self._needs:
            if name not in self._stage.capabilities:
                raise NotApplicable(_LACKS.get(name, f"the target does not have {name}"))

    @property
    def _mailed(self) -> bool:
        """Whether everybody in this test needs an address whose mail can be read."""
        return "email" in self._needs

    def _handles(self, leased: Mapping[str, Account], names: list[str], others: Mapping[str, Any]) -> dict[str, Any]:
        stage = self._stage
        self._people = {
            name: User(account, self._recorder, stage.facts, stage.provider) for name, account in leased.items()
        }
        for name, user in self._people.items():
            CAST[name].prepare(user)
        things = {name: self._thing(name) for name in names if name in THINGS}
        return {name: ({**others, **things, **self._people})[name] for name in names}

    def _thing(self, name: str) -> Protected | Replies | Walk:
        if name == RECORD:
            self._replies = self._stage.record.of(self.requirement.id)
            return self._replies
        if name == WALK:
            return self._walk
        binding = self._recorder.binding
        return {
            "protected": binding.candidates[self._stage.facts.protected],
            "page_call": binding.protected[0],
            "enabling": Protected(binding.enable_email),
            "disabling": Protected(binding.disable_email),
            "token_creation": TOKEN_CREATION,
            "token_procedure": TOKEN_PROCEDURE,
        }[name]

    def _leave(self) -> None:
        if isinstance(self._stage.world, Live):
            with ExitStack() as leaving:  # whatever goes wrong, no account is kept: another test waits for it
                for user in self._people.values():
                    leaving.callback(self._stage.provider.give_back, user)
                for user in self._people.values():
                    user.name_codes()

    @property
    def _mails(self) -> int:
        """How many mails this test has provoked: as announced, or as come to accounts that nobody else has."""
        world = self._stage.world
        box = world.postbox if isinstance(world, Live) else None
        own = [user.account.email for user in self._people.values() if not user.account.given]
        return max(self._recorder.mails, sum(map(box.count, own)) if box else 0)

    def _reason(self, raised: BaseException | None, message: str) -> str | None:
        if raised is None:
            return None
        if isinstance(raised, Ended):
            return self.redacted(raised.reason)
        if not isinstance(raised, AssertionError | BaseExceptionGroup):
            return self.redacted(f"error in the suite: {type(raised).__name__}: {raised}")
        return self.redacted(
            f"does not hold: {self.departure or message}\n"
            f"last reply: {self._last_reply}\n"
            f"to do: compare this test's exchanges with {self.requirement.source}"
        )


_MANY: Final = 1000
"""Wrong codes that a test may send which is there to see how many are too many."""

_LACKS: Final = {
    "new-accounts": "it takes an account that nobody has used before: let an admin make some, with [provisioning]",
    "email": "there is no mailbox to read codes from: describe one in [mailbox]",
    "totp": "the target lets nobody have an authenticator",
    "backup-codes": "the target gives no backup codes",
    "password": "the target does not ask a new account for its password: it has no fallback, or trusts newcomers (RememberFor)",
    "personal-access-tokens": "the target has no routes for personal access tokens",
    "method-call": "the target does not protect methods that are called over REST",
    "login": "the target does not challenge logins",
    "trust-window": "the target does not remember a success",
    "settings": "settings may not be changed: see limits.allow_settings, and the rights of the admin",
    "lockout": "test accounts may not be locked: see limits.allow_lockout",
}
"""What is said where the target does not have what a requirement is about."""
