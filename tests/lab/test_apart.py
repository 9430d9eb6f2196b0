"""A lab in a process of its own: it serves while it is wanted, and is never left behind."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from time import monotonic

import httpx
import pytest

from conformance.lab.apart import Apart
from conformance.model import EDITIONS

PATIENCE = 20


def answer(base_url: str) -> int:
    return httpx.get(f"{base_url}/api/v1/me", timeout=PATIENCE).status_code


@pytest.mark.parametrize("edition", EDITIONS)
def test_it_serves_until_it_is_no_longer_wanted(edition: str) -> None:
    with Apart(edition) as described:
        base_url = described["target"]["base_url"]

        assert described["target"]["name"] == f"lab {edition}"
        assert answer(base_url) == 401

    with pytest.raises(httpx.ConnectError):
        answer(base_url)


def test_it_outlives_an_interrupt_which_is_for_its_user() -> None:
    """The terminal interrupts both; there are accounts to remove first."""
    lab = Apart("classic")
    with lab as described:
        os.kill(lab.process.pid, signal.SIGINT)

        assert answer(described["target"]["base_url"]) == 401


def test_it_ends_with_whoever_started_it_even_if_that_one_is_killed() -> None:
    code = (
        "import os; from conformance.lab.apart import Apart\n"
        "with Apart('classic') as described: print(described['target']['base_url'], flush=True); os.abort()"
    )
    started = subprocess.run(
        [sys.executable, "-c", code], check=False, stdout=subprocess.PIPE, text=True, timeout=PATIENCE
    )

    with pytest.raises(httpx.ConnectError):
        ask_on(started.stdout.strip())


def ask_on(base_url: str) -> None:
    """Raises ConnectError as soon as nobody serves. One that is about to end may still take a connection, and drop it."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with suppress(httpx.RemoteProtocolError, httpx.ReadError):
            answer(base_url)


def test_one_that_does_not_start_says_so() -> None:
    with pytest.raises(OSError, match="does not start"), Apart("no edition"):
        raise AssertionError("it started")
