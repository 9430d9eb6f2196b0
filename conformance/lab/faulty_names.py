"""Faults in whom a resend is for: nobody, somebody unknown, something that is no name (sc)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab import replies
from conformance.lab.accounts import State, named
from conformance.lab.alterations import Alteration, setting
from conformance.lab.calls import Call
from conformance.lab.codes import issue
from conformance.lab.detours import after, around, asked_as, retold, told, with_body
from conformance.lab.fault import Fault
from conformance.lab.faulty_resend import NAME, for_somebody, here, name_in
from conformance.lab.letters import code_mail
from conformance.lab.messages import Reply
from conformance.lab.rules import Outcome, Proceed, Served

BROKEN = Reply(500, {"success": False, "error": "Internal server error"})


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


def too_long(call: Call) -> bool:
    return for_somebody(call) and len(name_in(call)) > 1000


def wrong_type(kind: str) -> Reply:
    return replies.failure("No such user", kind)


ROWS = (
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
    Fault("sc-null-500", ("robustness.odd-name",), "A name that is no text is a server error.",
          told(odd, BROKEN)),
    Fault("sc-long-500", ("robustness.odd-name",), "A very long name is a server error.", told(too_long, BROKEN)),
    Fault("sc-null-character-500", ("robustness.odd-name",), "A name with a null character is a server error.",
          retold(lambda call: for_somebody(call) and "\x00" in name_in(call), lambda reply, call: BROKEN)),
)  # fmt: skip
