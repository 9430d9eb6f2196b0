"""Faults in asking for a new code by mail (sc)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab import replies
from conformance.lab.accounts import Account, State, named
from conformance.lab.alterations import Alteration, both, proving, setting
from conformance.lab.calls import Call
from conformance.lab.codes import issue
from conformance.lab.detours import RESEND, after, around, asked_as, rebodied, receiving, retold, to, told, with_body
from conformance.lab.fault import Fault
from conformance.lab.letters import code_mail
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Attempt, Outcome, Proceed, Served, verified

NAME = "emailOrUsername"
BROKEN = Reply(500, {"success": False, "error": "Internal server error"})
here = to(RESEND)


def name_in(call: Call) -> Any:
    return call.body.get(NAME)


def for_somebody(call: Call) -> bool:
    return here(call) and isinstance(name_in(call), str)


def nameless(call: Call) -> bool:
    return here(call) and NAME not in call.body


def odd(call: Call) -> bool:
    """A name that is there and is no text."""
    return here(call) and NAME in call.body and not isinstance(name_in(call), str)


def unknown(state: State, call: Call) -> bool:
    return for_somebody(call) and named(state, name_in(call)) is None


def to_unknown(reply: Reply) -> Alteration:
    """Another reply to a resend for nobody."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        nobody = unknown(state, call) and len(name_in(call)) < 100 and name_in(call).isprintable()
        state, honest, outcome, headers = proceed(state, call)
        return state, reply if nobody else honest, outcome, headers

    return around(here, detour)


def to_known(alter: Any) -> Alteration:
    """Another reply to a resend for somebody."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        somebody = for_somebody(call) and not unknown(state, call)
        state, reply, outcome, headers = proceed(state, call)
        return state, alter(reply) if somebody and reply.status < 400 else reply, outcome, headers

    return around(here, detour)


def found(state: State, question: Any) -> str | None:
    """The username that a question to a database finds, of the kinds that name one."""
    if not isinstance(question, dict):
        return None
    name = question.get("$eq") or next(iter(question.get("$in", [])), None) or question.get("$regex")
    account = named(state, str(name).strip("^$")) if name else None
    return account.username if account else None


def injected(state: State, call: Call) -> Call:
    name = found(state, name_in(call))
    return with_body(call, {NAME: name}) if name else call


def mailed_to_all(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The code of the first of several names goes to all of them."""
    names = name_in(call)
    account = named(then, names[0]) if isinstance(names, list) and names and isinstance(names[0], str) else None
    if account is None:
        return then
    then = issue(then, account, "resend", call.now)
    code = then.accounts[account.id].codes[-1].text
    more = tuple(code_mail(then, str(to), code, call.now) for to in names[1:] if "@" in str(to))
    return replace(then, outbox=(*more, *then.outbox))


def stranger_mailed(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    if not unknown(then, call) or "@" not in name_in(call):
        return then
    return replace(then, outbox=(*then.outbox, code_mail(then, name_in(call), "314159", call.now)))


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


def too_long(call: Call) -> bool:
    return for_somebody(call) and len(name_in(call)) > 1000


def wrong_type(kind: str) -> Reply:
    return replies.failure("No such user", kind)


ROWS = (
    Fault("sc-no-mail", ("resend.mails",), "A resend says success and mails nothing.",
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
    Fault("sc-missing-success", ("resend.parameter", "resend.parameter-status"),
          "A resend without a name is answered with success.", told(nameless, replies.success())),
    Fault("sc-missing-type", ("resend.parameter", "resend.parameter-status"),
          "A resend without a name is refused with another errorType.",
          told(nameless, wrong_type("error-invalid-params"))),
    Fault("sc-missing-500", ("resend.parameter", "resend.parameter-status"),
          "A resend without a name is a server error.", told(nameless, BROKEN)),
    Fault("sc-unknown-success", ("resend.unknown",), "A resend for nobody is answered with success.",
          setting(hides_unknown=True), "classic"),
    Fault("sc-unknown-type", ("resend.unknown",), "A resend for nobody is refused with another errorType.",
          to_unknown(wrong_type("error-user-not-found")), "classic"),
    Fault("sc-unknown-500", ("resend.unknown-answer", "resend.unknown-alike"), "A resend for nobody is a server error.",
          to_unknown(BROKEN), "current"),
    Fault("sc-unknown-refused", ("resend.unknown-answer", "resend.unknown-alike"),
          "A resend for nobody is refused with another errorType.",
          to_unknown(wrong_type("error-user-not-found")), "current"),
    Fault("sc-unknown-told", ("resend.unknown-alike",), "A resend for nobody is refused with error-invalid-user.",
          setting(hides_unknown=False), "current"),
    Fault("sc-unknown-header", ("resend.unknown-alike",), "A resend for somebody has a header more.",
          to_known(lambda reply: replace(reply, headers=(*reply.headers, ("x-mail-queue", "1")))), "current"),
    Fault("sc-unknown-mailed", ("resend.unknown-no-mail",), "A resend mails a code to whatever address it is given.",
          after(for_somebody, stranger_mailed)),
    Fault("sc-object-injection", ("resend.one-user",), "A name is handed to the database as a question.",
          asked_as(odd, injected)),
    Fault("dl-recipient-list", ("resend.one-user",), "A list of names gets the code of the first of them.",
          after(odd, mailed_to_all)),
    Fault("sc-code-leak", ("code.secret",), "The reply to a resend holds the code.", around(for_somebody, with_code)),
    Fault("sc-addresses-shown", ("exposure.addresses",), "A resend lists the addresses.",
          both(setting(lists_addresses=lambda found: {"emails": list(found)}),
               rebodied(for_somebody, lambda b, call: {"emails": [], **b}, True)), "current"),
    Fault("sc-no-limit", ("guessing.mails",), "Whoever asks for a hundred mails gets a hundred.",
          setting(resends=(10**6, 60.0))),
    Fault("sc-get-works", ("exposure.safe-verbs",), "A resend can be asked for by GET.", receiving(from_query)),
    Fault("sc-null-500", ("robustness.odd-name",), "A name that is no text is a server error.",
          told(odd, BROKEN)),
    Fault("sc-long-500", ("robustness.odd-name",), "A very long name is a server error.", told(too_long, BROKEN)),
    Fault("sc-null-character-500", ("robustness.odd-name",), "A name with a null character is a server error.",
          retold(lambda call: for_somebody(call) and "\x00" in name_in(call), lambda reply, call: BROKEN)),
)  # fmt: skip
