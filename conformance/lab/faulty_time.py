"""Faults that time, a maximum or a setting brings to light (cg, vf-expired, at, sw), and weak codes."""

from __future__ import annotations

from itertools import pairwise

from conformance.lab.accounts import Account, Code, State
from conformance.lab.alterations import also_accepting, answering, both, details, proving, setting
from conformance.lab.codes import EXPIRATION
from conformance.lab.fault import Fault
from conformance.lab.faulty_codes import counted, dates, past, with_count, with_expiry
from conformance.lab.messages import Json, Reply
from conformance.lab.replies import second_factor
from conformance.lab.rules import DIGITS, Attempt, Truth, spell


def shown(attempt: Attempt) -> str:
    return "".join(letter for letter in attempt.sent if letter in DIGITS)


def over(code: Code, now: float) -> bool:
    """Whether time has ended it."""
    return code.fate == "expired" or (not code.fate and code.expires <= now)


def expired_too(attempt: Attempt) -> bool:
    return any(code.text == shown(attempt) and over(code, attempt.now) for code in attempt.account.codes)


def none_after_expiry(account: Account, out: tuple[Code, ...], answered: bool) -> bool:
    """A new code is made unless the last one has just expired."""
    return not out and not (account.codes and account.codes[-1].fate in ("", "expired"))


def only_first(attempt: Attempt) -> bool:
    """Right, and no earlier code of the account has expired."""
    return attempt.right and not any(over(code, attempt.now) for code in attempt.account.codes)


def full_time(truth: Truth) -> object:
    return dates(truth, float(truth.state.settings[EXPIRATION]))


def as_refusal(reply: Reply, truth: Truth) -> Reply:
    details: Json = reply.body["details"]
    return second_factor("refused", details)


def deaf(*switches: str) -> object:
    return lambda switch, account: switch not in switches or account.is_admin


def only_before_maximum(attempt: Attempt) -> bool:
    """Right, for who never came to the maximum: its replaced code was followed by one that no resend made."""
    codes = attempt.account.codes
    worn = any(old.fate == "replaced" and new.reason == "challenge" for old, new in pairwise(codes))
    return attempt.right and not worn


def still_email(d: Json, truth: Truth) -> Json:
    return {"availableMethods": [*d["availableMethods"], "email"]}


def switched_off_email(seen: Truth | Attempt) -> bool:
    return seen.account.email_factor and seen.method == "password" and not seen.account.is_admin


def next_number(made: str, state: State, account: Account, reason: str) -> str:
    """The number after that of the account's last code."""
    return f"{(int(account.codes[-1].text) + 1) % 10**6:06d}" if account.codes else made


def one_more_digit(made: str, state: State, account: Account, reason: str) -> str:
    """The account's last code with a fixed step."""
    return f"{(int(account.codes[-1].text) + 111_111) % 10**6:06d}" if account.codes else made


def nth_of_all(made: str, state: State, account: Account, reason: str) -> str:
    """The code that every other user got for as many-eth: chance starts anew for each."""
    return f"{(len(account.codes) + 1) ** 2 * 271_829 % 10**6:06d}"


ROWS = (
    Fault("vf-expired", ("expiry.refused",), "A code passes after its time.", also_accepting(expired_too)),
    Fault("cg-expires-short", ("expiry.refused", "expiry.new-code"),
          "A code lives for ten times as long as codeExpires tells.",
          both(setting(lifetime=lambda seconds: 10 * seconds), with_expiry(full_time))),
    Fault("cg-expires-far", ("expiry.date-true",), "A code lives for half of the time that codeExpires tells.",
          both(setting(lifetime=lambda seconds: seconds / 2), with_expiry(full_time))),
    Fault("cg-stuck-after-expiry", ("expiry.new-code",), "Once a code has expired no new one is made.",
          setting(needs_code=none_after_expiry)),
    Fault("cg-dead-after-expiry", ("expiry.new-code",), "Once a code has expired no later one works.",
          proving(only_first)),
    Fault("cg-count-expired", ("expiry.not-counted",), "codeCount counts expired codes, too.",
          with_count(lambda truth: counted(truth) + past(truth))),
    Fault("iv-max-attempts-never", ("attempts.maximum",), "The maximum of wrong codes is not told.",
          answering(("exhausted",), as_refusal), "current"),
    Fault("at-no-new-code", ("attempts.new-code",), "After the maximum no new code is made.",
          setting(new_code_at_maximum=False), "current"),
    Fault("at-new-code-dead", ("attempts.new-code",), "The code that is mailed after the maximum never works.",
          proving(only_before_maximum), "current"),
    Fault("sw-off-ignored", ("switches.off",), "Calls are challenged while two-factor authentication is off.",
          setting(heeds=deaf("Enabled")), "current"),
    Fault("sw-email-ignored", ("switches.email-off",), "Calls are challenged by e-mail while the method is off.",
          setting(heeds=deaf("By_Email_Enabled")), "current"),
    Fault("sw-email-listed", ("switches.email-off",), "email is listed while the method is off.",
          details(("challenged",), still_email, switched_off_email), "current"),
    Fault("sw-fallback-ignored", ("switches.fallback-off",), "The password is asked for while the fallback is off.",
          setting(heeds=deaf("Enforce_Password_Fallback")), "current"),
    Fault("cg-lifetime-too-long", ("strength.lifetime",), "A code lives for an hour, unless the setting is shorter.",
          setting(lifetime=lambda seconds: seconds if seconds < 600 else 3600.0)),
    Fault("cg-lifetime-a-day", ("strength.lifetime",), "A code lives for a day, unless the setting is shorter.",
          setting(lifetime=lambda seconds: seconds if seconds < 600 else 86400.0)),
    Fault("cg-four-digits", ("strength.length",), "Codes have four digits.",
          setting(make_code=lambda value: spell(value, DIGITS, 4), print_code=lambda code: code)),
    Fault("cg-five-digits", ("strength.length",), "Codes have five digits.",
          setting(make_code=lambda value: spell(value, DIGITS, 5), print_code=lambda code: code)),
    Fault("cg-sequential", ("strength.unpredictable",), "Each code of an account is the next number.",
          setting(choose_code=next_number)),
    Fault("cg-fixed-step", ("strength.unpredictable",), "Each code of an account is a fixed step from the last.",
          setting(choose_code=one_more_digit)),
    Fault("cg-same-for-all", ("code.foreign", "disabling.foreign-code"), "The first code of each user is the same, and so is the second.",
          setting(choose_code=nth_of_all)),
)  # fmt: skip
