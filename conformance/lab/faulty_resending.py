"""Faults in asking for a new code by mail (sc), beside those of faulty_resend.py: whom it concerns, and what it tells."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

from conformance.lab import replies
from conformance.lab.accounts import Account, State, alike, named, put
from conformance.lab.alterations import ASKED, both, details, proving, setting
from conformance.lab.calls import Call
from conformance.lab.detours import after, around, asked_as, told, with_body
from conformance.lab.entry_routes import profile
from conformance.lab.fault import Fault
from conformance.lab.faulty_names import unknown
from conformance.lab.faulty_resend import NAME, for_somebody, here, name_in, not_by_resend
from conformance.lab.letters import letter
from conformance.lab.messages import Json
from conformance.lab.rules import Attempt, Outcome, Proceed, Served, Truth

INVITATION = "Somebody asked for a code for this address. Would you like an account?\n"


def address_by_query(state: State, call: Call) -> Call:
    """Addresses are looked for behind the question mark alone."""
    if found := parse_qs(call.request.query).get(NAME):
        return with_body(call, {NAME: found[-1]})
    return with_body(call, {}) if "@" in str(name_in(call)) else call


def nameless_text(call: Call) -> bool:
    return here(call) and name_in(call) == ""


def to_neighbour(state: State, call: Call, proceed: Proceed) -> Served:
    """The reply lists the address of another user, where there is one."""
    then, reply, outcome, headers = proceed(state, call)
    account = named(then, name_in(call))
    listed = [address.text for other in alike(then, account) for address in other.addresses] if account else []
    if listed and reply.status < 400:
        reply = replace(reply, body={**reply.body, "emails": listed[:1]})
    return then, reply, outcome, headers


def with_member(state: State, call: Call, proceed: Proceed, member: str, whole: bool) -> Served:
    """The reply to a success holds the user's record, or a token; as empty for who is unknown as full for others."""
    then, reply, outcome, headers = proceed(state, call)
    account = named(then, name_in(call))
    tokens = [session.token for session in account.sessions] if account else []
    seen = {name: value for name, value in profile(account).items() if name != "emails"} if account else {}
    record: object = seen if whole else (tokens or [""])[-1]
    return then, replace(reply, body={**reply.body, member: record}) if reply.status < 400 else reply, outcome, headers


def with_record(state: State, call: Call, proceed: Proceed) -> Served:
    return with_member(state, call, proceed, "user", True)


def with_token(state: State, call: Call, proceed: Proceed) -> Served:
    return with_member(state, call, proceed, "authToken", False)


def verified_by_sending(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    account = named(then, name_in(call))
    if account is None or account.is_admin:
        return then
    return put(then, replace(account, addresses=tuple(replace(a, verified=True) for a in account.addresses)))


def invited(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A mail without a code, to an address that no user has."""
    if not unknown(then, call) or "@" not in name_in(call):
        return then
    html = f"<html><body><p>{INVITATION}</p></body></html>\n"
    return replace(then, outbox=(*then.outbox, letter(then, name_in(call), "Welcome", INVITATION, html, call.now)))


def of_challenge(made: str, state: State, account: Account, reason: str) -> str:
    """The code of a challenge that is out, once more."""
    last = account.codes[-1:]
    again = reason == "resend" and any(code.reason == "challenge" and not code.fate for code in last)
    return last[0].text if again else made


def as_one_code(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A code that was mailed again is one code."""
    account = named(then, name_in(call))
    codes = account.codes if account else ()
    if account is None or len(codes) < 2 or codes[-1].text != codes[-2].text:
        return then
    return put(then, replace(account, codes=(*codes[:-2], replace(codes[-1], reason="challenge"))))


def behind_challenge(attempt: Attempt) -> bool:
    """Whether it is not the code of a resend while that of a challenge would still do."""
    earlier = [code for code in attempt.account.codes if code.fate in ("", "replaced") and code.expires > attempt.now]
    return attempt.right and (not_by_resend(attempt) or all(code.reason == "resend" for code in earlier))


def without_resent(d: Json, truth: Truth) -> Json:
    asked_for = [code for code in truth.live if code.reason == "resend"]
    return {"codeCount": max(1, d["codeCount"] - len(asked_for))} if "codeCount" in d else {}


ROWS = (
    Fault("sc-query-only", ("resend.by-address", "resend.unknown"), "The address of a resend is looked for in the URL alone.",
          asked_as(here, address_by_query)),
    Fault("sc-empty-accepted", ("resend.empty",), "A resend for an empty name is answered with success.",
          told(nameless_text, replies.success(emails=[])), "classic"),
    Fault("sc-array-other-user", ("resend.addresses-true",), "A resend lists the address of another user.",
          around(for_somebody, to_neighbour), "classic"),
    Fault("sc-user-object-leak", ("exposure.resend",), "The reply to a resend holds all of the user but the addresses.",
          around(for_somebody, with_record)),
    Fault("sc-auth-token-leak", ("resend.no-token",), "The reply to a resend holds a token of the user.",
          around(for_somebody, with_token)),
    Fault("sc-verifies-mail", ("enabling.unverified",), "A resend marks the user's addresses as verified.",
          after(for_somebody, verified_by_sending)),
    Fault("sc-deactivated-user", ("exposure.deactivated",), "A resend mails a code to a user who is deactivated.",
          setting(mails_inactive=True)),
    Fault("sc-mails-again", ("resend.new-code", "code.varies"), "While the code of a challenge is out a resend mails it again.",
          both(setting(choose_code=of_challenge), after(for_somebody, as_one_code))),
    Fault("sc-behind-challenge", ("resend.newest-works",),
          "The code of a resend does not work while that of a challenge would.", proving(behind_challenge)),
    Fault("sc-uncounted", ("resend.count-works",), "codeCount does not count the codes of resends.",
          details(ASKED, without_resent), "classic"),
    Fault("sc-unknown-invited", ("resend.unknown-no-mail",), "A resend mails an invitation to an address without account.",
          after(for_somebody, invited)),
)  # fmt: skip
