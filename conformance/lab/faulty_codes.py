"""Faults in making, announcing and mailing codes (cg: what a challenge says of codes, dl: delivery)."""

from __future__ import annotations

from conformance.lab.accounts import Account, State
from conformance.lab.alterations import DENIED, Alteration, both, details, proving, setting, without
from conformance.lab.fault import Fault
from conformance.lab.messages import Json
from conformance.lab.replies import date
from conformance.lab.rules import Attempt, Truth


def counted(truth: Truth) -> int:
    return len(truth.live)


def with_count(count: object) -> Alteration:
    """A codeCount of its own, a value or a function of the truth, wherever codes are out."""

    def alter(d: Json, truth: Truth) -> Json:
        return {} if truth.generated else {"codeCount": count(truth) if callable(count) else count}

    return details(DENIED, alter)


def with_expiry(expiry: object) -> Alteration:
    """A codeExpires of its own, likewise."""

    def alter(d: Json, truth: Truth) -> Json:
        return {} if truth.generated else {"codeExpires": expiry(truth) if callable(expiry) else expiry}

    return details(DENIED, alter)


def used(truth: Truth) -> int:
    return sum(code.fate == "used" for code in truth.account.codes)


def past(truth: Truth) -> int:
    return sum(code.fate == "expired" or code.expires <= truth.now for code in truth.account.codes)


def everybodys(truth: Truth) -> int:
    """The codes of all accounts, and one more for a neighbour who is always there."""
    open_codes = (c for a in truth.state.accounts.values() for c in a.codes if not c.fate and c.expires > truth.now)
    return 1 + sum(1 for _ in open_codes)


def dates(truth: Truth, seconds: float) -> list[str] | str:
    """The dates of the live codes moved by some seconds, in the edition's form."""
    rules = truth.state.rules
    moved = [date(rules, code.issued + seconds) for code in truth.live]
    return moved if rules.dates_as_list or not moved else moved[-1]


def nobody(state: State, account: Account, reason: str) -> tuple[str, ...]:
    return ()


def on_resend_only(state: State, account: Account, reason: str) -> tuple[str, ...]:
    return account.verified_addresses if reason == "resend" else ()


def misdirected(state: State, account: Account, reason: str) -> tuple[str, ...]:
    """The addresses with their tags read backwards: somebody else's."""
    parts = (
        (local.partition("+"), domain) for local, _, domain in (a.partition("@") for a in account.verified_addresses)
    )
    return tuple(f"{name}+{tag[::-1]}.other@{domain}" for (name, _, tag), domain in parts)


def exactly_bare(attempt: Attempt) -> bool:
    return attempt.right and attempt.sent in {code.text for code in attempt.live}


def only_before_use(attempt: Attempt) -> bool:
    return attempt.right and all(code.fate != "used" for code in attempt.account.codes)


ANNOUNCEMENTS = (
    Fault("cg-generated-string", ("announcement.generated",), 'codeGenerated is the text "true" or "false".',
          details(DENIED, lambda d, truth: {"codeGenerated": str(truth.generated).lower()})),
    Fault("cg-generated-number", ("announcement.generated",), "codeGenerated is 0 or 1.",
          details(DENIED, lambda d, truth: {"codeGenerated": int(truth.generated)})),
    Fault("cg-generated-missing", ("announcement.generated",), "A challenge does not say whether it made a code.",
          without(DENIED, "details", "codeGenerated")),
    Fault("cg-always-true", ("announcement.generated-again",),
          "codeGenerated is true although a code is out and no mail is sent.",
          details(DENIED, lambda d, truth: {"codeGenerated": True})),
    Fault("cg-always-false", ("announcement.generated-first",),
          "codeGenerated is false although a mail was just sent.",
          details(DENIED, lambda d, truth: {"codeGenerated": False})),
    Fault("cg-inverted", ("announcement.generated-first", "announcement.generated-again"),
          "codeGenerated is the opposite of what happened.",
          details(DENIED, lambda d, truth: {"codeGenerated": not truth.generated})),
    Fault("cg-false-no-code", ("announcement.generated-after-use", "expiry.new-code"),
          "Once a code is used no new one is made: a dead end.",
          setting(needs_code=lambda account, out, answered: not account.codes)),
    Fault("cg-later-codes-dead", ("announcement.generated-after-use",),
          "The code that is mailed after one was used never works.", proving(only_before_use)),
    Fault("cg-count-string", ("announcement.count",), "codeCount is text.",
          with_count(lambda truth: str(counted(truth)))),
    Fault("cg-count-fraction", ("announcement.count",), "codeCount is a number with a half.",
          with_count(lambda truth: counted(truth) + 0.5)),
    Fault("cg-count-null", ("announcement.count",), "codeCount is null where it should be absent.",
          details(DENIED, lambda d, truth: {"codeCount": None} if truth.generated else {})),
    Fault("cg-count-off-by-one", ("announcement.count-true", "announcement.count-after-use"),
          "codeCount is one too many.",
          with_count(lambda truth: counted(truth) + 1)),
    Fault("cg-count-zero-with-code", ("announcement.count-true", "announcement.count-after-use"),
          "codeCount is 0 while a mailed code works.",
          with_count(0)),
    Fault("cg-count-global", ("announcement.count-true", "announcement.count-after-use"),
          "codeCount counts the codes of all users.",
          with_count(everybodys)),
    Fault("cg-count-on-wrong-try", ("announcement.count-after-wrong",), "A wrong code raises codeCount.",
          with_count(lambda truth: counted(truth) + truth.account.tries)),
    Fault("cg-count-lost", ("announcement.count-after-wrong",), "After a wrong code codeCount is 0, and the code works on.",
          with_count(lambda truth: 0 if truth.account.tries and truth.outcome == "challenged" else counted(truth))),
    Fault("cg-count-used", ("announcement.count-after-use",), "codeCount counts used codes too.",
          with_count(lambda truth: counted(truth) + used(truth))),
    Fault("cg-count-negative", ("announcement.count-after-use", "announcement.count-true"),
          "codeCount falls by two for every code used.",
          with_count(lambda truth: counted(truth) - 2 * used(truth))),
    Fault("cg-expires-scalar", ("announcement.expires-list",), "codeExpires is one date in place of a list.",
          with_expiry(lambda truth: date(truth.state.rules, truth.live[-1].expires) if truth.live else ""), "classic"),
    Fault("cg-expires-number", ("announcement.expires-list", "announcement.expires-dates"),
          "codeExpires is a number of seconds.",
          with_expiry(lambda truth: int(truth.live[-1].expires - truth.now) if truth.live else 0)),
    Fault("cg-expires-words", ("announcement.expires-list", "announcement.expires-dates"),
          "codeExpires is a text for people.", with_expiry("in an hour")),
    Fault("cg-expires-null", ("announcement.expires-list", "announcement.expires-dates"),
          "codeExpires is null where it should be absent.",
          details(DENIED, lambda d, truth: {"codeExpires": None} if truth.generated else {})),
    Fault("cg-expires-twice", ("announcement.expires-each",), "codeExpires lists every date twice.",
          with_expiry(lambda truth: [*dates(truth, 600), *dates(truth, 600)]), "classic"),
    Fault("cg-expires-early", ("expiry.date-true",), "codeExpires is nearly ten minutes too early.",
          with_expiry(lambda truth: dates(truth, truth.live[-1].expires - truth.live[-1].issued - 570) if truth.live else "")),
    Fault("cg-expires-past", ("announcement.expires-ahead",), "codeExpires is past although the code works.",
          with_expiry(lambda truth: dates(truth, -60))),
)  # fmt: skip

DELIVERY = (
    Fault("dl-no-mail", ("mail.arrives", "resend.mails"), "No code is ever mailed; other mails are.", setting(recipients=nobody)),
    Fault("cg-true-no-mail", ("mail.arrives",), "A challenge says that it made a code, and mails none; a resend does.",
          setting(recipients=on_resend_only)),
    Fault("dl-wrong-recipient", ("mail.arrives", "resend.mails"), "The mail goes to another address.",
          setting(recipients=misdirected)),
    Fault("dl-code-missing", ("mail.shows-code",), "The mail shows the template's placeholder.",
          setting(print_code=lambda code: "{{code}}")),
    Fault("dl-code-cut", ("mail.shows-code",), "The mail shows the first half of the code.",
          setting(print_code=lambda code: code[: len(code) // 2])),
    Fault("dl-dash-mismatch", ("mail.as-displayed",), "The code is refused with the dash that the mail shows.",
          proving(exactly_bare)),
    Fault("dl-blank-mismatch", ("mail.as-displayed",), "The code is refused with the blank that the mail shows.",
          both(setting(print_code=lambda code: f"{code[:3]} {code[3:]}"), proving(exactly_bare))),
)  # fmt: skip

ROWS = (*ANNOUNCEMENTS, *DELIVERY)
