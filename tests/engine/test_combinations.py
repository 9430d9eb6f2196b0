"""The table of combinations: every pair that can be judged, the constraints, the oracle, and what explains a failure."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from conformance import catalogue, resources
from conformance.combinations import (
    ACCOUNTS,
    ALL,
    ANY,
    FACTORS,
    FORMS,
    JUDGED,
    METHODS,
    NOBODY,
    ORDINARY,
    PLACES,
    SHEETS,
    TABLE,
    Combination,
    allowed,
    away,
    sheets,
    shown,
    simpler,
)
from conformance.ownership import LEGAL, owner

WRONG_CODES = 3


def row(text: str) -> Combination:
    """The row of a text like email/totp/used/another."""
    (found,) = (one for one in ALL if "/".join(value for _, value in one.items) == text)
    return found


def test_the_table_holds_every_pair_that_any_row_can_put_to_the_test() -> None:
    assert frozenset().union(*map(shown, TABLE)) == frozenset().union(*map(shown, ALL))


def test_the_pairs_that_no_row_puts_to_the_test_are_those_of_which_nothing_can_be_said() -> None:
    inputs = {"account": ACCOUNTS, "method": METHODS, "code": FORMS, "session": PLACES}
    every = {
        frozenset({(one, first), (other, second)})
        for one, other in combinations(inputs, 2)
        for first in inputs[one]
        for second in inputs[other]
    }
    left = every - frozenset().union(*map(shown, TABLE))

    assert left == {frozenset({("account", account), ("code", code)}) for account, code in IMPOSSIBLE} | {
        frozenset({("method", method), ("code", code)}) for method, code in OPEN
    }


IMPOSSIBLE = [
    *product(["totp", "neither"], ["displayed", "compact", "used"]),
    *product(["email", "neither"], ["totp"]),
]
"""Accounts and codes that they do not get."""

OPEN = [*product(["empty", "unknown", "password"], ["displayed", "compact", "totp"])]
"""Names that are no method of the account, and right codes: taken or not."""


def test_the_table_is_smaller_than_all_that_could_be_sent() -> None:
    assert len(TABLE) < len(JUDGED) / 5
    assert not [one for one in TABLE if allowed(one) == ANY]


def test_the_sheets_hold_the_table_once() -> None:
    rows = [one for sheet in SHEETS.values() for one in sheet]

    assert len(rows) == len(TABLE)
    assert set(rows) == set(TABLE)
    assert sorted(name for account in ACCOUNTS for name in sheets(account)) == sorted(SHEETS)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_one_that_an_account_can_stand(name: str) -> None:
    sheet = SHEETS[name]
    coded = [one for one in sheet if one.code != "absent" and one.session not in NOBODY]
    accepted = [one for one in sheet if "granted" in allowed(one)]

    assert {f"{one.account}" for one in sheet} == {name.partition("-")[0]}
    assert len(coded) <= WRONG_CODES
    assert len([one for one in coded if one not in accepted or one.code == "compact"]) < WRONG_CODES
    assert len(accepted) <= 1
    assert len([one for one in sheet if one.code == "totp"]) <= 1
    assert not accepted or sheet[-1] in accepted


@pytest.mark.parametrize("account", ["totp", "neither"])
def test_who_has_no_mails_has_no_codes_from_them(account: str) -> None:
    assert not [one for one in ALL if one.account == account and one.code in ("displayed", "compact", "used")]


@pytest.mark.parametrize("account", ["email", "neither"])
def test_who_has_no_authenticator_has_none_of_its_codes(account: str) -> None:
    assert not [one for one in ALL if one.account == account and one.code == "totp"]


@pytest.mark.parametrize("one", [one for one in ALL if not one.right_for], ids=str)
def test_what_proves_nothing_is_never_granted(one: Combination) -> None:
    assert "granted" not in allowed(one)


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("email/email/displayed/challenged", "granted"),
        ("totp/totp/totp/challenged", "granted"),
        ("neither/password/digest/challenged", "granted"),
        ("both/email/displayed/challenged", "granted"),
        ("both/totp/totp/challenged", "granted"),
        ("email/absent/displayed/challenged", "granted challenged"),  # E20, B-26
        ("neither/absent/digest/challenged", "granted challenged"),
        ("both/absent/totp/challenged", "granted challenged"),
        ("both/absent/displayed/challenged", "granted challenged refused"),  # the server asked for the other
        ("email/empty/displayed/challenged", "granted challenged refused"),  # B-26
        ("email/unknown/displayed/challenged", "granted challenged refused"),  # B-28
        ("email/password/displayed/challenged", "granted challenged refused"),  # B-29
        ("email/totp/displayed/challenged", "granted challenged refused"),
        ("neither/email/digest/challenged", "granted challenged refused"),
        ("email/email/displayed/another", "granted challenged refused"),  # nobody says whose session a code is for
        ("email/email/empty/challenged", "challenged refused"),  # B-27
        ("email/unknown/absent/challenged", "challenged refused"),  # B-28
        ("email/totp/absent/challenged", "challenged refused"),  # B-29
        ("email/email/absent/challenged", "challenged"),  # S01
        ("both/totp/absent/another", "challenged"),
        ("both/totp/displayed/challenged", "challenged refused"),
        ("both/email/totp/another", "challenged refused"),
        ("email/password/digest/challenged", "challenged refused"),
        ("both/password/digest/challenged", "challenged refused"),
        ("email/email/used/another", "challenged refused"),
        ("email/email/displayed/mixed", "refused"),  # E19
        ("neither/absent/absent/none", "refused"),
    ],
)
def test_the_oracle_allows_what_page_and_documents_do(text: str, results: str) -> None:
    assert allowed(row(text)) == set(results.split())


def test_the_oracle_goes_by_the_method_that_the_target_asks_for() -> None:
    assert allowed(row("both/absent/displayed/challenged"), "email") == {"granted", "challenged"}
    assert allowed(row("both/absent/totp/challenged"), "email") == ANY


@pytest.mark.parametrize(
    ("text", "unusual"),
    [
        ("email/email/displayed/challenged", ""),
        ("email/email/compact/challenged", "code=compact"),
        ("totp/totp/totp/challenged", "account=totp"),
        ("both/email/totp/challenged", "account=both method=email"),
        ("email/absent/wrong/another", "code=wrong method=absent session=another"),
        ("email/absent/absent/none", "session=none"),
        ("email/email/displayed/mixed", "code=displayed method=email session=mixed"),
    ],
)
def test_what_is_unusual_in_a_row(text: str, unusual: str) -> None:
    assert {f"{name}={value}" for name, value in away(row(text))} == set(unusual.split())


@pytest.mark.parametrize("one", TABLE, ids=str)
def test_what_may_explain_a_failure_is_simpler(one: Combination) -> None:
    others = simpler(one, granted=False)

    assert one not in others
    assert all(len(away(other)) <= len(away(one)) for other in others)
    assert all(allowed(other) != ANY for other in others)


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("email/unknown/digest/another", "email/unknown/wrong/challenged"),  # any code will do: not the digest's fault
        ("both/empty/empty/another", "email/email/empty/challenged"),
        ("both/totp/digest/challenged", "totp/totp/digest/challenged"),
        ("both/totp/compact/another", "both/totp/compact/challenged"),
        ("totp/password/digest/another", "totp/password/digest/challenged"),
        ("both/absent/absent/mixed", "email/absent/absent/mixed"),
        ("email/absent/compact/challenged", "email/email/compact/challenged"),
    ],
)
def test_a_failure_that_is_another_requirement_s_is_traced_to_it(text: str, explanation: str) -> None:
    granted = "granted" not in allowed(row(text))

    assert row(explanation) in simpler(row(text), granted=granted)
    assert owner(row(explanation)) is not None


def test_what_is_known_from_the_preflight_is_owned() -> None:
    assert all(owner(one) for rows in ORDINARY.values() for one in rows)


def test_every_owner_is_a_requirement() -> None:
    known = catalogue.load(resources.catalogue_text())
    owners = {name for name in map(owner, ALL) if name}

    assert owners - set(known) == set()
    assert not [name for name in owners if name.startswith("pairs.")]


def test_one_unusual_value_alone_is_no_finding() -> None:
    """A single input is another requirement's, or nobody's."""
    alone = [one for one in JUDGED if len(away(one)) <= 1 and one.account == "email"]

    assert [one for one in alone if owner(one) is None] == []
    assert owner(row("email/email/compact/challenged")) == LEGAL


def test_an_account_has_a_method() -> None:
    assert all(FACTORS[account] for account in ACCOUNTS)
