"""Faults where an account has more than one method, and the caller chooses (ms, vf-cross)."""

from __future__ import annotations

from conformance.lab.accounts import Account
from conformance.lab.alterations import ASKED, WRONG, also_accepting, details, proving, setting
from conformance.lab.authenticator import fitting_steps
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import CODE, METHOD
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Truth, sent_method
from conformance.lab.scopes import code_by_email, code_by_totp, of_both, with_both


def as_mail_code(attempt: Attempt) -> bool:
    """The code of a mail that is sent as an authenticator's."""
    digits = "".join(filter(str.isdigit, attempt.sent))
    return any(c.text == digits and not c.fate and c.expires > attempt.now for c in attempt.account.codes)


def as_totp(attempt: Attempt) -> bool:
    """The code of an authenticator that is sent as one from a mail."""
    secret = attempt.account.authenticator.secret
    return bool(secret) and bool(fitting_steps(attempt.state, secret, attempt.sent, attempt.now))


def of_two(attempt: Attempt) -> bool:
    return with_both(attempt.account)


def named_with_code(request: Request, account: Account) -> str | None:
    """The method that is named, but only beside a code."""
    return sent_method(request, account) if request.header(CODE) or not with_both(account) else None


def by_turns(methods: list[str], account: Account) -> list[str]:
    return methods[::-1] if account.denied % 2 else methods


def first(d: dict[str, list[str]], truth: Truth) -> dict[str, str]:
    """The method that would have been chosen if none had been named."""
    return {"method": "totp"}


def repeated(methods: list[str]) -> list[str]:
    return [*methods, *methods]


ROWS = (
    Fault("ch-available-selected-only", ("choice.both-available",), "Only the selected method is listed.",
          details(ASKED, lambda d, truth: {"availableMethods": [d["method"]]}, of_both)),
    Fault("ms-totp-hides-email", ("choice.both-available",), "Who has an authenticator is not offered e-mail.",
          details(ASKED, lambda d, truth: {"availableMethods": ["totp"]}, of_both)),
    Fault("ms-second-refused", ("choice.each-works",), "Who has both methods is refused the code from a mail.",
          proving(lambda a: a.right and not of_two(a), code_by_email)),
    Fault("ms-first-refused", ("choice.each-works", "enabling.keeps-authenticator"), "Who has both methods is refused the authenticator's code.",
          proving(lambda a: a.right and not (of_two(a) and a.request.values(METHOD)), code_by_totp)),
    Fault("ms-name-ignored", ("choice.named",), "A method that is named without a code is not heard.",
          setting(sent_method=named_with_code)),
    Fault("vf-cross-email-as-totp", ("choice.not-crossed",), "The code from a mail is taken as an authenticator's.",
          also_accepting(as_mail_code, code_by_totp)),
    Fault("vf-cross-totp-as-email", ("choice.not-crossed",), "An authenticator's code is taken as one from a mail.",
          also_accepting(as_totp, code_by_email)),
    Fault("ms-refusal-first-method", ("choice.refusal",), "A refusal names the first method, whichever was tried.",
          details(WRONG, first, of_both)),
    Fault("ms-flapping", ("robustness.method-kept",), "Equal calls are challenged by two methods in turn.",
          setting(prefers=by_turns)),
    Fault("ch-available-dup", ("robustness.methods-once",), "availableMethods names every method twice.",
          details(ASKED, lambda d, truth: {"availableMethods": repeated(d["availableMethods"])}, of_both)),
)  # fmt: skip
