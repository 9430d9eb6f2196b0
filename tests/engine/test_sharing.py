"""Several runs on one target: any number as it is, one alone where settings are changed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.outcomes import Inconclusive
from conformance.sharing import Sharing

URL = "https://chat.example.org"


@pytest.fixture(autouse=True)
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Waiting(Exception):
    """Somebody has to wait."""


def wait(seconds: float) -> None:
    raise Waiting


def run(waiting: Callable[[float], None] = wait, url: str = URL) -> Sharing:
    return Sharing(url, waiting, lambda told: None)


def test_any_number_may_use_a_target_as_it_is() -> None:
    for _ in range(3):
        run().join()


def test_nobody_has_it_alone_while_others_use_it() -> None:
    other = run()
    other.join()
    with pytest.raises(Waiting):
        run().have_alone()

    other.leave()
    run().have_alone()


@pytest.mark.parametrize("ask", [Sharing.join, Sharing.have_alone])
def test_nobody_begins_while_one_has_it_alone(ask: Callable[[Sharing], None]) -> None:
    other = run()
    other.have_alone()
    with pytest.raises(Waiting):
        ask(run())

    other.leave()
    ask(run())


def test_one_that_changes_settings_from_the_start_has_it_alone() -> None:
    run().join(alone=True)
    with pytest.raises(Waiting):
        run().join()


def test_two_that_want_it_alone_do_not_wait_for_each_other() -> None:
    first = run()
    first.join()
    second = run()
    second.join()
    with pytest.raises(Waiting):
        first.have_alone()

    second.have_alone()


def test_whoever_waits_says_so_once_and_not_for_ever() -> None:
    told: list[str] = []
    other = run()
    other.join()
    with pytest.raises(Inconclusive, match="another run on this machine has used the target for 900 s"):
        Sharing(URL, lambda seconds: None, told.append).have_alone()

    assert told == ["waiting for another run of this machine on the same target"]


def test_another_target_is_nobody_s_business() -> None:
    run().have_alone()
    run(url="https://other.example.org").have_alone()


def test_the_same_target_is_the_same_however_it_is_written() -> None:
    run(url="https://chat.example.org").have_alone()
    with pytest.raises(Waiting):
        run(url="https://Chat.example.org/").join()


def test_the_last_one_to_go_removes_the_file(locks: Path) -> None:
    first, second = run(), run()
    first.join()
    second.join()
    first.leave()
    assert len(list(locks.iterdir())) == 1

    second.leave()
    assert list(locks.iterdir()) == []


def test_a_machine_that_has_no_place_for_locks_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")
    run().join()
    run().have_alone()
