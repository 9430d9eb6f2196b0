"""Faults in switching e-mail 2FA on (ee)."""

from __future__ import annotations

from dataclasses import replace

from conformance.lab.accounts import Account, Authenticator, State, change, named, put
from conformance.lab.alterations import setting
from conformance.lab.calls import Call
from conformance.lab.detours import ENABLE, after, by_any_token, by_get, by_id_alone, rebodied, strangers, to
from conformance.lab.fault import Fault
from conformance.lab.messages import Reply
from conformance.lab.rules import Outcome

enabling = to(ENABLE)
FORBIDDEN = Reply(403, {"success": False, "error": "Forbidden", "status": "error", "message": "Forbidden"})
BROKEN = Reply(500, {"status": "error", "error": "not-authorized", "message": "Something went wrong."})
OTHER_WORD = Reply(401, {"status": "error", "error": "unauthorized", "message": "Log in first."}, early=True)


def of_user(call: Call) -> bool:
    return enabling(call) and call.account is not None


def caller_after(then: State, call: Call) -> Account | None:
    return then.accounts.get(call.account.id) if call.account else None


def with_others_open(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The caller's other sessions live on and are never asked."""
    account = caller_after(then, call)
    if account is None or call.session is None:
        return then
    own = call.session.token
    sessions = tuple(s if s.token == own else replace(s, bypass=True) for s in before.accounts[account.id].sessions)
    return put(then, replace(account, sessions=sessions))


def toggled(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    was_on = call.account is not None and before.accounts[call.account.id].email_factor
    return change(then, call.caller.id, email_factor=False) if was_on else then


def for_named(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    other = then.accounts.get(str(call.body.get("userId"))) or named(then, str(call.body.get("username", "")))
    return then if other is None or other.is_admin else change(then, other.id, email_factor=True)


def without_device(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    return change(then, call.caller.id, authenticator=Authenticator()) if outcome in (None, "passed") else then


def every_address(state: State, account: Account, reason: str) -> tuple[str, ...]:
    """All addresses at a resend, whether they are verified or not."""
    return tuple(address.text for address in account.addresses) if reason == "resend" else account.verified_addresses


ROWS = (
    Fault("dl-unverified", ("enabling.unverified",), "A resend mails a code to an address that is not verified.",
          setting(recipients=every_address)),
    Fault("ee-success-type", ("enabling.success",), 'enableEmail says success "true".',
          rebodied(enabling, lambda b, call: {**b, "success": "true"}, True)),
    Fault("ee-success-missing", ("enabling.success",), "enableEmail does not say success.",
          rebodied(enabling, lambda b, call: {"status": "enabled"}, True)),
    Fault("ee-old-sessions-open", ("enabling.effective", "enabling.other-sessions"),
          "Sessions that were open when e-mail 2FA was switched on are never asked.", after(
              of_user, with_others_open)),
    Fault("ee-second-call-breaks", ("enabling.again",), "A second enableEmail switches it off.",
          after(of_user, toggled)),
    Fault("ee-unverified", ("enabling.unverified", "enabling.unverified-refused"),
          "An address that nobody has verified is as good as another.",
          setting(refuses_unverified=False, reachable=lambda account: tuple(a.text for a in account.addresses),
                  recipients=lambda state, account, reason: tuple(a.text for a in account.addresses))),
    Fault("ee-unverified-accepted", ("enabling.unverified-refused",),
          "enableEmail says success to who has no verified address.", setting(refuses_unverified=False), "current"),
    Fault("ee-unverified-type", ("enabling.unverified-refused",),
          "Who has no verified address is refused with another errorType.",
          rebodied(enabling, lambda b, call: {**b, "errorType": "error-not-allowed"} if "errorType" in b else b, False),
          "current"),
    Fault("ee-no-auth", ("enabling.logged-out",), "For enableEmail the id of a user is enough.", by_id_alone(ENABLE)),
    Fault("ee-mismatched-pair", ("enabling.logged-out",), "For enableEmail the token of any user will do.",
          by_any_token(ENABLE)),
    Fault("ee-wrong-signal", ("enabling.logged-out", "enabling.logged-out-status"),
          "A stranger's enableEmail is a server error.", strangers(ENABLE, BROKEN)),
    Fault("ee-wrong-word", ("enabling.logged-out-word",), "A stranger's enableEmail is refused in other words.",
          strangers(ENABLE, OTHER_WORD), "classic"),
    Fault("ee-wrong-status", ("enabling.logged-out-status",), "A stranger's enableEmail has status 403.",
          strangers(ENABLE, FORBIDDEN), "current"),
    Fault("ee-refusal-without-success", ("enabling.logged-out-success",),
          "The refusal of a stranger's enableEmail does not say success false.",
          strangers(ENABLE, OTHER_WORD), "current"),
    Fault("ee-foreign-user", ("enabling.own",), "enableEmail concerns whomever the body names.",
          after(lambda call: enabling(call) and bool(call.body), for_named)),
    Fault("ee-keeps-sessions", ("enabling.other-sessions",), "enableEmail leaves other sessions alone.",
          setting(ends_other_sessions=False), "current"),
    Fault("ee-wipes-totp", ("enabling.keeps-authenticator",), "enableEmail takes the authenticator away.",
          after(of_user, without_device)),
    Fault("ee-get-works", ("exposure.safe-verbs",), "GET switches e-mail 2FA on.", by_get(ENABLE)),
)  # fmt: skip
