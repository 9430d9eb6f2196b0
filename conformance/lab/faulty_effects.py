"""Further faults in what calls leave behind (se, tt), and in when an authenticator's code is good (vf-totp, tt)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, State, put
from conformance.lab.alterations import (
    ASKED,
    DONE,
    WRONG,
    Act,
    also_accepting,
    both,
    details,
    keeping,
    proving,
    reading,
)
from conformance.lab.authenticator import STEP, code_of
from conformance.lab.detours import UPDATE, marked
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import CODE, by_updating, later
from conformance.lab.faulty_totp import is_backup, neighbours
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Truth
from conformance.lab.scopes import by_email, by_totp, code_by_totp, on, ordinary, with_email, with_none, with_totp

by_making = on("users.generatePersonalAccessToken", by_email)
updating_by_totp = on(UPDATE, by_totp)
KEPT = "kept call"


def partly(state: State, act: Act, account: Account, now: float) -> State:
    """Of several changes at once, those that come last are made: not the name."""
    present, changed = state.accounts[account.id], act(state).accounts[account.id]
    several = changed.name != present.name and changed.profile != present.profile
    return put(state, replace(present, profile=changed.profile)) if several else state


def cut(state: State, act: Act, account: Account, now: float) -> State:
    """The call is done, and of a new name the first half is written."""
    name, done = state.accounts[account.id].name, act(state)
    present = done.accounts[account.id]
    return done if present.name == name else put(done, replace(present, name=present.name[: len(present.name) // 2]))


def call_kept(state: State, act: Act, account: Account, now: float) -> State:
    return put(state, marked(state, account, KEPT))


def done_with_kept(state: State, act: Act, account: Account, now: float) -> State:
    """The call is done; the one that was challenged before, too."""
    before, done = state.accounts[account.id], act(state)
    present = done.accounts[account.id]
    new = [s for s in present.sessions if s not in before.sessions]
    if KEPT not in before.marks or not new:
        return done
    again = (replace(session, token=session.token[::-1]) for session in new)
    return put(done, replace(present, sessions=(*present.sessions, *again), marks=present.marks - {KEPT}))


def begun(truth: Truth | Attempt) -> bool:
    """An ordinary call of an account whose authenticator is not confirmed."""
    account = truth.account
    return with_none(account) and bool(account.authenticator.started) and ordinary(truth.request)


def not_in_capitals(request: Request) -> str | None:
    values = (value.strip() for name, value in request.headers if name.lower() == CODE and not name.isupper())
    return ", ".join(values) or None


def code_at(attempt: Attempt, step: int) -> bool:
    return attempt.sent == code_of(attempt.account.authenticator.secret, step)


def step_of(attempt: Attempt) -> int:
    return int(attempt.now // STEP)


def out_of_time(attempt: Attempt) -> bool:
    """The code of a step of which the last seconds run."""
    return attempt.now % STEP >= 25 and code_at(attempt, step_of(attempt))


def used_in_step_beside(attempt: Attempt) -> bool:
    last = attempt.account.authenticator.last_step
    return abs(last - step_of(attempt)) == 1 and code_at(attempt, last)


def older_than_used(attempt: Attempt) -> bool:
    present, last = step_of(attempt), attempt.account.authenticator.last_step
    return any(step < last and code_at(attempt, step) for step in (present - 1, present))


def unused(attempt: Attempt) -> bool:
    return attempt.account.authenticator.last_step < 0


EFFECTS = (
    Fault("se-partial", ("effect.refused",), "Of several changes in one refused call all but the name are made.",
          keeping(WRONG, partly, by_updating)),
    Fault("se-cut", ("effect.accepted",), "Of a new name the first half is written.", keeping(DONE, cut, by_updating)),
    Fault("se-kept-call", ("effect.once",), "A token that was challenged first is made twice: the challenged call was kept.",
          both(keeping(ASKED, call_kept, by_making), keeping(DONE, done_with_kept, by_making))),
    Fault("tt-delayed-challenge", ("totp.challenged-no-effect",), "A call that is challenged by totp is done a second later.",
          keeping(ASKED, later, by_totp)),
    Fault("tt-delayed", ("totp.refused-no-effect",), "A call whose totp is refused is done a second later.",
          keeping(WRONG, later, by_totp)),
    Fault("tt-cut", ("totp.effect",), "Of a new name that a totp let through the first half is written.",
          keeping(DONE, cut, updating_by_totp)),
)  # fmt: skip

DEVICES = (
    Fault("tt-unconfirmed-named", ("totp.unconfirmed",),
          "While an authenticator is not confirmed a challenge names totp, and takes the password.",
          details(ASKED, lambda d, truth: {"method": "totp"}, begun)),
    Fault("tt-header-capitals", ("totp.header-case",), "The code's header is not seen in capitals.",
          reading(not_in_capitals, lambda account: with_totp(account) and not with_email(account))),
    Fault("vf-totp-first-any", ("totp.wrong-code",), "Until an authenticator was used once any six digits are taken for its.",
          also_accepting(lambda a: unused(a) and len(a.sent) == 6 and a.sent.isdecimal(), code_by_totp)),
    Fault("vf-totp-foreign-first", ("totp.foreign-code",),
          "Until an authenticator was used once the codes of other users' pass.",
          also_accepting(lambda a: unused(a) and a.sent in neighbours(a), code_by_totp)),
    Fault("vf-totp-zero-window", ("totp.right-code",), "In the last five seconds of its step a code is refused.",
          proving(lambda a: a.right and (is_backup(a) or not out_of_time(a)), code_by_totp)),
    Fault("vf-totp-replay-next", ("replay.totp",), "A used code passes again in the step after its own, and before it.",
          also_accepting(used_in_step_beside, code_by_totp)),
    Fault("vf-totp-older", ("replay.totp-older",), "Once the code of a later step was used, those of earlier ones still pass.",
          also_accepting(older_than_used, code_by_totp)),
)  # fmt: skip

ROWS = (*EFFECTS, *DEVICES)
