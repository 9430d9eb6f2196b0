"""The product's own client against the lab. The lab is what the suite is tried on, and both were written by one side;
this client was not: it acts on a challenge only if status, names and places of things are those of the product."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest

from conformance.lab import Lab

from .inbox import mail_to
from .parts import missing, program

SOURCES = Path(__file__).with_name("client")
NPM = "npm@10.9.4"  # by npx, since Debian 12's own npm cannot read the override in package.json


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


@pytest.mark.parametrize("edition", ["classic", "current"])
def test_the_official_client_gets_through_a_challenge_of_the_lab(client: Path, edition: str) -> None:
    """It asks for a code, is told of the wrong one, asks again, and its call then has its effect."""
    with Lab(edition=edition) as lab:
        target = lab.target(security="tls")
        user = provisioned(target)
        with script(client, lab.base_url, user["username"], user["password"], "Renamed") as process:
            assert heard(process) == {"saw": "enabled", "success": True}

            first = heard(process)
            code = re.search(r"\b(\d{3})-(\d{3})\b", mail_to(user["email"], target["mailbox"]).text).expand(r"\1\2")
            answer(process, f"{(int(code) + 1) % 1_000_000:06}")
            second = heard(process)
            answer(process, code)
            updated = heard(process)

    assert (first["saw"], first["method"], first["invalidAttempt"]) == ("challenge", "email", False)
    assert (second["saw"], second["method"], second["invalidAttempt"]) == ("challenge", "email", True)
    assert (updated["saw"], updated["success"], updated["user"]["name"]) == ("updated", True, "Renamed")


def provisioned(target: dict[str, Any]) -> dict[str, str]:
    """A new user with a verified address, made by the administrator."""
    user = {"name": "Alice", "username": "alice", "password": "alice's password"}
    user["email"] = target["mailbox"]["address"].format(tag="alice")
    admin = target["provisioning"]
    with httpx.Client(base_url=f"{target['target']['base_url']}/api/v1/") as http:
        entered = http.post("login", json={"user": admin["username"], "password": admin["password"]}).json()["data"]
        credentials = {"X-Auth-Token": entered["authToken"], "X-User-Id": entered["userId"]}
        http.post("users.create", json=user | {"verified": True}, headers=credentials).raise_for_status()
    return user


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
