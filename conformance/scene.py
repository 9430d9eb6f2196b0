"""One test on the stage: it gets its people, acts, and leaves the target as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.accounts import Admin
from conformance.events import Event, Facts, Judged
from conformance.model import Account, Protected, Requirement, Verdict
from conformance.outcomes import Ended, NotApplicable, outcome_of
from conformance.recorder import Recorder
from conformance.users import User
from conformance.verdicts import judge
from conformance.world import Live, World

PEOPLE: Final = ("alice", "bob")
HANDLES: Final = frozenset({*PEOPLE, "protected", "token_creation"})

TOKEN_CREATION: Final = Protected(
    route="POST /api/v1/users.generatePersonalAccessToken",
    body={"tokenName": "{nonce}"},
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What all tests of a run share."""

    world: World
    admin: Admin
    facts: Facts
    capabilities: frozenset[str]
    new_recorder: Callable[[str], Recorder]


class Scene:
    """One performance of one test."""

    def __init__(self, test: str, requirement: Requirement, purpose: str | None, stage: Stage) -> None:
        self.test = test
        self.requirement = requirement
        self.raised: BaseException | None = None
        self._purpose = purpose
        self._stage = stage
        self._recorder = stage.new_recorder(test)
        self._accounts: list[Account] = []
        self._seconds = 0.0
        self._last_reply = "none"

    def perform(self, act: Callable[..., object], names: list[str], others: Mapping[str, Any]) -> None:
        """Call the test function with the people and things that it names. What it raises is kept, not raised."""
        began = time.monotonic()
        try:
            self._check_capabilities()
            act(**{name: self._handle(name) if name in HANDLES else others[name] for name in names})
        except (Exception, Ended, BaseExceptionGroup) as raised:  # noqa: BLE001 - it is judged, not swallowed
            self.raised = raised
        finally:
            self._seconds = time.monotonic() - began
            self._last_reply = self._recorder.last_reply
            self._leave()

    def events(self, raised: BaseException | None, message: str) -> list[Event]:
        """What this test did and saw, and last what it found. ``message`` is what its assertion said, if one failed."""
        judged = Judged(
            test=self.test,
            requirement=self.requirement.id,
            verdict=self.verdict(raised).word,
            reason=self._reason(raised, message),
            blocked_by=getattr(raised, "blocked_by", None),
            seconds=round(self._seconds, 3),
            purpose=self._purpose,
        )
        return [*self._recorder.evidence(), judged]

    def verdict(self, raised: BaseException | None) -> Verdict:
        return judge(self.requirement.level, outcome_of(raised))

    def _check_capabilities(self) -> None:
        for name in self.requirement.when:
            if name not in self._stage.capabilities:
                raise NotApplicable(_LACKS.get(name, f"the target does not have {name}"))

    def _handle(self, name: str) -> User | Protected:
        if name == "protected":
            return self._recorder.binding.candidates[self._stage.facts.protected]
        if name == "token_creation":
            return TOKEN_CREATION
        account = self._stage.admin.make(self._recorder, name)
        self._accounts.append(account)
        user = User(account, self._recorder, self._stage.facts, self._stage.admin)
        user.log_in()
        user.enable_email()
        return user

    def _leave(self) -> None:
        """Remove the accounts. One that cannot be removed now is tried again when the run ends."""
        if isinstance(self._stage.world, Live):
            for account in self._accounts:
                try:
                    self._stage.admin.remove(self._recorder, account)
                except Ended:
                    continue

    def _reason(self, raised: BaseException | None, message: str) -> str | None:
        if raised is None:
            return None
        if isinstance(raised, Ended):
            return self._stage.world.secrets.redact(raised.reason)
        if not isinstance(raised, AssertionError | BaseExceptionGroup):
            return self._stage.world.secrets.redact(f"error in the suite: {type(raised).__name__}: {raised}")
        return self._stage.world.secrets.redact(
            f"does not hold: {message}\n"
            f"last reply: {self._last_reply}\n"
            f"to do: compare this test's exchanges with {self.requirement.source}"
        )


_LACKS: Final = {
    "email": "there is no mailbox to read codes from: describe one in [mailbox]",
    "personal-access-tokens": "the target has no routes for personal access tokens",
}
