"""method.call: methods of the realtime API over REST, each inside an envelope whose `message` is EJSON text.

A method is an endpoint like others; here its parameters become a body, and its reply a result or an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from conformance.lab import replies, token_routes, totp_routes
from conformance.lab.accounts import State
from conformance.lab.calls import Call, Endpoint, answered_with, run, with_both_or_neither
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.replies import WORDS
from conformance.lab.rules import Outcome, Rules

MISMATCH = Reply(400, {"success": False, "error": "Match failed [400]", "errorType": 400})


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what its first parameter is, and which members of the reply are its result (a lone one: itself)."""

    endpoint: Endpoint
    takes: Literal["nothing", "code", "fields"]
    gives: tuple[str, ...] | str = ()


METHODS: dict[str, Method] = {
    "2fa:enable": Method(Endpoint(totp_routes.enable), "nothing", ("secret", "url")),
    "2fa:validateTempToken": Method(Endpoint(totp_routes.validate, fits=totp_routes.unfit_code), "code", ("codes",)),
    "2fa:disable": Method(Endpoint(totp_routes.disable, fits=totp_routes.unfit_code), "code", "disabled"),
    "2fa:regenerateCodes": Method(Endpoint(totp_routes.renew, fits=totp_routes.unfit_code), "code", ("codes",)),
    "2fa:checkCodesRemaining": Method(Endpoint(totp_routes.remaining), "nothing", ("remaining",)),
    "personalAccessTokens:generateToken": Method(token_routes.GENERATE, "fields", "token"),
    "personalAccessTokens:regenerateToken": Method(token_routes.REGENERATE, "fields", "token"),
    "personalAccessTokens:removeToken": Method(token_routes.REMOVE, "fields"),
}


def unfit(body: Json) -> str:
    if "message" not in body:
        return "must have required property 'message'"
    return "" if isinstance(body["message"], str) else "must be string"


def call_method(state: State, call: Call) -> tuple[State, Reply]:
    """Performs the method that the message names."""
    try:
        message = json.loads(call.body["message"])
    except (ValueError, RecursionError) as problem:
        return state, Reply(400, {"success": False, "error": str(problem)})
    if not isinstance(message, dict) or not isinstance(message.get("params", []), list):
        return state, Reply(400, {"success": False, "error": "Match failed [400]"})
    name = str(message.get("method"))
    found = METHODS.get(name)
    if found is None:
        unknown = {"success": False, "error": f"Method '{name}' not found [404]", "errorType": 404}
        return state, framed(state.rules, message.get("id"), (), Reply(404, unknown), None)
    request, parameters = answer_of(call.request, list(message.get("params", [])))
    inner = replace(call, request=request, body=body_of(found, parameters), argument=name)
    state, reply, outcome = run(state, checked(found.endpoint), inner)
    return state, framed(state.rules, message.get("id"), found.gives, reply, outcome)


def answer_of(request: Request, parameters: list[Any]) -> tuple[Request, list[Any]]:
    """The request with the answer to a challenge in its headers: that of the last parameter, else that of both headers;
    a code alone in a header counts for nothing here."""
    last = parameters[-1] if parameters and isinstance(parameters[-1], dict) else {}
    if last.get("twoFactorCode") and last.get("twoFactorMethod"):
        return answered_with(request, last["twoFactorCode"], last["twoFactorMethod"]), parameters[:-1]
    return with_both_or_neither(request), parameters


def body_of(found: Method, parameters: list[Any]) -> Json:
    """The parameters as the body that the endpoint of the same action takes."""
    first = parameters[0] if parameters else None
    match found.takes:
        case "code":
            return {"code": first}
        case "fields":
            return first if isinstance(first, dict) else {}
        case "nothing":
            return {}


def checked(endpoint: Endpoint) -> Endpoint:
    """The endpoint with the check of its parameters behind the second factor, as methods have it."""

    def action(state: State, call: Call) -> tuple[State, Reply]:
        return (state, MISMATCH) if endpoint.fits(call.body) else endpoint.action(state, call)

    return replace(endpoint, action=action, fits=lambda body: "")


def framed(rules: Rules, ident: Any, gives: tuple[str, ...] | str, reply: Reply, outcome: Outcome | None) -> Reply:
    """The reply in its envelope. What is no answer of the method itself stays outside."""
    if reply.raw is not None or reply.status == 429:
        return reply
    message: Json = {"msg": "result", "id": ident}
    if reply.status < 400 and outcome not in WORDS:
        return replies.success(message=ejson({**message, **result_of(gives, reply.body)}))
    text = ejson({**message, "error": error_of(reply.body)})
    if rules.method_errors_fail:
        return Reply(400, {"message": text, "success": False})
    return replies.success(message=text)


def result_of(gives: tuple[str, ...] | str, body: Json) -> Json:
    """The member `result`; a method that gives nothing has none."""
    if isinstance(gives, str):
        return {"result": body[gives]} if gives in body else {}
    given = {name: body[name] for name in gives if name in body}
    return {"result": given} if given else {}


def error_of(body: Json) -> Json:
    """An error of REST as the realtime API words it."""
    text = str(body.get("error", ""))
    reason = text.rpartition("[")[0].strip()
    error: Json = {"isClientSafe": True, "error": body.get("errorType")}
    error |= {"reason": reason} if reason else {}
    error |= {"message": text, "errorType": "Meteor.Error"}
    if "details" in body:
        error["details"] = dated(body["details"])
    return error


def dated(details: Any) -> Any:
    """Details with their dates in EJSON: {"$date": milliseconds}."""
    if not isinstance(details, dict) or "codeExpires" not in details:
        return details
    dates = details["codeExpires"]
    return {**details, "codeExpires": [moment(d) for d in dates] if isinstance(dates, list) else moment(dates)}


def moment(written: Any) -> Any:
    """A date in EJSON; what is none stays as it is."""
    try:
        return {"$date": round(datetime.fromisoformat(written).timestamp() * 1000)}
    except (TypeError, ValueError):
        return written


def ejson(message: Json) -> str:
    return json.dumps(message, separators=(",", ":"))


ROUTES = {("POST", "/api/v1/method.call/*"): Endpoint(call_method, fits=unfit, counted=False)}
