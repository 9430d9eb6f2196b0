"""A report as large as they come: 2,000 tests of 400 requirements, and as much evidence as is asked for."""

import json
from collections.abc import Iterator

from conformance.catalogue import Catalogue
from conformance.events import Event, Exchanged, Finished, Judged
from conformance.model import Exchange, Level, Request, Requirement, Response

from .samples import log

TESTS, REQUIREMENTS, CHAPTERS, EXCHANGES = 2_000, 400, 20, 2
VERDICTS = ("pass",) * 17 + ("fail", "warn", "inconclusive")


def catalogue() -> Catalogue:
    names = (f"chapter-{number % CHAPTERS}.requirement-{number}" for number in range(REQUIREMENTS))
    return {
        name: Requirement(
            name, "base", Level.MUST, "page", f"What {name} asks for.", ("S01",), "there", ("classic",), ()
        )
        for name in names
    }


def events(evidence: int) -> list[Event]:
    """The log of such a run, whose bodies have so many bytes together."""
    return [*log({}, finished=False), *_tests(evidence), Finished("2026-01-02T03:05:00Z", 99.0, complete=True)]


def _tests(evidence: int) -> Iterator[Event]:
    names = list(catalogue())
    body = json.dumps({"said": "x" * (evidence // TESTS // EXCHANGES // 2)}).encode()
    for number in range(TESTS):
        test, first = f"test_{number}", number * EXCHANGES
        mine = range(first, first + EXCHANGES)
        for seq in mine:
            request = Request("POST", "/api/v1/users.update", (("x-2fa-code", "«a.email#1»"),), body)
            exchange = Exchange(request, Response(400, (("Date", "now"),), body), None, number / 20, 0.01)
            yield Exchanged(seq, test, exchange)
        verdict = VERDICTS[number % REQUIREMENTS % len(VERDICTS)]
        reason = None if verdict == "pass" else f"{verdict} of {test}"
        yield Judged(test, names[number % REQUIREMENTS], verdict, reason, None, 0.5, tuple(mine), "It matters.")
