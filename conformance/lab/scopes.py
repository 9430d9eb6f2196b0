"""Whom an alteration concerns: accounts by their methods, calls by the method that judges them and by their route."""

from __future__ import annotations

from collections.abc import Callable

from conformance.lab.accounts import Account
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, Truth

Who = Callable[[Account], bool]
Where = Callable[[Truth | Attempt], bool]
API = "/api/v1/"
LOGIN = f"{API}login"
PROCEDURES = f"{API}method.call/"


def with_email(account: Account) -> bool:
    return account.email_factor


def with_email_alone(account: Account) -> bool:
    return with_email(account) and not with_totp(account)


def with_totp(account: Account) -> bool:
    return bool(account.authenticator.secret)


def with_both(account: Account) -> bool:
    return with_email(account) and with_totp(account)


def with_none(account: Account) -> bool:
    """Who has no method: the password stands in."""
    return not account.is_admin and not with_email(account) and not with_totp(account)


def ordinary(request: Request) -> bool:
    """A call that is neither the login nor a method of the realtime API."""
    return request.path != LOGIN and not request.path.startswith(PROCEDURES)


def by_email(seen: Truth | Attempt) -> bool:
    """An ordinary call of an account whose only method is e-mail, judged by it."""
    account = seen.account
    alone = with_email(account) and not with_totp(account)
    return alone and seen.method in ("email", "") and ordinary(seen.request)


def code_by_email(seen: Truth | Attempt) -> bool:
    """A code by e-mail, on any route but the login."""
    return seen.method == "email" and seen.request.path != LOGIN


def code_of_email_alone(seen: Truth | Attempt) -> bool:
    """A code by e-mail of an account whose only method it is."""
    return code_by_email(seen) and not with_totp(seen.account)


def by_totp(seen: Truth | Attempt) -> bool:
    """An ordinary call that an authenticator's code answers, of an account whose only method it is."""
    account = seen.account
    return seen.method == "totp" and not with_email(account) and ordinary(seen.request)


def code_by_totp(seen: Truth | Attempt) -> bool:
    """The code of an authenticator, or a backup code, that answers a call; not one that confirms or renews."""
    return seen.method == "totp" and seen.request.path != LOGIN and "2fa:" not in seen.request.path


def by_password(seen: Truth | Attempt) -> bool:
    """A call of a test account that the password's digest answers."""
    return seen.method == "password" and not seen.account.is_admin and ordinary(seen.request)


def of_both(seen: Truth | Attempt) -> bool:
    """An ordinary call of an account with both methods, by whichever."""
    return with_both(seen.account) and ordinary(seen.request)


def at_login(seen: Truth | Attempt) -> bool:
    """The login of a test account with e-mail."""
    return seen.request.path == LOGIN and seen.account.email_factor and not seen.account.is_admin


def in_procedure(seen: Truth | Attempt) -> bool:
    """A method of the realtime API over REST."""
    return seen.request.path.startswith(PROCEDURES) and seen.account.email_factor


def on(path: str, where: Where) -> Where:
    """One route alone."""
    return lambda seen: seen.request.path == API + path and where(seen)


def but(path: str, where: Where) -> Where:
    """Every route but one."""
    return lambda seen: seen.request.path != API + path and where(seen)
