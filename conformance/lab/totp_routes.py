"""Authenticators: starting and confirming one, switching it off, its backup codes. Reached as users.totp.* too, where
the rules have these routes.

None of these asks for a second factor beforehand; those that weaken it take a code, and count the wrong ones.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import authenticator, replies
from conformance.lab.accounts import Account, Authenticator, State, change, digest, put
from conformance.lab.authenticator import address_of, fitting_steps, new_backup_codes, new_secret
from conformance.lab.calls import Call, Endpoint
from conformance.lab.messages import Json, Reply
from conformance.lab.rules import Rules
from conformance.lab.second_factor import barred, counted


def invalid() -> Reply:
    """A code that is none, or a device that is not there."""
    return replies.failure("", "invalid-totp")


def unfit_code(body: Json) -> str:
    if "code" not in body:
        return "must have required property 'code'"
    return "" if isinstance(body["code"], str) else "must be string"


def enable(state: State, call: Call) -> tuple[State, Reply]:
    """Starts: the secret protects nothing before a code of it came back."""
    account = call.caller
    if account.authenticator.secret:
        return state, replies.failure("", "error-2fa-already-enabled")
    state, secret = new_secret(state, account)
    state = change(state, account.id, authenticator=replace(account.authenticator, started=secret))
    return state, replies.success(secret=secret, url=address_of(account, secret))


def validate(state: State, call: Call) -> tuple[State, Reply]:
    """Confirms. The code does not count as used: a call may be answered with it."""
    account, started = call.caller, call.caller.authenticator.started
    if not started or not fitting_steps(state, started, call.body["code"], call.now):
        return state, invalid()
    return with_backup_codes(state, account, Authenticator(started))


def with_backup_codes(state: State, account: Account, device: Authenticator) -> tuple[State, Reply]:
    """The device with new backup codes, which are shown this once; older ones end."""
    state, made = new_backup_codes(state, account)
    old = () if state.rules.backup_codes_end else device.backup_codes
    device = replace(device, backup_codes=(*old, *(digest(code) for code in made)))
    return change(state, account.id, authenticator=device), replies.success(codes=made)


def proved(state: State, call: Call) -> tuple[State, bool, Reply | None]:
    """Judges the code in the body like any other answer of the account. There is a reply when it was not looked at."""
    if refusal := barred(call.caller, call.now):
        return state, False, refusal
    state, right = authenticator.verify(state, call.caller, call.body["code"], call.request, call.now)
    return counted(state, call.caller.id, right, call.now), right, None


def disable(state: State, call: Call) -> tuple[State, Reply]:
    if not call.caller.authenticator.secret:
        return state, replies.success(disabled=False)
    state, right, refusal = proved(state, call)
    if right:
        state = put(state, replace(state.accounts[call.caller.id], authenticator=Authenticator()))
    return state, refusal or replies.success(disabled=right)


def renew(state: State, call: Call) -> tuple[State, Reply]:
    """New backup codes; a wrong code gives none."""
    if not call.caller.authenticator.secret:
        return state, invalid()
    state, right, refusal = proved(state, call)
    if not right:
        return state, refusal or replies.success()
    account = state.accounts[call.caller.id]
    return with_backup_codes(state, account, account.authenticator)


def renew_or_fail(state: State, call: Call) -> tuple[State, Reply]:
    state, reply = renew(state, call)
    return state, invalid() if reply.status < 400 and "codes" not in reply.body else reply


def remaining(state: State, call: Call) -> tuple[State, Reply]:
    device = call.caller.authenticator
    return state, replies.success(remaining=len(device.backup_codes)) if device.secret else invalid()


def offered(rules: Rules) -> bool:
    return rules.totp_routes


ROUTES = {
    ("POST", "/api/v1/users.totp.enable"): Endpoint(enable, offered=offered),
    ("POST", "/api/v1/users.totp.validate"): Endpoint(validate, fits=unfit_code, offered=offered),
    ("POST", "/api/v1/users.totp.disable"): Endpoint(disable, fits=unfit_code, offered=offered),
    ("POST", "/api/v1/users.totp.regenerateCodes"): Endpoint(renew_or_fail, fits=unfit_code, offered=offered),
    ("GET", "/api/v1/users.totp.codesRemaining"): Endpoint(remaining, offered=offered),
}
