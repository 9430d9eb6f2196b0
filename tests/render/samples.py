"""Logs of runs that never happened, and the reports that come of them."""

from collections.abc import Sequence

from conformance.catalogue import Catalogue, load
from conformance.events import (
    Counted,
    Event,
    Exchanged,
    Facts,
    Finding,
    Finished,
    Judged,
    Missed,
    Obtained,
    Started,
    Surveyed,
    Waited,
)
from conformance.model import Exchange, Request, Response
from conformance.results import Report, build

CATALOGUE: Catalogue = load("""
[[requirement]]
id = "challenge.required"
level = "must"
level_by = "page"
clauses = ["S01"]
source = "introduction"
when = ["email"]
text = "A call without a code is answered with a challenge."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "challenge.error-text"
level = "must"
level_by = "page"
clauses = ["S02", "D4"]
source = "first example"
when = ["email"]
text = "The error text carries [totp-required] in brackets."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "challenge.status"
level = "should"
level_by = "product"
clauses = ["E01"]
source = "observed"
when = ["email"]
text = "A challenge has status 400."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "mail.arrives"
level = "must"
level_by = "page"
clauses = ["S05"]
source = "email section"
when = ["email"]
text = "A code is mailed."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "mail.as-displayed"
level = "may"
level_by = "suite"
clauses = []
source = "none"
when = ["email"]
text = "A code counts as it is displayed."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "refusal.json"
level = "must"
level_by = "page"
clauses = ["S03"]
source = "second example"
when = ["email"]
text = "A refusal is one JSON object."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "refusal.status"
level = "must"
level_by = "page"
clauses = ["S03"]
source = "second example"
when = ["totp"]
text = "A refusal has a status of its own."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "effect.once"
level = "must"
level_by = "page"
clauses = ["S09"]
source = "last section"
when = ["email"]
text = "A call is carried out once."
passes = "All else."
fails = "A breach."
""")

ONE_OF_EACH = {
    "challenge.required": "pass",
    "challenge.error-text": "fail",
    "challenge.status": "warn",
    "mail.arrives": "inconclusive",
    "mail.as-displayed": "note",
    "refusal.json": "error",
    "refusal.status": "inapplicable",
}
"""Verdicts by requirement; effect.once has no test."""


def log(
    verdicts: dict[str, str],
    *,
    reason: str = "no reason",
    body: str = "{}",
    named: str = "staging",
    findings: tuple[Finding, ...] = (Finding("reachable", "pass", "it answers"),),
    finished: bool = True,
) -> list[Event]:
    """The log of a run: two events and a verdict for each requirement, in order. ``reason`` and ``body`` are the target's words."""
    events: list[Event] = [_started(named), _surveyed(findings, reason)]
    for seq, (requirement, verdict) in enumerate(verdicts.items(), start=1):
        events += _test(seq, requirement, verdict, reason, body)
    if finished:
        events.append(Finished("2026-01-02T03:05:00Z", 55.5, complete=len(verdicts) > 5))
    return events


def report(events: Sequence[Event]) -> Report:
    return build(events, CATALOGUE)


def test_of(requirement: str) -> str:
    return "test_" + requirement.replace(".", "_").replace("-", "_")


def _started(named: str) -> Started:
    return Started(
        run="r-1",
        started="2026-01-02T03:04:05Z",
        suite_version="0.1.0",
        catalogue_digest="sha256:00",
        target=named,
        base_url="https://chat.example.org",
        seed=7,
        profiles=("base",),
        address="qa+{tag}@example.org",
        binding={},
    )


def _surveyed(findings: tuple[Finding, ...], words: str) -> Surveyed:
    return Surveyed(
        findings=findings,
        edition="classic",
        edition_evidence=(f"codeExpires is a list: {words}", "version 3.1"),
        server_version=words,
        declared=("email",),
        probed=("email", "totp"),
        facts=Facts(challenged=True, clock_offset=-3.5, mail_delay=0.5),
    )


def _test(seq: int, requirement: str, verdict: str, reason: str, body: str) -> list[Event]:
    test = test_of(requirement)
    request = Request("POST", "/api/v1/users.update", (("x-2fa-code", "«alice.email#1»"),), b'{"a": 1}')
    response = Response(400, (("x-said", reason),), body.encode("utf-8", "surrogatepass"))
    silent = verdict == "pass"
    mail: Event = (
        Missed(test, 30.0, proof=True) if verdict == "fail" else Obtained(test, "«alice.email#1»", "999999", 0.5, 1)
    )
    return [
        Exchanged(seq, test, Exchange(request, response, None, 1.0, 0.0123)),
        mail,
        Counted(test, seq),
        Waited(test, 1.0, "the rate limit"),
        Judged(
            test=test,
            requirement=requirement,
            verdict=verdict,
            reason=None if silent else reason,
            blocked_by="challenge.error-text" if verdict == "inconclusive" else None,
            seconds=1.25,
            exchanges=(seq,),
            purpose="Says so.",
        ),
    ]
