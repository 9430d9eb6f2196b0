"""A call on its way to an endpoint, and the checks that endpoints share: credentials, body, limits, second factor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from conformance.lab import replies
from conformance.lab.accounts import Account, Session, State
from conformance.lab.messages import Headers, Json, Reply, Request
from conformance.lab.rules import Outcome, Rules, Truth
from conformance.lab.second_factor import Demand, check


@dataclass(frozen=True, slots=True)
class Call:
    """A request with what is known about it: its decoded body, its caller if the credentials are valid, its moment."""

    request: Request
    body: Json
    account: Account | None
    session: Session | None
    now: float
    argument: str = ""

    @property
    def caller(self) -> Account:
        """The caller of an endpoint that needs one."""
        if self.account is None:
            raise LookupError("this endpoint is for callers who are logged in")
        return self.account


ANSWER = ("x-2fa-code", "x-2fa-method")
Action = Callable[[State, Call], tuple[State, Reply]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route. `fits` says what is wrong with a body ("" if nothing); `admin` routes declare a permission; `demand`
    makes it a protected one; `when` protects only some of its calls, by their body, and `answer` moves what answers a
    challenge into the headers; `counted` routes have a rate limit; `offered` ones are there under these rules."""

    action: Action
    login: bool = True
    admin: bool = False
    fits: Callable[[Json], str] = lambda body: ""
    demand: Demand | None = None
    when: Callable[[State, Call], bool] | None = None
    answer: Callable[[Call], Request] = lambda call: call.request
    counted: bool = True
    offered: Callable[[Rules], bool] = lambda rules: True


def parsed(request: Request) -> Json:
    """The body: JSON or a form by its content type, {} if it does not parse. Text gives numbered keys, as observed."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    text = request.body.decode("utf-8", "replace")
    if kind == "application/json":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}
    if kind == "application/x-www-form-urlencoded":
        return {key: values[-1] for key, values in parse_qs(text, keep_blank_values=True).items()}
    return {str(index): letter for index, letter in enumerate(text[:64])}


def credentials(state: State, request: Request) -> tuple[Account, Session] | None:
    """The caller: a token and the id of the account that owns it."""
    account = state.accounts.get(request.header("x-user-id"))
    token = request.header("x-auth-token")
    if account is None or not token or not account.profile.get("active", True):
        return None
    return next(((account, session) for session in account.sessions if session.token == token), None)


def answered_with(request: Request, code: Any, method: Any) -> Request:
    """The request with this answer to a challenge in its headers, in place of any other; what is no text is none."""
    texts = (("x-2fa-method", method), ("x-2fa-code", code))
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in ANSWER)
    return replace(request, headers=(*kept, *((name, text if isinstance(text, str) else "") for name, text in texts)))


def with_both_or_neither(request: Request) -> Request:
    """The request as calls see it that count the two headers only together."""
    if all(request.header(name) for name in ANSWER):
        return request
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() not in ANSWER))


def limited(state: State, call: Call, route: str) -> tuple[State, Reply | None, Headers]:
    """Counts the call on its route. The reply is 429 when there were too many; headers tell the budget."""
    exempt = call.account is not None and call.account.is_admin
    if exempt or not state.settings["API_Enable_Rate_Limiter"]:
        return state, None, ()
    most = int(state.settings["API_Enable_Rate_Limiter_Limit_Calls_Default"])
    window = float(state.settings["API_Enable_Rate_Limiter_Limit_Time_Default"]) / 1000
    key = (route, call.request.header("x-real-ip") or call.request.client)
    recent = tuple(at for at in state.hits.get(key, ()) if at > call.now - window)
    reset = (recent[0] if recent else call.now) + window
    allowed = len(recent) < most
    if allowed:
        recent = (*recent, call.now)
    budget: Headers = (
        ("X-RateLimit-Limit", str(most)),
        ("X-RateLimit-Remaining", str(most - len(recent))),
        ("X-RateLimit-Reset", str(int(reset * 1000))),
    )
    state = replace(state, hits={**state.hits, key: recent})
    return state, None if allowed else replies.throttled(reset - call.now), budget


def run(state: State, endpoint: Endpoint, call: Call) -> tuple[State, Reply, Outcome | None]:
    """The second factor where the endpoint wants one, then its action. The outcome is None on other endpoints."""
    if endpoint.demand is None or (endpoint.when is not None and not endpoint.when(state, call)):
        state, reply = endpoint.action(state, call)
        return state, reply, None
    return protected(state, endpoint, replace(call, request=endpoint.answer(call)), endpoint.demand)


def protected(state: State, endpoint: Endpoint, call: Call, demand: Demand) -> tuple[State, Reply, Outcome | None]:
    """A call with a second factor: what is done with it, and what is said about it."""
    rules, account = state.rules, call.caller
    unspent = state
    state, verdict = check(state, account, call.session, call.request, demand, call.now)

    truth = Truth(verdict.outcome, verdict.method, False, (), account, state, call.request, call.now)

    def act(before: State) -> State:
        return endpoint.action(before, call)[0]

    if verdict.reply is not None:
        return rules.keep(truth, state, act), verdict.reply, verdict.outcome
    if not rules.body_first and (wrong := endpoint.fits(call.body)):
        return state, replies.invalid_params(wrong), "passed"
    _, reply = endpoint.action(state, call)
    if reply.status >= 400 and rules.refunds_code:
        return unspent, reply, "passed"
    if reply.status < 400:
        reply = rules.edit(reply, truth)
    return rules.keep(truth, state, act), reply, "passed"
