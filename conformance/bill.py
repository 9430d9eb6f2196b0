"""The bill of a run, made out before its first request: what it will cost a target at most, and what its owner allows.

Costs are measured on the lab (costs.py). A target that offers less than the lab costs less. One that sends more mails than
others may cost more: what a run has provoked is counted while it runs (allowance.py).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.cast import CAST
from conformance.costs import NOTHING, Cost, Costs
from conformance.given import account_of
from conformance.model import PROFILES, Account, Edition, Level, Profile, Requirement
from conformance.outcomes import NotApplicable
from conformance.pool import need
from conformance.risk import Risk, risks_of
from conformance.setting_names import NAMES
from conformance.target import Target
from conformance.target_settings import Phase

PREFLIGHT: Final = "preflight"
SETTING: Final = "each setting"
ACCOUNT: Final = "each given account"
LEASE: Final = "each lease of a given account"
"""Rows of the table of costs that are no tests. The last three are counted as often as there are such."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one test asks for. ``needs``: capabilities of the target; ``phase``: settings that it needs otherwise."""

    test: str
    requirement: Requirement
    handles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    phase: Phase = ()

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(name for name in self.handles if name in CAST)

    @property
    def risks(self) -> tuple[Risk, ...]:
        return risks_of(self.handles, self.needs)


@dataclass(frozen=True, slots=True)
class Bill:
    """What some tests cost one target. ``refused``: those for which limits.mails leaves nothing, which are not counted."""

    edition: str
    tests: int
    cost: Cost
    settings: tuple[str, ...]
    risks: Mapping[Risk, int]
    refused: tuple[str, ...]


class Estimate:
    """The bill of a target, by what its file says. What it offers is taken to be all that there is."""

    def __init__(self, target: Target, profiles: Collection[Profile], at_once: int) -> None:
        self._target = target
        self._profiles = profiles
        self._at_once = at_once
        self._given = [account_of(table) for table in target.account]

    def bill(self, parts: Iterable[Part], edition: Edition, costs: Costs) -> Bill:
        """What a run of these tests costs, its preflight among it."""
        run = [part for part in parts if self.expects(part, edition)]
        each = {part.test: self.cost_of(part, costs) for part in run}
        around = costs.of(PREFLIGHT)
        if self._given:
            around = replace(around + costs.of(ACCOUNT).times(len(self._given)), accounts=0)
        refused = beyond(run, each, self._target.limits.mails - around.mails)
        run = [part for part in run if part.test not in refused]
        changes = {(part.phase, name) for part in run for name, _ in part.phase}
        sum_of_all = total(each[part.test] for part in run) + around + costs.of(SETTING).times(len(changes))
        return Bill(
            edition=edition,
            tests=len(run),
            cost=replace(sum_of_all, seconds=around.seconds + self._seconds(run, each, sum_of_all.requests)),
            settings=tuple(sorted({NAMES[name] for _, name in changes})),
            risks=Counter(risk for part in run for risk in part.risks),
            refused=tuple(refused),
        )

    def cost_of(self, part: Part, costs: Costs) -> Cost:
        """What a test costs this target: it ends where it would send one account more wrong codes than are allowed."""
        cost, allowed = costs.of(part.test), self._target.limits.wrong_codes_per_account
        if "lockout" not in part.needs and cost.most > allowed:
            cost = replace(cost, most=allowed, wrong_codes=min(cost.wrong_codes, allowed * len(part.people)))
        return replace(cost + costs.of(LEASE).times(len(part.people)), accounts=0) if self._given else cost

    def expects(self, part: Part, edition: Edition) -> bool:
        """Whether a test will run, as far as the target file tells."""
        there = {
            "email": self._target.mailbox is not None,
            "new-accounts": not self._given,
            "settings": self._target.limits.allow_settings and not self._given,
            "lockout": self._target.limits.allow_lockout,
        }
        return (
            edition in part.requirement.editions
            and part.requirement.profile in self._profiles
            and all(there.get(name, True) for name in part.needs)
            and (not self._given or is_castable(part, self._given))
        )

    def _seconds(self, run: Sequence[Part], each: Mapping[str, Cost], requests: float) -> float:
        """Phase by phase; in each so many tests wait at once, and the longest is waited for."""
        phases = {part.phase for part in run}
        waits = ([each[part.test].seconds for part in run if part.phase == phase] for phase in phases)
        waiting = sum(max(max(seconds), sum(seconds) / self._at_once) for seconds in waits)
        return max(waiting, requests / self._target.limits.requests_per_second)


def is_castable(part: Part, accounts: Sequence[Account]) -> bool:
    """Whether given accounts can be the people of a test."""
    try:
        need(accounts, part.people, mailed="email" in part.needs)
    except NotApplicable:
        return False
    return True


def beyond(parts: Iterable[Part], each: Mapping[str, Cost], mails: float) -> list[str]:
    """The tests for which so many mails are not enough. Those that decide about the claim come first."""
    refused = []
    for part in sorted(parts, key=_rank):
        if each[part.test].mails > max(0, mails):
            refused.append(part.test)
        else:
            mails -= each[part.test].mails
    return refused


def _rank(part: Part) -> tuple[int, bool]:
    return PROFILES.index(part.requirement.profile), part.requirement.level is not Level.MUST


def total(costs: Iterable[Cost]) -> Cost:
    return sum(costs, start=NOTHING)


def dearer(bills: Sequence[Bill]) -> Bill:
    """The bill of a target whose edition will be known after its preflight only: of each edition's, whatever is more."""
    cost = NOTHING
    for bill in bills:
        cost |= bill.cost
    return Bill(
        edition=" or ".join(bill.edition for bill in bills),
        tests=max(bill.tests for bill in bills),
        cost=cost,
        settings=tuple(sorted({name for bill in bills for name in bill.settings})),
        risks={risk: max(bill.risks.get(risk, 0) for bill in bills) for bill in bills for risk in bill.risks},
        refused=max((bill.refused for bill in bills), key=len),
    )


def to_text(bill: Bill, target: Target) -> str:
    """The bill, line by line."""
    limits, cost = target.limits, bill.cost
    accounts = f"{cost.accounts:g}, made and removed" if not target.account else f"the {len(target.account)} given ones"
    lines = {
        "tests": f"{bill.tests}; " + ", ".join(f"{times} {_DOES[risk]}" for risk, times in bill.risks.items()),
        "requests": f"{math.ceil(cost.requests)}, at most {limits.requests_per_second:g} a second",
        "mails": f"{math.ceil(cost.mails)}, of {limits.mails} that limits.mails allows",
        "wrong codes": f"{cost.wrong_codes:g} in all, at most {cost.most:g} for one account in one test",
        "accounts": accounts,
        "settings": f"{len(bill.settings)}, changed and put back: {', '.join(bill.settings)}"
        if bill.settings
        else "none",
        "seconds": f"about {math.ceil(cost.seconds)}",
        "untested": f"{len(bill.refused)}, for which limits.mails leaves nothing",
    }
    head = f"the bill of a run against {target.target.name}, edition {bill.edition}; nothing was sent"
    return "\n".join([head, *(f"{name:12} {text}" for name, text in lines.items())]) + "\n"


_DOES: Final[dict[Risk, str]] = {
    "reads": "read",
    "creates": "use accounts",
    "mails": "have mails sent",
    "may-lock": "may lock their own account",
    "changes-settings": "need other settings",
}
