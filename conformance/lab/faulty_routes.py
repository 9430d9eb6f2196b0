"""Faults of single routes: protected calls beside the usual one (se), and methods that are called over REST (pc)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.lab.accounts import State
from conformance.lab.alterations import (
    ASKED,
    WRONG,
    Alteration,
    acting,
    also_accepting,
    both,
    idle,
    open_when,
    setting,
)
from conformance.lab.calls import Call
from conformance.lab.detours import around, asked_as, receiving, with_body
from conformance.lab.fault import Fault
from conformance.lab.messages import Request
from conformance.lab.rules import Proceed, Served
from conformance.lab.scopes import API, PROCEDURES, by_email, in_procedure, on

REMOVE, RENEW = "users.removePersonalAccessToken", "users.regeneratePersonalAccessToken"
OWN, RESET = "users.updateOwnBasicInfo", "users.resetE2EKey"
ANSWER = ("x-2fa-code", "x-2fa-method")


def through(*paths: str) -> Any:
    """Calls of these routes pass unasked."""
    return open_when(lambda request: request.path in {API + path for path in paths})


def also_at(alter: Callable[[Request], Request]) -> Alteration:
    """Calls that reach a route by another way, unasked."""

    def marked(request: Request) -> Request:
        found = alter(request)
        return found if found == request else replace(found, headers=(*found.headers, ("came-by", "another way")))

    return both(receiving(marked), open_when(lambda request: bool(request.values("came-by"))))


def without_slash(request: Request) -> Request:
    return replace(request, path=request.path.rstrip("/"))


def as_post(request: Request) -> Request:
    return replace(request, method="POST") if request.method in ("PUT", "PATCH") else request


def by_method(call: Call) -> bool:
    """A method that is called by a test account with e-mail."""
    return call.request.path.startswith(PROCEDURES) and call.account is not None and call.account.email_factor


def without_headers(state: State, call: Call) -> Call:
    kept = tuple(pair for pair in call.request.headers if pair[0].lower() not in ANSWER)
    return replace(call, request=replace(call.request, headers=kept))


def without_parameter(state: State, call: Call) -> Call:
    """The call without a last parameter that answers a challenge."""
    try:
        message = json.loads(call.body.get("message", ""))
    except (TypeError, ValueError):
        return call
    parameters = message.get("params", [])
    if parameters and isinstance(parameters[-1], dict) and "twoFactorCode" in parameters[-1]:
        message = {**message, "params": parameters[:-1]}
    return with_body(call, {"message": json.dumps(message)})


def told_as_object(state: State, call: Call, proceed: Proceed) -> Served:
    """The error of a method, not wrapped into a message."""
    state, reply, outcome, headers = proceed(state, call)
    if outcome is None and reply.status >= 400 and "message" in reply.body:
        error = json.loads(reply.body["message"]).get("error")
        if isinstance(error, dict):
            shown = {"success": False, "error": error["message"], "errorType": error["error"]}
            details = {"details": error["details"]} if "details" in error else {}
            return state, replace(reply, body={**shown, **details}), outcome, headers
    return state, reply, outcome, headers


def writes_settings(request: Request) -> bool:
    return request.method == "POST" and request.path.startswith(f"{API}settings/")


ROWS = (
    Fault("se-path-variant", ("challenge.unconditional",), "With a slash at its end a route passes unasked.",
          also_at(without_slash)),
    Fault("se-other-verbs", ("challenge.unconditional",), "PUT and PATCH are taken for POST, and pass unasked.",
          also_at(as_post)),
    Fault("se-sibling-open", ("calls.challenged",), "Tokens are removed without a second factor.", through(REMOVE),
          "current"),
    Fault("se-renewal-open", ("calls.challenged",), "Tokens are renewed without a second factor.", through(RENEW),
          "current"),
    Fault("se-key-open", ("calls.challenged",), "The key is reset without a second factor.", through(RESET), "current"),
    Fault("se-settings-open", ("calls.challenged",), "Settings are written without a second factor.",
          open_when(writes_settings), "current"),
    Fault("se-removal-before-check", ("calls.no-effect",), "A token is removed, then a code is asked for.",
          acting(ASKED, on(REMOVE, by_email))),
    Fault("se-renewal-on-invalid", ("calls.no-effect",), "A token is renewed although the code is refused.",
          acting(WRONG, on(RENEW, by_email))),
    Fault("se-address-before-check", ("calls.no-effect", "password.not-beside-email"), "An address is changed, then a code is asked for.",
          acting(ASKED, on(OWN, by_email))),
    Fault("se-removal-idle", ("calls.once",), "The removal of a token says success and does nothing.",
          idle(on(REMOVE, by_email))),
    Fault("se-own-info-idle", ("calls.once",), "A change of one's own data says success and does nothing.",
          idle(on(OWN, by_email))),
    Fault("pc-open", ("procedure.challenge",), "Methods are carried out unasked.",
          open_when(lambda request: request.path.startswith(PROCEDURES)), "current"),
    Fault("pc-status-200", ("procedure.challenge",), "A method that is challenged has status 200.",
          setting(method_errors_fail=False), "current"),
    Fault("pc-plain-error", ("procedure.challenge",), "A method is challenged in the form of other calls.",
          around(by_method, told_as_object), "current"),
    Fault("pc-headers-ignored", ("procedure.headers",), "A method does not look at the two headers.",
          asked_as(by_method, without_headers), "current"),
    Fault("pc-parameter-ignored", ("procedure.parameter",), "A method does not look at its last parameter.",
          asked_as(by_method, without_parameter), "current"),
    Fault("pc-any-code", ("procedure.guess",), "A method takes any code.",
          also_accepting(lambda a: True, in_procedure)),
    Fault("pc-on-invalid", ("procedure.guess",), "A method has acted when its code is refused.",
          acting(WRONG, in_procedure)),
)  # fmt: skip
