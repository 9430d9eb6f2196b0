"""Faults in the password that stands in for a second factor (pw)."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from unicodedata import normalize

from conformance.lab.accounts import Account, State, alike, digest
from conformance.lab.alterations import (
    ASKED,
    DONE,
    WRONG,
    Act,
    Alteration,
    acting,
    also_accepting,
    body,
    both,
    details,
    idle,
    keeping,
    members,
    proving,
    reading,
    status,
    without,
)
from conformance.lab.codes import issue
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import METHOD, exact_name, later, reset
from conformance.lab.rules import Attempt, Rules, Truth
from conformance.lab.scopes import by_password, code_by_email, code_by_totp, ordinary, with_none

EMPTY = digest("")


def hashed(algorithm: str, text: str) -> str:
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


def taking(fits: Callable[[Attempt], bool]) -> Alteration:
    """The digest, and some other form of a password."""
    return also_accepting(fits, by_password)


def only(form: Callable[[str], str]) -> Alteration:
    """One other form of the password, and not the digest."""
    return proving(lambda a: bool(a.account.plain) and a.sent == form(a.account.plain), by_password)


def of_anybody(attempt: Attempt) -> bool:
    return any(other.password == attempt.sent for other in alike(attempt.state, attempt.account))


def hexadecimal(attempt: Attempt) -> bool:
    return len(attempt.sent) == 64 and all(letter in "0123456789abcdef" for letter in attempt.sent)


def own_digest(attempt: Attempt) -> bool:
    return attempt.sent == attempt.account.password


def of_target(attempt: Attempt) -> bool:
    """The digest of the password of the user whom an update is to change."""
    try:
        asked = json.loads(attempt.request.body)
    except ValueError:
        return False
    target = attempt.state.accounts.get(str(asked.get("userId"))) if isinstance(asked, dict) else None
    return target is not None and not target.is_admin and target.password == attempt.sent


def whoever_calls(seen: Truth | Attempt) -> bool:
    """A call that a password's digest answers, an administrator's too."""
    return seen.method == "password" and ordinary(seen.request)


def taken_apart(attempt: Attempt) -> bool:
    plain = attempt.account.plain
    return attempt.right if plain.isascii() else attempt.sent == digest(normalize("NFD", plain))


def named_password(attempt: Attempt) -> bool:
    return own_digest(attempt) and attempt.request.header(METHOD) == "password"


def named_otherwise(attempt: Attempt) -> bool:
    return own_digest(attempt) and attempt.request.header(METHOD) != "password"


def much_later(state: State, act: Act, account: Account, now: float) -> State:
    """The action, put off for half a minute."""
    return later(state, act, account, now + 29)


def mailing(rules: Rules) -> Rules:
    """A challenge by password mails a code, too."""

    def kept(truth: Truth, state: State, act: Act) -> State:
        state = rules.keep(truth, state, act)
        asks = truth.outcome == "challenged" and by_password(truth)
        return issue(state, state.accounts[truth.account.id], "challenge", truth.now) if asks else state

    return replace(rules, keep=kept)


ROWS = (
    Fault("pw-challenge-no-bracket", ("password.challenge",),
          "The error text of a challenge by password lacks the type in brackets.",
          members(ASKED, by_password, error="TOTP Required")),
    Fault("pw-challenge-success-absent", ("password.challenge",), "A challenge by password has no success.",
          without(ASKED, "success", where=by_password)),
    Fault("pw-plain-only", ("password.right-digest", "password.wrong-digest"),
          "The plain password is taken, and its digest is not.", only(lambda plain: plain)),
    Fault("pw-right-refused", ("password.right-digest",), "The right digest is refused.",
          proving(lambda a: False, by_password)),
    Fault("pw-sha512-only", ("password.right-digest",), "The digest has to be one of SHA-512.",
          only(lambda plain: hashed("sha512", plain))),
    Fault("pw-base64-only", ("password.right-digest",), "The digest has to be in Base64.",
          only(lambda plain: b64encode(hashlib.sha256(plain.encode()).digest()).decode())),
    Fault("pw-double-only", ("password.right-digest",), "The digest of the digest is wanted.",
          only(lambda plain: digest(digest(plain)))),
    Fault("pw-header-case", ("password.right-digest",), "The digest's header is seen only in lower case.",
          reading(exact_name, with_none)),
    Fault("pw-plain", ("password.wrong-digest",), "The plain password is taken, too.",
          taking(lambda a: digest(a.sent) == a.account.password)),
    Fault("pw-md5", ("password.wrong-digest",), "The MD5 of the password is taken, too.",
          taking(lambda a: a.sent == hashed("md5", a.account.plain))),
    Fault("pw-sha1", ("password.wrong-digest",), "The SHA-1 of the password is taken, too.",
          taking(lambda a: a.sent == hashed("sha1", a.account.plain))),
    Fault("pw-any-user", ("password.wrong-digest",), "The digest of any user's password is taken.",
          taking(of_anybody)),
    Fault("pw-empty-digest", ("password.wrong-digest",), "The digest of nothing is taken.",
          taking(lambda a: a.sent == EMPTY)),
    Fault("pw-any-hex64", ("password.wrong-digest",), "Whatever looks like a digest is taken.", taking(hexadecimal)),
    Fault("pw-cut", ("password.wrong-digest",), "The first half of the digest is enough.",
          taking(lambda a: len(a.sent) >= 32 and (a.account.password or "").startswith(a.sent))),
    Fault("pw-target-user", ("password.wrong-digest",), "The digest of the user who is to be changed is taken, too.",
          also_accepting(of_target, whoever_calls)),
    Fault("pw-no-password-user", ("password.wrong-digest",),
          "Who has yet to choose a password gets in by whatever looks like a digest.",
          taking(lambda a: hexadecimal(a) and bool(a.account.profile.get("requirePasswordChange")))),
    Fault("pw-unicode-norm", ("robustness.password-text",),
          "Letters with marks have to be taken apart (NFD) before the digest is made.", proving(taken_apart, by_password)),
    Fault("pw-refusal-type", ("password.refusal",), "errorType of a refused digest is error-wrong-password.",
          members(WRONG, by_password, errorType="error-wrong-password")),
    Fault("pw-refusal-method", ("password.refusal",), "The refusal of a digest says that the method is email.",
          details(WRONG, lambda d, truth: {"method": "email"}, by_password)),
    Fault("pw-refusal-plain", ("password.refusal",), "The refusal of a digest is worded like that of a login.",
          body(WRONG, lambda b, truth: {"success": False, "error": "No password set [403]"}, by_password)),
    Fault("pw-before-check", ("password.challenged-no-effect",), "A call is done, then challenged by password.",
          acting(ASKED, by_password)),
    Fault("pw-on-invalid", ("password.refused-no-effect",), "A call is done although its digest is refused.",
          acting(WRONG, by_password)),
    Fault("pw-challenge-delayed", ("password.challenged-no-effect",),
          "A call that is challenged by password is done a second later.", keeping(ASKED, later, by_password)),
    Fault("pw-refused-reset", ("password.refused-no-effect",), "A call whose digest is refused empties another field.",
          keeping(WRONG, reset, by_password)),
    Fault("pw-effect-late", ("password.effect",), "A call whose digest is accepted is done half a minute later.",
          keeping(DONE, much_later, by_password)),
    Fault("pw-no-effect-mode", ("password.effect",), "A call whose digest is accepted says success and does nothing.",
          idle(by_password)),
    Fault("pw-while-stronger", ("password.not-beside-email", "password.not-beside-authenticator"),
          "Who names the method password gets in by it, whatever else is enabled.",
          both(also_accepting(named_password, code_by_totp), also_accepting(named_password))),
    Fault("ms-downgrade-password", ("password.not-beside-email",),
          "Who has e-mail alone gets in by the password, if it is named.",
          also_accepting(named_password, code_by_email)),
    Fault("vf-digest-as-code", ("password.not-beside-email",), "The digest is as good as a code from a mail.",
          also_accepting(named_otherwise, code_by_email)),
    Fault("vf-digest-as-totp", ("password.not-beside-authenticator",),
          "The digest is as good as a code of an authenticator.", also_accepting(own_digest, code_by_totp)),
    Fault("pw-status-401", ("password.status",), "A challenge by password has status 401.",
          status(ASKED, 401, by_password), "current"),
    Fault("pw-refusal-status", ("password.status",), "The refusal of a digest has status 403.",
          status(WRONG, 403, by_password), "current"),
    Fault("dl-mail-in-password-mode", ("robustness.no-mail-for-password",), "A challenge by password mails a code.",
          mailing),
)  # fmt: skip
