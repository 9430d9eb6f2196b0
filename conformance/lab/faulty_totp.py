"""Faults in authenticators (tt, vf-totp) and their backup codes (vf-backup)."""

from __future__ import annotations

import hmac
from base64 import b32decode
from collections.abc import Callable, Iterable
from struct import pack, unpack_from

from conformance.lab.accounts import alike, digest
from conformance.lab.alterations import (
    ASKED,
    WRONG,
    acting,
    also_accepting,
    details,
    idle,
    members,
    open_when,
    proving,
    reading,
    setting,
    status,
    without,
)
from conformance.lab.authenticator import BACKUP_LENGTH, STEP, code_of
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import exact_name, number
from conformance.lab.replies import date
from conformance.lab.rules import DIGITS, Attempt, Truth
from conformance.lab.scopes import by_totp, code_by_totp, with_email, with_totp


def is_backup(attempt: Attempt) -> bool:
    return len(attempt.sent) == BACKUP_LENGTH and sum(letter.isalpha() for letter in attempt.sent) > 1


def shown(attempt: Attempt) -> str:
    return "".join(letter for letter in attempt.sent if letter in DIGITS)


def around(attempt: Attempt, steps: Iterable[int], secret: str | None = None) -> list[str]:
    """The codes of some steps around now, without those that are used."""
    present, used = int(attempt.now // STEP), -1 if secret else attempt.account.authenticator.last_step
    secret = secret or attempt.account.authenticator.secret
    return [code_of(secret, present + step) for step in steps if present + step > used]


def right_now(attempt: Attempt) -> list[str]:
    return around(attempt, (-1, 0, 1))


def otherwise(secret: bytes, moment: float, algorithm: str = "sha1", digits: int = 6, period: int = STEP) -> str:
    """A code of a device that was set up otherwise."""
    mac = hmac.digest(secret, pack(">Q", int(moment // period)), algorithm)
    (word,) = unpack_from(">I", mac, mac[-1] & 0x0F)
    return str((word & 0x7FFFFFFF) % 10**digits).zfill(digits)


def raw(attempt: Attempt) -> bytes:
    secret = attempt.account.authenticator.secret
    return b32decode(secret + "=" * (-len(secret) % 8))


def only(made: Callable[[Attempt], Iterable[str]]) -> Callable[[Attempt], bool]:
    """What is right instead of the authenticator's codes; backup codes stay right."""
    return lambda attempt: attempt.right if is_backup(attempt) else attempt.sent in made(attempt)


def also(made: Callable[[Attempt], Iterable[str]]) -> Callable[[Attempt], bool]:
    return lambda attempt: attempt.sent in made(attempt)


def similar(fits: Callable[[str, str], bool]) -> Callable[[Attempt], bool]:
    """What is right because it fits one of the codes of now: what was sent, the code."""
    return lambda attempt: len(shown(attempt)) > 2 and any(fits(shown(attempt), code) for code in right_now(attempt))


def same_number(attempt: Attempt) -> bool:
    return any(number(attempt.sent) == number(code) for code in right_now(attempt))


def neighbours(attempt: Attempt) -> list[str]:
    secrets = [a.authenticator.secret for a in alike(attempt.state, attempt.account) if a.authenticator.secret]
    return [code for secret in secrets for code in around(attempt, (-1, 0, 1), secret)]


def neighbours_backup(attempt: Attempt) -> bool:
    sent = digest(attempt.sent)
    return any(sent in a.authenticator.backup_codes for a in alike(attempt.state, attempt.account))


def with_mail_fields(d: object, truth: Truth) -> dict[str, object]:
    dates = [date(truth.state.rules, truth.now + 300)]
    return {"codeCount": 1, "codeExpires": dates if truth.state.rules.dates_as_list else dates[0]}


CALLS = (
    Fault("tt-not-enforced", ("totp.challenge",), "Who has an authenticator is never asked.",
          open_when(lambda request: True, lambda account: with_totp(account) and not with_email(account))),
    Fault("tt-challenge-no-bracket", ("totp.challenge",), "The error text of a challenge by totp lacks its type.",
          members(ASKED, by_totp, error="TOTP Required")),
    Fault("tt-challenge-method", ("totp.challenge",), "A challenge by totp says that the method is TOTP.",
          details(ASKED, lambda d, truth: {"method": "TOTP"}, by_totp)),
    Fault("tt-unconfirmed-asked", ("totp.unconfirmed",), "An authenticator is asked for before it is confirmed.",
          setting(has_authenticator=lambda account: bool(account.authenticator.secret or account.authenticator.started))),
    Fault("tt-available-omits", ("totp.available",), "totp is not listed for who has an authenticator.",
          details(ASKED, lambda d, truth: {"availableMethods": []}, by_totp)),
    Fault("tt-available-extra", ("totp.available",), "email is listed for who has an authenticator alone.",
          details(ASKED, lambda d, truth: {"availableMethods": ["totp", "email"]}, by_totp)),
    Fault("tt-header-case", ("totp.header-case",), "The code's header is seen only in lower case.",
          reading(exact_name, lambda account: with_totp(account) and not with_email(account))),
    Fault("tt-refusal-type", ("totp.refusal",), "errorType of a refused totp is invalid-totp.",
          members(WRONG, by_totp, errorType="invalid-totp")),
    Fault("tt-refusal-method", ("totp.refusal",), "The refusal of a totp says that the method is email.",
          details(WRONG, lambda d, truth: {"method": "email"}, by_totp)),
    Fault("tt-before-check", ("totp.challenged-no-effect",), "A call is done, then challenged by totp.",
          acting(ASKED, by_totp)),
    Fault("tt-on-invalid", ("totp.refused-no-effect",), "A call is done although its totp is refused.",
          acting(WRONG, by_totp)),
    Fault("tt-none-on-success", ("totp.effect",), "A call whose totp is accepted says success and does nothing.",
          idle(by_totp)),
    Fault("cg-fields-for-totp", ("totp.no-mail-fields",), "A challenge by totp tells a count and dates of codes.",
          details(ASKED, with_mail_fields, by_totp)),
    Fault("tt-count-for-totp", ("totp.no-mail-fields",), "A challenge by totp has a codeCount of 0.",
          details(ASKED, lambda d, truth: {"codeCount": 0}, by_totp)),
    Fault("tt-status-401", ("totp.status",), "A challenge by totp has status 401.", status(ASKED, 401, by_totp),
          "current"),
    Fault("tt-refusal-status", ("totp.status",), "The refusal of a totp has status 403.",
          status(WRONG, 403, by_totp), "current"),
    Fault("tt-success-missing", ("totp.challenge",), "A challenge by totp has no success.",
          without(ASKED, "success", where=by_totp)),
)  # fmt: skip

CODES = (
    Fault("vf-totp-refused", ("totp.right-code",), "The right code of an authenticator is refused.",
          proving(only(lambda a: ()), code_by_totp)),
    Fault("vf-totp-algo", ("totp.right-code",), "Calls are answered with SHA-256, though enrolment says SHA-1.",
          proving(only(lambda a: [otherwise(raw(a), a.now, "sha256")]), code_by_totp)),
    Fault("vf-totp-period", ("totp.right-code",), "Calls are answered with steps of sixty seconds.",
          proving(only(lambda a: [otherwise(raw(a), a.now, period=60)]), code_by_totp)),
    Fault("vf-totp-encoding", ("totp.right-code",), "Calls take the secret's letters for its bytes.",
          proving(only(lambda a: [otherwise(a.account.authenticator.secret.encode(), a.now)]), code_by_totp)),
    Fault("vf-totp-eight", ("totp.right-code",), "Calls want eight digits of an authenticator that shows six.",
          proving(only(lambda a: [otherwise(raw(a), a.now, digits=8)]), code_by_totp)),
    Fault("vf-totp-any", ("totp.wrong-code",), "Any six digits are taken for an authenticator's.",
          also_accepting(lambda a: len(shown(a)) == 6, code_by_totp)),
    Fault("vf-totp-prefix", ("totp.altered",), "The first half of an authenticator's code is enough.",
          also_accepting(similar(lambda sent, code: code.startswith(sent)), code_by_totp)),
    Fault("vf-totp-digits", ("totp.altered",), "Of a longer code only the last six digits are compared.",
          also_accepting(similar(lambda sent, code: sent.endswith(code)), code_by_totp)),
    Fault("vf-totp-truncate", ("totp.altered",), "What follows an authenticator's code is not looked at.",
          also_accepting(similar(lambda sent, code: sent.startswith(code)), code_by_totp)),
    Fault("vf-totp-integer", ("totp.altered",), "Codes of authenticators are compared as numbers.",
          also_accepting(same_number, code_by_totp)),
    Fault("vf-totp-foreign", ("totp.foreign-code",), "The code of another user's authenticator passes.",
          also_accepting(also(neighbours), code_by_totp)),
    Fault("vf-totp-wide", ("strength.totp-window",), "Codes of a quarter of an hour around now are taken.",
          also_accepting(also(lambda a: around(a, range(-30, 31))), code_by_totp)),
    Fault("vf-totp-future", ("strength.totp-window",), "Codes of the next ten minutes are taken.",
          also_accepting(also(lambda a: around(a, range(21))), code_by_totp)),
    Fault("vf-totp-reuse", ("replay.totp",), "An authenticator's code is taken as often as it comes.",
          setting(totp_once=False)),
)  # fmt: skip

BACKUP = (
    Fault("vf-backup-refused", ("totp.backup-code",), "Backup codes are refused.",
          proving(lambda a: a.right and not is_backup(a), lambda a: a.method == "totp"), "current"),
    Fault("vf-backup-by-name", ("totp.backup-code",), "Backup codes are taken by a method of their own alone.",
          proving(lambda a: a.right and not is_backup(a), code_by_totp), "current"),
    Fault("vf-backup-any", ("totp.backup-code-made-up",), "Whatever has eight letters is a backup code.",
          also_accepting(is_backup, code_by_totp)),
    Fault("vf-backup-foreign", ("totp.backup-code-made-up",), "The backup codes of another user pass.",
          also_accepting(neighbours_backup, code_by_totp)),
    Fault("vf-backup-reuse", ("replay.backup-code",), "A backup code is taken as often as it comes.",
          setting(backup_once=False)),
    Fault("vf-backup-survives", ("replay.backup-codes-renewed",), "Old backup codes work beside new ones.",
          setting(backup_codes_end=False)),
)  # fmt: skip

ROWS = (*CALLS, *CODES, *BACKUP)
