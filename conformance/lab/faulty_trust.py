"""Faults in how long, how far and by whom a success is trusted (cc), beside those of faulty_sessions.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, alike, put, replace_session
from conformance.lab.alterations import Alteration, both, forcing, option, setting
from conformance.lab.calls import Call
from conformance.lab.detours import after, marked, to
from conformance.lab.entry_routes import claimed
from conformance.lab.factors import PREFIX
from conformance.lab.fault import Fault
from conformance.lab.faulty_disabling import disables
from conformance.lab.faulty_routes import OWN, RESET
from conformance.lab.faulty_sessions import CODE, of_test_account, succeeded
from conformance.lab.messages import Request
from conformance.lab.rules import Outcome
from conformance.lab.scopes import API

WINDOW = both(option(PREFIX + "RememberFor", 1800), setting(grace_for=0))
"""A trust window of half an hour: what is wrong with trust shows only where there is some."""
MOMENT = 10.0


def trust_noted(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """What a session had earned is noted at its logout."""
    if call.session is None or call.now >= call.session.trusted_until:
        return then
    return put(then, marked(then, call.caller, f"earned {call.session.trusted_until} {call.session.trusted_by}"))


def trust_inherited(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A new session has what an earlier one had earned."""
    account = claimed(then, call.body)
    if account is None or account.sessions == before.accounts[account.id].sessions:
        return then
    for mark in sorted(account.marks):
        word, _, earned = mark.partition(" ")
        if word == "earned":
            until, _, client = earned.partition(" ")
            session = replace(account.sessions[-1], trusted_until=float(until), trusted_by=client)
            account = replace_session(account, session)
    return put(then, account)


def opening_for_a_moment(whose: Callable[[State, Account], Iterable[Account]]) -> Alteration:
    """For some seconds after a success, calls of these accounts pass unasked; those of its own session do not."""

    def note(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
        account = then.accounts.get(call.caller.id)
        if account is None or call.session is None or not account.email_factor or not succeeded(before, call, outcome):
            return then
        for other in whose(then, account):
            then = put(then, marked(then, other, f"moment {call.now + MOMENT} {call.session.token}"))
        return then

    def decide(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
        moments = [mark.split() for mark in account.marks if mark.startswith("moment ")]
        own = session.token if session else ""
        open_now = any(now < float(until) and token != own for _, until, token in moments)
        return "passed" if open_now and not request.header(CODE) else None

    return both(after(of_test_account, note), forcing(decide))


def refused_in_window(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    within = session is not None and now < session.trusted_until
    return "refused" if within and disables(request) and not request.header(CODE) else None


def opened_by_trust(*paths: str) -> Alteration:
    """While a success of theirs is remembered, calls of these routes pass unasked."""
    wanted = {API + path for path in paths}

    def decide(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
        within = session is not None and now < session.trusted_until
        return "passed" if within and request.path in wanted else None

    return both(WINDOW, forcing(decide))


ROWS = (
    Fault("cc-trust-after-logout", ("trust.logout",), "A success is trusted on after the logout and a new login.",
          both(after(to("logout"), trust_noted), after(to("login"), trust_inherited))),
    Fault("pw-replay-after-change", ("trust.password-changed",), "A success is trusted on after a change of the password.",
          setting(trust_ends_with_password=False)),
    Fault("cc-session-moment", ("trust.session",), "For a moment after a success the user's other sessions pass unasked.",
          opening_for_a_moment(lambda state, account: (account,))),
    Fault("cc-user-moment", ("trust.user",), "For a moment after a success other users pass unasked.",
          opening_for_a_moment(alike)),
    Fault("de-refused-within-trust", ("disabling.within-trust",),
          "While a success is remembered disableEmail is refused, not challenged.",
          both(WINDOW, forcing(refused_in_window))),
    Fault("cc-own-within-trust", ("calls.within-trust",),
          "While a success is remembered the password and the address are changed unasked.", opened_by_trust(OWN), "current"),
    Fault("cc-reset-within-trust", ("calls.within-trust",),
          "While a success is remembered keys and second factors are reset unasked.",
          opened_by_trust(RESET, "users.resetTOTP"), "current"),
)  # fmt: skip
