"""Faults that show only after something else has happened (sq): every single step of such a server is as it has to be."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, put
from conformance.lab.alterations import also_accepting, both, forcing
from conformance.lab.calls import Call
from conformance.lab.detours import DISABLE, after, marked, to
from conformance.lab.fault import Fault
from conformance.lab.faulty_disabling import disables
from conformance.lab.faulty_enabling import of_user
from conformance.lab.faulty_sessions import CODE, is_free, of_test_account, others_freed, succeeded
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Outcome
from conformance.lab.scopes import with_email_alone

TWICE, WAS_OFF = "succeeded", "was off"


def resends_since(attempt: Attempt, fate: str) -> int:
    """How often a code was asked for by mail since the one that was sent was made, if it has had this fate."""
    digits, codes = "".join(filter(str.isdigit, attempt.sent)), attempt.account.codes
    places = [place for place, code in enumerate(codes) if code.text == digits and code.fate == fate]
    return sum(code.reason == "resend" for code in codes[places[-1] + 1 :]) if places else 0


def used_before_it_was_off(attempt: Attempt) -> bool:
    digits = "".join(filter(str.isdigit, attempt.sent))
    used = any(code.text == digits and code.fate == "used" for code in attempt.account.codes)
    return used and WAS_OFF in attempt.account.marks


def kept_beside_another(attempt: Attempt) -> bool:
    alone = len(attempt.account.sessions) < 2 or WAS_OFF in attempt.account.marks
    return not alone and resends_since(attempt, "replaced") > 0


def ended_beside_another(attempt: Attempt) -> bool:
    digits, account = "".join(filter(str.isdigit, attempt.sent)), attempt.account
    return len(account.sessions) > 1 and any(code.text == digits and code.fate == "ended" for code in account.codes)


def note_off(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    off = outcome == "passed" and call.account is not None and before.accounts[call.account.id].email_factor
    return put(then, marked(then, then.accounts[call.caller.id], WAS_OFF)) if off else then


def off_by_later_session(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Switching on once more what is on, in a session that is not the first, switches it off."""
    account = before.accounts[call.caller.id]
    later = call.session is not None and account.sessions[:1] != (call.session,)
    on = with_email_alone(account) and later
    return put(then, replace(then.accounts[account.id], email_factor=False)) if on else then


def others_freed_at_second(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    if not succeeded(before, call, outcome):
        return then
    if TWICE in before.accounts[call.caller.id].marks:
        return others_freed(before, then, call, outcome)
    return put(then, marked(then, then.accounts[call.caller.id], TWICE))


def disables_after_resend(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    resent = any(code.reason == "resend" and not code.fate for code in account.codes)
    return "passed" if resent and disables(request) and not request.header(CODE) else None


ROWS = (
    Fault("sq-resend-revives-used", ("walks.protocol",), "A used code works again once another was asked for by mail.",
          also_accepting(lambda attempt: resends_since(attempt, "used") > 0)),
    Fault("sq-switching-revives-used", ("walks.protocol",), "A used code works again once the method was off and on.",
          both(after(to(DISABLE), note_off), also_accepting(used_before_it_was_off)), "classic"),
    Fault("sq-second-session-keeps", ("walks.advice",), "A resend ends no earlier code while there is a second session.",
          both(after(to(DISABLE), note_off), also_accepting(kept_beside_another)), "current"),
    Fault("sq-second-session-restores", ("walks.advice", "replay.method-switched"),
          "Beside a second session, codes outlive that the method is off.",
          also_accepting(ended_beside_another), "classic"),
    Fault("sq-later-session-drops", ("walks.protocol",), "Switched on once more in a second session, it is off.",
          after(of_user, off_by_later_session)),
    Fault("sq-second-success-frees", ("walks.protocol",), "A second success frees the user's other sessions.",
          both(after(of_test_account, others_freed_at_second), forcing(is_free))),
    Fault("sq-resend-opens-disabling", ("walks.protocol",), "disableEmail asks for no code while a resent one is out.",
          forcing(disables_after_resend)),
)  # fmt: skip
