"""What the preflight has seen, check by check, as findings: each one fact, with the setting and the value that would help.

Nothing here is asked of the target: it was all seen on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from conformance.binding import Binding
from conformance.editions import ENOUGH, Sign
from conformance.events import Facts, Finding
from conformance.limiter import limiter
from conformance.model import Edition, Exchange, Json
from conformance.setting_names import FOR_A_RUN, NAMES

_HERE: Final = {"localhost", "127.0.0.1", "::1"}
_NOTABLE_OFFSET: Final = 10.0
_ROOM: Final = 5
"""How many times as long as the mail that was measured a mail may take before it counts as missing."""


@dataclass(frozen=True, slots=True)
class Observations:
    """What probe and survey saw. ``bare``: whether each call that was made without a code was challenged, by route;
    ``fallback``: whether an account without a method was, None where that was not tried; ``settings``: those that could be
    read, by short name; ``per_second`` and ``deadline`` are the target file's, and so is whether the run ``changes`` settings."""

    facts: Facts
    bare: Mapping[str, bool]
    fallback: bool | None
    settings: Mapping[str, Json]
    exchanges: tuple[Exchange, ...]
    binding: Binding = field(default_factory=Binding)
    per_second: float = 20.0
    deadline: float | None = None
    changes: bool = False

    @property
    def makes_accounts(self) -> bool:
        """Whether an admin makes the accounts, so that they are new."""
        return bool(self.facts.admin_id)

    def to_set(self, name: str) -> str:
        """The remedy that is a setting of the target."""
        remedy = f"set {NAMES[name]} to {str(FOR_A_RUN[name]).lower()} while the target is tested"
        return f"{remedy}, or have --configure-target set it and put it back" if self.makes_accounts else remedy

    @property
    def forgets(self) -> bool:
        """Whether the target is known to remember no success, and to trust nobody because an account is new."""
        remembers = self.settings.get("remember_for")
        return isinstance(remembers, int | float) and remembers <= 0

    @property
    def trusts_new_accounts(self) -> bool:
        """Whether what should be challenged is not, and that an account is new may be why."""
        spared = not all(self.bare.values())
        unasked = self.fallback is False and self.settings.get("fallback") is not False
        return self.makes_accounts and self.facts.challenged and (spared or unasked) and not self.forgets


def findings(seen: Observations) -> Iterator[Finding]:
    """In the order in which a reader wants them."""
    yield from _challenged(seen)
    yield from _grace(seen)
    yield from _mail_deadline(seen)
    yield from _trust(seen)
    yield from _resend(seen)
    yield from _encoding(seen)
    yield from _switches(seen)
    yield from _own_factor(seen)
    yield from _fallback(seen)
    yield from _opt_in(seen)
    yield limiter(
        seen.exchanges, seen.facts.admin_id, seen.facts.clock_offset, seen.per_second, seen.to_set("rate_limiter")
    )


def encryption(base_url: str) -> Iterator[Finding]:
    """What is known of TLS once a target has answered."""
    url = urlsplit(base_url)
    if url.scheme == "https":
        yield Finding("tls-trusted", "pass", "the target's certificate is trusted")
    elif url.hostname not in _HERE:
        finding = "target.base_url is http: passwords, tokens and codes cross the network as they are"
        yield Finding("tls-trusted", "note", finding, "use https; target.ca_file names an authority of your own")


def clock(offset: float) -> Finding:
    """Seconds by which the target's clock is ahead of ours."""
    if abs(offset) <= _NOTABLE_OFFSET:
        return Finding("clock", "pass", f"the target's clock is {offset:+.1f} s off ours")
    finding = f"the target's clock is {offset:+.1f} s off ours; times are compared with that in mind"
    return Finding("clock", "note", finding, "let both machines keep their time by NTP: authenticators need it")


def edition(asked: str, chosen: Edition, signs: list[Sign]) -> Finding:
    """What the target is judged by, and how sure that is."""
    agreeing = sum(sign == chosen for _, sign in signs)
    told = f"judged by edition {chosen}: {agreeing} of {len(signs)} signs are its"
    remedy = 'name the edition: target.edition = "classic" or "current", or --edition'
    if asked != "auto":
        finding = f"{told}; it was asked for"
        contradicted = 2 * agreeing < len(signs)
        return (
            Finding("edition", "note", finding, 'is that meant? target.edition = "auto" goes by the signs')
            if contradicted
            else Finding("edition", "pass", finding)
        )
    if len(signs) < ENOUGH:
        return Finding("edition", "note", f"{told}; {ENOUGH} are needed to tell", remedy)
    if 2 * agreeing == len(signs):
        return Finding("edition", "note", f"{told}, and a tie is {chosen}", remedy)
    return Finding("edition", "pass", told)


def left_over(names: tuple[str, ...]) -> Iterator[Finding]:
    """What the preflight alone could not put back."""
    if names:
        finding = f"could not be put back: {', '.join(names)}"
        yield Finding("clean-up", "warn", finding, "remove or restore it by hand")


def _challenged(seen: Observations) -> Iterator[Finding]:
    if not seen.bare:
        return
    asked = [_name(route) for route, challenged in seen.bare.items() if challenged]
    let_pass = " and ".join(_name(route) for route, challenged in seen.bare.items() if not challenged)
    if asked:
        beside = f"; {let_pass} is not" if let_pass else ""
        yield Finding("challenged", "pass", f"{asked[0]} without a code is challenged{beside}")
        return
    off = [NAMES[name] for name in ("enabled", "email") if seen.settings.get(name) is False]
    if off:
        why, remedy = f"the setting {off[0]} is off", f"set {' and '.join(off)} to true on the target"
    elif seen.facts.login_challenged:
        why, remedy = "the login is", "the suites say which requirements this is about"
    else:
        why = "nor is the login: two-factor authentication is off, or the server runs in test mode"
        remedy = f"set {NAMES['enabled']} and {NAMES['email']} to true, and start the server without TEST_MODE"
    yield Finding("challenged", "note", f"{let_pass} without a code is not challenged; {why}", remedy)


def _grace(seen: Observations) -> Iterator[Finding]:
    if seen.trusts_new_accounts:
        kind = "a new account without a method" if all(seen.bare.values()) else "a new account"
        seconds = seen.settings.get("remember_for")
        known = isinstance(seconds, int | float)
        why = f"{NAMES['remember_for']} is {seconds}" if known else "it has a grace period, or no account ever is"
        remedy = f"{seen.to_set('remember_for')}; or give older accounts in [[account]]"
        yield Finding("grace-period", "note", f"{kind} is not challenged: {why}", remedy)
    elif seen.makes_accounts and seen.facts.challenged and seen.bare:
        yield Finding("grace-period", "pass", "a new account is challenged at once")


def _mail_deadline(seen: Observations) -> Iterator[Finding]:
    delay, deadline = seen.facts.mail_delay, seen.deadline
    if delay is None or deadline is None:
        return
    finding = f"mailbox.deadline is {deadline:g} s, and a mail took {delay:.1f} s"
    if _ROOM * delay <= deadline:
        yield Finding("mail-deadline", "pass", finding)
    else:
        remedy = f"set mailbox.deadline to {math.ceil(_ROOM * delay)} or more: a busy server takes longer"
        yield Finding("mail-deadline", "note", finding, remedy)


def _trust(seen: Observations) -> Iterator[Finding]:
    if seen.facts.trust_window is False:
        yield Finding("trust-window", "pass", "a success is not remembered")
    elif seen.facts.trust_window:
        finding = (
            "a success is remembered: what follows it in its session is not challenged, and tests log in once more"
        )
        yield Finding("trust-window", "note", finding, seen.to_set("remember_for"))


def _resend(seen: Observations) -> Iterator[Finding]:
    if not _resends(seen):
        return
    if not seen.facts.resend_arrives:
        remedy = "look for its mail in the target's log; the suites say which requirements this is about"
        yield Finding("resend", "note", "no mail follows sendEmailCode", remedy)
        return
    before = {True: ", and the one before it works still", False: ", and the one before it is refused", None: ""}
    yield Finding("resend", "pass", f"a resend mails a new code{before[seen.facts.several_codes]}")


def _encoding(seen: Observations) -> Iterator[Finding]:
    taken = {
        "form" if "form" in kind else "JSON"
        for exchange in _resends(seen)
        for name, kind in exchange.request.headers
        if name.lower() == "content-type" and exchange.response and exchange.response.status < 300
    }
    if taken:
        told = "takes JSON" if "JSON" in taken else "takes a form, and no JSON"
        yield Finding("body-encoding", "pass", f"sendEmailCode {told}")


def _resends(seen: Observations) -> list[Exchange]:
    path = seen.binding.send_email_code.partition(" ")[2]
    return [exchange for exchange in seen.exchanges if exchange.request.path == path]


def _switches(seen: Observations) -> Iterator[Finding]:
    """Those that are off the survey has told."""
    if all(seen.settings.get(name) is True for name in ("enabled", "email", "totp")):
        yield Finding("switches", "pass", "two-factor authentication is switched on, by mail and by authenticator")
    if seen.facts.admin_id and not seen.settings:
        remedy = "give the admin the permission view-privileged-setting, and edit-privileged-setting to change them"
        yield Finding("settings", "note", "the admin may not read the target's settings", remedy)


def _own_factor(seen: Observations) -> Iterator[Finding]:
    if "totp" in seen.facts.admin_factors and seen.changes:
        finding = (
            "the admin has an authenticator, whose code serves once: each change of a setting may wait for the next one"
        )
        remedy = (
            "user_id and token_env of a personal access token that bypasses two-factor authentication spare the wait"
        )
        yield Finding("admin-second-factor", "note", finding, remedy)


def _fallback(seen: Observations) -> Iterator[Finding]:
    if seen.fallback:
        yield Finding("password-fallback", "pass", "an account without a method is asked for its password")
    elif seen.fallback is False and not seen.trusts_new_accounts:
        remedy = f"set {NAMES['fallback']} to true on the target to have the password tested"
        yield Finding("password-fallback", "note", "an account without a method is not challenged", remedy)


def _opt_in(seen: Observations) -> Iterator[Finding]:
    if seen.facts.opted_in:
        finding = "a new account has email 2FA from the start, which costs each test of other methods some mails"
        yield Finding("auto-opt-in", "note", finding, seen.to_set("auto_opt_in"))
    elif seen.makes_accounts and seen.fallback is not None:
        yield Finding("auto-opt-in", "pass", "a new account has no method from the start")


def _name(route: str) -> str:
    return route.rpartition("/")[2]
