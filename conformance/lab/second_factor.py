"""Whether a call needs a second factor, and whether the one it carries will do.

One entry in FACTORS for each method; the method that a server selects is the first one that the account has enabled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.lab import codes
from conformance.lab.accounts import Account, Code, Session, State, change, digest, put, replace_session
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.replies import date, login_second_factor, second_factor
from conformance.lab.rules import Attempt, Outcome, Truth

PREFIX = "Accounts_TwoFactorAuthentication_"


@dataclass(frozen=True, slots=True)
class Factor:
    """A method. `prepare` tells the state, whether a code was made and which are out; `verify` judges what was sent."""

    enabled: Callable[[State, Account], bool]
    prepare: Callable[[State, Account, bool, float], tuple[State, bool, tuple[Code, ...]]]
    verify: Callable[[State, Account, str, Request, float], tuple[State, bool]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one call. `reply` is None when it passed."""

    outcome: Outcome
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What a protected call asks for: `always` ignores trust windows, `strict` all trust and the fallback's switch too,
    `login` is the login's form, `sent` overrides the header."""

    always: bool = False
    strict: bool = False
    login: bool = False
    sent: str | None = None


def email_enabled(state: State, account: Account) -> bool:
    switched_on = bool(state.settings[PREFIX + "By_Email_Enabled"])
    return switched_on and account.email_factor and bool(account.verified_addresses)


def verify_password(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    """The code is the SHA-256 of the account's password, in hex."""
    given = sent.lower() if state.rules.digest_any_case else sent
    attempt = Attempt(sent, "password", account.password == given, (), account, state, request, now)
    return state, state.rules.proves(attempt)


def verify_email(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    if not email_enabled(state, account):
        return state, False
    return codes.verify(state, account, sent, request, now)


def nothing_made(state: State, account: Account, answered: bool, now: float) -> tuple[State, bool, tuple[Code, ...]]:
    """The preparation of methods that send nothing."""
    return state, False, ()


PASSWORD = Factor(
    enabled=lambda state, account: bool(state.settings[PREFIX + "Enforce_Password_Fallback"] and account.password),
    prepare=nothing_made,
    verify=verify_password,
)
UNENROLLED = Factor(lambda state, account: False, nothing_made, lambda state, *_: (state, False))
FACTORS: dict[str, Factor] = {"totp": UNENROLLED, "email": Factor(email_enabled, codes.prepare, verify_email)}


def available(state: State, account: Account) -> list[str]:
    """The names of the methods that the account has enabled, without the password fallback."""
    return [name for name, factor in FACTORS.items() if factor.enabled(state, account)]


def fingerprint(state: State, request: Request) -> str:
    """Who a client is, for trust: its address, and on some servers its name."""
    address = request.header("x-real-ip") or request.client
    return digest(address + request.header("user-agent")) if state.rules.trust_by_agent else digest(address)


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
    """The method that a call is judged by: the one it names if known, else the first enabled, else the password."""
    if asked in FACTORS:
        return asked, FACTORS[asked]
    for name in available(state, account):
        return name, FACTORS[name]
    fallback = demand.strict or (PASSWORD.enabled(state, account) and not demand.login)
    return ("password", PASSWORD) if fallback else None


def check(
    state: State, account: Account, session: Session | None, request: Request, demand: Demand, now: float
) -> tuple[State, Verdict]:
    """Judges one call of an account. The session is None at the login."""
    rules = state.rules
    if not state.settings[PREFIX + "Enabled"]:
        return state, Verdict("passed")
    forced = None if demand.login else rules.forced(request, account, session, now)
    if forced == "passed":
        return state, Verdict("passed")
    trusting = session and not forced and not demand.strict
    if session and trusting and trusted(state, account, session, request, demand.always, now):
        return state, Verdict("passed")
    asked = None if demand.login or demand.sent is not None else rules.sent_method(request, account)
    chosen = select(state, account, asked, demand)
    if chosen is None:
        return state, Verdict("passed")
    name, factor = chosen
    before, sent = account, demand.sent if demand.sent is not None else rules.sent_code(request, account)
    state, generated, shown = factor.prepare(state, account, sent is not None, now)
    outcome = forced or unusual(state, account, asked)
    if outcome is None and sent is not None:
        newest = state.accounts[account.id].codes[-1:]
        state, right = factor.verify(state, before, sent, request, now)
        if newest != state.accounts[account.id].codes[-1:]:  # the server made another one because this was wrong
            generated, shown = True, codes.live(state.accounts[account.id], now)
        worn_out = name == "email" and codes.exhausted(state, state.accounts[account.id])
        outcome = "passed" if right else "exhausted" if worn_out else "refused"
    outcome = outcome or "challenged"
    if outcome == "passed":
        return remember(state, account, session, request, demand, now), Verdict("passed")
    state = change(state, account.id, denied=state.accounts[account.id].denied + 1)
    truth = Truth(outcome, name, generated, shown, state.accounts[account.id], state, request, now, demand.login)
    return state, Verdict(outcome, worded(truth))


def unusual(state: State, account: Account, asked: str | None) -> Outcome | None:
    """What the rules decree for a call whose method is unknown, or not enabled; None: judge it as usual."""
    if asked is None or asked == "password" or asked in available(state, account):
        return None
    return state.rules.unenrolled_method if asked in FACTORS else state.rules.unknown_method


def remember(
    state: State, account: Account, session: Session | None, request: Request, demand: Demand, now: float
) -> State:
    """Opens the trust window of this token, where there is one."""
    seconds = float(state.settings[PREFIX + "RememberFor"])
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
