"""A dry run: the bill of exactly what would run, and not one connection."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.lab.target_file import as_toml
from conformance.plugin import bill_of
from conformance.score.trial import suites

from .front import PATIENCE, Front


@pytest.fixture
def front() -> Iterator[Front]:
    with Front() as listening:
        yield listening


@pytest.fixture
def target(front: Front, tmp_path: Path) -> Path:
    """A target whose server and mailbox hear, and would never answer."""
    port = int(front.base_url.rpartition(":")[2])
    mailbox = {
        "host": "127.0.0.1",
        "port": port,
        "username": "qa",
        "password": "secret",
        "address": "qa+{tag}@lab.test",
    }
    described = {
        "target": {"name": "staging", "base_url": front.base_url},
        "provisioning": {"kind": "rocketchat-admin", "username": "admin", "password": "secret"},
        "mailbox": mailbox,
    }
    path = tmp_path / "target.toml"
    path.write_text(as_toml(described))
    return path


def dry_run(target: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What a user sees of one, in the folder of the target file."""
    asked = [sys.executable, "-m", "conformance", "run", "--dry-run", "--target", str(target), *more]
    return subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE, cwd=target.parent, check=False)


def sums(text: str) -> dict[str, int]:
    """The first number of each line of a bill."""
    return {name: int(number) for name, number in re.findall(r"^(\w+(?: \w+)?) +(?:about )?(\d+)", text, re.MULTILINE)}


def test_a_dry_run_sends_nothing_and_judges_nothing(front: Front, target: Path, tmp_path: Path) -> None:
    """No test ran, which is never green: exit code 3."""
    done = dry_run(target, "--profile", "all")
    told = sums(done.stdout)

    assert (done.returncode, done.stderr) == (3, "")
    assert front.connections == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target.toml"]
    assert "edition classic or current" in done.stdout
    assert told.keys() >= {"tests", "requests", "mails", "wrong codes", "accounts", "seconds", "untested"}
    assert told["requests"] > told["accounts"] > told["tests"] > 300


class Bills:
    """The bills of the sessions that this has been a plugin of."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.told.append(bill_of(session.config) or "")


def test_a_selection_costs_what_its_tests_cost(front: Front, target: Path, tmp_path: Path) -> None:
    """The same way in as `pytest suites`: its own options select."""
    bills = Bills()
    asked = ["--target", target, "--dry-run", "--out", tmp_path / "out", "--edition"]
    codes = [
        suites(*asked, *more, chapters=["code"], plugins=[bills])
        for more in (
            ["current"],
            ["current", "-k", "never_sent or digest_in_the_body"],
            ["current", "--profile", "security"],
        )
    ]
    whole, some, more = map(sums, bills.told)

    assert codes == [3, 3, 3]
    assert front.connections == 0
    assert not (tmp_path / "out").exists()
    assert some["tests"] == 2
    assert 50 < some["requests"] < whole["requests"]
    assert whole["requests"] < more["requests"]
