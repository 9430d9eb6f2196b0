"""kill -9 at any moment: the log can be read as far as it goes, and after cleanup the target is as it was."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from conformance.changes import Past, read
from conformance.cli import app
from conformance.journal import NAME, journals
from conformance.lab import GivenAccount, Lab
from conformance.lab.apart import Apart
from conformance.lab.target_file import write
from conformance.secrecy import sha256_hex
from conformance.setting_names import NAMES

from .conftest import PATIENCE, PROGRAM, command, report

QUICK = "test_the_expiry_of_the_codes_is_a_list_of_dates"
SELECTION = f"{QUICK} or test_an_expired_code"
"""A test of the target as it is, and one of a phase in which a setting is changed."""
KILLS_IN_SOAK = 195

Moment = Callable[[list[str]], bool]
"""By the lines of the journal so far."""


def lines(number: int) -> Moment:
    return lambda journal: len(journal) >= number


def users(number: int) -> Moment:
    """While the n-th user is made: the journal knows of it, and not whether it is there."""
    return lambda journal: (
        sum('"id"' not in line and '"user"' in line and "undone" not in line for line in journal) >= number
    )


def settings(more: int = 0) -> Moment:
    """While a setting is changed, or so many lines later, in its phase."""
    return lambda journal: any('"setting"' in line for line in journal[: len(journal) - more])


MOMENTS = [users(1), users(3), settings(), settings(more=2), lines(17)]
IN_A_PHASE = 3
MOST = 20
"""Lines that the journal of a run of this selection has, at least."""


class Served:
    """A lab in a process of its own, and its target file."""

    def __init__(self, folder: Path, content: dict[str, Any]) -> None:
        self.target = folder / "target.toml"
        write(content, self.target)
        self._url = f"{content['target']['base_url']}/api/v1"
        access = content["provisioning"]
        self._proof = sha256_hex(access["password"])
        login = {"user": access["username"], "password": access["password"]}
        told = httpx.post(f"{self._url}/login", json=login).json()["data"]
        self._headers = {"X-Auth-Token": told["authToken"], "X-User-Id": told["userId"]}

    def condition(self) -> tuple[set[str], dict[str, object]]:
        """Its users, and its settings."""
        users, settings = self._get("users.list", count=0)["users"], self._get("settings", count=0)["settings"]
        return {user["username"] for user in users}, {setting["_id"]: setting["value"] for setting in settings}

    def set(self, setting: str, value: object) -> None:
        headers = self._headers | {"x-2fa-method": "password", "x-2fa-code": self._proof}
        httpx.post(f"{self._url}/settings/{setting}", json={"value": value}, headers=headers).raise_for_status()

    def _get(self, path: str, **query: int) -> Any:
        return httpx.get(f"{self._url}/{path}", params=query, headers=self._headers).json()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Apart("classic") as content:
        yield Served(tmp_path_factory.mktemp("served"), content)


def kill(target: Path, out: Path, moment: Callable[[], bool]) -> Past:
    """Kill a run at a moment. What its journal says then."""
    kill_command("run", "--target", target, "--out", out, "-k", SELECTION, moment=moment)
    return read(written(out / NAME))


def kill_command(*given: object, moment: Callable[[], bool]) -> None:
    arguments = [*PROGRAM, *map(str, given)]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline and not moment():
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL


def kill_when(target: Path, out: Path, moment: Moment) -> Past:
    return kill(target, out, lambda: moment(written(out / NAME)))


def written(journal: Path) -> list[str]:
    return journal.read_text(errors="replace").splitlines() if journal.exists() else []


def clean(out: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["cleanup", "--run", str(out)])
    return done.exit_code, done.output


def reported(out: Path) -> int:
    """The exit code of a report on the log of a run that was killed."""
    made = ["report", str(out / "run.jsonl"), "--to", "json", "-o", str(out / "cut.json")]
    return CliRunner().invoke(app, made).exit_code


def judged(out: Path, again: Path) -> dict[str, Any]:
    """What the suites make of the log of a run that was killed: a report on what it holds."""
    done = command("judge", out / "run.jsonl", "--out", again)
    assert done.returncode == 3, done.stderr
    return report(again)


def test_after_a_kill_and_a_cleanup_nothing_is_left(served: Served, tmp_path: Path, soak: bool) -> None:
    dice = random.Random(7)
    moments = MOMENTS + [lines(dice.randint(1, MOST)) for _ in range(KILLS_IN_SOAK if soak else 0)]
    before, left = served.condition(), []
    for number, moment in enumerate(moments):
        out = tmp_path / str(number)
        left += kill_when(served.target, out, moment).left
        code, told = clean(out)

        assert code == 0, told
        assert served.condition() == before, told
        assert reported(out) == 0

    assert {change.kind for change in left} == {"user", "setting"}
    assert [change for change in left if change.kind == "user" and "id" not in change.details]
    whole = judged(tmp_path / str(IN_A_PHASE), tmp_path / "again")
    assert {test["verdict"] for test in whole["tests"]} <= {"pass"}
    assert whole["run"]["complete"] is False


def test_a_run_after_one_that_was_killed_is_none_the_worse_and_keeps_its_journal(
    served: Served, tmp_path: Path
) -> None:
    """Even where nobody has cleaned up: names do not clash, and both are told what to do."""
    before = served.condition()
    left = kill_when(served.target, tmp_path, users(2)).left
    again = command("run", "--target", served.target, "--out", tmp_path, "-k", QUICK)

    assert {test["verdict"] for test in report(tmp_path)["tests"]} == {"pass"}
    assert f"twofa-conformance cleanup --run {tmp_path}" in again.stderr
    assert [past.left for _, past in journals(tmp_path)] == [left, ()]
    assert clean(tmp_path)[0] == 0
    assert served.condition() == before


def test_what_a_doctor_that_was_killed_has_left_is_undone_too(served: Served, tmp_path: Path) -> None:
    served.set(NAMES["remember_for"], 300)
    before, out = served.condition(), tmp_path / "out"

    def changed() -> bool:
        left = [change.kind for _, past in journals(out) for change in past.left] if out.exists() else []
        return set(left) == {"user", "setting"}

    kill_command("doctor", "--target", served.target, "--configure-target", "--out", out, moment=changed)
    told = CliRunner().invoke(app, ["doctor", "--target", str(served.target), "--out", str(out)])

    assert f"twofa-conformance cleanup --run {out}" in told.stderr
    assert served.condition() != before
    assert clean(out)[0] == 0
    assert served.condition() == before
    served.set(NAMES["remember_for"], 0)


def test_given_accounts_are_put_back_after_a_kill(tmp_path: Path) -> None:
    accounts = [GivenAccount(f"m{n}", f"secret-m{n}", f"qa+m{n}@lab.test", email_factor=n == 0) for n in range(2)]
    with Lab(accounts=accounts) as lab:
        target, before = tmp_path / "target.toml", conditions(lab)
        write(lab.target(given=True), target)
        past = kill(target, tmp_path, lambda: conditions(lab) != before)
        code, told = clean(tmp_path)

        assert {(change.kind, change.name) for change in past.left} >= {("account", "m0")}
        assert code == 0, told
        assert conditions(lab) == before


def conditions(lab: Lab) -> dict[str, tuple[str, bool]]:
    return {user.username: (user.name, user.email_factor) for user in lab.state.accounts.values()}
