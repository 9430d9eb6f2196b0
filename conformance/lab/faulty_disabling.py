"""Faults in switching e-mail 2FA off (de), and in whose codes do it."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, alike, change, put, settle_codes
from conformance.lab.alterations import (
    ASKED,
    DONE,
    WRONG,
    acting,
    also_accepting,
    body,
    both,
    details,
    forcing,
    keeping,
    members,
    open_when,
    option,
    proving,
    setting,
    without,
)
from conformance.lab.calls import Call
from conformance.lab.detours import (
    DISABLE,
    after,
    around,
    by_any_token,
    by_get,
    by_id_alone,
    came_by_get,
    strangers,
    to,
)
from conformance.lab.factors import PREFIX
from conformance.lab.fault import Fault
from conformance.lab.faulty_enabling import FORBIDDEN, of_user, without_device
from conformance.lab.messages import Json, Request
from conformance.lab.rules import Attempt, Outcome, Proceed, Served, Truth
from conformance.lab.scopes import API, by_email, by_password, code_by_email, on

disabling = to(DISABLE)
by_disabling, code_of_disabling = on(DISABLE, by_email), on(DISABLE, code_by_email)


def disables(request: Request) -> bool:
    return request.path == API + DISABLE


def with_foreign_token(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    """A disableEmail whose token is not this account's passes."""
    own = request.header("x-auth-token") in {s.token for s in account.sessions}
    return "passed" if disables(request) and not own else None


def never_again(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Who switched it off once does not get it back."""
    off = any(code.fate == "ended" or code.fate == "used" for code in before.accounts[call.caller.id].codes)
    return change(then, call.caller.id, email_factor=before.accounts[call.caller.id].email_factor) if off else then


def revived(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Codes that were given up come back with the method."""
    account = then.accounts[call.caller.id]
    codes = tuple(replace(c, fate="") if c.fate in ("replaced", "ended") else c for c in account.codes)
    return then if before.accounts[account.id].email_factor else put(then, replace(account, codes=codes))


def still_on(state: State, act: object, account: Account, now: float) -> State:
    """Says that it switches off; what ends is the codes."""
    return put(state, settle_codes(state.accounts[account.id], lambda code: True, "ended"))


def still_listed(d: Json, truth: Truth) -> Json:
    had = any(code.fate in ("used", "ended") for code in truth.account.codes)
    return {"availableMethods": [*d["availableMethods"], "email"]} if had else {}


def neighbours_code(attempt: Attempt) -> bool:
    digits = "".join(filter(str.isdigit, attempt.sent))
    others = alike(attempt.state, attempt.account)
    return any(c.text == digits and not c.fate and c.expires > attempt.now for a in others for c in a.codes)


def looped(state: State, call: Call, proceed: Proceed) -> Served:
    """Each right code is answered with one more challenge."""
    then, reply, outcome, headers = proceed(state, call)
    if outcome != "passed" or not call.request.header("x-2fa-code"):
        return then, reply, outcome, headers
    _, again, _, _ = proceed(state, replace(call, request=replace(call.request, headers=())))
    return state, again, "challenged", headers


ROWS = (
    Fault("de-no-2fa", ("disabling.challenged", "calls.challenged"), "disableEmail asks for no code.",
          open_when(disables)),
    Fault("de-via-trust-window", ("disabling.within-trust",), "A success that is remembered opens disableEmail, too.",
          both(option(PREFIX + "RememberFor", 1800), setting(grace_for=0, disable_email_trusts=True))),
    Fault("de-refused-otherwise", ("disabling.refused",), "disableEmail refuses a wrong code with another errorType.",
          members(WRONG, by_disabling, errorType="error-invalid-code", error="Invalid code [error-invalid-code]")),
    Fault("de-any-code", ("disabling.refused", "disabling.no-effect"), "Any code switches e-mail 2FA off.",
          also_accepting(lambda a: True, code_of_disabling)),
    Fault("de-before-check", ("disabling.no-effect", "calls.no-effect"),
          "A disableEmail that is refused has been carried out.", acting(WRONG, by_disabling)),
    Fault("de-right-refused", ("disabling.success",), "disableEmail refuses the right code.",
          proving(lambda a: False, code_of_disabling)),
    Fault("de-success-type", ("disabling.success",), 'disableEmail says success "true".',
          body(DONE, lambda b, truth: {**b, "success": "true"}, by_disabling)),
    Fault("de-success-missing", ("disabling.success",), "disableEmail does not say success.",
          without(DONE, "success", where=by_disabling)),
    Fault("de-loop", ("disabling.success",), "disableEmail answers each right code with one more challenge.",
          around(disabling, looped)),
    Fault("de-no-effect", ("disabling.effective", "calls.once"), "disableEmail says success and does nothing.",
          keeping(DONE, still_on, by_disabling)),
    Fault("ch-available-stale-off", ("disabling.effective",), "email is still listed after it was switched off.",
          details(ASKED, still_listed, by_password)),
    Fault("de-for-good", ("disabling.reversible",), "Who switched it off once does not get it back.",
          after(of_user, never_again)),
    Fault("de-no-auth", ("disabling.logged-out",), "For disableEmail the id of a user is enough, and no code.",
          both(by_id_alone(DISABLE), forcing(with_foreign_token))),
    Fault("de-mismatched-pair", ("disabling.logged-out",),
          "For disableEmail the token of any user will do, and no code.",
          both(by_any_token(DISABLE), forcing(with_foreign_token))),
    Fault("de-wrong-status", ("disabling.logged-out-status",), "A stranger's disableEmail has status 403.",
          strangers(DISABLE, FORBIDDEN), "current"),
    Fault("de-foreign-code", ("disabling.foreign-code",), "disableEmail takes the code of another user.",
          also_accepting(neighbours_code, code_of_disabling)),
    Fault("vf-other-user", ("code.foreign",), "The code of another user passes.",
          also_accepting(lambda a: neighbours_code(a) and not disables(a.request))),
    Fault("vf-global-pool", ("code.foreign", "disabling.foreign-code"), "Any live code of any user passes.",
          also_accepting(neighbours_code)),
    Fault("de-removes-all", ("disabling.keeps-authenticator",), "disableEmail takes the authenticator away, too.",
          after(lambda call: disabling(call) and call.account is not None, without_device)),
    Fault("de-get-works", ("exposure.safe-verbs",), "GET switches e-mail 2FA off, unasked.",
          both(by_get(DISABLE), open_when(came_by_get))),
    Fault("de-codes-survive", ("replay.method-switched",), "Codes of the time before it was switched off work again.",
          after(of_user, revived)),
)  # fmt: skip
