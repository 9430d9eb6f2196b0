"""What tests cost a target: measured from the log of a run, kept in fixtures/costs.csv, and looked up before a run."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from functools import cache
from typing import Final

from conformance.binding import Binding
from conformance.events import Event, Exchanged, Judged
from conformance.model import Challenged, Exchange, Granted, Refused, Reply, Request
from conformance.replies import says
from conformance.wire import read

_OWNER: Final = re.compile(r"«([\w-]+)\.(?:token|personal|password)\b")
"""Secrets stand in a log by the names of those whose they are."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one test makes a target do, or a mean of several. ``most``: the wrong codes of the one account that is sent the
    most of them."""

    requests: float = 0
    mails: float = 0
    accounts: float = 0
    wrong_codes: float = 0
    most: float = 0
    seconds: float = 0

    def __add__(self, other: Cost) -> Cost:
        """Both, one after the other, on accounts of their own."""
        return Cost(
            self.requests + other.requests,
            self.mails + other.mails,
            self.accounts + other.accounts,
            self.wrong_codes + other.wrong_codes,
            max(self.most, other.most),
            self.seconds + other.seconds,
        )

    def __or__(self, other: Cost) -> Cost:
        """Whichever is more, of each."""
        return Cost(*map(max, astuple(self), astuple(other)))

    def times(self, number: float) -> Cost:
        return Cost(
            self.requests * number,
            self.mails * number,
            self.accounts * number,
            self.wrong_codes * number,
            self.most,
            self.seconds * number,
        )


NOTHING: Final = Cost()
COLUMNS: Final = ("edition", "test", *(spec.name for spec in fields(Cost)))


class Costs:
    """The costs of the tests of one edition."""

    def __init__(self, rows: Mapping[str, Cost]) -> None:
        self.rows = rows

    def of(self, test: str) -> Cost:
        """The cost of a test. One that was never measured is taken for the dearest of its function, or else of all."""
        if test in self.rows:
            return self.rows[test]
        function = test.partition("[")[0]
        alike = [cost for name, cost in self.rows.items() if name.partition("[")[0] == function]
        return dearest(alike or self.rows.values())


def dearest(costs: Iterable[Cost]) -> Cost:
    """The most of each that any of these costs."""
    most = NOTHING
    for cost in costs:
        most |= cost
    return most


def measured(events: Iterable[Event], binding: Binding) -> dict[str, Cost]:
    """What each test of a log has cost. A mail is counted where a reply announces or grants one."""
    requests, mails, accounts = Counter[str](), Counter[str](), Counter[str]()
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: dict[str, float] = {}
    for event in events:
        if isinstance(event, Judged):
            seconds[event.test] = event.seconds
        if isinstance(event, Exchanged):
            requests[event.test] += 1
            mails[event.test] += _mails_of(event.exchange, binding)
            accounts[event.test] += event.exchange.request.path == "/api/v1/users.create"
            if _is_wrong_code(event.exchange):
                wrong[event.test][_owner(event.exchange)] += 1
    return {
        test: Cost(
            requests[test],
            mails[test],
            accounts[test],
            wrong[test].total(),
            max(wrong[test].values(), default=0),
            seconds.get(test, 0.0),
        )
        for test in {**requests, **seconds}
    }


def _mails_of(exchange: Exchange, binding: Binding) -> int:
    return mails_of(exchange.request, read(exchange.response), binding) if exchange.response else 0


def mails_of(request: Request, reply: Reply, binding: Binding) -> int:
    """How many mails a request has provoked, by its reply: none or one."""
    resent = f"{request.verb} {request.path}" == binding.send_email_code
    announced = isinstance(reply, Challenged | Refused) and reply.challenge.code_generated is True
    return int(announced or (resent and isinstance(reply, Granted)))


def _is_wrong_code(exchange: Exchange) -> bool:
    reply = read(exchange.response) if exchange.response else None
    return isinstance(reply, Refused) and (reply.invalid or says(reply, "totp-max-attempts"))


def _owner(exchange: Exchange) -> str:
    """Whose code was refused: the user of the session, or of the login."""
    headers = " ".join(value for _, value in exchange.request.headers)
    found = _OWNER.search(headers) or _OWNER.search(exchange.request.body.decode("utf-8", "replace"))
    return found[1] if found else ""


@cache
def load(text: str) -> Mapping[str, Costs]:
    """The table of fixtures/costs.csv, by edition."""
    rows: dict[str, dict[str, Cost]] = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(text)):
        rows[row["edition"]][row["test"]] = Cost(**{spec.name: float(row[spec.name]) for spec in fields(Cost)})
    return {edition: Costs(costs) for edition, costs in rows.items()}


def dump(tables: Mapping[str, Mapping[str, Cost]]) -> str:
    """The text of such a table."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(tables))
    return written.getvalue()


def _lines(tables: Mapping[str, Mapping[str, Cost]]) -> Iterator[tuple[object, ...]]:
    for edition, costs in tables.items():
        for test, cost in sorted(costs.items()):
            yield edition, test, *(f"{value:g}" for value in astuple(cost))
