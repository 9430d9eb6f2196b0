"""Faults in asking for a new code by mail (sc)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab.accounts import Account, Session, State, digest, named, put
from conformance.lab.alterations import Alteration, both, proving, setting
from conformance.lab.calls import Call
from conformance.lab.detours import RESEND, around, asked_as, rebodied, receiving, to, with_body
from conformance.lab.fault import Fault
from conformance.lab.messages import Json, Request
from conformance.lab.rules import Attempt, Proceed, Served, verified

NAME, COOKIE = "emailOrUsername", "lab_session"
here = to(RESEND)


def name_in(call: Call) -> Any:
    return call.body.get(NAME)


def for_somebody(call: Call) -> bool:
    return here(call) and isinstance(name_in(call), str)


def elsewhere(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local}.old@{domain}"


def not_by_resend(attempt: Attempt) -> bool:
    fitting = [code for code in attempt.live if code.text == "".join(filter(str.isdigit, attempt.sent))]
    return attempt.right and not any(code.reason == "resend" for code in fitting)


def only_newest(attempt: Attempt) -> bool:
    return attempt.right and "".join(filter(str.isdigit, attempt.sent)) == attempt.live[-1].text


def not_by_address(state: State, call: Call) -> Call:
    return with_body(call, {NAME: "nobody at all"}) if "@" in name_in(call) else call


def not_by_name(state: State, call: Call) -> Call:
    return with_body(call, {NAME: "nobody at all"}) if "@" not in name_in(call) else call


def same_again(made: str, state: State, account: Account, reason: str) -> str:
    """Only every third resend makes a new code."""
    resends = sum(code.reason == "resend" for code in account.codes)
    return account.codes[-1].text if reason == "resend" and account.codes and resends % 3 != 2 else made


def from_query(request: Request) -> Request:
    """A resend that is asked for by GET, as if it had been asked for by POST."""
    if (request.method, request.path) != ("GET", f"/api/v1/{RESEND}"):
        return request
    form = ("content-type", "application/x-www-form-urlencoded")
    return replace(request, method="POST", body=request.query.encode(), headers=(*request.headers, form))


def listing(alter: Any) -> Alteration:
    return setting(lists_addresses=lambda addresses: {"emails": [alter(address) for address in addresses]})


def with_code(state: State, call: Call, proceed: Proceed) -> Served:
    state, reply, outcome, headers = proceed(state, call)
    account = named(state, name_in(call))
    if account is None or not account.codes or reply.status >= 400:
        return state, reply, outcome, headers
    return state, replace(reply, body={**reply.body, "sent": account.codes[-1].text}), outcome, headers


def same_members(b: Json, call: Call) -> Json:
    return {"emails": [f"{name_in(call)}@lab.test" if "@" not in str(name_in(call)) else name_in(call)], **b}


def with_cookie(state: State, call: Call, proceed: Proceed) -> Served:
    """A session of the user in a cookie; for nobody one that opens nothing."""
    state, reply, outcome, headers = proceed(state, call)
    account = named(state, name_in(call))
    token = digest(f"{name_in(call)} {call.now}")
    if account is not None and not account.is_admin:
        state = put(state, replace(account, sessions=(*account.sessions, Session(token, call.now))))
    cookie = f"{COOKIE}={account.id if account else ''}.{token}; Path=/"
    return state, reply, outcome, (*headers, ("Set-Cookie", cookie))


def by_cookie(request: Request) -> Request:
    """Credentials in a cookie, in place of the two headers."""
    name, _, value = request.header("cookie").partition("=")
    if name != COOKIE or request.header("x-auth-token"):
        return request
    user_id, _, token = value.partition(".")
    return replace(request, headers=(*request.headers, ("x-user-id", user_id), ("x-auth-token", token)))


ROWS = (
    Fault("sc-no-mail", ("resend.mails", "resend.addresses"), "A resend says success and mails nothing.",
          setting(recipients=lambda state, account, reason:
                  verified(state, account, reason) if reason == "challenge" else ())),
    Fault("sc-email-only", ("resend.mails", "resend.addresses"), "A resend knows addresses and no usernames.",
          asked_as(for_somebody, not_by_name)),
    Fault("sc-username-only", ("resend.by-address",), "A resend knows usernames and no addresses.",
          asked_as(for_somebody, not_by_address)),
    Fault("sc-no-new-code", ("resend.new-code", "code.varies"), "Two of three resends mail the last code again.",
          setting(choose_code=same_again)),
    Fault("sc-new-code-dead", ("resend.newest-works",), "The code of a resend never works.", proving(not_by_resend)),
    Fault("sc-earlier-survives", ("resend.earlier-refused",), "Earlier codes go on working after a resend.",
          setting(codes_at_once=5), "current"),
    Fault("sc-count-lies", ("resend.count-works",), "codeCount counts codes that a resend has made void.",
          proving(only_newest), "classic"),
    Fault("sc-success-missing", ("resend.success",), "The reply to a resend has no success.",
          rebodied(here, lambda b, call: {k: v for k, v in b.items() if k != "success"}, successes=True), "current"),
    Fault("sc-success-string", ("resend.success",), 'The reply to a resend says success "true".',
          rebodied(here, lambda b, call: {**b, "success": "true"}, successes=True), "current"),
    Fault("sc-empty-array", ("resend.addresses",), "A resend lists no address though it sent a mail.",
          setting(lists_addresses=lambda addresses: {"emails": []}), "classic"),
    Fault("sc-addresses-missing", ("resend.addresses",), "A resend does not say where the code went.",
          setting(lists_addresses=None), "classic"),
    Fault("sc-array-wrong", ("resend.addresses-true",), "A resend lists an address that got nothing.",
          listing(elsewhere), "classic"),
    Fault("sc-array-more", ("resend.addresses-true",), "A resend lists one address too many.",
          setting(lists_addresses=lambda found: {"emails": [*found, *map(elsewhere, found)]}), "classic"),
    Fault("sc-array-made-up", ("resend.addresses-true", "exposure.addresses"),
          "A resend lists an address for whatever name, known or not.", rebodied(for_somebody, same_members, True),
          "current"),
    Fault("sc-code-leak", ("code.secret",), "The reply to a resend holds the code.", around(for_somebody, with_code)),
    Fault("sc-session-cookie", ("resend.no-token",), "The reply to a resend sets a cookie that opens a session of the user.",
          both(around(for_somebody, with_cookie), receiving(by_cookie))),
    Fault("sc-addresses-shown", ("exposure.addresses",), "A resend lists the addresses.",
          both(setting(lists_addresses=lambda found: {"emails": list(found)}),
               rebodied(for_somebody, lambda b, call: {"emails": [], **b}, True)), "current"),
    Fault("sc-address-told", ("exposure.addresses",), "The message of a resend's reply tells the address.",
          both(setting(lists_addresses=lambda found: {"message": f"A code was sent to {', '.join(found)}."}),
               rebodied(for_somebody, lambda b, call: {"message": "A code was sent.", **b}, True)), "current"),
    Fault("sc-no-limit", ("guessing.mails",), "Whoever asks for a hundred mails gets a hundred.",
          setting(resends=(10**6, 60.0))),
    Fault("sc-get-works", ("exposure.safe-verbs",), "A resend can be asked for by GET.", receiving(from_query)),
)  # fmt: skip
