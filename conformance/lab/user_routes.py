"""Users: making, reading, changing and removing them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from conformance.lab import replies
from conformance.lab.accounts import Account, Address, State, digest, draw, named, put
from conformance.lab.calls import Call, Endpoint, answered_with, with_both_or_neither
from conformance.lab.entry_routes import profile, token
from conformance.lab.factors import PREFIX
from conformance.lab.letters import welcome_mail
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.second_factor import Demand

REQUIRED = ("email", "name", "username", "password")
PROFILE = ("bio", "nickname", "statusText", "language", "active", "requirePasswordChange")
TEXTS = frozenset({*REQUIRED, "bio", "nickname", "statusText", "language", "statusDefault"})
FLAGS = frozenset({"active", "requirePasswordChange", "verified", "sendWelcomeEmail", "joinDefaultChannels",
                   "setRandomPassword"})  # fmt: skip
ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")


def unfit_user(body: Json) -> str:
    """What is wrong with the fields of a user that is to be made."""
    for name in REQUIRED:
        if name not in body:
            return f"must have required property '{name}'"
    return unfit_fields(body)


def unfit_fields(fields: Json) -> str:
    """What is wrong with the fields of a user, whichever there are."""
    for name, value in fields.items():
        if name not in TEXTS | FLAGS | {"roles"}:
            return "must NOT have additional properties"
        if name in TEXTS and not isinstance(value, str):
            return "must be string"
        if name in FLAGS and value not in (True, False, "true", "false"):
            return "must be boolean"
        if name == "roles" and not (isinstance(value, list) and all(isinstance(role, str) for role in value)):
            return "must be array"
    return ""


def unfit_update(body: Json) -> str:
    for name in ("userId", "data"):
        if name not in body:
            return f"must have required property '{name}'"
    return unfit_fields(body["data"]) if isinstance(body["data"], dict) else "must be object"


def unusable(state: State, fields: Json, but: Account | None = None) -> Reply | None:
    """The refusal of an address that is none, and of a username or an address that somebody else has."""
    if "email" in fields and not ADDRESS.fullmatch(fields["email"]):
        return replies.failure("Invalid email", "error-invalid-email")
    for field in ("username", "email"):
        other = named(state, fields[field]) if field in fields else None
        if other is not None and (but is None or other.id != but.id):
            return replies.failure(f"{fields[field]} is already in use :(", "error-field-unavailable")
    return None


def changed(account: Account, fields: Json) -> Account:
    """The account with these fields written."""
    first = account.addresses[0] if account.addresses else Address("", False)
    if "email" in fields:
        moved = fields["email"].lower() != first.text.lower()
        first = Address(fields["email"], False if moved else first.verified)
    if "verified" in fields and first.text:
        first = replace(first, verified=fields["verified"] in (True, "true"))
    return replace(
        account,
        username=fields.get("username", account.username),
        name=fields.get("name", account.name),
        addresses=(first, *account.addresses[1:]) if first.text else (),
        password=digest(fields["password"]) if fields.get("password") else account.password,
        plain=fields.get("password") or account.plain,
        roles=tuple(fields.get("roles", account.roles)),
        profile={**account.profile, **{name: stored(fields[name]) for name in PROFILE if name in fields}},
    )


def stored(value: Any) -> Any:
    """A field's value; booleans may have come as text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def create(state: State, call: Call) -> tuple[State, Reply]:
    fields = call.body
    if refusal := unusable(state, fields):
        return state, refusal
    state, value = draw(state, "account")
    opted_in = bool(state.settings[PREFIX + "By_Email_Auto_Opt_In"])
    blank = Account(token(value)[:17], fields["username"], fields["name"], (), None, ("user",), call.now, opted_in)
    account = changed(blank, fields)
    state = put(state, account)
    if fields.get("sendWelcomeEmail"):
        mail = welcome_mail(state, fields["email"], fields["name"], call.now)
        state = replace(state, outbox=(*state.outbox, mail))
    return state, replies.success(user=profile(account))


def update(state: State, call: Call) -> tuple[State, Reply]:
    if str(call.body["userId"]) != call.caller.id and not call.caller.is_admin:
        details = {"method": "insertOrUpdateUser", "action": "Editing_user"}
        return state, replies.failure("Editing user is not allowed", "error-action-not-allowed", details)
    account = state.accounts.get(str(call.body["userId"]))
    if account is None:
        return state, replies.failure("User not found", "error-user-not-found")
    return write(state, call, account, call.body["data"])


def write(state: State, call: Call, account: Account, fields: Json) -> tuple[State, Reply]:
    if not call.caller.is_admin:
        fields = {name: value for name, value in fields.items() if name not in ("roles", "verified", "active")}
    if refusal := unusable(state, fields, but=account):
        return state, refusal
    before, account = account, changed(account, fields)
    if account.password != before.password and state.rules.trust_ends_with_password:
        account = replace(account, sessions=tuple(replace(s, trusted_until=0.0) for s in account.sessions))
    return put(state, account), replies.success(user=profile(account))


def update_own(state: State, call: Call) -> tuple[State, Reply]:
    fields = dict(call.body["data"])
    if "newPassword" in fields:
        fields["password"] = fields.pop("newPassword")
    fields.pop("currentPassword", None)
    if fields.get("password") and call.caller.profile.get("requirePasswordChange"):
        fields["requirePasswordChange"] = False
    return write(state, call, state.accounts[call.caller.id], fields)


def unfit_own(body: Json) -> str:
    if not isinstance(body.get("data"), dict):
        return "must have required property 'data'"
    if not all(isinstance(body["data"].get(name, ""), str) for name in ("newPassword", "currentPassword")):
        return "must be string"
    return unfit_fields({k: v for k, v in body["data"].items() if k not in ("newPassword", "currentPassword")})


def touches_credentials(state: State, call: Call) -> bool:
    """Whether the caller changes a password or an address: only then is a second factor wanted."""
    fields = call.body["data"]
    moves = "email" in fields and bool(call.caller.addresses) and fields["email"] != call.caller.addresses[0].text
    return bool(moves or (fields.get("newPassword") and not call.caller.profile.get("requirePasswordChange")))


def own_answer(call: Call) -> Request:
    """What answers the challenge: the current password in the body, else the two headers, which count only together."""
    if given := call.body["data"].get("currentPassword"):
        return answered_with(call.request, given, "password")
    return with_both_or_neither(call.request)


def asked(call: Call) -> dict[str, Any]:
    """The query or the body, whichever names a user."""
    query = {key: values[-1] for key, values in parse_qs(call.request.query).items()}
    return {**query, **call.body} if call.request.method == "POST" else query


def wanted(state: State, call: Call) -> tuple[Account | None, Reply]:
    """The user that a call names by id or username, and the reply if there is none."""
    fields = asked(call)
    if not fields.get("userId") and not fields.get("username"):
        reason = 'The required "userId" or "username" param was not provided'
        return None, replies.failure(reason, "error-user-param-not-provided")
    account = state.accounts.get(str(fields.get("userId"))) or named(state, str(fields.get("username", "")))
    return account, Reply(400, {"success": False, "error": "User not found."})


def read(state: State, call: Call) -> tuple[State, Reply]:
    account, refusal = wanted(state, call)
    if account is None:
        return state, refusal
    seen = profile(account)
    if account.id != call.caller.id and not call.caller.is_admin:
        seen = {key: seen[key] for key in ("_id", "username", "name", "status")}
    return state, replies.success(user=seen)


def listed(state: State, call: Call) -> tuple[State, Reply]:
    fields = asked(call)
    offset, count = (int(text) if (text := fields.get(name, "")).isdecimal() else 0 for name in ("offset", "count"))
    every = [profile(account) for account in state.accounts.values()]
    page = every[offset : offset + count] if count else every[offset:]
    return state, replies.success(users=page, count=len(page), offset=offset, total=len(every))


def delete(state: State, call: Call) -> tuple[State, Reply]:
    account, refusal = wanted(state, call)
    if account is None:
        return state, refusal
    left = {key: value for key, value in state.accounts.items() if key != account.id}
    return replace(state, accounts=left), replies.success(deletedRooms=[])


ROUTES = {
    ("POST", "/api/v1/users.create"): Endpoint(
        create, admin=True, fits=unfit_user, demand=Demand(), when=lambda state, call: state.rules.create_protected
    ),
    ("POST", "/api/v1/users.update"): Endpoint(update, fits=unfit_update, demand=Demand()),
    ("POST", "/api/v1/users.updateOwnBasicInfo"): Endpoint(
        update_own, fits=unfit_own, demand=Demand(strict=True), when=touches_credentials, answer=own_answer
    ),
    ("GET", "/api/v1/users.info"): Endpoint(read),
    ("GET", "/api/v1/users.list"): Endpoint(listed, admin=True),
    ("POST", "/api/v1/users.delete"): Endpoint(delete, admin=True),
}
