"""The event log: what a run does and sees, one JSON object to a line. Every document is a projection of it.

A log opens with Started and closes with Finished; one without Finished was cut, and what it holds is still true.
Secrets are replaced by their names before an event is written (redaction.py).
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.model import Exchange, Headers, Request, Response
from conformance.writing import TIDY, Way

FORMAT: Final = "twofa-conformance-run/1"

UNCOVERED: Final = "the evidence does not cover"
"""How the reason begins of a test that cannot be judged on a tape, because it asks for what was not recorded."""


@dataclass(frozen=True, slots=True)
class Started:
    run: str
    started: str
    suite_version: str
    catalogue_digest: str
    target: str
    base_url: str
    seed: int
    profiles: tuple[str, ...]
    address: str | None
    binding: dict[str, Any]
    wrong_codes: int = 3
    selection: bool = False
    requirements: tuple[dict[str, Any], ...] = ()
    """The rows of the catalogue that the run is about, so that its log can still be reported when the catalogue has changed."""
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of the preflight. ``verdict`` is pass, note, warn (what was asked for is not to be had) or fail, which stops
    the run."""

    id: str
    verdict: str
    finding: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """What the preflight saw of one method: whether it challenges, takes a right answer, and refuses a wrong one."""

    challenged: bool = False
    right_works: bool = False
    wrong_refused: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the preflight learned about the target before anything was judged."""

    challenged: bool = False
    challenged_again: bool = False
    protected: int = 0
    mail_arrives: bool = False
    resend_arrives: bool = False
    code_shown: bool = False
    code_unread: bool = False
    """The mails may show codes in a form that could not be read."""
    code_doubtful: bool = False
    """No word of the mails that was tried is accepted, and in other places stand words that are as likely the code."""
    code_works: bool = False
    guess_refused: bool = False
    refusal_trusted: bool = False
    compact: bool = False
    login_challenged: bool = False
    login_trusted: bool | None = None
    """A login that is proved with a code opens its session. None: nobody knows."""
    trust_window: bool | None = None
    several_codes: bool | None = None
    clock_offset: float = 0.0
    mail_delay: float | None = None
    admin_id: str = ""
    admin_factors: tuple[str, ...] = ()
    """The methods by which the admin proves who it is, beside the password."""
    enrolment: str = ""
    opted_in: bool = False
    enabling_ends_session: bool = False
    backup_codes: bool = False
    totp: Walk = field(default_factory=Walk)
    password: Walk = field(default_factory=Walk)
    brief: int = 4
    """Seconds that are long enough for a mail to come, and short enough to wait for."""
    patience: float = 15.0
    """Seconds for which a reply is waited for: target.timeout."""

    @property
    def email(self) -> Walk:
        return Walk(self.challenged, self.code_works, self.guess_refused)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The preflight's result: from here on edition and facts stand. ``accounts``: those that were given, their secrets by
    name; none where an admin makes them."""

    findings: tuple[Finding, ...]
    edition: str
    edition_evidence: tuple[str, ...]
    server_version: str | None
    declared: tuple[str, ...]
    probed: tuple[str, ...]
    facts: Facts
    accounts: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Leased:
    """The given accounts that a test had, by username, in the order in which it names its people."""

    test: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchanged:
    seq: int
    test: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Obtained:
    """A mail came: ``code`` is the name of its code, ``form`` how it was written (9 a digit, A a letter), or both None.

    ``read``: how many mails of the address had been read then, those among them that showed nothing new.
    """

    test: str
    code: str | None
    form: str | None
    after: float
    read: int


@dataclass(frozen=True, slots=True)
class Missed:
    """No mail came. ``proof``: other mail of this run from this target did reach the mailbox."""

    test: str
    after: float
    proof: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many mails of an account had come by then, or another number that only mails and codes can tell."""

    test: str
    mails: int


@dataclass(frozen=True, slots=True)
class Waited:
    test: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Judged:
    test: str
    requirement: str
    verdict: str
    reason: str | None
    blocked_by: str | None
    seconds: float
    exchanges: tuple[int, ...] = ()
    purpose: str | None = None
    risks: tuple[str, ...] = ()
    """What the test may do to a target (risk.py)."""


@dataclass(frozen=True, slots=True)
class Finished:
    finished: str
    seconds: float
    complete: bool
    interrupted: bool = False
    broken: str | None = None
    left_over: tuple[str, ...] = field(default=())


Event = Started | Surveyed | Leased | Exchanged | Obtained | Missed | Counted | Waited | Judged | Finished

_KINDS: Final = {
    kind.__name__.lower(): kind
    for kind in (Started, Surveyed, Leased, Exchanged, Obtained, Missed, Counted, Waited, Judged, Finished)
}


def to_json(event: Event) -> str:
    """One line of the log, without its end."""
    row: dict[str, Any] = {"event": type(event).__name__.lower()}
    for spec in dataclasses.fields(event):
        value = getattr(event, spec.name)
        row[spec.name] = _exchange_to_json(value) if isinstance(value, Exchange) else _plain(value)
    return json.dumps(row, ensure_ascii=False)


def from_json(line: str) -> Event:
    """An event from its line. ValueError where the line holds none."""
    row = json.loads(line)
    try:
        kind = _KINDS[row.pop("event")]
        if kind is Exchanged:
            row["exchange"] = _exchange_from_json(row["exchange"])
        if kind is Surveyed:
            row["findings"] = tuple(Finding(**finding) for finding in row["findings"])
            for method in ("totp", "password"):
                row["facts"][method] = Walk(**row["facts"].get(method, {}))
            row["facts"] = Facts(**{name: _frozen(value) for name, value in row["facts"].items()})
        event: Event = kind(**{key: _frozen(value) for key, value in row.items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no event of {FORMAT}: {error}") from error
    return event


def read_log(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a log. A last line that was cut is left out; any other that cannot be read is a ValueError."""
    broken: str | None = None
    for number, line in enumerate(lines, start=1):
        if broken:
            raise ValueError(broken)
        try:
            yield from_json(line)
        except ValueError as error:
            broken = f"line {number}: {error}"


def _exchange_to_json(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    return {
        "request": {
            "verb": request.verb,
            "path": request.path,
            "headers": request.headers,
            **_body(request.body),
            **({} if request.way == TIDY else {"way": dataclasses.asdict(request.way)}),
        },
        "response": response and {"status": response.status, "headers": response.headers, **_body(response.body)},
        "fault": exchange.fault,
        "at": exchange.at,
        "elapsed": round(exchange.elapsed, 6),
    }


def _exchange_from_json(row: dict[str, Any]) -> Exchange:
    request, response = row["request"], row["response"]
    return Exchange(
        request=Request(
            request["verb"],
            request["path"],
            _header_list(request["headers"]),
            _bytes(request),
            Way(**request.get("way", {})),
        ),
        response=response and Response(response["status"], _header_list(response["headers"]), _bytes(response)),
        fault=row["fault"],
        at=row["at"],
        elapsed=row["elapsed"],
    )


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def _bytes(row: dict[str, Any]) -> bytes:
    return base64.b64decode(row["body_base64"]) if "body_base64" in row else str(row["body"]).encode()


def _header_list(headers: list[list[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
