"""Faults in making codes, and in how long and how many of them work (cg)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import CODES_REMEMBERED, Account, Code, State, put, settle_codes
from conformance.lab.alterations import ASKED, DENIED, Act, both, keeping, proving, setting, without
from conformance.lab.calls import Call
from conformance.lab.codes import EXPIRATION
from conformance.lab.detours import RESEND, after, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_codes import counted, with_count
from conformance.lab.faulty_time import shown
from conformance.lab.rules import Attempt, Outcome, Truth

EVER = 10_000


def prolonged(state: State, act: Act, account: Account, now: float) -> State:
    """The codes that are out begin their time anew, unless the setting is for a moment only."""
    present, span = state.accounts[account.id], state.rules.lifetime(float(state.settings[EXPIRATION]))

    def later(code: Code) -> Code:
        works = not code.fate and code.expires > now
        return replace(code, expires=now + span) if works else code

    return state if span < 600 else put(state, replace(present, codes=tuple(map(later, present.codes))))


def same_until_used(made: str, state: State, account: Account, reason: str) -> str:
    last = account.codes[-1:]
    return last[0].text if last and last[0].fate != "used" else made


def only_resent(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Whoever was just sent a code has no other."""
    for account in then.accounts.values():
        if any((code.issued, code.reason) == (call.now, "resend") for code in account.codes):
            then = put(then, settle_codes(account, lambda code: code.issued < call.now, "replaced"))
    return then


def begins_with_zero(attempt: Attempt) -> bool:
    return any(c.text == shown(attempt) and c.reason == "resend" and c.text[0] == "0" for c in attempt.live)


def ended_lately(truth: Truth) -> bool:
    ends = (c.expires for c in truth.account.codes if c.fate in ("", "expired"))
    return any(truth.now - 60 < end <= truth.now for end in ends)


ROWS = (
    Fault("cg-expires-slides", ("strength.lifetime-fixed",), "Every challenge prolongs the code that is out.",
          keeping(ASKED, prolonged)),
    Fault("cg-never-expires", ("expiry.refused", "expiry.new-code"), "Codes never expire, and neither date nor count is told.",
          both(setting(lifetime=lambda seconds: EVER * seconds), without(DENIED, "details", "codeExpires"),
               without(DENIED, "details", "codeCount"))),
    Fault("cg-constant", ("code.varies", "resend.new-code"), "The code of an account stays the same until it is used.",
          setting(choose_code=same_until_used)),
    Fault("cg-time-derived", ("strength.not-the-clock",), "A code is the clock's milliseconds, the last six digits of them.",
          setting(chance=lambda drawn, now: int(now * 1000).to_bytes(8, "big"),
                  make_code=lambda value: f"{int.from_bytes(value, 'big') % 10**6:06d}")),
    Fault("cg-accumulates", ("strength.few-codes",), "Every challenge adds a code, and all of them work; a resend ends them.",
          both(setting(needs_code=lambda account, out, answered: not out or not answered, codes_at_once=CODES_REMEMBERED),
               after(to(RESEND), only_resent))),
    Fault("cg-count-lingers", ("expiry.not-counted",), "For a minute after its time a code is still counted.",
          with_count(lambda truth: counted(truth) + ended_lately(truth))),
    Fault("vf-leading-zero-refused", ("resend.newest-works", "resend.count-works"), "The code of a resend is refused if it begins with a zero.",
          proving(lambda a: a.right and not begins_with_zero(a))),
)  # fmt: skip
