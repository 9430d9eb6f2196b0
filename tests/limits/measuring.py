"""Runs of the suites against the lab: what each of their tests costs, by their logs and by the mails that arrived."""

from __future__ import annotations

import email
import hashlib
import imaplib
import math
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.bill import ACCOUNT, LEASE, PREFLIGHT, SETTING, total
from conformance.binding import Binding
from conformance.costs import NOTHING, Cost, dearest, measured
from conformance.events import Event, Exchanged, Leased, Started, read_log
from conformance.lab import GivenAccount, Lab
from conformance.lab.target_file import write
from conformance.listing import tests as listed
from conformance.run import CLEANUP, SETTINGS
from conformance.score.trial import suites

AROUND = {PREFLIGHT, SETTING, ACCOUNT, LEASE}
"""Rows that are no tests."""
CHANCE = ("walks", "generated", "resend")
"""Chapters whose requests the run's seed chooses, or luck."""
WHOLE_RUNS = 2
MORE_SEEDS = 10
POOL = tuple(
    GivenAccount(name, f"secret-{name}", f"qa+{name}@lab.test" if name.startswith("m") else None)
    for name in ("m1", "m2", "m3", "m4", "m5", "m6", "p1", "p2")
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The log of one run, and how many mails came to which address."""

    events: Sequence[Event]
    arrived: Counter[str]

    @property
    def costs(self) -> dict[str, Cost]:
        """What its tests, its preflight and its changes of settings have cost."""
        return {test: self._with_mails(test, cost) for test, cost in measured(self.events, Binding()).items()}

    def _with_mails(self, test: str, cost: Cost) -> Cost:
        """A cost with the mails that came to the test's own addresses, if these are more than were announced."""
        run = next(event.run for event in self.events if isinstance(event, Started))
        tag = f"+{run}{hashlib.sha256(test.encode()).hexdigest()[:8]}"
        return replace(cost, mails=max(cost.mails, sum(n for address, n in self.arrived.items() if tag in address)))

    @property
    def changes(self) -> int:
        """How often a setting was changed: before each it was read."""
        mine = [e.exchange.request for e in self.events if isinstance(e, Exchanged) and e.test == SETTINGS]
        return sum(request.verb == "GET" for request in mine)

    @property
    def leases(self) -> dict[str, int]:
        """How many given accounts each test had."""
        return {event.test: len(event.accounts) for event in self.events if isinstance(event, Leased)}


def measure(edition: str, *, chapters: Iterable[str] = (), profile: str = "all", seed: int = 0, **lab: Any) -> Measured:
    """One run, of all chapters or some. ``lab``: further arguments of the lab."""
    with tempfile.TemporaryDirectory() as folder, Lab(edition, **lab) as server:
        target, out = Path(folder, "target.toml"), Path(folder, "out")
        write(server.target(given="accounts" in lab), target)
        options = ["--target", target, "--out", out, "--profile", profile, "--edition", edition, "--seed", seed]
        suites(*options, "--brief", chapters=chapters)
        with (out / "run.jsonl").open(encoding="utf-8") as lines:
            return Measured(list(read_log(lines)), arrivals(server))


def arrivals(lab: Lab) -> Counter[str]:
    """How many mails lie in the lab's mailbox, by the address that each was delivered to."""
    box = lab.target()["mailbox"]
    with imaplib.IMAP4(box["host"], box["port"]) as client:
        client.login(box["username"], box["password"])
        client.select("INBOX", readonly=True)
        _, parts = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (DELIVERED-TO)])")
        headers = [part[1] for part in parts if isinstance(part, tuple)]
    return Counter(email.message_from_bytes(header)["Delivered-To"] for header in headers)


def table(edition: str) -> dict[str, Cost]:
    """The rows of one edition."""
    whole = [measure(edition, seed=seed) for seed in range(WHOLE_RUNS)]
    some = [measure(edition, chapters=CHANCE, seed=seed) for seed in range(WHOLE_RUNS, WHOLE_RUNS + MORE_SEEDS)]
    rows = bounds([run.costs for run in [*whole, *some]])
    rows.pop(SETTINGS)
    settings = whole[0].costs[SETTINGS].requests / whole[0].changes
    chance = set[str]().union(*(run.costs for run in some))
    given = on_given(measure(edition, profile="base", accounts=POOL), rows, chance)
    return rows | given | {SETTING: Cost(requests=math.ceil(settings))}


def renewed(rows: Mapping[str, Cost], edition: str, chapters: Collection[str]) -> dict[str, Cost]:
    """The rows of one edition with those of some chapters measured anew, and without those of tests that are gone."""
    seeds = WHOLE_RUNS + MORE_SEEDS if set(chapters) & set(CHANCE) else WHOLE_RUNS
    new = bounds([measure(edition, chapters=chapters, seed=seed).costs for seed in range(seeds)])
    known = {row["id"] for row in listed()}
    kept = {name: cost for name, cost in rows.items() if name.partition("[")[0] in known | AROUND}
    return kept | {name: cost for name, cost in new.items() if name.partition("[")[0] in known}


def bounds(runs: Collection[Mapping[str, Cost]]) -> dict[str, Cost]:
    """The most that each test was seen to cost, which is a matter of chance for some; the time, which depends on the machine,
    is the least that it took."""
    tests = set[str]().union(*runs)
    return {test: _bound([run[test] for run in runs if test in run]) for test in tests}


def _bound(costs: Collection[Cost]) -> Cost:
    return replace(dearest(costs), seconds=round(min(cost.seconds for cost in costs), 1))


def on_given(run: Measured, rows: Mapping[str, Cost], chance: Collection[str]) -> dict[str, Cost]:
    """What it costs beside to bring given accounts to a known state: once for each account, and, as a mean, for each lease."""
    costs, leases = run.costs, run.leases
    around = costs[PREFLIGHT] + costs.get(CLEANUP, NOTHING)
    compared = [test for test in leases if test in rows and test not in chance]
    made, found = (total(table[test] for test in compared) for table in (rows, costs))
    return {
        ACCOUNT: _more(around, rows[PREFLIGHT], len(POOL)),
        LEASE: _more(found, made, sum(leases[test] for test in compared)),
    }


def _more(given: Cost, made: Cost, number: int) -> Cost:
    """By how much each of so many accounts is dearer if it is given, to the next tenth."""
    return Cost(
        requests=math.ceil(max(0, given.requests - made.requests) / number * 10) / 10,
        mails=math.ceil(max(0, given.mails - made.mails) / number * 10) / 10,
    )
