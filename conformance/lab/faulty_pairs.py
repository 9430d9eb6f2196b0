"""Faults of two inputs together, each of which is judged rightly alone (pr)."""

from __future__ import annotations

from conformance.lab.accounts import Account, Session, State, put
from conformance.lab.alterations import Decide, also_accepting, both, forcing, proving
from conformance.lab.calls import Call
from conformance.lab.codes import live
from conformance.lab.detours import UPDATE, after, anonymous_to, as_account, asked_as, marked, owner_of_id
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import CODE, METHOD
from conformance.lab.faulty_password import named_password
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Outcome, bare
from conformance.lab.scopes import code_by_totp, ordinary, with_both, with_email, with_email_alone, with_none, with_totp


def code_named(*names: str) -> Decide:
    """Calls that carry a code, and the method's header with one of these values, pass whatever the code."""

    def decide(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
        named = any(name in names for name in request.values(METHOD))
        return "passed" if named and request.header(CODE) and ordinary(request) else None

    return decide


def used_as_totp(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    used = any(code.fate == "used" and code.text == bare(request.header(CODE)) for code in account.codes)
    return "passed" if used and request.header(METHOD) == "totp" else None


def dashed_or_named(attempt: Attempt) -> bool:
    """Whether a code without a dash comes with its method."""
    return attempt.right and ("-" in attempt.sent or bool(attempt.request.values(METHOD)))


def unknown_name(attempt: Attempt) -> bool:
    return attempt.request.header(METHOD) not in ("", "email", "totp", "password")


def named_by_two(attempt: Attempt) -> bool:
    return named_password(attempt) and with_both(attempt.account)


def for_token(state: State, call: Call) -> Call:
    """Whoever shows the right code is taken for the user whom the id names, whatever the token."""
    owner = owner_of_id(state, call)
    if owner is None or not with_email_alone(owner):
        return call
    right = any(code.text == bare(call.request.header(CODE)) for code in live(owner, call.now))
    return as_account(call, owner) if right else call


def with_totp_alone(account: Account) -> bool:
    return with_totp(account) and not with_email(account)


def challenge_noted(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The session of a challenge is noted as one whose code is to be checked."""
    account = then.accounts.get(call.account.id) if call.account else None
    if account is None or call.session is None or outcome != "challenged":
        return then
    return put(then, marked(then, account, call.session.token))


def never_challenged(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    open_to_all = session is not None and session.token not in account.marks and ordinary(request)
    return "passed" if open_to_all and request.header(CODE) else None


def anything(call: Call) -> bool:
    return call.account is not None and with_totp_alone(call.account)


ROWS = (
    Fault("pr-compact-unnamed", ("pairs.email",), "A code without its dash is refused where no method is named.",
          proving(dashed_or_named)),
    Fault("pr-used-as-totp", ("pairs.email",), "A used code from a mail passes as an authenticator's.",
          forcing(used_as_totp, with_email_alone)),
    Fault("pr-code-for-token", ("pairs.email",), "Who has the right code needs no token.",
          asked_as(anonymous_to(UPDATE), for_token)),
    Fault("pr-unknown-beside-totp", ("pairs.authenticator",),
          "A method of unknown name spares who has an authenticator the check.",
          also_accepting(unknown_name, lambda seen: code_by_totp(seen) and with_totp_alone(seen.account))),
    Fault("pr-session-unchallenged", ("pairs.authenticator",),
          "Codes of an authenticator are not checked in a session that was never challenged.",
          both(after(anything, challenge_noted), forcing(never_challenged, with_totp_alone))),
    Fault("pr-empty-name-of-two", ("pairs.both",), "An empty method spares who has both methods the check.",
          forcing(code_named(""), with_both)),
    Fault("pr-digest-for-two", ("pairs.both",), "Who has both methods gets in by the password, if it is named.",
          also_accepting(named_by_two, code_by_totp)),
    Fault("pr-email-for-none", ("pairs.password",), "Who has no method gets in by any code that is named email.",
          forcing(code_named("email"), with_none)),
    Fault("pr-nameless-for-none", ("pairs.password",), "Who has no method gets in by any code with an empty method.",
          forcing(code_named(""), with_none)),
)  # fmt: skip
