"""Given accounts from outside: who keeps a run from beginning, and what an interrupt leaves of them."""

from __future__ import annotations

import signal
from pathlib import Path

from conformance.lab import GivenAccount, Lab
from conformance.lab.target_file import write

from .conftest import command, report
from .test_interrupt import interrupted

ALICE = GivenAccount("alice", "secret-alice", "qa+alice@lab.test", email_factor=True)
BOB = GivenAccount("bob", "secret-bob", "qa+bob@lab.test")


def found(lab: Lab) -> dict[str, tuple[str, bool, int]]:
    """What the owners of the accounts would miss."""
    return {
        account.username: (account.name, account.email_factor, len(account.sessions))
        for account in lab.state.accounts.values()
    }


def test_the_account_whose_password_is_refused_is_named(tmp_path: Path) -> None:
    target, out = tmp_path / "target.toml", tmp_path / "out"
    with Lab(accounts=[ALICE, BOB]) as lab:
        described = lab.target(given=True)
        described["account"][1]["password"] = "mistaken"
        write(described, target)
        before = found(lab)
        done = command("run", "--target", target, "--out", out)

        assert found(lab) == before
    failed = [finding for finding in report(out)["preflight"] if finding["verdict"] == "fail"]
    assert done.returncode == 5
    assert [finding["id"] for finding in failed] == ["account-login"]
    assert "the login of bob is refused" in failed[0]["finding"]
    assert {row["verdict"] for row in report(out)["requirements"]} == {"untested"}


def test_an_interrupted_run_leaves_given_accounts_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    with Lab("current", accounts=[ALICE, BOB]) as lab:
        write(lab.target(given=True), target)
        before = found(lab)
        interrupted(target, tmp_path / "out", signal.SIGINT, 0, event="surveyed")

        assert found(lab) == before
