"""Resets: of the end-to-end key, and of every second factor of a user. They ask for a second factor whatever is trusted."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import replies
from conformance.lab.accounts import Account, Authenticator, State, named, put
from conformance.lab.calls import Call, Endpoint
from conformance.lab.email_routes import without_email_factor
from conformance.lab.messages import Json, Reply
from conformance.lab.second_factor import Demand

NAMES = ("userId", "username", "user")


def unfit(body: Json) -> str:
    """What is wrong with a body that may name a user, and need not."""
    if set(body) - set(NAMES):
        return "must NOT have additional properties"
    return "" if all(isinstance(value, str) for value in body.values()) else "must be string"


def meant(state: State, call: Call) -> tuple[Account | None, Reply]:
    """The user whom a call is about, the caller if it names nobody; and the reply if the caller may not, or is wrong."""
    if not call.body:
        return call.caller, replies.success()
    if not call.caller.is_admin:
        return None, replies.failure("Not allowed", "error-not-allowed")
    name = str(call.body.get("username") or call.body.get("user") or "")
    account = state.accounts.get(str(call.body.get("userId"))) or named(state, name)
    return account, replies.failure("Invalid user id", "error-invalid-user-id")


def reset_key(state: State, call: Call) -> tuple[State, Reply]:
    """The lab keeps no keys: what is left is that it asks for a second factor."""
    account, refusal = meant(state, call)
    return state, refusal if account is None else replies.success()


def reset_factors(state: State, call: Call) -> tuple[State, Reply]:
    """Ends the authenticator, the e-mail method and all sessions."""
    account, refusal = meant(state, call)
    if account is None:
        return state, refusal
    account = without_email_factor(state, state.accounts[account.id])
    return put(state, replace(account, authenticator=Authenticator(), sessions=())), replies.success()


ROUTES = {
    ("POST", "/api/v1/users.resetE2EKey"): Endpoint(reset_key, fits=unfit, demand=Demand(always=True)),
    ("POST", "/api/v1/users.resetTOTP"): Endpoint(reset_factors, fits=unfit, demand=Demand(always=True)),
}
