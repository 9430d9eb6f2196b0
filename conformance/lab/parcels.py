"""A server that is no chat server: a parcel service, whose customers say where their parcels are left and who may fetch them.

The second factor is the page's. Routes, headers, the session, bodies and the reply to a login are its own, nobody is an
administrator, and what the protocol does not need it does not have. fixtures/targets/parcels.toml describes it.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import email_routes, entry_routes, replies
from conformance.lab.accounts import State, put
from conformance.lab.calls import Action, Call, Endpoint
from conformance.lab.messages import Json, Reply, Request, Response
from conformance.lab.names import Names, translated
from conformance.lab.rules import Rules
from conformance.lab.second_factor import Demand

NAMES = Names("X-Pin", "X-Pin-By", "Authorization", "X-Nobody")
PAGE = "/api/v1/users.2fa."
NO_WISH = "-"


def service(rules: Rules) -> Rules:
    """The parcel service, whose second factor follows these rules."""
    return replace(rules, routes=ROUTES, receive=received, missing=missing)


def received(request: Request) -> Request:
    """The request as the endpoints know it: one header holds the customer and the token."""
    known = translated(NAMES, request)
    customer, _, token = known.header("x-auth-token").removeprefix("Bearer ").partition(".")
    kept = tuple(pair for pair in known.headers if pair[0].lower() not in ("x-auth-token", "x-user-id"))
    return replace(known, headers=(*kept, ("X-User-Id", customer), ("X-Auth-Token", token)))


def missing(request: Request) -> Response:
    return Response(404, (("content-type", "application/json"),), b'{"success":false,"error":"no such route"}')


def sign_in(state: State, call: Call) -> tuple[State, Reply]:
    who = call.body.get("customer")
    fields = who if isinstance(who, dict) else {}
    body = {"user": fields.get("name"), "password": fields.get("secret"), "code": call.body.get("code")}
    state, reply = entry_routes.login(state, replace(call, body=body))
    if reply.status >= 400:
        return state, reply
    customer, token = reply.body["data"]["userId"], reply.body["data"]["authToken"]
    return state, replies.success(customer={"number": customer}, session={"bearer": f"{customer}.{token}"})


def writes(name: str) -> Action:
    """Changes one of the caller's own wishes."""

    def write(state: State, call: Call) -> tuple[State, Reply]:
        account = state.accounts[call.caller.id]
        if call.body["customer"] != account.id:
            return state, replies.failure("These are somebody else's parcels", "error-action-not-allowed")
        wishes = {**account.profile, name: call.body[name]}
        kept = {name: wish for name, wish in wishes.items() if wish != NO_WISH}
        return put(state, replace(account, profile=kept)), replies.success(**{name: call.body[name]})

    return write


def reads(name: str) -> Action:
    """Shows one of the caller's wishes."""

    def read(state: State, call: Call) -> tuple[State, Reply]:
        return state, replies.success(parcels={name: call.caller.profile.get(name, NO_WISH)})

    return read


def wish(name: str) -> dict[tuple[str, str], Endpoint]:
    """The two routes of a wish."""

    def unfit(body: Json) -> str:
        wrong = [member for member in ("customer", name) if not isinstance(body.get(member), str)]
        return f"must have a text in '{wrong[0]}'" if wrong else ""

    path = f"/v2/parcels/{name}"
    return {
        ("GET", path): Endpoint(reads(name)),
        ("PUT", path): Endpoint(writes(name), fits=unfit, demand=Demand()),
    }


ROUTES = {
    ("POST", "/v2/sign-in"): Endpoint(sign_in, login=False),
    ("POST", "/v2/sign-out"): Endpoint(entry_routes.logout),
    ("POST", "/v2/pins/on"): email_routes.ROUTES["POST", f"{PAGE}enableEmail"],
    ("POST", "/v2/pins/off"): email_routes.ROUTES["POST", f"{PAGE}disableEmail"],
    ("POST", "/v2/pins/send"): email_routes.ROUTES["POST", f"{PAGE}sendEmailCode"],
    **wish("place"),
    **wish("proxy"),
}
