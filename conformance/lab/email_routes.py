"""users.2fa.*: switching the e-mail method on and off, and asking for a new code."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import replies
from conformance.lab.accounts import Account, State, named, put, settle_codes
from conformance.lab.calls import Call, Endpoint
from conformance.lab.codes import issue
from conformance.lab.messages import Json, Reply
from conformance.lab.second_factor import Demand


def enable(state: State, call: Call) -> tuple[State, Reply]:
    rules, account = state.rules, call.caller
    if rules.refuses_unverified and not all(address.verified for address in account.addresses):
        return state, replies.failure("You need to verify your emails before setting up 2FA", "error-invalid-user")
    sessions = account.sessions
    if rules.ends_other_sessions:
        sessions = tuple(s for s in sessions if s == call.session or s.name is not None)
    already = {"alreadyEnabled": True} if rules.tells_enrolled and account.email_factor else {}
    return put(state, replace(account, email_factor=True, sessions=sessions)), replies.success(**already)


def disable(state: State, call: Call) -> tuple[State, Reply]:
    return put(state, without_email_factor(state, state.accounts[call.caller.id])), replies.success()


def without_email_factor(state: State, account: Account) -> Account:
    """The account with the method off; what was mailed to it does not come back with the method."""
    if state.rules.codes_end_with_method:
        account = settle_codes(account, lambda code: True, "ended")
    return replace(account, email_factor=False)


def unfit_resend(body: Json) -> str:
    """What is wrong with the body; numbers, booleans and null are taken as text, as in the product."""
    if "emailOrUsername" not in body:
        return "must have required property 'emailOrUsername'"
    if len(body) > 1:
        return "must NOT have additional properties"
    return "must be string" if isinstance(body["emailOrUsername"], (list, dict)) else ""


def resend(state: State, call: Call) -> tuple[State, Reply]:
    rules, name = state.rules, call.body.get("emailOrUsername")
    if rules.resend_schema and (wrong := unfit_resend(call.body)):
        return state, replies.invalid_params(wrong)
    if not rules.resend_schema and (not isinstance(name, str) or not name):
        return state, replies.failure("emailOrUsername is required", "error-parameter-required")
    account = call.account if call.account and rules.resend_uses_caller else named(state, str(name))
    if account is not None and not account.profile.get("active", True) and not rules.mails_inactive:
        account = None
    if account is None and not rules.hides_unknown:
        return state, replies.failure("Invalid user", "error-invalid-user")
    whose = account.id if account else str(name).strip().lower()
    if rules.counts_owner_apart and call.account and call.account == account:
        whose = f"{whose} by its owner"
    state, refusal = counted(state, whose, call.now)
    if account is None or refusal is not None:
        return state, refusal or replies.success()
    state = issue(state, account, "resend", call.now)
    listed = rules.lists_addresses(rules.recipients(state, account, "resend")) if rules.lists_addresses else {}
    return state, replies.success(**listed)


def counted(state: State, name: str, now: float) -> tuple[State, Reply | None]:
    """Counts a resend, for whomever: who is unknown is not told from others. The reply is 429 when there were too many."""
    most, seconds = state.rules.resends
    key = ("resend", name)
    recent = tuple(at for at in state.hits.get(key, ()) if at > now - seconds)
    if len(recent) >= most:
        return state, replies.throttled(recent[0] + seconds - now)
    return replace(state, hits={**state.hits, key: (*recent, now)}), None


ROUTES = {
    ("POST", "/api/v1/users.2fa.enableEmail"): Endpoint(
        enable, demand=Demand(), when=lambda state, call: state.rules.enable_protected(state, call)
    ),
    ("POST", "/api/v1/users.2fa.disableEmail"): Endpoint(disable, demand=Demand(always=True)),
    ("POST", "/api/v1/users.2fa.sendEmailCode"): Endpoint(resend, login=False),
}
