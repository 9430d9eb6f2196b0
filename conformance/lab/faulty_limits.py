"""Faults in how many guesses there are, and how often a code counts (rl, cc-code)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, State, alike, change, named, put, settle_codes
from conformance.lab.alterations import Alteration, also_accepting
from conformance.lab.calls import Call
from conformance.lab.detours import RESEND, after, to
from conformance.lab.fault import Fault
from conformance.lab.rules import DIGITS, Attempt, Outcome

METHOD = "x-2fa-method"


def answered(call: Call) -> bool:
    return call.account is not None and not call.account.is_admin and bool(call.request.header("x-2fa-code"))


def forgiven(state: State, account_id: str) -> State:
    return change(state, account_id, wrong_in_a_row=0, locked_until=0.0)


def uncounted(method: str) -> Alteration:
    """Wrong answers by this method are not counted."""

    def forget(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
        return forgiven(then, call.caller.id) if call.request.header(METHOD) == method else then

    return after(answered, forget)


def anew_in_session(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The count begins anew when another session than the last one guesses."""
    account = then.accounts.get(call.caller.id)
    if account is None or call.session is None:
        return then
    old, mine = {m for m in account.marks if m.startswith("guessed by")}, f"guessed by {call.session.token}"
    then = forgiven(then, account.id) if old and old != {mine} else then
    account = then.accounts[account.id]
    return put(then, replace(account, marks=(account.marks - old) | {mine}))


def anew_by_resend(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    name = call.body.get("emailOrUsername")
    account = named(then, name) if isinstance(name, str) else None
    return then if account is None or account.is_admin else forgiven(then, account.id)


def newly_mailed(before: State, then: State) -> list[Account]:
    """Whoever got a code meanwhile."""
    return [a for a in then.accounts.values() if a.codes and a.codes[-1:] != codes_before(before, a)[-1:]]


def codes_before(before: State, account: Account) -> tuple[object, ...]:
    old = before.accounts.get(account.id)
    issued = {code.issued for code in old.codes} if old else set()
    return account.codes[-1:] if account.codes[-1].issued in issued else ()


def taken_from_others(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A new code of one user replaces those of others."""
    for account in newly_mailed(before, then):
        for other in alike(then, account):
            if account.email_factor and other.email_factor:
                then = put(then, settle_codes(then.accounts[other.id], lambda code: True, "replaced"))
    return then


def again_elsewhere(attempt: Attempt) -> bool:
    """A used code, in another session that was there before the code was made."""
    digits = "".join(letter for letter in attempt.sent if letter in DIGITS)
    token = attempt.request.header("x-auth-token")
    created = next((s.created for s in attempt.account.sessions if s.token == token), attempt.now)
    codes = attempt.account.codes
    return any(c.text == digits and c.fate == "used" and created < c.issued > attempt.now - 5 for c in codes)


ROWS = (
    Fault("rl-none", ("guessing.limit",), "Guesses of mailed codes are not counted.", uncounted("email")),
    Fault("rl-totp-none", ("guessing.totp",), "Guesses of an authenticator's codes are not counted.",
          uncounted("totp")),
    Fault("pw-no-lockout", ("guessing.password",), "Guesses of the password's digest are not counted.",
          uncounted("password")),
    Fault("rl-per-session", ("guessing.sessions",), "The count of guesses begins anew in another session.",
          after(answered, anew_in_session)),
    Fault("rl-new-code-resets", ("guessing.resend",), "The count of guesses begins anew with a resend.",
          after(to(RESEND), anew_by_resend)),
    Fault("cc-code-table-shared", ("code.independent",), "A new code of one user replaces those of others.",
          after(lambda call: True, taken_from_others)),
    Fault("cc-code-race", ("replay.at-once",), "A code that was used goes on working in sessions of before, for a while.",
          also_accepting(again_elsewhere)),
)  # fmt: skip
