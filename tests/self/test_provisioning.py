"""Accounts that are given, and servers with other names: a correct server stays conformant, and is left as it was."""

from __future__ import annotations

import pytest

from conformance.model import EDITIONS

from .conftest import Provisions
from .provision import CASES, QUICKER, SLOW, runs

RUNS = sorted(runs(soak=True))


@pytest.mark.parametrize(("edition", "case"), RUNS, ids=[f"{case}-{edition}" for edition, case in RUNS])
def test_a_correct_server_is_conformant_and_left_as_it_was(
    provisions: Provisions, edition: str, case: str, soak: bool
) -> None:
    if (edition, case) not in provisions:
        pytest.skip("takes minutes: tried in the other edition; soak tries both")
    report = provisions[edition, case].result()
    accounts = CASES[case].get("accounts", ())
    without = () if soak else QUICKER.get(case, {}).get("without", ())
    untested = {row["id"].partition(".")[0] for row in report["requirements"] if row["verdict"] == "untested"}

    assert untested == set(without)
    assert (report["exit"], report["claim"]) == ((3, "undetermined") if without else (0, "conformant"))
    assert report["counts"]["fail"] == report["counts"]["warn"] == report["counts"]["inconclusive"] == 0
    assert report["after"] == report["before"]
    assert report["judged"] == report["tests"]
    assert not [
        one for one in accounts for secret in (one.password, one.totp_secret) if secret and secret in report["written"]
    ]


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_a_pool_lacks_is_inapplicable_and_says_what_to_add(provisions: Provisions, edition: str) -> None:
    rows = {row["id"]: row for row in provisions[edition, "two of them"].result()["requirements"]}

    assert rows["totp.right-code"]["verdict"] == rows["enabling.unverified"]["verdict"] == "inapplicable"
    assert "add an [[account]] with a totp_secret" in rows["totp.right-code"]["reason"]
    assert "[provisioning]" in rows["enabling.unverified"]["reason"]
    assert "[provisioning]" in rows["announcement.generated-first"]["reason"]


def test_authenticators_that_are_given_are_tested(provisions: Provisions) -> None:
    for (_, case), report in provisions.items():
        if case == SLOW:
            assert report.result()["scope"]["methods_tested"] == ["email", "totp", "password"]
