"""Codes by e-mail: making and mailing them, which of them work, judging one that was sent."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, Code, State, change, draw, put, remember_code, settle_codes
from conformance.lab.letters import code_mail
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt

EXPIRATION = "Accounts_TwoFactorAuthentication_By_Email_Code_Expiration"
MOST_FAILURES = "Accounts_TwoFactorAuthentication_Max_Invalid_Email_Code_Attempts"


def live(account: Account, now: float) -> tuple[Code, ...]:
    """The codes that work now, oldest first."""
    return tuple(code for code in account.codes if not code.fate and code.expires > now)


def out(state: State, account: Account, now: float) -> tuple[Code, ...]:
    """The codes that keep a challenge from making one more: the live ones, and those that expired a moment ago."""
    return tuple(c for c in account.codes if not c.fate and c.expires > now - state.rules.stale_for)


def exhausted(state: State, account: Account) -> bool:
    """Whether a code is out for which as many wrong ones were sent as the server puts up with."""
    if not state.rules.counts_failures or all(code.fate for code in account.codes):
        return False
    return account.failures >= int(state.settings[MOST_FAILURES])


def issue(state: State, account: Account, reason: str, now: float) -> State:
    """A new code for this account, on its way to its addresses. Older ones give way where few are kept at once."""
    state, value = draw(state, f"code {account.id}")
    rules = state.rules
    lifetime = rules.lifetime(float(state.settings[EXPIRATION]))
    text = rules.choose_code(rules.make_code(rules.chance(value, now)), state, account, reason)
    code = Code(text, issued=now, expires=now + lifetime, reason=reason)
    kept = live(account, now)[-(rules.codes_at_once - 1) :] if rules.codes_at_once > 1 else ()
    account = remember_code(settle_codes(account, lambda c: c not in kept, "replaced"), code)
    for to in rules.recipients(state, account, reason):
        mails = rules.post(state, code_mail(state, to, code.text, now))
        state = replace(state, outbox=(*state.outbox, *mails))
    return put(state, account)


def prepare(state: State, account: Account, answered: bool, now: float) -> tuple[State, bool, tuple[Code, ...]]:
    """Before a call is judged: makes a code if none is out. `answered` says that the call carries one.
    The state, whether one was made, and the codes then out."""
    expired = settle_codes(account, lambda c: c.expires <= now, "expired")
    state = put(state, expired)
    candidates = out(state, account, now)
    worn_out = state.rules.new_code_at_maximum and exhausted(state, expired)
    if worn_out or state.rules.needs_code(account, candidates, answered):
        state = issue(state, expired, "challenge", now)
        return state, True, live(state.accounts[account.id], now)
    return state, False, candidates


def verify(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    """Judges a code by what the account was before this call; spends it, or counts the failure."""
    bare = state.rules.bare_code
    codes = live(account, now)
    fitting = [code for code in codes if bare(sent) == code.text]
    attempt = Attempt(sent, "email", bool(fitting), codes, account, state, request, now)
    present = state.accounts[account.id]
    if state.rules.proves(attempt):
        spent = fitting if state.rules.codes_at_once > 1 else [c for c in present.codes if not c.fate]
        return put(state, replace(settle_codes(present, lambda c: c in spent, "used"), failures=0)), True
    failures = present.failures + (1 if codes else 0)
    state = change(state, account.id, failures=failures, tries=present.tries + 1)
    if state.rules.fresh_after_wrong:
        state = issue(state, state.accounts[account.id], "challenge", now)
    return state, False
