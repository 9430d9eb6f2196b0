"""Whether a call needs a second factor, and whether the one it carries will do.

The method that a server selects is the one that the call names, else one that the account has enabled: the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.lab import codes
from conformance.lab.accounts import Account, Session, State, change, digest, put, replace_session
from conformance.lab.factors import FACTORS, PASSWORD, PREFIX, Factor, available, switched_on
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.replies import date, locked, login_second_factor, second_factor
from conformance.lab.rules import Outcome, Truth


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one call, and the method that it was judged by, "" if none. `reply` is None when it passed."""

    outcome: Outcome
    reply: Reply | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a protected call asks for: `always` ignores trust windows, `strict` all trust and the fallback's switch too,
    `login` is the login's form, `sent` overrides the header."""

    always: bool = False
    strict: bool = False
    login: bool = False
    sent: str | None = None


def fingerprint(state: State, request: Request) -> str:
    """Who a client is, for trust: its address, and on some servers its name."""
    address = request.header("x-real-ip") or request.client
    agent = request.header("user-agent")
    return digest((address if state.rules.trust_by_address else "") + (agent if state.rules.trust_by_agent else ""))


def trusted(state: State, account: Account, session: Session, request: Request, always: bool, now: float) -> bool:
    """A recent success with this token, a token that was made to bypass, or a new account in its grace."""
    rules, remember = state.rules, float(state.settings[PREFIX + "RememberFor"])
    if session.bypass:
        return True
    if now < session.trusted_until and session.trusted_by == fingerprint(state, request):
        return not always or rules.disable_email_trusts
    young = now < account.created + (remember if rules.grace_for is None else rules.grace_for)
    if rules.grace == "everyone":
        return young and not always
    return young and not available(state, account)


def select(state: State, account: Account, asked: str | None, demand: Demand) -> tuple[str, Factor] | None:
    """The method that a call is judged by: the one it names if known, else an enabled one, else the password."""
    if asked in FACTORS:
        return asked, FACTORS[asked]
    if methods := available(state, account):
        name = state.rules.selects(methods)
        return name, FACTORS[name]
    fallback = demand.strict or (PASSWORD.enabled(state, account) and not demand.login)
    return ("password", PASSWORD) if fallback else None


def check(
    state: State, account: Account, session: Session | None, request: Request, demand: Demand, now: float
) -> tuple[State, Verdict]:
    """Judges one call of an account. The session is None at the login."""
    rules = state.rules
    forced = None if demand.login else rules.forced(request, account, session, now)
    if not switched_on(state, account, "Enabled") or forced == "passed":
        return state, Verdict("passed")
    trusting = session and not forced and not demand.strict
    if session and trusting and trusted(state, account, session, request, demand.always, now):
        return state, Verdict("passed")
    asked = None if demand.login or demand.sent is not None else rules.sent_method(request, account)
    chosen = select(state, account, asked, demand)
    if chosen is None:
        return state, Verdict("passed")
    sent = demand.sent if demand.sent is not None else rules.sent_code(request, account)
    if sent is not None and (refusal := barred(account, now)):
        return state, Verdict("locked", refusal, chosen[0])
    state, truth = judged(state, account, request, chosen, sent, forced or unusual(state, account, asked), now)
    if sent is not None and truth.outcome != "challenged":
        state = counted(state, account.id, truth.outcome == "passed", now)
    if truth.outcome == "passed":
        return remember(state, account, session, request, demand, now), Verdict("passed", None, truth.method)
    state = change(state, account.id, denied=state.accounts[account.id].denied + 1)
    truth = replace(truth, account=state.accounts[account.id], state=state, login=demand.login)
    return state, Verdict(truth.outcome, worded(truth), truth.method)


def judged(
    state: State,
    account: Account,
    request: Request,
    chosen: tuple[str, Factor],
    sent: str | None,
    decreed: Outcome | None,
    now: float,
) -> tuple[State, Truth]:
    """One call, by the chosen method; where the outcome is decreed, what was sent is not looked at."""
    name, factor = chosen
    state, generated, shown = factor.prepare(state, account, sent is not None, now)
    outcome = decreed
    if outcome is None and sent is not None:
        newest = state.accounts[account.id].codes[-1:]
        state, right = factor.verify(state, account, sent, request, now)
        if newest != state.accounts[account.id].codes[-1:]:  # the server made another one because this was wrong
            generated, shown = True, codes.live(state.accounts[account.id], now)
        worn_out = name == "email" and codes.exhausted(state, state.accounts[account.id])
        outcome = "passed" if right else "exhausted" if worn_out else "refused"
    return state, Truth(outcome or "challenged", name, generated, shown, account, state, request, now)


def barred(account: Account, now: float) -> Reply | None:
    """The answer to whoever sends a code, right or wrong, while the account is locked."""
    return locked(account.locked_until - now) if now < account.locked_until else None


def counted(state: State, account_id: str, right: bool, now: float) -> State:
    """Counts an answer by whatever method: a right one clears the account, too many wrong ones in a row lock it."""
    if right:
        return change(state, account_id, wrong_in_a_row=0, locked_until=0.0)
    wrong = state.accounts[account_id].wrong_in_a_row + 1
    until = now + state.rules.lock_seconds if wrong >= state.rules.most_failures else 0.0
    return change(state, account_id, wrong_in_a_row=wrong, locked_until=until)


def unusual(state: State, account: Account, asked: str | None) -> Outcome | None:
    """What the rules decree for a call whose method is unknown, or not enabled; None: judge it as usual."""
    if asked is None or asked == "password" or asked in available(state, account):
        return None
    return state.rules.unenrolled_method if asked in FACTORS else state.rules.unknown_method


def remember(
    state: State, account: Account, session: Session | None, request: Request, demand: Demand, now: float
) -> State:
    """Opens the trust window of this token, where there is one."""
    seconds = state.rules.trusts_for(float(state.settings[PREFIX + "RememberFor"]))
    if session is None or demand.always or demand.strict or seconds <= 0:
        return state
    trusting = replace(session, trusted_until=now + seconds, trusted_by=fingerprint(state, request))
    return put(state, replace_session(state.accounts[account.id], trusting))


def worded(truth: Truth) -> Reply:
    """The reply of a call that did not pass."""
    rules, details = truth.state.rules, details_of(truth)
    if truth.login:
        return rules.edit(login_second_factor(rules, truth.outcome, details), truth)
    return rules.edit(second_factor(truth.outcome, details), truth)


def details_of(truth: Truth) -> Json:
    """The details object, in the product's order of keys."""
    rules, account = truth.state.rules, truth.account
    details: Json = {"method": truth.method, "codeGenerated": truth.generated}
    if truth.method == "email":
        by_address = rules.names_account == "address" and not truth.login and account.verified_addresses
        details["emailOrUsername"] = account.verified_addresses[0] if by_address else account.username
        if not truth.generated and truth.live:
            dates = [date(rules, code.expires) for code in truth.live]
            details |= {"codeCount": len(dates)} if rules.announces_count else {}
            details["codeExpires"] = dates if rules.dates_as_list else dates[-1]
    if truth.outcome == "challenged" or rules.refusal_lists_methods:
        details["availableMethods"] = available(truth.state, account)
    return details
