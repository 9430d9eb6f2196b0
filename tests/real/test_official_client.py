"""The product's own client against the lab. The lab is what the suite is tried on, and both were written by one side;
this client was not: it acts on a challenge only if status, names and places of things are those of the product."""

import hashlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pyotp
import pytest

from conformance.lab import Lab

from .inbox import mail_to
from .parts import missing, program

SOURCES = Path(__file__).with_name("client")
NPM = "npm@10.9.4"  # by npx, since Debian 12's own npm cannot read the override in package.json
WAYS = [
    ("classic", "email"),
    ("current", "email"),
    ("classic", "totp by methods"),
    ("current", "totp by methods"),
    ("current", "totp by routes"),
    ("classic", "password"),
    ("current", "password"),
]


@pytest.fixture(scope="module")
def client(pytestconfig: pytest.Config) -> Path:
    """The folder where the client is installed, kept in pytest's cache between runs; its install scripts do not run."""
    program("node", install="nodejs")
    npx = program("npx", install="npm")
    folder = pytestconfig.cache.mkdir("official-client")
    for source in SOURCES.iterdir():
        shutil.copy(source, folder)
    install = [npx, "--yes", NPM, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, check=False, cwd=folder.parent, capture_output=True, text=True, timeout=300)
    if done.returncode:
        missing(f"the official client was not installed, is npm's registry reached? {done.stderr[-500:]}")
    return folder


@pytest.mark.parametrize(("edition", "factor"), WAYS, ids=map(" ".join, WAYS))
def test_the_official_client_gets_through_a_challenge_of_the_lab(client: Path, edition: str, factor: str) -> None:
    """It asks for a code, is told of the wrong one, asks again, and its call then has its effect."""
    with Lab(edition=edition) as lab:
        target = lab.target(security="tls")
        with admin(target) as site:
            user = provisioned(site, target)
            with script(client, lab.base_url, user["username"], user["password"], factor, "Renamed") as process:
                codes = ENROLMENTS[factor](process, user, target)

                first = heard(process)
                wrong, right = codes()
                answer(process, wrong)
                second = heard(process)
                before = name_of(site, user)
                answer(process, right)
                updated = heard(process)
            after = name_of(site, user)

    method = factor.partition(" ")[0]
    assert (first["saw"], first["method"], first["invalidAttempt"]) == ("challenge", method, False)
    assert (second["saw"], second["method"], second["invalidAttempt"]) == ("challenge", method, True)
    assert (updated["saw"], updated["success"], updated["user"]["name"]) == ("updated", True, "Renamed")
    assert (before, after) == ("Alice", "Renamed")


Codes = Callable[[], tuple[str, str]]
"""Gives a wrong answer and the right one, once the client was challenged."""


def by_mail(process: subprocess.Popen[str], user: dict[str, str], target: dict[str, Any]) -> Codes:
    assert heard(process) == {"saw": "enrolled", "success": True}

    def codes() -> tuple[str, str]:
        text = mail_to(user["email"], target["mailbox"]).text
        right = re.search(r"\b(\d{3})-(\d{3})\b", text).expand(r"\1\2")
        return f"{(int(right) + 1) % 1_000_000:06}", right

    return codes


def by_authenticator(process: subprocess.Popen[str], user: dict[str, str], target: dict[str, Any]) -> Codes:
    app = pyotp.TOTP(heard(process)["secret"])
    answer(process, app.now())
    enrolled = heard(process)
    assert enrolled["saw"] == "enrolled"
    assert len(set(enrolled["codes"])) == 12

    def codes() -> tuple[str, str]:
        now = time.time()
        near = {app.at(now + 30 * step) for step in range(-3, 4)}  # a server that is lenient about time takes these
        return next(sign * 6 for sign in "0123456789" if sign * 6 not in near), app.at(now)

    return codes


def by_password(process: subprocess.Popen[str], user: dict[str, str], target: dict[str, Any]) -> Codes:
    assert heard(process) == {"saw": "enrolled"}
    wrong, right = (hashlib.sha256(text.encode()).hexdigest() for text in ("another password", user["password"]))
    return lambda: (wrong, right)


ENROLMENTS = {
    "email": by_mail,
    "totp by methods": by_authenticator,
    "totp by routes": by_authenticator,
    "password": by_password,
}


@contextmanager
def admin(target: dict[str, Any]) -> Iterator[httpx.Client]:
    """The administrator, logged in."""
    access = target["provisioning"]
    with httpx.Client(base_url=f"{target['target']['base_url']}/api/v1/") as site:
        entered = site.post("login", json={"user": access["username"], "password": access["password"]}).json()["data"]
        site.headers.update({"X-Auth-Token": entered["authToken"], "X-User-Id": entered["userId"]})
        yield site


def provisioned(site: httpx.Client, target: dict[str, Any]) -> dict[str, str]:
    """A new user with a verified address and no second factor."""
    user = {"name": "Alice", "username": "alice", "password": "alice's password"}
    user["email"] = target["mailbox"]["address"].format(tag="alice")
    site.post("users.create", json=user | {"verified": True}).raise_for_status()
    return user


def name_of(site: httpx.Client, user: dict[str, str]) -> str:
    """What the call changes, as the administrator sees it."""
    return site.get("users.info", params={"username": user["username"]}).json()["user"]["name"]


@contextmanager
def script(client: Path, *arguments: str, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Our script in Node; killed at the end, or when the time is up, and then the next line heard is none."""
    command = ["node", str(client / "call.mjs"), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        watchdog = Timer(seconds, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def heard(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline()
    assert line, "the script ended early; what it complained about is in the captured output"
    return json.loads(line)


def answer(process: subprocess.Popen[str], code: str) -> None:
    print(code, file=process.stdin, flush=True)
