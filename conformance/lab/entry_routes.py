"""Coming and going: info, login, logout, me."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab import replies
from conformance.lab.accounts import Account, Session, State, digest, draw, named, put
from conformance.lab.calls import Call, Endpoint
from conformance.lab.factors import available
from conformance.lab.messages import Json, Reply
from conformance.lab.second_factor import Demand, check


def profile(account: Account) -> Json:
    """What a user, or an admin, gets to see of an account."""
    return {
        "_id": account.id,
        "username": account.username,
        "name": account.name,
        "emails": [{"address": a.text, "verified": a.verified} for a in account.addresses],
        "roles": list(account.roles),
        "status": "offline",
        "active": True,
        "type": "user",
        "services": {
            "email2fa": {"enabled": account.email_factor},
            "totp": {"enabled": bool(account.authenticator.secret)},
        },
        **account.profile,
    }


def info(state: State, call: Call) -> tuple[State, Reply]:
    version = state.rules.version
    return state, replies.success(version=version, info={"version": version})


def me(state: State, call: Call) -> tuple[State, Reply]:
    return state, replies.success(**profile(call.caller))


def logout(state: State, call: Call) -> tuple[State, Reply]:
    account = call.caller
    left = tuple(s for s in account.sessions if s != call.session)
    data = {"message": "You've been logged out!"}
    return put(state, replace(account, sessions=left)), replies.success(status="success", data=data)


def password_digest(given: Any) -> str | None:
    """The SHA-256 of a password that was sent plain or as a digest; None if it is neither."""
    if isinstance(given, str):
        return digest(given)
    if isinstance(given, dict) and given.get("algorithm") == "sha-256" and isinstance(given.get("digest"), str):
        return str(given["digest"]).lower()
    return None


def claimed(state: State, body: Json) -> Account | None:
    """The account that a login names: `user` (name, address, or an object of either), `username` or `email`."""
    user = body.get("user")
    if isinstance(user, dict):
        user = user.get("username") or user.get("email")
    name = user or body.get("username") or body.get("email")
    return named(state, name) if isinstance(name, str) else None


def login(state: State, call: Call) -> tuple[State, Reply]:
    rules, body, now = state.rules, call.body, call.now
    if isinstance(body.get("resume"), str):
        return resume(state, body["resume"])
    account = claimed(state, body)
    if account is None or not account.profile.get("active", True):
        return state, replies.unauthorized(rules, "Unauthorized", "Unauthorized")
    if account.password is None or password_digest(body.get("password")) != account.password:
        return state, replies.unauthorized(rules, 403, "User not found or incorrect password [403]")
    code = login_code(state, account, body)
    if code is not None and not isinstance(code, str) and rules.login_form != "open" and available(state, account):
        return state, Reply(500, {"success": False, "error": "Internal server error"})
    if rules.login_form != "open":
        state, verdict = check(state, account, None, call.request, Demand(login=True, sent=code), now)
        if verdict.reply is not None:
            return state, verdict.reply
    state, value = draw(state, f"session {account.id}")
    session = Session(token=token(value), created=now)
    state = put(state, replace(state.accounts[account.id], sessions=(*account.sessions, session)))
    return state, entered(account, session)


def login_code(state: State, account: Account, body: Json) -> Any:
    """The code in a body; None if there is none. An authenticator's may have come as a number."""
    code = body.get("code") or None
    numeric = isinstance(code, int) and not isinstance(code, bool)
    return str(code) if numeric and "totp" in available(state, account) else code


def resume(state: State, text: str) -> tuple[State, Reply]:
    """A login with a token instead of a password; needs no second factor."""
    for account in state.accounts.values():
        for session in account.sessions:
            if session.token == text and session.name is None:
                return state, entered(account, session)
    message = "You've been logged out by the server. Please log in again. [403]"
    return state, replies.unauthorized(state.rules, 403, message)


def entered(account: Account, session: Session) -> Reply:
    data = {"userId": account.id, "authToken": session.token, "me": profile(account)}
    return replies.success(status="success", data=data)


def token(value: bytes) -> str:
    """Random bytes as a token of 43 letters and digits."""
    number, letters = int.from_bytes(value, "big"), []
    for _ in range(43):
        number, index = divmod(number, 62)
        letters.append("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[index])
    return "".join(letters)


ROUTES = {
    ("GET", "/api/info"): Endpoint(info, login=False),
    ("GET", "/api/v1/info"): Endpoint(info, login=False),
    ("POST", "/api/v1/login"): Endpoint(login, login=False),
    ("POST", "/api/v1/logout"): Endpoint(logout),
    ("GET", "/api/v1/logout"): Endpoint(logout),
    ("GET", "/api/v1/me"): Endpoint(me),
}
