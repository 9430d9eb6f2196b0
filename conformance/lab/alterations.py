"""Ways to alter one behaviour of a server: each makes a function from rules to rules that leaves all else as it was.

What they alter concerns one method of test accounts; whose, is the last parameter of each (`where`, `who`). By default it
is that of accounts whose only method is e-mail, on ordinary endpoints. The administrator's calls and the login stay as
they are, so that a fault shows where it is looked for. Ways around a whole call stand in detours.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from conformance.lab.accounts import Account, Session, State
from conformance.lab.messages import Json, Reply, Request
from conformance.lab.rules import Attempt, Outcome, Rules, Truth
from conformance.lab.scopes import LOGIN, Where, Who, by_email, code_of_email_alone, with_email, with_email_alone

Alteration = Callable[[Rules], Rules]
Act = Callable[[State], State]
ASKED: tuple[Outcome, ...] = ("challenged",)
DONE: tuple[Outcome, ...] = ("passed",)
DENIED: tuple[Outcome, ...] = ("challenged", "refused", "exhausted")
WRONG: tuple[Outcome, ...] = ("refused", "exhausted")


def setting(**fields: Any) -> Alteration:
    """Other values in some fields of the rules."""
    return lambda rules: replace(rules, **fields)


def option(name: str, value: object) -> Alteration:
    """Another value of one of the server's settings from the start."""
    return lambda rules: replace(rules, settings={**rules.settings, name: value})


def answering(
    outcomes: Iterable[Outcome], alter: Callable[[Reply, Truth], Reply], where: Where = by_email
) -> Alteration:
    """Other replies to calls of these outcomes."""
    chosen = frozenset(outcomes)

    def apply(rules: Rules) -> Rules:
        def edit(reply: Reply, truth: Truth) -> Reply:
            reply = rules.edit(reply, truth)
            return alter(reply, truth) if truth.outcome in chosen and where(truth) else reply

        return replace(rules, edit=edit)

    return apply


def body(outcomes: Iterable[Outcome], alter: Callable[[Json, Truth], Json], where: Where = by_email) -> Alteration:
    """Another JSON body; `alter` may change the one it gets."""
    return answering(outcomes, lambda reply, truth: replace(reply, body=alter(deepcopy(reply.body), truth)), where)


def details(outcomes: Iterable[Outcome], alter: Callable[[Json, Truth], Json], where: Where = by_email) -> Alteration:
    """Other members in `details`: those that `alter` returns are added or replaced."""
    return body(outcomes, lambda b, truth: {**b, "details": {**b["details"], **alter(b["details"], truth)}}, where)


def members(outcomes: Iterable[Outcome], where: Where = by_email, /, **values: Any) -> Alteration:
    """Other top-level members."""
    return body(outcomes, lambda b, truth: {**b, **values}, where)


def without(outcomes: Iterable[Outcome], *names: str, where: Where = by_email) -> Alteration:
    """A top-level member, or one of `details` where there is a second name, left out."""

    def alter(b: Json, truth: Truth) -> Json:
        holder = b
        for name in names[:-1]:
            holder = holder[name]
        holder.pop(names[-1], None)
        return b

    return body(outcomes, alter, where)


def bytes_of(
    outcomes: Iterable[Outcome], kind: str, write: Callable[[Json], str], where: Where = by_email
) -> Alteration:
    """Another writing of the body."""
    return answering(outcomes, lambda reply, truth: replace(reply, raw=(kind, write(reply.body).encode())), where)


def status(outcomes: Iterable[Outcome], code: int, where: Where = by_email) -> Alteration:
    """Another status."""
    return answering(outcomes, lambda reply, truth: replace(reply, status=code), where)


def proving(judge: Callable[[Attempt], bool], where: Where = code_of_email_alone) -> Alteration:
    """Another judgement of codes; `attempt.right` is the one that stood before."""

    def apply(rules: Rules) -> Rules:
        def proves(attempt: Attempt) -> bool:
            honest = rules.proves(attempt)
            return judge(replace(attempt, right=honest)) if where(attempt) else honest

        return replace(rules, proves=proves)

    return apply


def also_accepting(fits: Callable[[Attempt], bool], where: Where = code_of_email_alone) -> Alteration:
    """Right codes, and some more."""
    return proving(lambda attempt: attempt.right or fits(attempt), where)


def reading(code: Callable[[Request], str | None], who: Who = with_email_alone) -> Alteration:
    """Another place where the code is looked for."""

    def apply(rules: Rules) -> Rules:
        def sent_code(request: Request, account: Account) -> str | None:
            return code(request) if who(account) and request.path != LOGIN else rules.sent_code(request, account)

        return replace(rules, sent_code=sent_code)

    return apply


Decide = Callable[[Request, Account, Session | None, float], Outcome | None]


def forcing(decide: Decide, who: Who = with_email) -> Alteration:
    """Calls whose outcome is settled before anything is looked at; None: not this one."""

    def apply(rules: Rules) -> Rules:
        def forced(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
            decided = decide(request, account, session, now) if who(account) else None
            return decided or rules.forced(request, account, session, now)

        return replace(rules, forced=forced)

    return apply


def open_when(sign: Callable[[Request], bool], who: Who = with_email) -> Alteration:
    """Calls with this sign pass unasked."""
    return forcing(lambda request, *_: "passed" if sign(request) else None, who)


Keep = Callable[[State, Act, Account, float], State]


def keeping(outcomes: Iterable[Outcome], keep: Keep, where: Where = by_email) -> Alteration:
    """Another state after calls of these outcomes."""
    chosen = frozenset(outcomes)

    def apply(rules: Rules) -> Rules:
        def kept(truth: Truth, state: State, act: Act) -> State:
            if truth.outcome in chosen and where(truth):
                return keep(state, act, truth.account, truth.now)
            return rules.keep(truth, state, act)

        return replace(rules, keep=kept)

    return apply


def acting(outcomes: Iterable[Outcome], where: Where = by_email) -> Alteration:
    """Calls of these outcomes are carried out."""
    return keeping(outcomes, lambda state, act, *_: act(state), where)


def idle(where: Where = by_email) -> Alteration:
    """Accepted calls are not carried out."""
    return keeping(DONE, lambda state, *_: state, where)


def both(*alterations: Alteration) -> Alteration:
    """One behaviour that takes more than one alteration to show."""

    def apply(rules: Rules) -> Rules:
        for alteration in alterations:
            rules = alteration(rules)
        return rules

    return apply
