"""Faults in judging calls (hd: headers, ms: methods, vf: verification) and in what they leave behind (se: effects)."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.lab.accounts import Account, Session, State, change, put
from conformance.lab.alterations import (
    ASKED,
    WRONG,
    Act,
    acting,
    also_accepting,
    both,
    forcing,
    idle,
    keeping,
    open_when,
    proving,
    reading,
    setting,
)
from conformance.lab.fault import Fault
from conformance.lab.messages import Request
from conformance.lab.rules import DIGITS, Attempt, Outcome
from conformance.lab.scopes import by_email, on

by_updating = on("users.update", by_email)
CODE, METHOD = "x-2fa-code", "x-2fa-method"


def in_body(request: Request) -> str | None:
    try:
        found = json.loads(request.body)
    except ValueError:
        return None
    code = found.get("code") or found.get("twoFactorCode") if isinstance(found, dict) else None
    return str(code) if code else None


def behind_method(request: Request) -> str | None:
    names = [name.lower() for name, _ in request.headers]
    ordered = CODE in names and METHOD in names and names.index(METHOD) < names.index(CODE)
    return request.header(CODE) or None if ordered else None


def exact_name(request: Request) -> str | None:
    return ", ".join(value.strip() for name, value in request.headers if name == CODE) or None


def shown(attempt: Attempt) -> str:
    """The digits of what was sent."""
    return "".join(letter for letter in attempt.sent if letter in DIGITS)


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def same_number(attempt: Attempt) -> bool:
    return any(number(attempt.sent.replace("-", "")) == number(code.text) for code in attempt.live)


def has_flag(request: Request) -> bool:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("cas") is True


HEADERS = (
    Fault("hd-wrong-name", ("acceptance.right-code",), "The code is looked for in x-totp.",
          reading(lambda request: request.header("x-totp") or None)),
    Fault("hd-body-only", ("acceptance.right-code",),
          "The code is looked for in the body alone.", reading(in_body)),
    Fault("hd-order", ("acceptance.right-code",),
          "The code is seen only if the method's header stands before it.",
          reading(behind_method)),
    Fault("hd-case", ("acceptance.header-case",), "The code's header is seen only in lower case.", reading(exact_name)),
    Fault("hd-presence-is-enough", ("code.random",), "Any values in both headers pass.",
          also_accepting(lambda a: bool(a.request.header(CODE) and a.request.header(METHOD)))),
    Fault("hd-code-only-bypass", ("code.any-method",), "A code without a method is not checked.",
          also_accepting(lambda a: not a.request.values(METHOD))),
    Fault("hd-method-only-bypass", ("challenge.unconditional",), "A method without a code passes.",
          open_when(lambda request: bool(request.values(METHOD)) and not request.values(CODE))),
    Fault("hd-empty-code-bypass", ("code.replaced",), "An empty code passes.",
          open_when(lambda request: bool(request.values(CODE)) and not request.header(CODE))),
    Fault("hd-xff-bypass", ("challenge.unconditional",), "X-Forwarded-For with a private address passes unasked.",
          open_when(lambda request: request.header("x-forwarded-for").startswith(("127.", "10.", "192.168.")))),
    Fault("hd-debug-bypass", ("challenge.unconditional",), "A header X-Debug passes unasked.",
          open_when(lambda request: bool(request.values("x-debug")))),
    Fault("hd-override-bypass", ("challenge.unconditional",), "X-HTTP-Method-Override passes unasked.",
          open_when(lambda request: bool(request.values("x-http-method-override")))),
    Fault("hd-method-value-case", ("code.any-method",), "A method in capitals is not checked.",
          also_accepting(lambda a: a.request.header(METHOD) == "EMAIL")),
)  # fmt: skip

METHODS = (
    Fault("ms-enforced-only-if-forced", ("challenge.required",), "Who switched the method on alone is never asked.",
          open_when(lambda request: True)),
    Fault("ms-cas-flag", ("challenge.unconditional",), "A member cas in the body passes unasked.", open_when(has_flag)),
    Fault("ms-unknown-accepts", ("code.any-method",), "A method of unknown name is not checked.",
          also_accepting(lambda a: a.request.header(METHOD) not in ("", "email", "totp", "password"))),
    Fault("ms-proto-name", ("code.any-method",), "A method called __proto__ or constructor is not checked.",
          also_accepting(lambda a: a.request.header(METHOD) in ("__proto__", "constructor", "toString"))),
    Fault("ms-listed-refused", ("acceptance.right-code",), "The listed method refuses its right code when it is named.",
          proving(lambda a: a.right and not a.request.values(METHOD))),
)  # fmt: skip

VERIFICATION = (
    Fault("vf-accept-any", ("code.random",), "Every code passes.", also_accepting(lambda a: True)),
    Fault("vf-right-length", ("code.random",), "Every code of six digits passes.",
          also_accepting(lambda a: len(shown(a)) == 6)),
    Fault("vf-prefix", ("code.altered",), "The first half of the code is enough.",
          also_accepting(lambda a: len(shown(a)) > 2 and any(c.text.startswith(shown(a)) for c in a.live))),
    Fault("vf-first-digits", ("code.altered", "bytes.two-codes"), "Only the first three digits are compared.",
          also_accepting(lambda a: len(shown(a)) > 2 and any(c.text[:3] == shown(a)[:3] for c in a.live))),
    Fault("vf-last-digits", ("code.altered", "bytes.two-codes"), "Only the last three digits are compared.",
          also_accepting(lambda a: len(shown(a)) > 2 and any(c.text[-3:] == shown(a)[-3:] for c in a.live))),
    Fault("vf-contains", ("code.altered",), "The code may stand anywhere among the digits that are sent.",
          also_accepting(lambda a: "," not in a.sent and any(c.text in shown(a) for c in a.live))),
    Fault("vf-truncate", ("code.altered", "bytes.two-codes"), "What follows the code is not looked at.",
          also_accepting(lambda a: any(shown(a).startswith(c.text) for c in a.live))),
    Fault("vf-literals", ("code.replaced",), "null, undefined, true, 0 and the like pass.",
          also_accepting(lambda a: a.sent in ("null", "undefined", "true", "0", "[]", "NaN"))),
    Fault("vf-empty", ("code.replaced",), "A code of which nothing is left without its separators passes.",
          also_accepting(lambda a: not a.sent.strip(" -"))),
    Fault("vf-integer-compare", ("code.altered",), "Codes are compared as numbers.", also_accepting(same_number)),
    Fault("vf-fail-open", ("code.replaced", "bytes.wrong-code"), "An error while checking counts as success.",
          also_accepting(lambda a: len(a.sent) > 1000 or is_undecodable(a.sent))),
    Fault("vf-debug-code", ("code.replaced",), "A master code passes.",
          also_accepting(lambda a: shown(a) in ("000000", "111111", "123456", "424242"))),
    Fault("vf-correct-refused", ("acceptance.right-code",), "The right code is refused.", proving(lambda a: False)),
    Fault("vf-first-try-refused", ("acceptance.right-code",), "The right code is refused the first time.",
          proving(lambda a: a.right and a.state.accounts[a.account.id].tries > 0)),
    Fault("vf-reuse", ("code.used", "replay.at-once"), "A used code passes again.",
          also_accepting(lambda a: any(c.text == shown(a) and c.fate == "used" for c in a.account.codes))),
)  # fmt: skip


def reset(state: State, act: Act, account: Account, now: float) -> State:
    """Nothing is done, and a field that has nothing to do with it is lost."""
    return change(state, account.id, profile={**state.accounts[account.id].profile, "nickname": ""})


def opened(state: State, act: Act, account: Account, now: float) -> State:
    present = state.accounts[account.id]
    return put(state, replace(present, marks=present.marks | {s.token for s in present.sessions}))


def is_open(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    return "passed" if session is not None and session.token in account.marks else None


def later(state: State, act: Act, account: Account, now: float) -> State:
    """The action, put off for a second."""
    return replace(state, deferred=(*state.deferred, (now + 1, lambda s: act(s) if account.id in s.accounts else s)))


EFFECTS = (
    Fault("se-before-check", ("effect.challenged", "calls.no-effect"), "The call is done, then challenged.",
          acting(ASKED, by_updating)),
    Fault("se-on-invalid", ("effect.refused", "calls.no-effect"), "The call is done although its code is refused.",
          acting(WRONG, by_updating)),
    Fault("se-delayed", ("effect.refused", "calls.no-effect"), "A refused call is done a second later.", keeping(WRONG, later, by_updating)),
    Fault("se-delayed-challenge", ("effect.challenged", "effect.refused"), "A challenged call is done a second later.",
          keeping(ASKED, later, by_updating)),
    Fault("iv-disables-2fa", ("effect.factor-kept",), "A wrong code switches the e-mail method off.",
          keeping(WRONG, lambda state, act, account, now: change(state, account.id, email_factor=False))),
    Fault("se-rollback-lost", ("effect.refused", "calls.no-effect"), "A refused call empties another field.",
          keeping(WRONG, reset)),
    Fault("cc-trust-on-failure", ("effect.factor-kept",), "A refused code opens the session.",
          both(keeping(WRONG, opened), forcing(is_open))),
    Fault("se-none-on-success", ("effect.accepted", "calls.once"), "An accepted call says success and does nothing.",
          idle(by_updating)),
    Fault("se-twice", ("effect.once",), "A token that was asked for once is made twice.", setting(tokens_stored=2)),
)  # fmt: skip


def is_undecodable(sent: str) -> bool:
    """Bytes beyond ASCII; digits of another script, which are three of them each, are another fault's."""
    return not sent.isascii() and "\xef\xbc" not in sent


ROWS = (*HEADERS, *METHODS, *VERIFICATION, *EFFECTS)
