"""Faults in reading bodies that are right, or wrong, in a way that nobody tried (rb): each is a server error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from conformance.lab.accounts import State
from conformance.lab.alterations import Alteration
from conformance.lab.calls import Call
from conformance.lab.detours import around, to
from conformance.lab.fault import Fault
from conformance.lab.messages import Reply
from conformance.lab.rules import Proceed, Served

BROKEN = Reply(500, {"success": False, "error": "Internal server error"})
KNOWN = {"tokenName", "bypassTwoFactor"}

making = to("users.generatePersonalAccessToken", "users.regeneratePersonalAccessToken")


def breaking_at(odd: Callable[[dict[str, Any]], bool]) -> Alteration:
    """Bodies of this kind break the making of tokens."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        body = read(call.request.body)
        return (state, BROKEN, None, ()) if body is not None and odd(body) else proceed(state, call)

    return around(making, detour)


def read(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def is_valid(body: dict[str, Any]) -> bool:
    return isinstance(body.get("tokenName"), str) and isinstance(body.get("bypassTwoFactor", False), bool)


ROWS = (
    Fault("rb-500-empty-text", ("generated.valid",), "An empty name of a token is a server error.",
          breaking_at(lambda body: is_valid(body) and not body["tokenName"])),
    Fault("rb-500-unknown-member", ("generated.valid",), "A member that nobody knows is a server error.",
          breaking_at(lambda body: is_valid(body) and bool(body.keys() - KNOWN))),
    Fault("rb-500-other-script", ("generated.valid",), "A letter beyond ASCII is a server error.",
          breaking_at(lambda body: is_valid(body) and not body["tokenName"].isascii())),
    Fault("rb-500-missing-member", ("generated.invalid",), "A body without the name of the token is a server error.",
          breaking_at(lambda body: "tokenName" not in body)),
    Fault("rb-500-wrong-kind", ("generated.invalid",), "A name of a token that is no text is a server error.",
          breaking_at(lambda body: not isinstance(body.get("tokenName", ""), str))),
)  # fmt: skip
