"""Ways around a whole call: what was asked, what is answered, what is remembered; chosen by route and caller.

The honest server is one step of a detour: it may be asked with another request, or its answer and state be changed after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.lab.accounts import Account, State
from conformance.lab.alterations import Alteration
from conformance.lab.calls import Call
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Outcome, Proceed, Rules, Served
from conformance.lab.scopes import API

Sign = Callable[[Call], bool]
RESEND, ENABLE, DISABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail", "users.2fa.disableEmail"
UPDATE = "users.update"


def around(sign: Sign, detour: Callable[[State, Call, Proceed], Served]) -> Alteration:
    """Calls with this sign, answered in another way."""

    def apply(rules: Rules) -> Rules:
        def serve(state: State, call: Call, proceed: Proceed) -> Served:
            def inner(state: State, call: Call) -> Served:
                return rules.serve(state, call, proceed)

            return detour(state, call, inner) if sign(call) else inner(state, call)

        return replace(rules, serve=serve)

    return apply


def to(*paths: str) -> Sign:
    """Calls of these routes."""
    wanted = {API + path for path in paths}
    return lambda call: call.request.path in wanted


def anonymous_to(*paths: str) -> Sign:
    """Calls of these routes without valid credentials."""
    there = to(*paths)
    return lambda call: there(call) and call.account is None


def retold(sign: Sign, alter: Callable[[Reply, Call], Reply]) -> Alteration:
    """Other replies to these calls."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        state, reply, outcome, headers = proceed(state, call)
        return state, alter(reply, call), outcome, headers

    return around(sign, detour)


def rebodied(sign: Sign, alter: Callable[[Json, Call], Json], successes: bool | None = None) -> Alteration:
    """Another body: of successes alone, of errors alone, or of both (None)."""

    def edit(reply: Reply, call: Call) -> Reply:
        meant = successes is None or successes == (reply.status < 400)
        return replace(reply, body=alter(dict(reply.body), call)) if meant else reply

    return retold(sign, edit)


def told(sign: Sign, reply: Reply) -> Alteration:
    """One reply to all of these calls, in place of the honest one; what they do is left."""
    return retold(sign, lambda honest, call: reply)


def asked_as(sign: Sign, alter: Callable[[State, Call], Call]) -> Alteration:
    """These calls, understood as others."""
    return around(sign, lambda state, call, proceed: proceed(state, alter(state, call)))


def unserved(sign: Sign, reply: Reply) -> Alteration:
    """These calls are answered so and not looked at."""
    return around(sign, lambda state, call, proceed: (state, reply, None, ()))


def after(sign: Sign, alter: Callable[[State, State, Call, Outcome | None], State]) -> Alteration:
    """Another state after these calls; `alter` gets the one before and the honest one after."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        then, reply, outcome, headers = proceed(state, call)
        return alter(state, then, call, outcome), reply, outcome, headers

    return around(sign, detour)


def receiving(alter: Callable[[Request], Request]) -> Alteration:
    """Requests, read in another way before anybody looks at them."""

    def apply(rules: Rules) -> Rules:
        return replace(rules, receive=lambda request: alter(rules.receive(request)))

    return apply


def owner_of_id(state: State, call: Call) -> Account | None:
    """The test account that X-User-Id names, whatever the token."""
    account = state.accounts.get(call.request.header("x-user-id"))
    return None if account is None or account.is_admin else account


def owner_of_token(state: State, call: Call) -> Account | None:
    """The test account whose token was sent, whatever the id."""
    token = call.request.header("x-auth-token")
    accounts = (a for a in state.accounts.values() if not a.is_admin)
    return next((a for a in accounts if any(s.token == token for s in a.sessions)), None)


def as_account(call: Call, account: Account | None) -> Call:
    """The call, taken for this account's; its own session stands in for the one that it does not have."""
    if account is None or not account.sessions:
        return call
    return replace(call, account=account, session=account.sessions[-1])


def marked(state: State, account: Account, *marks: str) -> Account:
    """The account with something noted down."""
    present = state.accounts.get(account.id, account)
    return replace(present, marks=present.marks | set(marks))


def with_body(call: Call, body: Any) -> Call:
    return replace(call, body=body)


def strangers(path: str, reply: Reply) -> Alteration:
    return told(anonymous_to(path), reply)


def by_id_alone(path: str) -> Alteration:
    """The id of a user is enough, whatever the token."""
    return asked_as(anonymous_to(path), lambda state, call: as_account(call, owner_of_id(state, call)))


def by_any_token(path: str) -> Alteration:
    """The token of any user is enough, whomever the id names."""

    def alter(state: State, call: Call) -> Call:
        return as_account(call, owner_of_id(state, call)) if owner_of_token(state, call) else call

    return asked_as(anonymous_to(path), alter)


def by_get(path: str) -> Alteration:
    """A route that GET reaches too; what came so bears a sign."""

    def alter(request: Request) -> Request:
        if (request.method, request.path) != ("GET", API + path):
            return request
        return replace(request, method="POST", headers=(*request.headers, ("came-by", "get")))

    return receiving(alter)


def came_by_get(request: Request) -> bool:
    return bool(request.values("came-by"))
