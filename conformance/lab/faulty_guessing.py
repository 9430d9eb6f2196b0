"""Faults in what a limit of guesses counts, whom it stops and what lifts it (rl); in the limit of resends (sc)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.lab.accounts import State, change, named
from conformance.lab.alterations import Alteration, setting
from conformance.lab.calls import Call
from conformance.lab.detours import RESEND, UPDATE, after, around, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_delays import AT_WORK, at_work, begun
from conformance.lab.faulty_limits import METHOD, answered, forgiven
from conformance.lab.rules import DIGITS, Outcome, Proceed, Served

CODE = "x-2fa-code"


def counted_apart(kind: Callable[[Call], str]) -> Alteration:
    """Each kind of guess has a count, and a lock, of its own."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        ledger = ("guesses", f"{call.caller.id} {kind(call)}")
        wrong, until = state.hits.get(ledger, (0.0, 0.0))
        state = change(state, call.caller.id, wrong_in_a_row=int(wrong), locked_until=until)
        then, reply, outcome, headers = proceed(state, replace(call, account=state.accounts[call.caller.id]))
        if account := then.accounts.get(call.caller.id):
            counts = (float(account.wrong_in_a_row), account.locked_until)
            then = replace(then, hits={**then.hits, ledger: counts})
        return then, reply, outcome, headers

    return around(answered, detour)


def spelling(call: Call) -> str:
    """What stands between the digits of a code from a mail."""
    sent = call.request.header(CODE)
    return "" if call.request.header(METHOD) == "password" else "".join(c for c in sent if c not in DIGITS)


def as_before(before: State, then: State, account_id: str) -> State:
    """The state with the count as it was."""
    old = before.accounts[account_id]
    return change(then, account_id, wrong_in_a_row=old.wrong_in_a_row, locked_until=old.locked_until)


def uncounted_if(sign: Callable[[Call], bool]) -> Alteration:
    """Guesses with this sign are not counted."""

    def forget(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
        return as_before(before, then, call.caller.id) if outcome != "passed" else then

    return after(lambda call: answered(call) and sign(call), forget)


def of_odd_length(call: Call) -> bool:
    return call.request.header(METHOD) != "password" and len(call.request.header(CODE)) not in (6, 7, 8)


def futile(call: Call) -> bool:
    """An update that is going to fail, whatever the code: it concerns somebody else."""
    return to(UPDATE)(call) and call.body.get("userId") != call.caller.id


def lost_at_once(state: State, call: Call, proceed: Proceed) -> Served:
    """A guess that comes while another one is at work is not counted."""
    busy = at_work(state, call.caller, call.now)
    then, reply, outcome, headers = proceed(state, call)
    if busy and outcome != "passed":
        then = as_before(state, then, call.caller.id)
    return begun(then, call.caller, call.now), replace(reply, delay=AT_WORK), outcome, headers


def locked_out(call: Call) -> bool:
    return answered(call) and call.now < call.caller.locked_until


def unlocked(state: State, call: Call) -> tuple[State, Call]:
    """The call as if its account was not locked."""
    state = forgiven(state, call.caller.id)
    return state, replace(call, account=state.accounts[call.caller.id])


def right_passes(state: State, call: Call, proceed: Proceed) -> Served:
    served = proceed(*unlocked(state, call))
    return served if served[2] == "passed" else proceed(state, call)


def right_is_told(state: State, call: Call, proceed: Proceed) -> Served:
    """Who is locked out is told so if the code is right; else that it is wrong."""
    _, reply, outcome, headers = proceed(*unlocked(state, call))
    return proceed(state, call) if outcome == "passed" else (state, reply, outcome, headers)


def count_kept(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    return as_before(before, then, call.caller.id) if outcome == "passed" else then


def lock_lifted(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A resend frees who is locked out, and counts anew."""
    name = call.body.get("emailOrUsername")
    account = named(then, name) if isinstance(name, str) else None
    return forgiven(then, account.id) if account and call.now < account.locked_until else then


ROWS = (
    Fault("rl-cosmetic", ("guessing.enforced",), "Who is locked out is told so, and gets in by the right code.",
          around(locked_out, right_passes)),
    Fault("rl-per-ip-only", ("guessing.addresses",), "Guesses from each address are counted apart.",
          counted_apart(lambda call: call.request.client)),
    Fault("rl-xff", ("guessing.addresses",), "Guesses with each X-Forwarded-For are counted apart.",
          counted_apart(lambda call: call.request.header("x-forwarded-for"))),
    Fault("rl-normalise", ("guessing.spellings",), "Guesses in each spelling of a code are counted apart.",
          counted_apart(spelling)),
    Fault("rl-only-exact-format", ("guessing.spellings",), "Guesses with blanks between the digits are not counted.",
          uncounted_if(of_odd_length)),
    Fault("rl-unsaved", ("guessing.failing-call",), "Guesses on a call that is bound to fail are not counted.",
          uncounted_if(futile)),
    Fault("rl-parallel", ("guessing.at-once",), "Of guesses at once one is counted.",
          around(answered, lost_at_once)),
    Fault("rl-oracle", ("guessing.oracle",), "Who is locked out is told so if the code is right, else that it is wrong.",
          around(locked_out, right_is_told)),
    Fault("rl-not-reset", ("robustness.count-cleared",), "Wrong codes are counted on after a success.",
          after(answered, count_kept)),
    Fault("sc-resets-attempts", ("guessing.resend",), "A resend frees who is locked out.",
          after(to(RESEND), lock_lifted)),
    Fault("sc-limit-blocks-victim", ("guessing.mails-victim",),
          "Strangers use up the codes that a user, logged in, may ask for in an hour.",
          setting(counts_owner_apart=False, resends=(20, 3600.0))),
)  # fmt: skip
