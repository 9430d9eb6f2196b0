"""The server as a function: handle(state, request, now) -> (state, response).

Pure. The moment is an argument, randomness comes from the state's seed, mails are left in the state's outbox.
The order of checks is the product's: credentials, permission, body, limit, second factor.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import (
    email_routes,
    entry_routes,
    method_routes,
    replies,
    reset_routes,
    settings_routes,
    token_routes,
    totp_routes,
    user_routes,
)
from conformance.lab.accounts import Account, State, digest, draw, put
from conformance.lab.calls import Call, Endpoint, credentials, limited, parsed, run
from conformance.lab.entry_routes import token
from conformance.lab.messages import Request, Response
from conformance.lab.rules import Rules, Served

ROUTES: dict[tuple[str, str], Endpoint] = {
    **entry_routes.ROUTES,
    **email_routes.ROUTES,
    **token_routes.ROUTES,
    **totp_routes.ROUTES,
    **reset_routes.ROUTES,
    **method_routes.ROUTES,
    **settings_routes.ROUTES,
    **user_routes.ROUTES,
}
ADMIN = "admin"


def admin_password(seed: bytes) -> str:
    """The password of the administrator of a server with this seed."""
    return digest(f"administrator {seed.hex()}")[:24]


def opened(rules: Rules, seed: bytes, now: float) -> State:
    """A new server with one account, the administrator; it has been there for a day."""
    state, value = draw(State(rules, seed, dict(rules.settings)), "account")
    password = digest(admin_password(seed))
    admin = Account(token(value)[:17], ADMIN, "Administrator", (), password, (ADMIN, "user"), now - 86400)
    return put(state, admin)


def endpoint_of(rules: Rules, request: Request) -> tuple[Endpoint, str, str] | None:
    """The endpoint of a request, its route, and what stands in place of the star."""
    routes = ROUTES if rules.routes is None else rules.routes
    if found := routes.get((request.method, request.path)):
        return found, request.path, ""
    route, _, argument = request.path.rpartition("/")
    if argument and (found := routes.get((request.method, f"{route}/*"))):
        return found, route, argument
    return None


def handle(state: State, request: Request, now: float) -> tuple[State, Response]:
    """Answers one request at a moment (epoch seconds)."""
    state, request = caught_up(state, now), state.rules.receive(request)
    if not request.whole:
        return state, Response(400)
    found = endpoint_of(state.rules, request)
    if found is None or not found[0].offered(state.rules):
        return state, state.rules.dress(state.rules.missing(request), None)
    endpoint, route, argument = found
    account, session = credentials(state, request) or (None, None)
    call = Call(request, parsed(request), account, session, now, argument)

    def proceed(state: State, call: Call) -> Served:
        return answered(state, endpoint, call, f"{request.method} {route}")

    state, reply, outcome, budget = state.rules.serve(state, call, proceed)
    return state, state.rules.dress(replies.written(state.rules, reply, budget), outcome)


def answered(state: State, endpoint: Endpoint, call: Call, route: str) -> Served:
    """The checks before the endpoint's own code, then that."""
    if endpoint.login and call.account is None:
        return state, replies.anonymous(state.rules), None, ()
    if endpoint.admin and not call.caller.is_admin:
        return state, replies.unpermitted(), None, ()
    checked_now = state.rules.body_first or endpoint.demand is None or endpoint.when is not None
    if checked_now and (wrong := endpoint.fits(call.body)):
        return state, replies.invalid_params(wrong), None, ()
    state, refusal, budget = limited(state, call, route) if endpoint.counted else (state, None, ())
    if refusal is not None:
        return state, refusal, None, budget
    state, reply, outcome = run(state, endpoint, call)
    return state, reply, outcome, () if reply.early else budget


def caught_up(state: State, now: float) -> State:
    """The state after every deferred change that has fallen due."""
    due = [change for at, change in state.deferred if at <= now]
    state = replace(state, deferred=tuple(item for item in state.deferred if item[0] > now)) if due else state
    for change in due:
        state = change(state)
    return state
