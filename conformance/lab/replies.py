"""The bodies of answers, and how they become bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from conformance.lab.messages import Headers, Json, Reply, Response
from conformance.lab.rules import Outcome, Rules

WORDS: dict[Outcome, tuple[str, str]] = {
    "challenged": ("TOTP Required", "totp-required"),
    "refused": ("TOTP Invalid", "totp-invalid"),
    "exhausted": ("TOTP Maximun Failed Attempts Reached", "totp-max-attempts"),
}
UNPERMITTED = "User does not have the permissions required for this action [error-unauthorized]"


def success(**members: object) -> Reply:
    """200, with the endpoint's own members."""
    return Reply(200, {**members, "success": True})


def failure(reason: str, error_type: str, details: Json | None = None) -> Reply:
    """400, an error with its type in brackets."""
    body: Json = {"success": False, "error": f"{reason} [{error_type}]".strip(), "errorType": error_type}
    return Reply(400, body if details is None else {**body, "details": details})


def invalid_params(reason: str) -> Reply:
    """400, the body does not fit the endpoint's schema."""
    return Reply(400, {"success": False, "errorType": "invalid-params", "error": reason}, early=True)


def anonymous(rules: Rules) -> Reply:
    """401, no valid credentials."""
    sentence = "You must be logged in to do this."
    if rules.anonymous == "not-authorized":
        return Reply(401, {"status": "error", "error": "not-authorized", "message": sentence}, early=True)
    return Reply(401, {"success": False, "error": sentence, "status": "error", "message": sentence}, early=True)


def unpermitted() -> Reply:
    """403, an endpoint that declares its permission."""
    return Reply(403, {"success": False, "error": UNPERMITTED}, early=True)


def throttled(seconds: float) -> Reply:
    """429; says how long to wait, carries no type."""
    wait = max(1, round(seconds))
    text = (
        f"Error, too many requests. Please slow down. You must wait {wait} seconds before trying this endpoint again."
    )
    return Reply(429, {"success": False, "error": f"{text} [error-too-many-requests]"})


def locked(seconds: float) -> Reply:
    """429 after too many wrong answers, with the time when it makes sense to try again."""
    return replace(throttled(seconds), headers=(("Retry-After", str(max(1, ceil(seconds)))),))


def second_factor(outcome: Outcome, details: Json) -> Reply:
    """400, a challenge or a refusal on an ordinary endpoint."""
    reason, error_type = WORDS[outcome]
    return failure(reason, error_type, details)


def login_second_factor(rules: Rules, outcome: Outcome, details: Json) -> Reply:
    """The same on the login: 401 and the bare type, or the ordinary form."""
    if rules.login_form == "bracketed":
        return second_factor(outcome, details)
    reason, error_type = WORDS[outcome]
    return unauthorized(rules, error_type, reason, details)


def unauthorized(rules: Rules, error: str | int, message: str, details: Json | None = None) -> Reply:
    """401 of the login."""
    body: Json = {"success": False} if rules.login_says_success else {}
    body |= {"status": "error", "error": error}
    return Reply(401, body | ({} if details is None else {"details": details}) | {"message": message})


def date(rules: Rules, at: float) -> Any:
    """A moment (epoch seconds) in the server's spelling: a text, or a number."""
    return rules.write_date(datetime.fromtimestamp(round(at, 3), UTC))


def written(rules: Rules, reply: Reply, extra: Headers = ()) -> Response:
    """The bytes of a reply."""
    cache = () if reply.early else (("cache-control", "no-store"), ("pragma", "no-cache"))
    kind, content = reply.raw or ("application/json", rules.write(reply.body).encode())
    return Response(reply.status, (("content-type", kind), *cache, *reply.headers, *extra), content, reply.delay)
