"""Faults of a server that breaks down, or gives nothing, where a right call should get something (tt, vf-backup, se)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab import totp_routes
from conformance.lab.accounts import State, change, put
from conformance.lab.alterations import both
from conformance.lab.calls import Call
from conformance.lab.detours import Sign, after, around, marked, to, unserved
from conformance.lab.fault import Fault
from conformance.lab.faulty_routes import OWN
from conformance.lab.faulty_sessions import of_test_account
from conformance.lab.messages import Reply
from conformance.lab.rules import Outcome, Proceed, Served

BROKEN = Reply(500, {"success": False, "error": "Internal server error"})
BEGIN = ("users.totp.enable", "method.call/2fa:enable")
CONFIRM = ("users.totp.validate", "method.call/2fa:validateTempToken")
RENEW = ("users.totp.regenerateCodes", "method.call/2fa:regenerateCodes")
DRAWN = "drawn "


def asked_by_user(*paths: str) -> Sign:
    there = to(*paths)
    return lambda call: there(call) and of_test_account(call)


def broken_once_passed(state: State, call: Call, proceed: Proceed) -> Served:
    """What is done once the second factor is passed fails; the code is used up."""
    then, reply, outcome, headers = proceed(state, call)
    if outcome != "passed":
        return then, reply, outcome, headers
    old = state.accounts[call.caller.id]
    kept = change(then, old.id, password=old.password, plain=old.plain, addresses=old.addresses, profile=old.profile)
    return kept, BROKEN, outcome, headers


def noted(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """What the backup codes were made of is remembered."""
    account = then.accounts[call.caller.id]
    return put(then, marked(then, account, f"{DRAWN}{before.drawn}")) if account.authenticator.secret else then


def made_again(state: State, call: Call, proceed: Proceed) -> Served:
    """Backup codes made of the same as before."""
    drawn = [int(mark.removeprefix(DRAWN)) for mark in call.caller.marks if mark.startswith(DRAWN)]
    if not drawn:
        return proceed(state, call)
    then, reply, outcome, headers = proceed(replace(state, drawn=drawn[0]), call)
    return replace(then, drawn=max(then.drawn, state.drawn)), reply, outcome, headers


def not_stored(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """New backup codes are shown, and the old ones kept."""
    ident = call.caller.id
    old, new = before.accounts[ident].authenticator, then.accounts[ident].authenticator
    return change(then, ident, authenticator=replace(new, backup_codes=old.backup_codes))


ROWS = (
    Fault("tt-start-breaks", ("totp.enrolment",), "Whoever asks for an authenticator is answered with status 500.",
          unserved(asked_by_user(*BEGIN), BROKEN)),
    Fault("tt-route-breaks", ("totp.enrolment",), "The route to an authenticator breaks down; the method before it works.",
          unserved(asked_by_user(BEGIN[0]), BROKEN), "current"),
    Fault("se-own-info-breaks", ("calls.once",), "A change of one's own data that is proved ends in status 500.",
          around(asked_by_user(OWN), broken_once_passed)),
    Fault("vf-backup-never-renewed", ("totp.backup-codes-new",), "New backup codes are refused, whatever code asks for them.",
          unserved(asked_by_user(*RENEW), totp_routes.invalid())),
    Fault("vf-backup-renewal-breaks", ("totp.backup-codes-new",), "Whoever asks for new backup codes gets status 500.",
          unserved(asked_by_user(*RENEW), BROKEN)),
    Fault("vf-backup-same-again", ("totp.backup-codes-new",), "Whoever asks for new backup codes gets the old ones.",
          both(after(asked_by_user(*CONFIRM), noted), around(asked_by_user(*RENEW), made_again))),
    Fault("vf-backup-not-stored", ("totp.backup-codes-new",), "New backup codes are shown, but the old ones stay in force.",
          after(asked_by_user(*RENEW), not_stored)),
)  # fmt: skip
