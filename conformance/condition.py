"""The condition of a given account: looked at before its first test, brought to rest before each, put back after the last.

At rest email 2FA is off, and no test's code is known to be out: then an account is prepared for a test as a new one is.
Drivers like those of attempt.py: they never assert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.attempt import Attempt
from conformance.binding import at_path, fill
from conformance.calls import TOKEN_REMOVAL, TOKENS
from conformance.flow import carry_out, step_up
from conformance.model import Answer, Call, Challenged, Granted, Json, Protected, Reply
from conformance.outcomes import Ended, Inconclusive
from conformance.replies import describe

if TYPE_CHECKING:
    from conformance.users import User

_ON_ITS_WAY: Final = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What tests change about an account. ``values``: what each protected call of the binding writes, by its number."""

    email: bool
    values: tuple[tuple[int, str], ...]
    tokens: frozenset[str]


def as_details(condition: Condition) -> dict[str, Json]:
    """A condition as a journal holds it."""
    return {
        "email": condition.email,
        "values": [list(value) for value in condition.values],
        "tokens": sorted(condition.tokens),
    }


def from_details(details: Mapping[str, Json]) -> Condition:
    """A condition that a journal holds."""
    values, tokens = details.get("values"), details.get("tokens")
    return Condition(
        email=details.get("email") is True,
        values=tuple((number, text) for number, text in values) if isinstance(values, list) else (),
        tokens=frozenset(map(str, tokens)) if isinstance(tokens, list) else frozenset(),
    )


def look(user: User) -> Condition:
    """The condition of an account whose user has just logged in."""
    return Condition(_email_is_on(user), tuple(_values(user)), _tokens(user))


def enter(user: User) -> None:
    """Log in; if its code is refused once more with the next one: this one may be an earlier test's."""
    user.inbox.begin()
    try:
        user.log_in()
    except Inconclusive:
        if not isinstance(user.login, Challenged):
            raise
        user.recorder.wait(_ON_ITS_WAY, "a mail that is still on its way")
        user.log_in()


def rest(user: User) -> bool:
    """Log in, and switch email 2FA off. False if it stays on."""
    enter(user)
    if not _email_is_on(user):
        return True
    usual, user.by = user.by, user.authenticator or user.inbox
    try:
        Attempt(user, Protected(user.recorder.binding.disable_email), "", user.inbox, user.session).accept()
    except Inconclusive:
        return False
    finally:
        user.by = usual
    user.inbox.await_all()
    user.inbox.forget()
    user.log_in()  # the success may be remembered in the session before
    return True


def switch_off(user: User) -> None:
    """Switch email 2FA off if a code is at hand: that saves the next test some mails, and the target some calls."""
    if user.inbox.latest in user.inbox.unused and user.guard.allows_codes:
        user.guard.count(
            user.call(user.recorder.binding.disable_email, answer=user.inbox.answer(user.inbox.unused[-1]))
        )


def put_back(user: User, found: Condition) -> list[str]:
    """Make an account what it was found as. Returns what would not go back."""
    try:
        rested = rest(user)
    except Ended as ended:
        return [ended.reason]
    steps: dict[str, Callable[[], None]] = {
        "has another name": lambda: _write(user, found),
        "has tokens of this run": lambda: _remove_tokens(user, found),
        "email 2FA is on": lambda: _keep_off(found, rested),
        "email 2FA is off": lambda: _switch_on(user, found),
    }
    return [failure for failure, step in steps.items() if not _done(step)]


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except Ended:
        return False
    return True


def _email_is_on(user: User) -> bool:
    """By the account's own word where it has one; else by what its login, or switching it off, asks for."""
    told = at_path(getattr(user.call(user.recorder.binding.me), "body", {}), "services.email2fa.enabled")
    if isinstance(told, bool):
        return told
    return any(_names_email(reply) for reply in (user.login, _ask_to_disable(user)) if reply)


def _ask_to_disable(user: User) -> Reply:
    reply = user.recorder.send(Call(user.recorder.binding.disable_email, session=user.session))
    user.inbox.expect(reply)
    return reply


def _names_email(reply: Reply) -> bool:
    return reply.asks_for == "email" or "email" in reply.offers


def _values(user: User) -> Iterator[tuple[int, str]]:
    """What is written now where a protected call writes, as far as the user may read it."""
    for number, protected in enumerate(user.recorder.binding.protected):
        if protected.read_back and protected.path and "{nonce}" not in protected.path + protected.read_back:
            names = {"user_id": user.account.user_id, "username": user.account.username}
            reply = user.call(fill(protected.read_back, **names))
            value = at_path(reply.body, fill(protected.path, **names)) if isinstance(reply, Granted) else None
            if isinstance(value, str):
                yield number, value


def _tokens(user: User) -> frozenset[str]:
    """The names of the user's personal access tokens, where there are such."""
    reply = user.call(TOKENS)
    tokens = at_path(reply.body, "tokens") if isinstance(reply, Granted) else None
    names = (token.get("name") for token in tokens if isinstance(token, dict)) if isinstance(tokens, list) else ()
    return frozenset(name for name in names if isinstance(name, str))


def _write(user: User, found: Condition) -> None:
    now = dict(_values(user))
    for number, value in found.values:
        if now.get(number) != value:
            _carry_through(user, user.recorder.binding.protected[number], value)


def _remove_tokens(user: User, found: Condition) -> None:
    for name in _tokens(user) - found.tokens:
        _carry_through(user, TOKEN_REMOVAL, name)


def _keep_off(found: Condition, rested: bool) -> None:
    if not found.email and not rested:
        raise Inconclusive("email 2FA stays on")


def _switch_on(user: User, found: Condition) -> None:
    if found.email and not isinstance(reply := user.enable_email(), Granted):
        raise Inconclusive(f"enableEmail is refused: {describe(reply)}")


def _carry_through(user: User, protected: Protected, value: str) -> None:
    """Make a call whose effect is a certain value, with whichever factor is asked for."""
    call = Attempt(user, protected, value, user.by, user.session).plain_call
    reply = carry_out(step_up(call), user.recorder.send, lambda challenged: _answer(user, challenged))
    user.guard.count(reply)
    if not isinstance(reply, Granted):
        raise Inconclusive(f"{call.route} is refused: {describe(reply)}")


def _answer(user: User, challenged: Challenged) -> Answer:
    user.inbox.expect(challenged)
    by = {"email": user.inbox, "totp": user.authenticator, "password": user.passphrase}.get(str(challenged.asks_for))
    return (by or user.by).right(challenged)
