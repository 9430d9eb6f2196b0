"""Every behaviour in which servers of this protocol differ, one field each.

The server asks these fields and nothing else. An edition is one set of values; a fault or a legal difference is a
function from one set to another. Functions among the fields are seams: their defaults are the honest behaviour.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from conformance.lab.letters import code_texts, part
from conformance.lab.messages import Headers, Json, Mail, Reply, Request, Response

if TYPE_CHECKING:
    from conformance.lab.accounts import Account, Code, Session, State
    from conformance.lab.calls import Call, Endpoint

Outcome = Literal["passed", "challenged", "refused", "exhausted", "locked"]
Served = tuple["State", Reply, Outcome | None, Headers]
Proceed = Callable[["State", "Call"], Served]

DIGITS = "0123456789"
SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "Accounts_TwoFactorAuthentication_Enabled": True,
        "Accounts_TwoFactorAuthentication_MaxDelta": 1,
        "Accounts_TwoFactorAuthentication_By_TOTP_Enabled": True,
        "Accounts_TwoFactorAuthentication_By_Email_Enabled": True,
        "Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In": False,
        "Accounts_TwoFactorAuthentication_By_Email_Code_Expiration": 600,
        "Accounts_TwoFactorAuthentication_RememberFor": 0,
        "Accounts_TwoFactorAuthentication_Enforce_Password_Fallback": True,
        "API_Enable_Rate_Limiter": False,
        "API_Enable_Rate_Limiter_Limit_Calls_Default": 10,
        "API_Enable_Rate_Limiter_Limit_Time_Default": 60000,
    }
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so, for whoever words a reply: `live` are the codes that work now, `generated` says that one was just
    made, `login` marks the replies of the login."""

    outcome: Outcome
    method: str
    generated: bool
    live: tuple[Code, ...]
    account: Account
    state: State
    request: Request
    now: float
    login: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A code that was sent: `right` is the honest judgement, `live` the codes that work now."""

    sent: str
    method: str
    right: bool
    live: tuple[Code, ...]
    account: Account
    state: State
    request: Request
    now: float


def sent_code(request: Request, account: Account) -> str | None:
    """The code that came with a request; None when there is none, or only blanks."""
    return request.header("x-2fa-code") or None


def sent_method(request: Request, account: Account) -> str | None:
    """The method that a request names; None when it names none."""
    return request.header("x-2fa-method") or None


def bare(text: str) -> str:
    """A code without separators and other marks."""
    return re.sub(r"[^0-9]", "", text)


def halves(code: str) -> str:
    """A code as people read it: 123-456."""
    middle = len(code) // 2
    return f"{code[:middle]}-{code[middle:]}"


def spell(value: bytes, alphabet: str, length: int) -> str:
    """A code made of random bytes, each letter of the alphabet about as likely as the others."""
    number, letters = int.from_bytes(value, "big"), []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)


def verified(state: State, account: Account, reason: str) -> tuple[str, ...]:
    """Who gets the mail with a code: every verified address. `reason` is "challenge" or "resend"."""
    return account.verified_addresses


def milliseconds(moment: datetime) -> str:
    """A moment (UTC) as the product writes it: 2020-01-02T13:06:42.408Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def compact(body: Json) -> str:
    """JSON without blanks."""
    return json.dumps(body, separators=(",", ":"))


def when_passed(truth: Truth, state: State, act: Callable[[State], State]) -> State:
    """The state after a protected call: it acts when the second factor passed, and never else."""
    return act(state) if truth.outcome == "passed" else state


def honestly(state: State, call: Call, proceed: Proceed) -> Served:
    """A call as it is answered where nothing is amiss."""
    return proceed(state, call)


def not_found(request: Request) -> Response:
    """The answer where there is no such route, or not by this verb."""
    return Response(404, (("content-type", "text/plain;charset=UTF-8"),), b"404 Not Found")


@dataclass(frozen=True, slots=True)
class Rules:
    """One server. Times in seconds."""

    edition: str
    version: str
    settings: Mapping[str, Any] = field(default_factory=lambda: SETTINGS)
    # codes
    codes_at_once: int = 1
    chance: Callable[[bytes, float], bytes] = lambda drawn, now: drawn  # what a code is made of at a moment
    make_code: Callable[[bytes], str] = lambda value: spell(value, DIGITS, 6)
    choose_code: Callable[[str, State, Account, str], str] = lambda made, state, account, reason: made
    print_code: Callable[[str], str] = halves
    bare_code: Callable[[str], str] = bare
    lifetime: Callable[[float], float] = lambda seconds: seconds
    stale_for: float = 0  # how long an expired code still counts as "out" in challenges
    counts_failures: bool = False  # Max_Invalid_Email_Code_Attempts wrong ones: totp-max-attempts, then a new code
    new_code_at_maximum: bool = True
    needs_code: Callable[[Account, tuple[Code, ...], bool], bool] = lambda account, out, answered: not out
    fresh_after_wrong: bool = False
    codes_end_with_method: bool = True  # switching the e-mail method off voids the codes that are out
    # judging a call
    sent_code: Callable[[Request, Account], str | None] = sent_code
    sent_method: Callable[[Request, Account], str | None] = sent_method
    proves: Callable[[Attempt], bool] = lambda attempt: attempt.right
    forced: Callable[[Request, Account, Session | None, float], Outcome | None] = lambda *_: None
    unknown_method: Outcome | None = None  # None: as if no method was named
    unenrolled_method: Outcome | None = None  # None: refused, since it verifies nothing
    digest_any_case: bool = True
    heeds: Callable[[str, Account], bool] = lambda switch, account: True
    reachable: Callable[[Account], tuple[str, ...]] = lambda account: account.verified_addresses
    selects: Callable[[list[str]], str] = lambda methods: methods[0]
    has_authenticator: Callable[[Account], bool] = lambda account: bool(account.authenticator.secret)
    prefers: Callable[[list[str], Account], list[str]] = lambda methods, account: methods
    totp_once: bool = True  # a code of an authenticator ends its step and those before it, RFC 6238 5.2
    backup_once: bool = True
    backup_codes_end: bool = True  # with the making of new ones
    most_failures: int = 50  # refused answers in a row, of all methods and sessions of an account; then it is locked
    lock_seconds: float = 300
    grace: Literal["everyone", "methodless"] = "methodless"  # who is trusted while younger than grace_for
    grace_for: float | None = None  # None: RememberFor
    trusts_for: Callable[[float], float] = lambda seconds: seconds
    trust_by_address: bool = True
    trust_by_agent: bool = False
    trust_ends_with_password: bool = True  # a new one ends what its sessions earned before
    disable_email_trusts: bool = False
    keep: Callable[[Truth, State, Callable[[State], State]], State] = when_passed
    refunds_code: bool = False  # a code is not spent when the action itself fails
    tokens_stored: int = 1
    body_first: bool = True  # the body is checked before the second factor
    # replies
    announces_count: bool = False
    dates_as_list: bool = False
    write_date: Callable[[datetime], Any] = milliseconds
    names_account: Literal["username", "address"] = "username"
    refusal_lists_methods: bool = True
    edit: Callable[[Reply, Truth], Reply] = lambda reply, truth: reply
    dress: Callable[[Response, Outcome | None], Response] = lambda response, outcome: response
    write: Callable[[Json], str] = compact
    # login
    login_form: Literal["bare", "bracketed", "open"] = "bare"
    login_says_success: bool = True
    # resend
    lists_addresses: Callable[[tuple[str, ...]], Json] | None = None
    hides_unknown: bool = True
    resend_schema: bool = True
    resend_uses_caller: bool = True
    resends: tuple[int, float] = (20, 60.0)  # at most so many in so many seconds, for one account
    counts_owner_apart: bool = True  # what strangers ask for does not use up what its owner, logged in, may ask for
    mails_inactive: bool = False
    # enrolment
    ends_other_sessions: bool = True
    refuses_unverified: bool = True
    tells_enrolled: bool = False
    totp_routes: bool = False  # users.totp.*, beside the methods 2fa:*
    # mail
    recipients: Callable[[State, Account, str], tuple[str, ...]] = verified
    mail_delay: float = 0
    mail_pace: float = 0
    mail_parts: Literal["both", "text", "html"] = "both"
    mail_language: str = "en"
    mail_subject: str = "Authentication code"  # {code} is the code as printed
    mail_sender: str = "no-reply@lab.test"
    mail_headers: Headers = ()
    mail_head: Callable[[Headers], Headers] = lambda headers: headers
    mail_texts: Callable[[str, tuple[str, str, str]], tuple[str, str]] = code_texts
    mail_part: Callable[[str, str], str] = part
    wrap_mail: Callable[[str, str], str] = lambda content, mark: content  # `mark` is good for boundaries
    post: Callable[[State, Mail], tuple[Mail, ...]] = lambda state, mail: (mail,)  # what a code's mail becomes
    # connections
    coding: Literal["identity", "gzip", "deflate"] = "identity"
    chunk: int = 0  # bytes; 0: bodies with a Content-Length
    spell_header: Callable[[str], str] = lambda name: name
    latency: float = 0
    idle_seconds: int = 5  # after which a connection without a call ends
    # the rest
    routes: Mapping[tuple[str, str], Endpoint] | None = None  # by verb and path; None: the page's
    receive: Callable[[Request], Request] = lambda request: request
    serve: Callable[[State, Call, Proceed], Served] = honestly
    missing: Callable[[Request], Response] = not_found
    method_errors_fail: bool = False  # an error of method.call has status 400; else 200, and is told inside alone
    anonymous: Literal["plain", "not-authorized"] = "plain"
    create_protected: bool = False
    enable_protected: Callable[[State, Call], bool] = lambda state, call: False
    clock_offset: float = 0


OF_CONNECTIONS = frozenset({"coding", "chunk", "spell_header", "latency", "idle_seconds", "clock_offset", "mail_pace"})
"""The fields that are not asked by the handler of requests, but around it."""

CLASSIC = Rules(
    edition="classic",
    version="4.8.7",
    codes_at_once=5,
    announces_count=True,
    dates_as_list=True,
    names_account="address",
    refusal_lists_methods=False,
    grace="everyone",
    trust_by_agent=True,
    login_says_success=False,
    lists_addresses=lambda addresses: {"emails": list(addresses)},
    hides_unknown=False,
    resend_schema=False,
    resend_uses_caller=False,
    ends_other_sessions=False,
    refuses_unverified=False,
    anonymous="not-authorized",
)

CURRENT = Rules(
    edition="current",
    version="8.6.1",
    settings=MappingProxyType(
        {
            **SETTINGS,
            "Accounts_TwoFactorAuthentication_Max_Invalid_Email_Code_Attempts": 5,
        }
    ),
    stale_for=300,
    counts_failures=True,
    totp_routes=True,
    method_errors_fail=True,
)

EDITIONS: Mapping[str, Rules] = MappingProxyType({"classic": CLASSIC, "current": CURRENT})
