"""Faults in who is asked at all: strangers (or), trust (cc, tr), tokens (tk)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import replies
from conformance.lab.accounts import Account, Session, State, alike, put
from conformance.lab.alterations import both, forcing, setting
from conformance.lab.calls import Call
from conformance.lab.detours import (
    UPDATE,
    after,
    anonymous_to,
    around,
    as_account,
    asked_as,
    marked,
    owner_of_id,
    owner_of_token,
    rebodied,
    retold,
    strangers,
    to,
)
from conformance.lab.fault import Fault
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Outcome, Proceed, Served

FORBIDDEN = Reply(403, {"success": False, "error": "Forbidden", "status": "error", "message": "Forbidden"})
UNCLEAR = Reply(401, {"status": "error", "error": "Unauthorized", "message": "You must be logged in to do this."})
CODE = "x-2fa-code"


def challenged_first(state: State, call: Call, proceed: Proceed) -> Served:
    """The second factor is asked for before the token is looked at; what would pass is refused all the same."""
    account = owner_of_id(state, call)
    if account is None:
        return proceed(state, call)
    bare = replace(as_account(call, account), request=replace(call.request, headers=()))
    return proceed(state, bare)


def by_any_token(state: State, call: Call) -> Call:
    """The token is good, and the account is the one that the id names."""
    return as_account(call, owner_of_id(state, call)) if owner_of_token(state, call) else call


def stale(call: Call) -> bool:
    """A call of a test account that needs no second factor, and shows the headers of an old one."""
    return to("me")(call) and call.account is not None and not call.account.is_admin and bool(call.request.header(CODE))


def succeeded(before: State, call: Call, outcome: Outcome | None) -> bool:
    return outcome == "passed" and call.account is not None and bool(call.request.header(CODE))


def others_freed(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """What sessions the account has beside the caller's, is noted as free."""
    account = then.accounts.get(call.account.id) if call.account else None
    if account is None or not account.email_factor or not succeeded(before, call, outcome):
        return then
    own = call.session.token if call.session else ""
    return put(then, marked(then, account, *(s.token for s in account.sessions if s.token != own)))


def neighbours_freed(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    if call.account is None or not call.account.email_factor or not succeeded(before, call, outcome):
        return then
    for other in alike(then, call.account):
        then = put(then, marked(then, other, *(s.token for s in other.sessions)))
    return then


def is_free(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    free = session is not None and session.token in account.marks
    return "passed" if free and not request.header(CODE) else None


def by_token(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    return "passed" if session is not None and session.name is not None else None


def bypass_ignored(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    return "challenged" if session is not None and session.bypass and not request.header(CODE) else None


def without_bypass(state: State, call: Call) -> Call:
    body: Json = {**call.body, "bypassTwoFactor": False}
    return replace(call, body=body) if "bypassTwoFactor" in call.body else call


def of_test_account(call: Call) -> bool:
    return call.account is not None and not call.account.is_admin


ROWS = (
    Fault("vf-after-logout", ("order.credentials",), "A token works on after the logout.",
          after(to("logout"), lambda state, then, call, outcome: state)),
    Fault("or-challenged-first", ("order.credentials",), "A call is challenged before its token is looked at.",
          around(anonymous_to(UPDATE), challenged_first)),
    Fault("hd-user-id-confusion", ("order.credentials",), "The token of any user is good for the id of another.",
          asked_as(anonymous_to(UPDATE), by_any_token)),
    Fault("or-status-403", ("order.credentials-status",), "A call without credentials has status 403.",
          strangers(UPDATE, FORBIDDEN), "current"),
    Fault("or-status-400", ("order.credentials-status",), "A call without credentials has status 400.",
          retold(anonymous_to(UPDATE), lambda reply, call: replace(reply, status=400)), "current"),
    Fault("or-without-success", ("order.credentials-success",),
          "The refusal of a call without credentials does not say success false.", strangers(UPDATE, UNCLEAR),
          "current"),
    Fault("or-stale-refused", ("order.unneeded", "order.unneeded-ignored"),
          "A code on a call that needs none is checked, and refused.",
          retold(stale, lambda reply, call: replies.failure("TOTP Invalid", "totp-invalid"))),
    Fault("or-stale-told", ("order.unneeded", "order.unneeded-ignored"),
          "A call that needs no code has another member if there is one.",
          rebodied(stale, lambda b, call: {**b, "twoFactor": {"used": False}}, True)),
    Fault("cc-session-transfer", ("trust.session",), "A success in one session frees the user's other ones.",
          both(after(of_test_account, others_freed), forcing(is_free))),
    Fault("cc-cross-user-trust", ("trust.user",), "A success of one user frees others at the same address.",
          both(after(of_test_account, neighbours_freed), forcing(is_free))),
    Fault("cc-trust-too-long", ("trust.length",), "A success is remembered for ten times as long as the setting says.",
          setting(trusts_for=lambda seconds: 10 * seconds)),
    Fault("cc-trust-for-ever", ("trust.length",), "A success that is remembered is never forgotten.",
          setting(trusts_for=lambda seconds: 86400.0 if seconds else 0.0)),
    Fault("tr-newcomers-trusted", ("trust.newcomers",),
          "Who is new is not asked for half an hour, whatever is enabled.",
          setting(grace="everyone", grace_for=1800), "current"),
    Fault("se-token-type-open", ("tokens.challenged",), "No personal access token is ever asked.",
          forcing(by_token), "current"),
    Fault("tk-bypass-ignored", ("tokens.bypass",), "A personal access token with bypass is asked all the same.",
          forcing(bypass_ignored), "current"),
    Fault("tk-bypass-lost", ("tokens.bypass",), "A personal access token loses the bypass that it was made with.",
          asked_as(to("users.generatePersonalAccessToken"), without_bypass), "current"),
)  # fmt: skip
