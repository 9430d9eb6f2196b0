"""The bill of a run: which tests are on it, what they cost together, and which ones the mails do not suffice for."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.bill import ACCOUNT, LEASE, PREFLIGHT, SETTING, Bill, Estimate, Part, beyond, dearer, to_text
from conformance.config import build
from conformance.costs import Cost, Costs, dump, load
from conformance.model import Level, Profile, Requirement
from conformance.target import Target

ROWS = {
    PREFLIGHT: Cost(requests=50, mails=4, accounts=4, wrong_codes=3, most=1),
    SETTING: Cost(requests=5),
    ACCOUNT: Cost(requests=20, mails=2),
    LEASE: Cost(requests=2.5, mails=0.5),
    "test_mailed": Cost(requests=10, mails=3, accounts=1, wrong_codes=2, most=2, seconds=1),
    "test_plain": Cost(requests=6, accounts=1, seconds=1),
    "test_brief": Cost(requests=8, mails=1, accounts=1, seconds=6),
    "test_guesses": Cost(requests=60, mails=1, accounts=1, wrong_codes=50, most=50, seconds=2),
}
COSTS = Costs(ROWS)
PROVISIONING = {"kind": "rocketchat-admin", "username": "admin", "password": "secret"}
MAILBOX = {"host": "imap.example.org", "username": "qa", "password": "secret", "address": "qa+{tag}@example.org"}


def requirement(level: Level = Level.MUST, profile: Profile = "base", **changes: Any) -> Requirement:
    fields: dict[str, Any] = {"editions": ("classic", "current"), "when": ()} | changes
    return Requirement("a.b", profile, level, "page", "It holds.", ("S01",), "page", **fields)


MAILED = Part("test_mailed", requirement(), ("alice", "protected"), ("email",))
PLAIN = Part("test_plain", requirement(), ("dave",))
BRIEF = Part("test_brief", requirement(), ("alice",), ("email", "settings"), (("code_expiration", "brief"),))
GUESSES = Part("test_guesses", requirement(profile="security"), ("alice",), ("email", "lockout"))
ALL = [MAILED, PLAIN, BRIEF, GUESSES]


def target(*, mailbox: bool = True, accounts: int = 0, **limits: Any) -> Target:
    content: dict[str, Any] = {"target": {"name": "staging", "base_url": "http://127.0.0.1"}, "limits": limits}
    content |= {"mailbox": MAILBOX} if mailbox else {}
    given = [{"username": f"u{n}", "password": f"secret-{n}", "email": f"qa+u{n}@example.org"} for n in range(accounts)]
    return build(content | ({"account": given} if given else {"provisioning": PROVISIONING}), {})


def bill(on: Target | None = None, *, profiles: tuple[Profile, ...] = ("base",), at_once: int = 32) -> Bill:
    return Estimate(on or target(), profiles, at_once).bill(ALL, "classic", COSTS)


def test_a_bill_is_what_all_tests_cost_and_the_preflight() -> None:
    made = bill()

    assert made.tests == 2
    assert (made.cost.requests, made.cost.mails, made.cost.accounts) == (50 + 10 + 6, 4 + 3, 4 + 1 + 1)
    assert (made.cost.wrong_codes, made.cost.most) == (3 + 2, 2)
    assert made.risks == {"reads": 2, "creates": 2, "mails": 1}


@pytest.mark.parametrize(
    ("on", "profiles", "tests"),
    [
        (target(mailbox=False), ("base",), 1),
        (target(allow_settings=True), ("base",), 3),
        (target(), ("base", "security"), 2),
        (target(allow_lockout=True), ("base", "security"), 3),
        (target(allow_settings=True, accounts=2), ("base",), 2),
    ],
    ids=["no mailbox", "settings", "no lock-out", "lock-out", "nobody changes settings for given accounts"],
)
def test_on_the_bill_is_what_the_target_file_lets_run(on: Target, profiles: tuple[Profile, ...], tests: int) -> None:
    assert bill(on, profiles=profiles).tests == tests


def test_a_test_of_the_other_edition_costs_nothing() -> None:
    other = Part("test_plain", requirement(editions=("current",)), ("dave",))

    assert Estimate(target(), ("base",), 1).bill([other], "classic", COSTS).tests == 0


def test_settings_are_named_and_paid_for() -> None:
    made = bill(target(allow_settings=True))

    assert made.settings == ("Accounts_TwoFactorAuthentication_By_Email_Code_Expiration",)
    assert made.cost.requests == 50 + 10 + 6 + 8 + 5


def test_given_accounts_are_not_made_but_brought_to_rest() -> None:
    made = bill(target(accounts=2))

    assert made.cost.accounts == 0
    assert made.cost.requests == 50 + 2 * 20 + (10 + 2.5) + (6 + 2.5)
    assert made.cost.mails == 4 + 2 * 2 + (3 + 0.5) + 0.5


def test_people_whom_no_given_account_can_be_cost_nothing() -> None:
    root = Part("test_plain", requirement(), ("root",))

    assert Estimate(target(accounts=3), ("base",), 1).bill([root], "classic", COSTS).tests == 0


def test_a_test_ends_where_an_account_would_be_sent_too_many_wrong_codes() -> None:
    made = bill(target(wrong_codes_per_account=1))

    assert (made.cost.wrong_codes, made.cost.most) == (3 + 1, 1)


def test_the_time_is_that_of_the_slower_of_pace_and_waiting() -> None:
    quick, slow = target(requests_per_second=1000), target(requests_per_second=1)

    assert bill(slow).cost.seconds == pytest.approx(66)
    assert bill(quick).cost.seconds == pytest.approx(1)
    assert bill(quick, at_once=1).cost.seconds == pytest.approx(2)


def test_what_decides_about_the_claim_gets_its_mails_first() -> None:
    each = {name: Cost(mails=2) for name in "abc"}
    parts = [
        Part("a", requirement(profile="security"), ("alice",)),
        Part("b", requirement(Level.SHOULD), ("alice",)),
        Part("c", requirement(), ("alice",)),
    ]

    assert [beyond(parts, each, mails) for mails in (6, 5, 3, 0)] == [[], ["a"], ["b", "a"], ["c", "b", "a"]]


def test_who_needs_no_mail_is_not_refused() -> None:
    assert beyond([Part("a", requirement(), ("dave",))], {"a": Cost()}, -1) == []


def test_tests_that_the_mails_do_not_suffice_for_are_said_and_not_counted() -> None:
    made = bill(target(mails=6))

    assert made.refused == ("test_mailed",)
    assert (made.tests, made.cost.mails) == (1, 4)


def test_of_two_editions_the_dearer_is_told() -> None:
    cheap = Estimate(target(), ("base",), 1).bill([PLAIN], "classic", COSTS)
    dear = Estimate(target(), ("base",), 1).bill([MAILED], "current", COSTS)
    made = dearer([cheap, dear])

    assert made.edition == "classic or current"
    assert (made.cost.requests, made.cost.mails) == (60, 7)
    assert dearer([cheap]) == cheap


def test_a_bill_names_every_sum_and_its_limit() -> None:
    told = to_text(bill(target(allow_settings=True)), target(allow_settings=True)).splitlines()

    assert told == [
        "the bill of a run against staging, edition classic; nothing was sent",
        "tests        3; 3 read, 3 use accounts, 2 have mails sent, 1 need other settings",
        "requests     79, at most 20 a second",
        "mails        8, of 400 that limits.mails allows",
        "wrong codes  5 in all, at most 2 for one account in one test",
        "accounts     7, made and removed",
        "settings     1, changed and put back: Accounts_TwoFactorAuthentication_By_Email_Code_Expiration",
        "seconds      about 7",
        "untested     0, for which limits.mails leaves nothing",
    ]


def test_a_table_is_read_as_it_was_written() -> None:
    rows = ROWS | {'test_x[a, "b"]': Cost(requests=1)}

    assert load(dump({"classic": rows}))["classic"].rows == rows


@pytest.mark.parametrize(
    ("test", "cost"), [("test_mailed[new]", ROWS["test_mailed"]), ("test_new", Cost(60, 4, 4, 50, 50, 6))]
)
def test_a_test_that_was_never_measured_is_taken_for_a_dear_one(test: str, cost: Cost) -> None:
    assert COSTS.of(test) == cost
