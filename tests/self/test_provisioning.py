"""Accounts that are given, and servers with other names: a correct server stays conformant, and is left as it was."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import pytest

from conformance.model import EDITIONS

from .provision import OTHER, pool, provisioned

MAILED = pool(mailed=3, plain=1)
FEW = pool(mailed=2)
ENROLLED = pool(mailed=2, enrolled=8)
"""Each code of an authenticator serves once, so that the more of them there are, the sooner the run ends."""

CASES: dict[str, dict[str, Any]] = {
    "with mail": {"accounts": MAILED},
    "two of them": {"accounts": FEW},
    "with authenticators": {"accounts": ENROLLED},
    "other names": {"names": OTHER},
    "other names and given": {"accounts": MAILED, "names": OTHER},
}
RUNS = [(edition, case) for case in CASES for edition in EDITIONS]
Reports = dict[tuple[str, str], "Future[dict[str, Any]]"]


@pytest.fixture(scope="module")
def reports(pool: ProcessPoolExecutor) -> Reports:
    """All runs begin at once, and wait for a free worker."""
    return {(edition, case): pool.submit(provisioned, edition, **CASES[case]) for edition, case in RUNS}


@pytest.mark.parametrize(("edition", "case"), RUNS, ids=[f"{case}-{edition}" for edition, case in RUNS])
def test_a_correct_server_is_conformant_and_left_as_it_was(reports: Reports, edition: str, case: str) -> None:
    report = reports[edition, case].result()
    accounts = CASES[case].get("accounts", ())

    assert (report["exit"], report["claim"]) == (0, "conformant")
    assert report["counts"]["fail"] == report["counts"]["warn"] == report["counts"]["inconclusive"] == 0
    assert report["after"] == report["before"]
    assert report["judged"] == report["tests"]
    assert not [
        one for one in accounts for secret in (one.password, one.totp_secret) if secret and secret in report["written"]
    ]


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_a_pool_lacks_is_inapplicable_and_says_what_to_add(reports: Reports, edition: str) -> None:
    rows = {row["id"]: row for row in reports[edition, "two of them"].result()["requirements"]}

    assert rows["totp.right-code"]["verdict"] == rows["enabling.unverified"]["verdict"] == "inapplicable"
    assert "add an [[account]] with a totp_secret" in rows["totp.right-code"]["reason"]
    assert "[provisioning]" in rows["enabling.unverified"]["reason"]
    assert "[provisioning]" in rows["announcement.generated-first"]["reason"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_authenticators_that_are_given_are_tested(reports: Reports, edition: str) -> None:
    assert reports[edition, "with authenticators"].result()["scope"]["methods_tested"] == ["email", "totp", "password"]
