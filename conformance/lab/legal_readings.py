"""Legal differences in what the page leaves open about methods, resends, attempts and trust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.lab import replies
from conformance.lab.accounts import Account, Address, Session, State, named, put, replace_session
from conformance.lab.alterations import Alteration, both, forcing, option, proving, setting
from conformance.lab.calls import Call
from conformance.lab.codes import MOST_FAILURES
from conformance.lab.detours import DISABLE, RESEND, after, around, asked_as, receiving, retold, to, with_body
from conformance.lab.factors import PREFIX
from conformance.lab.legal_calls import window
from conformance.lab.messages import Reply, Request
from conformance.lab.rules import Attempt, Outcome, Proceed, Rules, Served
from conformance.lab.scopes import API, code_by_email, code_by_totp, with_none
from conformance.lab.second_factor import fingerprint
from conformance.lab.variant import Variant

NAME = "emailOrUsername"
FORM = "application/x-www-form-urlencoded"


def with_second_address(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """New users have two addresses, as verified as the first."""
    for user in then.accounts.values():
        if user.id not in state.accounts and user.addresses:
            local, _, domain = user.addresses[0].text.partition("@")
            second = Address(f"{local}.second@{domain}", user.addresses[0].verified)
            then = put(then, replace(user, addresses=(*user.addresses, second)))
    return then


def first_alone(state: State, account: Account, reason: str) -> tuple[str, ...]:
    return account.verified_addresses[:1]


def unread(json: bool) -> Alteration:
    """The bodies of resends in one of two forms are not understood."""

    def alter(request: Request) -> Request:
        form = request.header("content-type").startswith(FORM)
        return replace(request, body=b"") if request.path == API + RESEND and form != json else request

    return receiving(alter)


def unenrolled(state: State, call: Call) -> bool:
    """A resend for a user without the method."""
    given = call.body.get(NAME)
    account = call.account if call.account and state.rules.resend_uses_caller else named(state, str(given))
    return isinstance(given, str) and account is not None and not account.email_factor


def not_enrolled(reply: Reply) -> Alteration:
    """A resend for a user without the method mails nothing, and is answered so."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        return (state, reply, None, ()) if unenrolled(state, call) else proceed(state, call)

    return around(to(RESEND), detour)


def exactly(state: State, call: Call) -> Call:
    """A resend that finds users by the very letters of an address."""
    name = call.body.get(NAME)
    account = named(state, name) if isinstance(name, str) else None
    known = account is None or name in (account.username, *(address.text for address in account.addresses))
    return call if known else with_body(call, {**call.body, NAME: f"{name} "[::-1]})


def by_any_case(state: State, call: Call) -> Call:
    """A resend that finds users by their names in any letter case, too."""
    name = str(call.body.get(NAME)).strip().lower()
    found = next((user.username for user in state.accounts.values() if user.username.lower() == name), None)
    return with_body(call, {**call.body, NAME: found}) if found else call


def unasked_when_off(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    return "passed" if request.path == API + DISABLE else None


def one_success_a_step(attempt: Attempt) -> bool:
    """A code of an authenticator's next step is not taken early, once this one's was used; backup codes are."""
    ended = attempt.account.authenticator.last_step
    return attempt.right and (len(attempt.sent) == 8 or attempt.now // 30 > ended)


def locked_in_words(reply: Reply, call: Call) -> Reply:
    """A locked account, told by an error of its own."""
    if reply.status != 429 or not reply.headers:
        return reply
    told = replies.failure("Too many wrong codes", "error-account-locked")
    return replace(told, status=403)


def bound(by: Callable[[Request], str]) -> Alteration:
    """Codes that a challenge made count where it was made alone; so every challenge makes one. Resent ones count anywhere."""

    def bind(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
        account = then.accounts.get(call.account.id) if call.account else None
        before = state.accounts[account.id].codes[-1:] if account else ()
        if account is None or account.codes[-1:] == before or account.codes[-1].reason != "challenge":
            return then
        return put(then, replace(account, marks=account.marks | {f"{account.codes[-1].text} at {by(call.request)}"}))

    def here(attempt: Attempt) -> bool:
        bare = attempt.state.rules.bare_code(attempt.sent)
        places = {mark.partition(" at ")[2] for mark in attempt.account.marks if mark.startswith(f"{bare} at ")}
        return attempt.right and (not places or by(attempt.request) in places)

    def every_time(account: Account, out: object, answered: bool) -> bool:
        return not out or not answered

    always = setting(needs_code=every_time, announces_count=False)
    return both(always, after(lambda call: call.account is not None, bind), proving(here, code_by_email))


def token(request: Request) -> str:
    return request.header("x-auth-token")


def trusted_login(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """A login with a code opens the trust window of its session."""
    until = call.now + float(then.settings[PREFIX + "RememberFor"])
    for user in then.accounts.values():
        sessions = state.accounts[user.id].sessions
        if call.body.get("code") and user.email_factor and len(user.sessions) > len(sessions):
            session = replace(user.sessions[-1], trusted_until=until, trusted_by=fingerprint(then, call.request))
            then = put(then, replace_session(user, session))
    return then


def failures_kept(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """Neither a success nor a new code clears the count of wrong codes; coming to the maximum does."""
    most = int(then.settings[MOST_FAILURES])
    for user in then.accounts.values():
        before = state.accounts.get(user.id, user).failures
        if user.failures < before < most:
            then = put(then, replace(user, failures=before))
    return then


def others_end(state: State, then: State, call: Call, outcome: Outcome | None) -> State:
    """The other sessions of the user end."""
    account = then.accounts.get(call.account.id) if call.account and outcome == "passed" else None
    if account is None:
        return then
    return put(then, replace(account, sessions=tuple(s for s in account.sessions if s == call.session or s.name)))


def locking(wrong: int) -> Alteration:
    return setting(most_failures=wrong, lock_seconds=60)


def first_of_mail(rules: Rules) -> Rules:
    return replace(rules, prefers=lambda methods, account: sorted(methods))


ROWS = (
    Variant("b-09-sorted", "E-mail stands before the authenticator, and is selected.", first_of_mail),
    Variant("b-10", "The last of the listed methods is selected.", setting(selects=lambda methods: methods[-1])),
    Variant("b-21", "Users have two verified addresses, and the first gets the codes.",
            both(after(to("users.create"), with_second_address), setting(recipients=first_alone))),
    Variant("b-21-both", "Users have two verified addresses, and both get the codes.",
            after(to("users.create"), with_second_address)),
    Variant("b-32", "After five wrong codes totp-max-attempts, then a new code.",
            both(option(MOST_FAILURES, 5), setting(counts_failures=True)), "classic"),
    Variant("b-32-429", "After ten wrong answers an account is locked for a minute, with 429.", locking(10)),
    Variant("b-32-403", "After ten wrong answers an account is locked for a minute, with 403 and an error of its own.",
            both(locking(10), retold(lambda call: True, locked_in_words)), "classic"),
    Variant("b-33-short", "A trust window of five seconds after a success.", window(5)),
    Variant("b-39", "Who has no method may switch e-mail off unasked.", forcing(unasked_when_off, with_none), "classic"),
    Variant("b-44", "A resend takes JSON alone.", unread(json=False)),
    Variant("b-44-form", "A resend takes a form alone.", unread(json=True), "classic"),
    Variant("b-45-named", "A resend goes to whom it names, whoever is logged in.",
            setting(resend_uses_caller=False), "current"),
    Variant("b-46", "A resend for a user without the method is an error.",
            not_enrolled(replies.failure("E-mail is not a method of this user", "error-method-not-enabled")), "classic"),
    Variant("b-46-silent", "A resend for a user without the method succeeds, and mails nothing.",
            not_enrolled(replies.success())),
    Variant("b-47", "A resend finds addresses by their very letters.", asked_as(to(RESEND), exactly)),
    Variant("b-47-names", "A resend finds usernames in any letter case.", asked_as(to(RESEND), by_any_case)),
    Variant("b-49", "A code of an authenticator counts in its own step alone.", option(PREFIX + "MaxDelta", 0)),
    Variant("b-50", "After a success no code of an authenticator counts before the next step begins.",
            proving(one_success_a_step, code_by_totp)),
    Variant("codes-bound-to-session", "A code that a challenge made counts in its session alone.", bound(token), "classic"),
    Variant("codes-bound-to-call", "A code that a challenge made counts on its route alone.",
            bound(lambda request: request.path), "classic"),
    Variant("login-trusts", "A login with a code opens the trust window of its session.",
            both(window(1800), after(to("login"), trusted_login))),
    Variant("counts-over-success", "Wrong codes are counted on over successes and new codes, up to the maximum.",
            after(lambda call: True, failures_kept), "current"),
    Variant("disabling-ends-others", "Switching the method off ends the user's other sessions.",
            after(to(DISABLE), others_end)),
)  # fmt: skip
