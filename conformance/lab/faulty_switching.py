"""Faults in switching e-mail 2FA on and off (ee, de), beside those of faulty_enabling.py and faulty_disabling.py: what
shows in other users, in other sessions, or later."""

from __future__ import annotations

import hmac
from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, alike, change, put
from conformance.lab.alterations import both, forcing, setting
from conformance.lab.calls import Call
from conformance.lab.detours import DISABLE, after, anonymous_to, around, marked, retold, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_disabling import disables
from conformance.lab.faulty_enabling import caller_after, of_user
from conformance.lab.faulty_sequences import WAS_OFF, note_off
from conformance.lab.faulty_sessions import CODE, is_free, of_test_account
from conformance.lab.messages import Request
from conformance.lab.rules import Outcome, Proceed, Served
from conformance.lab.scopes import ordinary, with_totp

LASTS = 40.0


def for_all(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    for other in alike(then, call.caller):
        then = change(then, other.id, email_factor=True)
    return then


def first_code(state: State, account: Account) -> str:
    """The first code of an account, known before anybody asks for it."""
    return state.rules.make_code(hmac.digest(state.seed, f"first code {account.id}".encode(), "sha256"))


def known_code(made: str, state: State, account: Account, reason: str) -> str:
    return made if account.codes else first_code(state, account)


def with_first_code(state: State, call: Call, proceed: Proceed) -> Served:
    then, reply, outcome, headers = proceed(state, call)
    if reply.status < 400:
        reply = replace(reply, body={**reply.body, "code": first_code(state, call.caller)})
    return then, reply, outcome, headers


def lapsing(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """What was switched on goes off again unless a code was used meanwhile."""
    ident = call.caller.id

    def lapse(state: State) -> State:
        account = state.accounts.get(ident)
        used = account is not None and any(code.fate == "used" for code in account.codes)
        return state if used else change(state, ident, email_factor=False)

    newly = not before.accounts[ident].email_factor and then.accounts[ident].email_factor
    return replace(then, deferred=(*then.deferred, (call.now + LASTS, lapse))) if newly else then


def others_free_once(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The caller's other sessions live on, and are not asked the first time."""
    account, old = caller_after(then, call), before.accounts[call.caller.id]
    if account is None or call.session is None or old.email_factor:
        return then
    others = [session.token for session in old.sessions if session.token != call.session.token]
    return put(then, marked(put(then, replace(account, sessions=old.sessions)), account, *others))


def spent(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    account = caller_after(then, call)
    if account is None or call.session is None or outcome != "passed":
        return then
    return put(then, replace(account, marks=account.marks - {call.session.token}))


def free_when_on(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Who switches on what is on already is asked no more in this session."""
    on = before.accounts[call.caller.id].email_factor and call.session is not None
    return put(then, marked(then, call.caller, call.session.token)) if on and call.session else then


def refused_unasked(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    return "refused" if disables(request) and not request.header(CODE) else None


def on_in_name(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    """Who had switched it off is not asked."""
    return "passed" if WAS_OFF in account.marks and not request.header(CODE) and ordinary(request) else None


ROWS = (
    Fault("ee-global", ("enabling.own", "enabling.logged-out"), "enableEmail switches it on for others, too.", after(of_user, for_all)),
    Fault("ee-leaks-code", ("code.secret",), "The reply to enableEmail holds the first code.",
          both(setting(choose_code=known_code), around(of_user, with_first_code))),
    Fault("ee-not-persisted", ("robustness.method-kept",),
          "What enableEmail switched on goes off after less than a minute, unless a code was used.",
          after(of_user, lapsing)),
    Fault("ee-old-sessions-once", ("enabling.effective", "enabling.other-sessions"),
          "Sessions that were open when e-mail 2FA was switched on are not asked the first time.",
          both(after(of_user, others_free_once), after(of_test_account, spent), forcing(is_free))),
    Fault("ee-again-frees", ("enabling.again",), "The session of a second enableEmail is asked no more.",
          both(after(of_user, free_when_on), forcing(is_free))),
    Fault("de-unasked-refused", ("disabling.challenged", "calls.challenged"),
          "disableEmail without a code is refused, not challenged.", forcing(refused_unasked)),
    Fault("de-again-in-name", ("disabling.reversible",), "Switched on again after it was off, it is on in name alone.",
          both(after(to(DISABLE), note_off), forcing(on_in_name))),
    Fault("de-opens-authenticator", ("disabling.keeps-authenticator",),
          "Who switches e-mail off is not asked for the authenticator either.",
          both(after(to(DISABLE), note_off), forcing(on_in_name, with_totp))),
    Fault("de-status-400", ("disabling.logged-out-status",), "A stranger's disableEmail has status 400.",
          retold(anonymous_to(DISABLE), lambda reply, call: replace(reply, status=400)), "current"),
)  # fmt: skip
