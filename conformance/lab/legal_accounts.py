"""Legal differences in accounts: what is told of them, what becomes of their sessions, and what else is mailed to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.lab.accounts import State, put
from conformance.lab.alterations import both, setting
from conformance.lab.calls import Call
from conformance.lab.detours import ENABLE, after, asked_as, rebodied, to, unserved
from conformance.lab.legal_calls import window
from conformance.lab.letters import letter
from conformance.lab.messages import Reply
from conformance.lab.rules import Outcome
from conformance.lab.variant import Variant

FORBIDDEN = Reply(403, {"success": False, "error": "unauthorized"})
LATE = 1.5
"""Seconds after which a notice comes: after the codes of calls that were made later."""


def with_verified_address(state: State, call: Call) -> Call:
    """The making of a user whose address counts as verified, whatever was asked for."""
    return replace(call, body={**call.body, "verified": True})


def notice(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Tell the user by mail that the second factor was switched on."""
    text = "Your security settings were changed on 2026-01-31.\n"
    html = f"<html><body><p>{text}</p></body></html>\n"
    addresses = call.account.verified_addresses if call.account else ()
    mails = [letter(then, address, "Security settings", text, html, call.now + LATE) for address in addresses]
    return replace(then, outbox=(*then.outbox, *mails))


def all_sessions_end(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """End every session of the user, the calling one too."""
    account = then.accounts.get(call.account.id) if call.account else None
    if account is None or not account.email_factor:
        return then
    return put(then, replace(account, sessions=()))


def one_session(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """End the sessions that a user had before a login."""
    grown = [user for user in then.accounts.values() if user.sessions and user != state.accounts[user.id]]
    for user in grown:
        newest = [session for session in user.sessions if session not in state.accounts[user.id].sessions]
        if newest and not user.is_admin:
            then = put(then, replace(user, sessions=tuple(newest)))
    return then


def with_authenticator(state: State, call: Call) -> bool:
    """Whether the caller has an authenticator."""
    return bool(call.account and call.account.authenticator.secret)


def makes_tokens(call: Call) -> bool:
    """A plain user's calls for personal access tokens."""
    return bool(call.account and not call.account.is_admin) and "PersonalAccessToken" in call.request.path


def without_addresses(body: dict[str, Any], call: Call) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "emails"}


ROWS = (
    Variant("addresses-hidden", "Users are not shown their addresses.", rebodied(to("me"), without_addresses)),
    Variant("no-tokens", "Users lack the permission to make tokens of their own, and learn that before any code is asked for.",
            unserved(makes_tokens, FORBIDDEN), "current"),
    Variant("always-verified", "Every address of a new user counts as verified.",
            asked_as(to("users.create"), with_verified_address)),
    Variant("late-notice", "A mail tells, a little later, that the method was switched on.", after(to(ENABLE), notice)),
    Variant("enabling-ends-all", "Switching the method on ends all sessions of the user.",
            after(to(ENABLE), all_sessions_end), "classic"),
    Variant("one-session", "A login ends the user's earlier sessions.", after(to("login"), one_session)),
    Variant("b-38", "Enabling asks for a second factor that the user has.",
            setting(enable_protected=with_authenticator)),
    Variant("b-38-trusted", "Enabling asks for a second factor, and trusts the session from then on.",
            both(setting(enable_protected=with_authenticator), window(1800))),
)  # fmt: skip
