"""Ways to alter one behaviour of a server: each makes a function from rules to rules that leaves all else as it was.

What they alter concerns accounts with e-mail 2FA on ordinary endpoints only: the administrator's calls and the login
stay as they are, so that a fault shows where it is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from conformance.lab.accounts import Account, Session, State
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Attempt, Outcome, Rules, Truth

Alteration = Callable[[Rules], Rules]
LOGIN = "/api/v1/login"
DENIED: tuple[Outcome, ...] = ("challenged", "refused", "exhausted")
WRONG: tuple[Outcome, ...] = ("refused", "exhausted")


def setting(**fields: Any) -> Alteration:
    """Other values in some fields of the rules."""
    return lambda rules: replace(rules, **fields)


def answering(outcomes: Iterable[Outcome], alter: Callable[[Reply, Truth], Reply]) -> Alteration:
    """Other replies to calls of these outcomes."""
    chosen = frozenset(outcomes)

    def apply(rules: Rules) -> Rules:
        def edit(reply: Reply, truth: Truth) -> Reply:
            reply = rules.edit(reply, truth)
            concerned = truth.account.email_factor and not truth.login and truth.method in ("email", "")
            return alter(reply, truth) if concerned and truth.outcome in chosen else reply

        return replace(rules, edit=edit)

    return apply


def body(outcomes: Iterable[Outcome], alter: Callable[[Json, Truth], Json]) -> Alteration:
    """Another JSON body; `alter` may change the one it gets."""
    return answering(outcomes, lambda reply, truth: replace(reply, body=alter(deepcopy(reply.body), truth)))


def details(outcomes: Iterable[Outcome], alter: Callable[[Json, Truth], Json]) -> Alteration:
    """Other members in `details`: those that `alter` returns are added or replaced."""
    return body(outcomes, lambda b, truth: {**b, "details": {**b["details"], **alter(b["details"], truth)}})


def members(outcomes: Iterable[Outcome], **values: Any) -> Alteration:
    """Other top-level members."""
    return body(outcomes, lambda b, truth: {**b, **values})


def without(outcomes: Iterable[Outcome], *names: str) -> Alteration:
    """A top-level member, or one of `details` where there is a second name, left out."""

    def alter(b: Json, truth: Truth) -> Json:
        holder = b
        for name in names[:-1]:
            holder = holder[name]
        holder.pop(names[-1], None)
        return b

    return body(outcomes, alter)


def bytes_of(outcomes: Iterable[Outcome], kind: str, write: Callable[[Json], str]) -> Alteration:
    """Another writing of the body."""
    return answering(outcomes, lambda reply, truth: replace(reply, raw=(kind, write(reply.body).encode())))


def status(outcomes: Iterable[Outcome], code: int) -> Alteration:
    """Another status."""
    return answering(outcomes, lambda reply, truth: replace(reply, status=code))


def proving(judge: Callable[[Attempt], bool]) -> Alteration:
    """Another judgement of codes by e-mail; `attempt.right` is the one that stood before."""

    def apply(rules: Rules) -> Rules:
        def proves(attempt: Attempt) -> bool:
            honest = rules.proves(attempt)
            concerned = attempt.method == "email" and attempt.request.path != LOGIN
            return judge(replace(attempt, right=honest)) if concerned else honest

        return replace(rules, proves=proves)

    return apply


def also_accepting(fits: Callable[[Attempt], bool]) -> Alteration:
    """Right codes, and some more."""
    return proving(lambda attempt: attempt.right or fits(attempt))


def reading(code: Callable[[Request], str | None]) -> Alteration:
    """Another place where the code is looked for."""

    def apply(rules: Rules) -> Rules:
        def sent_code(request: Request, account: Account) -> str | None:
            concerned = account.email_factor and request.path != LOGIN
            return code(request) if concerned else rules.sent_code(request, account)

        return replace(rules, sent_code=sent_code)

    return apply


def forcing(decide: Callable[[Request, Account, Session | None, float], Outcome | None]) -> Alteration:
    """Calls whose outcome is settled before anything is looked at; None: not this one."""

    def apply(rules: Rules) -> Rules:
        def forced(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
            decided = decide(request, account, session, now) if account.email_factor else None
            return decided or rules.forced(request, account, session, now)

        return replace(rules, forced=forced)

    return apply


def open_when(sign: Callable[[Request], bool]) -> Alteration:
    """Calls with this sign pass unasked."""
    return forcing(lambda request, *_: "passed" if sign(request) else None)


Act = Callable[[State], State]


def keeping(outcomes: Iterable[Outcome], keep: Callable[[State, Act, Account, float], State]) -> Alteration:
    """Another state after calls of these outcomes."""
    chosen = frozenset(outcomes)

    def apply(rules: Rules) -> Rules:
        def kept(outcome: Outcome, state: State, act: Act, account: Account, now: float) -> State:
            if outcome in chosen and account.email_factor:
                return keep(state, act, account, now)
            return rules.keep(outcome, state, act, account, now)

        return replace(rules, keep=kept)

    return apply


def both(*alterations: Alteration) -> Alteration:
    """One behaviour that takes more than one alteration to show."""

    def apply(rules: Rules) -> Rules:
        for alteration in alterations:
            rules = alteration(rules)
        return rules

    return apply
