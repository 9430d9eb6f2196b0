"""Personal access tokens."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import replies
from conformance.lab.accounts import Account, Session, State, draw, put
from conformance.lab.calls import Call, Endpoint
from conformance.lab.entry_routes import token
from conformance.lab.messages import Json, Reply
from conformance.lab.replies import date
from conformance.lab.second_factor import Demand


def unfit(body: Json) -> str:
    if "tokenName" not in body:
        return "must have required property 'tokenName'"
    if not isinstance(body.get("bypassTwoFactor", False), bool):
        return "must be boolean"
    return "must be string" if isinstance(body["tokenName"], (list, dict)) else ""


def without(account: Account, name: str) -> tuple[Session, ...]:
    return tuple(s for s in account.sessions if s.name != name)


def made(state: State, call: Call, bypass: bool) -> tuple[State, Reply]:
    """A token of the name in the body, in place of one that has this name already."""
    name = str(call.body["tokenName"])
    account = state.accounts[call.caller.id]
    kept, made = without(account, name), []
    for _ in range(state.rules.tokens_stored):
        state, value = draw(state, f"token {account.id}")
        made.append(Session(token(value), created=call.now, name=name, bypass=bypass))
    return put(state, replace(account, sessions=(*kept, *made))), replies.success(token=made[0].token)


def generate(state: State, call: Call) -> tuple[State, Reply]:
    name = str(call.body["tokenName"])
    if any(s.name == name for s in state.accounts[call.caller.id].sessions):
        reason = "A token with this name already exists"
        return state, replies.failure(reason, "error-token-already-exists")
    return made(state, call, bool(call.body.get("bypassTwoFactor", False)))


def regenerate(state: State, call: Call) -> tuple[State, Reply]:
    old = next((s for s in state.accounts[call.caller.id].sessions if s.name == str(call.body["tokenName"])), None)
    if old is None:
        return state, replies.failure("Token does not exist", "error-token-does-not-exists")
    return made(state, call, old.bypass)


def remove(state: State, call: Call) -> tuple[State, Reply]:
    account, name = state.accounts[call.caller.id], str(call.body["tokenName"])
    if all(s.name != name for s in account.sessions):
        return state, replies.failure("Token does not exist", "error-token-does-not-exists")
    return put(state, replace(account, sessions=without(account, name))), replies.success()


def listed(state: State, call: Call) -> tuple[State, Reply]:
    tokens = [
        {
            "name": s.name,
            "createdAt": date(state.rules, s.created),
            "lastTokenPart": s.token[-6:],
            "bypassTwoFactor": s.bypass,
        }
        for s in call.caller.sessions
        if s.name is not None
    ]
    return state, replies.success(tokens=tokens)


GENERATE = Endpoint(generate, fits=unfit, demand=Demand())
REGENERATE = Endpoint(regenerate, fits=unfit, demand=Demand())
REMOVE = Endpoint(remove, fits=unfit, demand=Demand())
ROUTES = {
    ("POST", "/api/v1/users.generatePersonalAccessToken"): GENERATE,
    ("POST", "/api/v1/users.regeneratePersonalAccessToken"): REGENERATE,
    ("POST", "/api/v1/users.removePersonalAccessToken"): REMOVE,
    ("GET", "/api/v1/users.getPersonalAccessTokens"): Endpoint(listed),
}
