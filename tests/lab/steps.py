"""Steps that the scripted conversations share. They go on whatever a faulty server answers."""

from __future__ import annotations

import json
from typing import Any

from conformance.lab.accounts import Account
from conformance.lab.messages import Request
from conformance.lab.server import admin_password

from .talk import SEED, Answer, Headers, Talk, by_password, totp


def enrolled(talk: Talk, name: str) -> Headers:
    """A user with e-mail 2FA and two addresses' worth of sessions; gets in with a code where the login asks for one."""
    talk.create(name, verified=True, sendWelcomeEmail=False)
    who = entered(talk, name)
    talk.call("POST", "users.2fa.enableEmail", headers=who)
    talk.call("POST", "users.2fa.enableEmail", headers=who)
    talk.now += 4
    return who if talk.call("GET", "me", headers=who).status == 200 else entered(talk, name)


def entered(talk: Talk, name: str, password: str = "pw") -> Headers:
    answer = talk.call("POST", "login", {"user": name, "password": password})
    if answer.status != 200:
        answer = talk.call("POST", "login", {"user": name, "password": password, "code": digits(talk, name)})
    data = answer.body.get("data", {"authToken": "", "userId": ""})
    return (("X-Auth-Token", data["authToken"]), ("X-User-Id", data["userId"]))


def digits(talk: Talk, name: str) -> str:
    """The newest code of a user that was not used; none: six zeros."""
    account = next(a for a in talk.state.accounts.values() if a.username == name)
    return next((code.text for code in reversed(account.codes) if not code.fate), "000000")


def newest(talk: Talk, name: str) -> str:
    """The same, as mails display it."""
    return talk.rules.print_code(digits(talk, name))


def account(talk: Talk, name: str) -> Account:
    return next(a for a in talk.state.accounts.values() if a.username == name)


def plain(talk: Talk, name: str, **more: object) -> Headers:
    """A user who has nothing but a password."""
    talk.create(name, sendWelcomeEmail=False, **more)
    talk.now += 4
    return entered(talk, name)


def method(talk: Talk, who: Headers, name: str, *params: object) -> dict[str, Any]:
    """What a method of the realtime API returned; {} if it is an error."""
    message = json.dumps({"msg": "method", "id": "7", "method": name, "params": list(params)})
    answer = talk.call("POST", f"method.call/{name}", {"message": message}, who)
    try:
        found = json.loads(answer.body["message"]).get("result")
    except (KeyError, TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def with_device(talk: Talk, name: str) -> tuple[Headers, str, list[str]]:
    """A user with an authenticator: the secret and the backup codes."""
    who = plain(talk, name)
    secret = method(talk, who, "2fa:enable").get("secret", "")
    codes = method(talk, who, "2fa:validateTempToken", totp(secret, talk.now)).get("codes", [])
    return who, secret, codes


def setting(talk: Talk, name: str, value: object) -> None:
    """Another value of a setting, by the administrator; what that is answered is not looked at."""
    path = f"settings/Accounts_TwoFactorAuthentication_{name}"
    talk.call("POST", path, {"value": value}, (*talk.admin(), *by_password(admin_password(SEED))))


def raw(
    talk: Talk, who: Headers, content: bytes, verb: str = "POST", query: str = "", path: str = "users.update"
) -> Answer:
    """A call with any bytes for its body."""
    kind = (("Content-Type", "application/json"),)
    return talk.send(Request(verb, f"/api/v1/{path}", query, (*kind, *who), content))


def token_only(who: Headers, token: str) -> Headers:
    """The user's id beside another token."""
    return (("X-Auth-Token", token), who[1])
