"""Faults in the login (lg)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab.accounts import Account, State
from conformance.lab.alterations import ASKED, WRONG, answering, body, members, proving, setting, status, without
from conformance.lab.calls import Call
from conformance.lab.codes import live
from conformance.lab.detours import around, asked_as, to, with_body
from conformance.lab.entry_routes import claimed, password_digest
from conformance.lab.fault import Fault
from conformance.lab.messages import Json, Reply
from conformance.lab.rules import Proceed, Served, Truth
from conformance.lab.scopes import at_login

here = to("login")


def meant(state: State, call: Call) -> Account | None:
    """The test account with e-mail that a login names."""
    account = claimed(state, call.body)
    return account if account and account.email_factor and not account.is_admin else None


def with_right_code(state: State, call: Call) -> Call:
    """A code that is no text is always right."""
    account, code = meant(state, call), call.body.get("code")
    if account is None or code is None or isinstance(code, (str, int, float)):
        return call
    out = live(account, call.now)
    return with_body(call, {**call.body, "code": out[-1].text}) if out else call


def with_truth_as_code(state: State, call: Call) -> Call:
    """true is always right."""
    account = meant(state, call)
    out = live(account, call.now) if account and call.body.get("code") is True else ()
    return with_body(call, {**call.body, "code": out[-1].text}) if out else call


def wrong_password(state: State, call: Call) -> Account | None:
    account = meant(state, call)
    return account if account and password_digest(call.body.get("password")) != account.password else None


def challenged_first(state: State, call: Call, proceed: Proceed) -> Served:
    """The second factor is asked for before the password is looked at."""
    account = wrong_password(state, call)
    if account is None:
        return proceed(state, call)
    right: Any = {"algorithm": "sha-256", "digest": account.password}
    return proceed(state, with_body(call, {"user": account.username, "password": right}))


def mailed_first(state: State, call: Call, proceed: Proceed) -> Served:
    """The code is mailed before the password is looked at."""
    if wrong_password(state, call) is None:
        return proceed(state, call)
    state, _, _, _ = challenged_first(state, call, proceed)
    return proceed(state, call)


def bracketed(b: Json, truth: Truth) -> Json:
    return {**b, "error": "TOTP Invalid [totp-invalid]"}


def nameless(reply: Reply, truth: Truth) -> Reply:
    details = {key: value for key, value in reply.body["details"].items() if key != "method"}
    return replace(reply, body={**reply.body, "details": details})


ROWS = (
    Fault("lg-details-missing", ("login.form", "login.challenged"), "The challenge of a login has no details.",
          without(ASKED, "details", where=at_login)),
    Fault("lg-method-missing", ("login.form", "login.challenged"), "The challenge of a login names no method.",
          answering(ASKED, nameless, at_login)),
    Fault("lg-status-403", ("login.challenged",), "The challenge of a login has status 403.",
          status(ASKED, 403, at_login), "current"),
    Fault("lg-no-message", ("login.challenged",), "The challenge of a login has no message.",
          without(ASKED, "message", where=at_login), "current"),
    Fault("lg-unasked", ("login.challenged",), "The login asks for no second factor.", setting(login_form="open"),
          "current"),
    Fault("lg-bracketed", ("login.challenged", "login.wrong-code"), "The login answers in the form of other calls.",
          setting(login_form="bracketed"), "current"),
    Fault("lg-code-refused", ("login.code", "login.answer"), "The login refuses the right code.",
          proving(lambda a: False, at_login)),
    Fault("lg-refusal-bracketed", ("login.wrong-code",), "The refusal of a login is worded like that of other calls.",
          body(WRONG, bracketed, at_login), "current"),
    Fault("lg-refusal-403", ("login.wrong-code",), "A wrong code is answered like a wrong password.",
          members(WRONG, at_login, error=403, message="User not found or incorrect password [403]"), "current"),
    Fault("lg-any-code", ("login.guess", "login.wrong-code"), "The login takes any code.",
          proving(lambda a: True, at_login)),
    Fault("vf-operator", ("login.guess",), "A code that is no text is handed to the database as a question.",
          asked_as(here, with_right_code)),
    Fault("lg-true-code", ("login.guess",), "The login takes true for a code.", asked_as(here, with_truth_as_code)),
    Fault("lg-challenged-first", ("login.password-first", "calls.once"), "A login is challenged whatever its password.",
          around(here, challenged_first)),
    Fault("lg-mailed-first", ("login.password-first",), "A login mails a code whatever its password.",
          around(here, mailed_first)),
)  # fmt: skip
