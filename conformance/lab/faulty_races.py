"""Faults between calls at once (cc), and in what the server remembers of a code's use (vf-reuse).

The lab answers one call after another, so what happens at once is what happens within a moment.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from conformance.lab.accounts import Account, State, alike, digest, put, settle_codes
from conformance.lab.alterations import WRONG, Act, also_accepting, both, keeping, proving
from conformance.lab.calls import Call
from conformance.lab.detours import UPDATE, after, around, marked, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import by_updating
from conformance.lab.faulty_codes import counted, with_count
from conformance.lab.faulty_sessions import CODE, of_test_account
from conformance.lab.faulty_time import shown
from conformance.lab.faulty_totp import is_backup
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Outcome, Proceed, Served, Truth, bare
from conformance.lab.scopes import code_by_totp, with_email_alone

MOMENT, LONG_MOMENT = 0.03, 0.3  # seconds: between neighbours; for all of those calls together, on a busy machine, too
USED, ASKED = "used", "asked"


def use_noted(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The account with a note of the code that it used: where, when, what. A call without a code ends the notes."""
    account = then.accounts.get(call.caller.id)
    sent = call.request.header(CODE)
    if account is not None and outcome == "passed" and sent:
        note = f"{USED} {call.request.header('x-auth-token')} {call.now} {sent}"
        return put(then, marked(then, account, note))
    return then


def use_noted_till_next(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The same; the next challenge ends the notes."""
    account = then.accounts.get(call.caller.id)
    if account is None or outcome != "challenged":
        return use_noted(before, then, call, outcome)
    return put(then, replace(account, marks=frozenset(m for m in account.marks if not m.startswith(USED))))


def uses(account: Account) -> list[tuple[str, float, str]]:
    """The notes: token, moment, code."""
    parts = (mark.split(" ", 3) for mark in account.marks if mark.startswith(USED))
    return [(token, float(at), sent) for _, token, at, sent in parts]


def just_used(attempt: Attempt) -> bool:
    return any(s == attempt.sent and attempt.now - at < LONG_MOMENT for _, at, s in uses(attempt.account))


def used_code(attempt: Attempt) -> bool:
    return any(c.fate == "used" and c.text == shown(attempt) for c in attempt.account.codes)


def spelled_anew(attempt: Attempt) -> bool:
    """A used code, written otherwise than it was when it was used."""
    spellings = {sent for _, _, sent in uses(attempt.account) if bare(sent) == shown(attempt)}
    return used_code(attempt) and bool(spellings) and attempt.sent not in spellings


def used_elsewhere(attempt: Attempt) -> bool:
    """A used code, in a session that did not use it."""
    tokens = {token for token, _, sent in uses(attempt.account) if bare(sent) == shown(attempt)}
    return used_code(attempt) and bool(tokens) and attempt.request.header("x-auth-token") not in tokens


def mailed_last(attempt: Attempt) -> bool:
    """Right, and no other user of the same test was sent a code since."""
    issued = max((c.issued for c in attempt.live if c.text == shown(attempt)), default=attempt.now)
    others = (c for a in alike(attempt.state, attempt.account) for c in a.codes)
    return attempt.right and not any(other.issued > issued for other in others)


def unasked_update(call: Call) -> bool:
    of_user = call.account is not None and with_email_alone(call.account) and not call.account.is_admin
    return of_user and to(UPDATE)(call) and no_code(call.request)


def no_code(request: Request) -> bool:
    return not request.header(CODE)


def asked_for(account: Account, now: float) -> set[str]:
    """What the account's calls have asked for within a moment, by the digests of their bodies."""
    notes = (mark.split(" ", 2) for mark in account.marks if mark.startswith(ASKED))
    return {body for _, at, body in notes if now - float(at) < LONG_MOMENT}


def unaware(state: State, call: Call, proceed: Proceed) -> Served:
    """A challenge does not know of the code that one of another call has made a moment ago, and puts its own in that one's
    place. By the moment alone what comes at once on a busy machine could not be told from what comes behind on a quick one."""
    account, body = call.caller, digest(call.request.body.decode("latin-1"))
    others = asked_for(account, call.now)
    if others and body not in others:
        account = settle_codes(
            account, lambda c: c.reason == "challenge" and call.now - c.issued < LONG_MOMENT, "replaced"
        )
    account = replace(account, marks=account.marks | {f"{ASKED} {call.now} {body}"})
    return proceed(put(state, account), replace(call, account=account))


def lost(truth: Truth) -> int:
    """How many resends came right behind another, and were not added to the count."""
    resent = [code.issued for code in truth.live if code.reason == "resend"]
    return sum(later - earlier < MOMENT for earlier, later in pairwise(resent))


def overtaken(state: State, act: Act, account: Account, now: float) -> State:
    """A wrong code right behind a right one: the call is carried out."""
    return act(state) if any(now - at < LONG_MOMENT for _, at, _ in uses(account)) else state


noting, noting_till_next = after(of_test_account, use_noted), after(of_test_account, use_noted_till_next)

ROWS = (
    Fault("vf-reuse-normalised", ("code.used-respelled",), "A used code passes again in another spelling.",
          both(noting, also_accepting(spelled_anew))),
    Fault("vf-reuse-per-session", ("code.used", "replay.at-once"), "A code is used up for the session alone that used it.",
          both(noting, also_accepting(used_elsewhere))),
    Fault("cc-last-code-only", ("code.independent",), "Of all users' codes only the one that was mailed last is accepted.",
          proving(mailed_last)),
    Fault("cc-totp-double", ("replay.totp-at-once",), "An authenticator's code passes again while its first use is under way.",
          both(noting_till_next, also_accepting(lambda a: just_used(a) and not is_backup(a), code_by_totp))),
    Fault("cc-backup-double", ("replay.backup-code-at-once",), "A backup code passes again while its first use is under way.",
          both(noting_till_next, also_accepting(lambda a: just_used(a) and is_backup(a), code_by_totp))),
    Fault("cc-parallel-challenges", ("announcement.at-once",), "Challenges at once make a code each; the last one works.",
          around(unasked_update, unaware)),
    Fault("cc-count-race", ("resend.count-works",), "Resends at once are counted as one.",
          with_count(lambda truth: counted(truth) - lost(truth)), "classic"),
    Fault("cc-effect-race", ("effect.refused",), "A wrong code right behind a right one is refused, and the call done.",
          both(noting_till_next, keeping(WRONG, overtaken, by_updating))),
)  # fmt: skip
