"""Faults in when an answer comes, if it does (hd, rb, tm), and in what becomes of calls at once (cc).

Two calls are at once when one comes before the other's answer has left; so that there is such a time, answers of these
servers take a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.lab.accounts import Account, State, alike
from conformance.lab.alterations import ASKED, WRONG, Alteration, answering
from conformance.lab.calls import Call
from conformance.lab.detours import RESEND, around, as_account, to, unserved
from conformance.lab.fault import Fault
from conformance.lab.faulty_bytes import TOO_LONG, of_test_account
from conformance.lab.faulty_forms import fitting
from conformance.lab.messages import NEVER, Reply
from conformance.lab.rules import Proceed, Served, Truth
from conformance.lab.scopes import by_email

CODE = "x-2fa-code"
UNANSWERED = Reply(503, {"success": False, "error": "Service unavailable"}, delay=NEVER)
AT_WORK = 0.1
OUTAGE = 30.0
SLOW_MAIL, SLOW_REFUSAL, BY_DIGIT = 9.0, 11.0, 0.2
"""All in seconds."""


def slowed(seconds: Callable[[Truth], float]) -> Callable[[Reply, Truth], Reply]:
    return lambda reply, truth: replace(reply, delay=reply.delay + seconds(truth))


def begun(state: State, account: Account, now: float) -> State:
    """Notes that a call of this account is at work."""
    return replace(state, hits={**state.hits, ("at work", account.id): (now,)})


def at_work(state: State, account: Account, now: float) -> bool:
    return any(at <= now < at + AT_WORK for at in state.hits.get(("at work", account.id), ()))


def one_at_a_time(state: State, call: Call, proceed: Proceed) -> Served:
    """A call with a code waits for the one before it, which has forgotten to say that it is done."""
    if at_work(state, call.caller, call.now):
        return state, UNANSWERED, None, ()
    then, reply, outcome, headers = proceed(state, call)
    return begun(then, call.caller, call.now), replace(reply, delay=AT_WORK), outcome, headers


def swapped(state: State, call: Call, proceed: Proceed) -> Served:
    """A challenge is worded for whoever else is being challenged."""
    other = next((a for a in alike(state, call.caller) if at_work(state, a, call.now)), None)
    then, reply, outcome, headers = proceed(state, call)
    if other is not None and other.sessions and outcome == "challenged":
        _, reply, _, _ = proceed(state, as_account(call, other))
    return begun(then, call.caller, call.now), replace(reply, delay=AT_WORK), outcome, headers


def answered(call: Call) -> bool:
    return of_test_account(call) and bool(call.request.header(CODE))


def bare(call: Call) -> bool:
    return of_test_account(call) and not call.request.header(CODE)


def very_long(call: Call) -> bool:
    return of_test_account(call) and len(call.request.header(CODE)) > TOO_LONG


def no_address(call: Call) -> bool:
    """A name on which an expression for addresses goes back and forth."""
    name = call.body.get("emailOrUsername")
    return to(RESEND)(call) and isinstance(name, str) and len(name) > 1000 and "@" not in name


def too_deep(call: Call) -> bool:
    return of_test_account(call) and call.request.body.startswith(b"[" * 500)


def breaking_down(sign: Callable[[Call], bool]) -> Alteration:
    """A call with this sign ends the server; somebody starts it again a while later."""

    def down(state: State, call: Call, proceed: Proceed) -> Served:
        return replace(state, down_until=call.now + OUTAGE), Reply(0, {}), None, ()

    return around(sign, down)


ROWS = (
    Fault("hd-long-hang", ("bytes.answered",), "A code of ten kilobytes is never answered.",
          unserved(very_long, UNANSWERED)),
    Fault("rb-hang-input", ("robustness.answered",), "A resend for a very long name is never answered.",
          unserved(no_address, UNANSWERED)),
    Fault("rb-crash", ("robustness.odd-body",), "A deeply nested body ends the server, which is back after half a minute.",
          breaking_down(too_deep)),
    Fault("tm-prefix-compare", ("exposure.timing",), "A refusal takes the longer, the more digits at the beginning are right.",
          answering(WRONG, slowed(lambda truth: BY_DIGIT * fitting(truth)))),
    Fault("tm-sync-mail", ("robustness.prompt",), "A challenge that mails a code waits until the mail has been delivered.",
          answering(ASKED, slowed(lambda truth: SLOW_MAIL if truth.generated else 0.0))),
    Fault("tm-slow-wrong", ("robustness.prompt",), "The refusal of the first wrong answer to a code takes eleven seconds.",
          answering(WRONG, slowed(lambda truth: SLOW_REFUSAL if truth.account.tries == 1 else 0.0), by_email)),
    Fault("cc-deadlock", ("robustness.at-once",), "Of two calls at once with a code one is never answered.",
          around(answered, one_at_a_time)),
    Fault("cc-response-mixup", ("challenge.own-reply",), "Of two users who are challenged at once one gets the other's reply.",
          around(bare, swapped)),
)  # fmt: skip
