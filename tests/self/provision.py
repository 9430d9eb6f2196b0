"""One run against a lab whose accounts are given, or whose names are others; judged again, and looked at afterwards."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from conformance import resources
from conformance.lab import GivenAccount, Lab, Names, parcels
from conformance.lab.names import PAGE
from conformance.lab.rules import Rules
from conformance.lab.target_file import write
from conformance.model import EDITIONS
from conformance.score.trial import suites

OTHER = Names(
    code_header="X-Step-Up",
    method_header="X-Step-Up-By",
    token_header="Session",
    user_id_header="Session-Of",
    routes={
        "/api/v1/login": "/rest/enter",
        "/api/v1/users.update": "/rest/user/change",
        "/api/v1/users.2fa.enableEmail": "/rest/mail-codes/on",
        "/api/v1/users.2fa.disableEmail": "/rest/mail-codes/off",
        "/api/v1/users.2fa.sendEmailCode": "/rest/mail-codes/send",
    },
)


def pool(mailed: int, plain: int = 0, enrolled: int = 0) -> tuple[GivenAccount, ...]:
    """So many accounts with mail, without, and with an authenticator; email 2FA is on for every other one."""
    secret, base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return (
        *(GivenAccount(f"m{n}", f"secret-m{n}", f"qa+m{n}@lab.test", email_factor=n % 2 == 0) for n in range(mailed)),
        *(GivenAccount(f"p{n}", f"secret-p{n}") for n in range(plain)),
        *(
            GivenAccount(f"t{n}", f"secret-t{n}", f"qa+t{n}@lab.test", False, secret + base32[n])
            for n in range(enrolled)
        ),
    )


MAILED = pool(mailed=3, plain=1)
SLOW = "with authenticators"
"""Each code of an authenticator serves once, so that the more of them there are, and tests at once, the sooner the run ends."""

PARCELS = "parcel service"

CASES: dict[str, dict[str, Any]] = {
    SLOW: {"accounts": pool(mailed=2, enrolled=31), "at_once": 24},
    "with mail": {"accounts": MAILED},
    "two of them": {"accounts": pool(mailed=2)},
    "other names": {"names": OTHER},
    "other names and given": {"accounts": MAILED, "names": OTHER},
    PARCELS: {"accounts": pool(mailed=6, plain=2), "service": parcels.service},
}
QUICKER: dict[str, dict[str, Any]] = {SLOW: {"without": ("pairs", "walks")}}
"""What is left to the soak: chapters that want one code after another."""


def runs(*, soak: bool) -> list[tuple[str, str]]:
    """Editions and cases, the slow one first; the long ones are in both editions only where there is all the time of a soak."""
    long = {SLOW, PARCELS}
    return [
        (edition, case) for case in CASES for edition in EDITIONS if soak or case not in long or edition == EDITIONS[0]
    ]


def provisioned(
    edition: str,
    accounts: tuple[GivenAccount, ...] = (),
    names: Names = PAGE,
    service: Callable[[Rules], Rules] | None = None,
    at_once: int = 8,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """The report of a run of the base profile, but for some chapters. Adds the exit code, the accounts before and after, the verdicts of its
    tests and those that judging its evidence gives, and all that was written."""
    chapters = [path.stem.removeprefix("test_") for path in sorted(resources.folder("suites").glob("test_*.py"))]
    chapters = [chapter for chapter in chapters if chapter not in without]
    lab = Lab(edition, accounts=accounts, names=names, **({"service": service} if service else {}))
    binding = {"binding": parcels_binding()} if service else {}
    with tempfile.TemporaryDirectory() as folder, lab:
        target, out, again = Path(folder, "target.toml"), Path(folder, "out"), Path(folder, "again")
        write(lab.target(given=bool(accounts)) | binding, target)
        before = condition(lab)
        code = suites("--target", target, "--out", out, "--edition", edition, "--at-once", at_once, chapters=chapters)
        after = condition(lab)
        suites("--evidence", out / "run.jsonl", "--out", again)
        report, judged = (json.loads((path / "report.json").read_text()) for path in (out, again))
        written = "".join(path.read_text() for path in out.iterdir())
    tests = {"tests": report["tests"], "judged": judged["tests"]}
    told = {name: {row["id"]: row["verdict"] for row in rows} for name, rows in tests.items()}
    return report | told | {"exit": code, "before": before, "after": after, "written": written}


def parcels_binding() -> dict[str, Any]:
    """How users are shown to describe the parcel service."""
    described: dict[str, Any] = tomllib.loads((resources.folder("fixtures") / "targets/parcels.toml").read_text())
    return dict(described["binding"])


def condition(lab: Lab) -> dict[str, Any]:
    """What users would miss: how they log in, what they are called, where they are logged in."""
    return {
        account.username: (
            account.name,
            account.email_factor,
            account.password,
            account.authenticator.secret,
            account.addresses,
            dict(account.profile),
            [session.name for session in account.sessions],
        )
        for account in lab.state.accounts.values()
        if account.username != "admin"
    }
