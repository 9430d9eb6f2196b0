"""Faults in what is taken for an answer, and who is asked for which one (hd, ms, vf, tk, lg, rb)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, change, digest
from conformance.lab.alterations import Alteration, also_accepting, both, forcing, open_when, proving, reading
from conformance.lab.calls import Call
from conformance.lab.detours import UPDATE, around, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_bytes import of_test_account
from conformance.lab.faulty_routes import also_at
from conformance.lab.messages import Reply, Request, Response
from conformance.lab.rules import Attempt, Outcome, Proceed, Rules, Served
from conformance.lab.scopes import API, at_login, with_email_alone

CODE, METHOD = "x-2fa-code", "x-2fa-method"
OWN, STARTS = "users.updateOwnBasicInfo", (f"{API}users.totp.enable", f"{API}method.call/2fa:enable")
ECHOES = ("hash", "codeHash")
INCOMPLETE = Reply(400, {"success": False, "error": "x-2fa-method is missing", "errorType": "invalid-params"})
FRESH = 60
"""Seconds for which a new token is trusted."""


def by_either_name(request: Request) -> str | None:
    return request.header(CODE) or request.header("x_2fa_code") or None


def ascii_digits(text: str) -> str:
    """The digits of any script, as the wire carries them: a value of a header is Latin-1, and holds UTF-8."""
    try:
        text = text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""
    return "".join(str(unicodedata.digit(letter)) for letter in text if unicodedata.digit(letter, None) is not None)


def in_any_script(attempt: Attempt) -> bool:
    return any(ascii_digits(attempt.sent) == code.text for code in attempt.live)


def in_lower_case(request: Request, name: str) -> bool:
    return all(written == name for written, _ in request.headers if written.lower() == name)


def brings_its_hash(attempt: Attempt) -> bool:
    """The body says which digest the code must have."""
    try:
        body = json.loads(attempt.request.body)
    except ValueError:
        return False
    told = {body.get(name) for name in ECHOES} if isinstance(body, dict) else set()
    return digest(attempt.state.rules.bare_code(attempt.sent)) in told


def complete(state: State, call: Call, proceed: Proceed) -> Served:
    """What would be accepted is an incomplete call, if it names no method."""
    then, reply, outcome, headers = proceed(state, call)
    lacking = call.request.header(CODE) and not call.request.header(METHOD)
    return (state, INCOMPLETE, None, headers) if lacking and outcome == "passed" else (then, reply, outcome, headers)


def starts_device(call: Call) -> bool:
    account = call.account
    return call.request.path in STARTS and account is not None and bool(account.authenticator.secret)


def started_anew(state: State, call: Call, proceed: Proceed) -> Served:
    """Another device is started as if there were none; confirmed, it takes the place of the one that there is."""
    device = call.caller.authenticator
    unset = replace(call.caller, authenticator=replace(device, secret=""))
    then, reply, outcome, headers = proceed(state, replace(call, account=unset))
    started = then.accounts[unset.id].authenticator.started
    return change(then, unset.id, authenticator=replace(device, started=started)), reply, outcome, headers


def of_own_data(call: Call) -> bool:
    account = call.account
    return (
        to(OWN)(call) and account is not None and with_email_alone(account) and call.request.header(METHOD) != "email"
    )


def by_password_first(state: State, call: Call, proceed: Proceed) -> Served:
    """The password is asked for, whatever else is enabled."""
    unset = replace(call.caller, email_factor=False)
    then, reply, outcome, headers = proceed(change(state, unset.id, email_factor=False), replace(call, account=unset))
    return change(then, unset.id, email_factor=True), reply, outcome, headers


def fresh_token(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    fresh = session is not None and session.name is not None and now < session.created + FRESH
    return "passed" if fresh and not request.header(CODE) else None


def tried_before(attempt: Attempt) -> bool:
    return attempt.right and attempt.state.accounts[attempt.account.id].tries > 0


def in_utf_16(request: Request) -> bool:
    return "utf-16" in request.header("content-type").lower()


def wide(call: Call) -> bool:
    return of_test_account(call) and in_utf_16(call.request)


def decoded(state: State, call: Call, proceed: Proceed) -> Served:
    try:
        body = json.loads(call.request.body)
    except ValueError:
        return proceed(state, call)
    return proceed(state, replace(call, body=body) if isinstance(body, dict) else call)


def by_options(request: Request) -> Request:
    there = (request.method, request.path) == ("OPTIONS", API + UPDATE)
    return replace(request, method="POST") if there else request


def with_page(sign: Callable[[Request], bool]) -> Alteration:
    """Where there is no such route, requests with this sign get the page of the web client."""
    page = Response(200, (("content-type", "text/html; charset=utf-8"),), b"<!DOCTYPE html><title>Chat</title>")

    def apply(rules: Rules) -> Rules:
        return replace(rules, missing=lambda request: page if sign(request) else rules.missing(request))

    return apply


ROWS = (
    Fault("hd-underscore-alias", ("exposure.alias",), "A code in a header X_2FA_CODE is taken, too.",
          reading(by_either_name)),
    Fault("hd-unicode-digits", ("bytes.other-digits",), "Digits of other scripts count as the digits of the code.",
          also_accepting(in_any_script)),
    Fault("hd-method-case", ("acceptance.header-case",), "A method's header that is not in lower case spoils a right code.",
          proving(lambda a: a.right and in_lower_case(a.request, METHOD))),
    Fault("hd-code-alone-incomplete", ("acceptance.code-alone", "acceptance.code-alone-accepted"),
          "The right code without a method is an incomplete call.", around(of_test_account, complete)),
    Fault("vf-challenge-echo", ("code.random",), "A body may hold the digest that the code is compared with.",
          also_accepting(brings_its_hash)),
    Fault("ms-enrol-during-challenge", ("totp.replacement",),
          "Who has an authenticator may begin another one, and replace the first, unasked.",
          around(starts_device, started_anew)),
    Fault("ms-priority-insecure", ("password.not-beside-email",),
          "For a change of one's own data the password is asked for, although e-mail is enabled.",
          around(of_own_data, by_password_first)),
    Fault("tk-fresh-trusted", ("tokens.challenged",), "A personal access token is not asked while it is new.",
          forcing(fresh_token), "current"),
    Fault("lg-first-try-refused", ("login.code", "login.answer"), "The login refuses the right code the first time.",
          proving(tried_before, at_login)),
    Fault("rb-charset", ("bytes.unasked",), "A call whose body is UTF-16 is carried out unasked.",
          both(around(wide, decoded), open_when(in_utf_16))),
    Fault("rb-options-leak", ("challenge.unconditional",), "OPTIONS carries a protected call out, unasked.",
          also_at(by_options)),
    Fault("rb-405-as-200", ("robustness.verbs",), "DELETE gets the page of the web client on every route, with status 200.",
          with_page(lambda request: request.method == "DELETE")),
)  # fmt: skip
