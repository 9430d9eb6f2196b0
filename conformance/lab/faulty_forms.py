"""Faults in what a reply holds beside its words (ch, en, iv): too much, too little, or not every time the same."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.lab.accounts import alike
from conformance.lab.alterations import (
    ASKED,
    DENIED,
    DONE,
    WRONG,
    body,
    bytes_of,
    details,
    idle,
    members,
    status,
)
from conformance.lab.calls import Call
from conformance.lab.detours import DISABLE, UPDATE, retold, to
from conformance.lab.entry_routes import profile
from conformance.lab.fault import Fault
from conformance.lab.faulty_codes import dates, with_expiry
from conformance.lab.messages import Json, Reply
from conformance.lab.rules import Truth
from conformance.lab.scopes import at_login, by_email, of_both, on

RENEW = "users.regeneratePersonalAccessToken"


def twice(b: Json) -> str:
    """The body with a first errorType before the right one."""
    return '{"errorType":"error-unauthorized",' + json.dumps(b)[1:]


def bodiless(reply: Reply, call: Call) -> Reply:
    return replace(reply, status=204, raw=("application/json", b"")) if reply.status < 400 else reply


def optional_as_null(d: Json, truth: Truth) -> Json:
    return {"codeCount": None, "codeExpires": None} if truth.generated else {}


def in_another_zone(truth: Truth) -> object:
    return dates(truth, truth.live[-1].expires - truth.live[-1].issued - 7200) if truth.live else ""


def every_fifth(d: Json, truth: Truth) -> Json:
    return {"availableMethods": ",".join(d["availableMethods"])} if truth.account.denied % 5 == 0 else {}


def for_tokens(b: Json, truth: Truth) -> Json:
    if "PersonalAccessToken" in truth.request.path:
        del b["success"]
    return b


def fitting(truth: Truth) -> int:
    """How many digits at the beginning of what was sent are those of the newest code."""
    sent = truth.state.rules.bare_code(truth.request.header("x-2fa-code"))
    code = truth.live[-1].text if truth.live else ""
    return next((place for place, pair in enumerate(zip(sent, code, strict=False)) if pair[0] != pair[1]), len(code))


def everybodys_attempts(d: Json, truth: Truth) -> Json:
    """How many guesses are left to the caller, and to others."""
    here = truth.state.accounts[truth.account.id]
    most = truth.state.rules.most_failures
    return {"attemptsLeft": {a.username: most - a.wrong_in_a_row for a in (here, *alike(truth.state, here))}}


ROWS = (
    Fault("ch-codegen-string", ("announcement.generated",),
          'A challenge that makes no code says so as text: codeGenerated is "false".',
          details(ASKED, lambda d, truth: {"codeGenerated": truth.generated or "false"})),
    Fault("ch-null-optionals", ("announcement.count", "announcement.expires-list"),
          "codeCount and codeExpires are null where there is nothing to say.", details(ASKED, optional_as_null),
          "classic"),
    Fault("ch-payload-leak", ("exposure.challenge",), "A challenge holds the user's record that the call is about.",
          body(ASKED, lambda b, truth: {**b, "user": profile(truth.account)}, on(UPDATE, by_email))),
    Fault("ch-address-leak", ("exposure.login-addresses",), "The challenge of a login lists the user's addresses.",
          details(ASKED, lambda d, truth: {"emails": list(truth.account.verified_addresses)}, at_login), "current"),
    Fault("ch-flaky-kind", ("challenge.steady", "challenge.available-methods"),
          "In every fifth challenge of an account availableMethods is text.", details(ASKED, every_fifth)),
    Fault("en-elsewhere-without-success", ("challenge.elsewhere",),
          "The challenges of personal access tokens have no success.", body(ASKED, for_tokens)),
    Fault("en-200-error", ("challenge.status-class", "refusal.status-class"),
          "No error of the second factor has the status of an error: challenges and refusals have 200.",
          status(DENIED, 200), "classic"),
    Fault("en-dup-keys", ("robustness.names-once",), "A challenge has two members errorType, of which the last is right.",
          bytes_of(ASKED, "application/json", twice)),
    Fault("en-204-success", ("disabling.success",), "An accepted disableEmail has status 204 and no body.",
          retold(to(DISABLE), bodiless)),
    Fault("en-success-lies", ("calls.once",), "The renewal of a token tells a new one, and keeps the old one.",
          idle(on(RENEW, by_email))),
    Fault("en-error-on-success", ("acceptance.own-response",), "An accepted call carries the error text of a challenge.",
          members(DONE, error="TOTP Required [totp-required]")),
    Fault("cg-expires-zone", ("announcement.expires-ahead",),
          "codeExpires is the local time of a place two hours behind, written as if it were UTC.",
          with_expiry(in_another_zone)),
    Fault("ms-refusal-last-method", ("choice.refusal",), "A refusal names the last method, whichever was tried.",
          details(WRONG, lambda d, truth: {"method": "email"}, of_both)),
    Fault("iv-distance-oracle", ("exposure.near-misses",), "A refusal tells how many digits at the beginning were right.",
          details(WRONG, lambda d, truth: {"matched": fitting(truth)})),
    Fault("iv-counter-leak", ("exposure.other-users",), "A refusal tells how many guesses are left to other users.",
          details(WRONG, everybodys_attempts)),
)  # fmt: skip
