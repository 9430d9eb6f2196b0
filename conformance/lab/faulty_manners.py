"""Faults in how a server behaves beside the protocol (rb, hd, iv), and in what it lets be seen (dl-http)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs

from conformance.lab.accounts import Account, State, change, put, settle_codes
from conformance.lab.alterations import (
    ASKED,
    DENIED,
    DONE,
    WRONG,
    Alteration,
    answering,
    both,
    bytes_of,
    details,
    keeping,
    open_when,
    proving,
    reading,
    setting,
)
from conformance.lab.calls import Call
from conformance.lab.detours import UPDATE, around, by_get, came_by_get, retold, to
from conformance.lab.fault import Fault
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Attempt, Truth, verified

BROKEN = Reply(500, {"success": False, "error": "Internal server error"})
TRACE = "SyntaxError: Unexpected token\n    at parse (/app/bundle/programs/server/app/app.js:4711:23)"
DATABASE = "MongoServerError: unknown operator: $x in query { _id: 'rG2' }"


def of_test_account(call: Call) -> bool:
    return to(UPDATE)(call) and call.account is not None and call.account.email_factor


def content(call: Call) -> object:
    """The body as JSON; the request itself if it is none."""
    try:
        return json.loads(call.request.body)
    except (ValueError, RecursionError):
        return call


def malformed(call: Call) -> bool:
    labelled = "json" in call.request.header("content-type")
    return of_test_account(call) and labelled and content(call) is call


def no_object(call: Call) -> bool:
    return of_test_account(call) and not isinstance(content(call), dict) and content(call) is not call


def answered_with_header(name: str, fits: Callable[[str], bool]) -> Callable[[Call], bool]:
    """A call of a test account whose header is of this kind."""
    return lambda call: of_test_account(call) and any(fits(value) for value in call.request.values(name))


def unserved(sign: Callable[[Call], bool], reply: Reply) -> Alteration:
    return around(sign, lambda state, call, proceed: (state, reply, None, ()))


def talkative(text: str) -> Alteration:
    """The error of a malformed body tells what went wrong inside."""
    return retold(malformed, lambda reply, call: Reply(400, {"success": False, "error": text}))


def from_query(request: Request) -> str | None:
    found = parse_qs(request.query)
    values = next((found[name] for name in ("x-2fa-code", "code", "twoFactorCode") if name in found), None)
    return values[-1] if values else request.header("x-2fa-code") or None


def ended(state: State, act: object, account: Account, now: float) -> State:
    """Every session of the account ends."""
    return change(state, account.id, sessions=())


def burnt(state: State, act: object, account: Account, now: float) -> State:
    """Every code of the account ends."""
    return put(state, settle_codes(state.accounts[account.id], lambda code: True, "replaced"))


def twice_at_first(state: State, account: Account, reason: str) -> tuple[str, ...]:
    """The first code of an account is mailed twice."""
    return verified(state, account, reason) * (2 if len(account.codes) == 1 else 1)


def newest(truth: Truth) -> str:
    return truth.live[-1].text if truth.live else ""


def hashed(truth: Truth) -> str:
    return hashlib.sha256(newest(truth).encode()).hexdigest()


def in_cookie(reply: Reply, truth: Truth) -> Reply:
    return replace(reply, headers=(*reply.headers, ("set-cookie", f"pending={newest(truth)}; Path=/")))


def leaking(make: Callable[[Truth], Json]) -> Alteration:
    """More members of a challenge that is about a code."""
    return details(DENIED, lambda d, truth: make(truth) if truth.live else {})


def named(attempt: Attempt) -> bool:
    return attempt.right and bool(attempt.request.values("x-2fa-method"))


def beside_method(request: Request) -> str | None:
    return request.header("x-2fa-code") or None if request.header("x-2fa-method") else None


ROWS = (
    Fault("hd-code-alone-refused", ("acceptance.code-alone", "acceptance.code-alone-accepted"),
          "The right code without a method is refused.", proving(named)),
    Fault("hd-code-alone-challenged", ("acceptance.code-alone-accepted",),
          "The right code without a method is not seen.", reading(beside_method), "current"),
    Fault("dl-http-leak-challenge", ("code.secret",), "A challenge holds the code.",
          leaking(lambda truth: {"debug": newest(truth)})),
    Fault("iv-expected-leak", ("code.secret",), "A refusal holds the code that was expected.",
          details(WRONG, lambda d, truth: {"expected": truth.live[-1].text} if truth.live else {})),
    Fault("dl-http-leak-cookie", ("code.secret",), "A challenge sets a cookie with the code.",
          answering(ASKED, in_cookie)),
    Fault("dl-http-hash-leak", ("code.secret",), "A challenge holds a fast hash of the code.",
          leaking(lambda truth: {"check": hashed(truth)})),
    Fault("hd-query-accepted", ("exposure.query",), "A code in the query of the URL is taken.", reading(from_query)),
    Fault("se-verb-variant", ("exposure.safe-verbs",), "GET carries a protected call out, unasked.",
          both(by_get(UPDATE), open_when(came_by_get))),
    Fault("rb-stack-trace", ("exposure.traces",), "A malformed body is answered with a stack trace.",
          talkative(TRACE)),
    Fault("rb-db-error-leak", ("exposure.traces",), "A malformed body is answered with an error of the database.",
          talkative(DATABASE)),
    Fault("rb-500-bad-json", ("robustness.odd-body",), "A malformed body is a server error.",
          unserved(malformed, BROKEN)),
    Fault("rb-500-array-body", ("robustness.odd-body",), "A body that is no object is a server error.",
          unserved(no_object, BROKEN)),
    Fault("hd-nonascii-500", ("robustness.odd-code", "bytes.odd-header"), "A code with letters beyond ASCII is a server error.",
          unserved(answered_with_header("x-2fa-code", lambda value: not value.isascii()), BROKEN)),
    Fault("hd-long-500", ("robustness.odd-code", "bytes.odd-header"), "A very long code is a server error.",
          unserved(answered_with_header("x-2fa-code", lambda value: len(value) > 5000), BROKEN)),
    Fault("ms-unknown-500", ("robustness.odd-code",), "A method of unknown name is a server error.",
          unserved(answered_with_header("x-2fa-method", lambda value: value == "nosuch"), BROKEN)),
    Fault("ms-proto-500", ("robustness.odd-code",), "A method called __proto__ is a server error.",
          unserved(answered_with_header("x-2fa-method", lambda value: value == "__proto__"), BROKEN)),
    Fault("en-content-type", ("robustness.content-type",), "A challenge is labelled text/html.",
          bytes_of(ASKED, "text/html; charset=utf-8", json.dumps)),
    Fault("rb-wrong-type-success", ("robustness.content-type",), "The reply of an accepted call is labelled as text.",
          bytes_of(DONE, "text/plain", json.dumps)),
    Fault("iv-content-type", ("robustness.content-type",), "A refusal is labelled as text.",
          bytes_of(WRONG, "text/plain", json.dumps)),
    Fault("iv-logs-out", ("robustness.session-kept", "robustness.code-kept"), "A wrong code ends the session.",
          keeping(WRONG, ended)),
    Fault("vf-wrong-burns-code", ("robustness.code-kept",), "A wrong code ends the right one.",
          keeping(WRONG, burnt)),
    Fault("dl-duplicates", ("robustness.mails-once",), "The first code of an account is mailed twice.",
          setting(recipients=twice_at_first)),
)  # fmt: skip
