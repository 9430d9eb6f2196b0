"""Cleaning up by a journal: what a run left is undone, what is somebody else's is not touched, and it is told which is which."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conformance.changes import Change, Opening, read
from conformance.cli import app
from conformance.journal import NAME, Journal
from conformance.lab import GivenAccount, Lab
from conformance.lab.target_file import write
from conformance.setting_names import NAMES

from .conftest import target_file

EXPIRY = NAMES["code_expiration"]
FOUND, SET = 600, 7
LEFT = Change("user", "twofa-runxyzalice")
CHANGED = Change("setting", EXPIRY, {"found": FOUND, "set": SET})


class Place:
    """An output directory with a journal of a run on a lab, which ended long ago."""

    def __init__(self, folder: Path, lab: Lab) -> None:
        self.folder, self.lab = folder, lab
        self.target = target_file(folder / "target.toml", lab)
        self.url = lab.base_url

    def leave(self, *changes: Change, more: str = "", embedded: bool = False) -> None:
        journal = Journal.begin(self.folder)
        journal.open(Opening("runxyz", "2026-01-02T03:04:05Z", self.url, None if embedded else str(self.target)))
        for change in changes:
            journal.announce(change)
        journal.close()
        path = self.folder / NAME
        path.write_text(path.read_text() + more)
        os.utime(path, (0, 0))

    def clean(self, *options: object) -> Result:
        return CliRunner().invoke(app, ["cleanup", "--run", str(self.folder), *map(str, options)])

    def known(self) -> set[str]:
        return {account.username for account in self.lab.state.accounts.values()}

    def set(self, **settings: object) -> None:
        site = self.lab.running.site
        site.state = replace(site.state, settings={**site.state.settings, **settings})


@pytest.fixture
def place(tmp_path: Path, lab: Lab) -> Iterator[Place]:
    """With two users: one of the killed run, one whose name only looks like it."""
    before = lab.state
    admin = next(iter(before.accounts.values()))
    users = {name: replace(admin, id=f"id-{name}", username=name) for name in (LEFT.name, "twofa-somebody")}
    site = lab.running.site
    site.state = replace(before, accounts={**before.accounts, **{user.id: user for user in users.values()}})
    yield Place(tmp_path, lab)
    site.state = before


def test_users_are_removed_and_no_others(place: Place) -> None:
    place.leave(LEFT)
    done = place.clean()

    assert done.exit_code == 0, done.output
    assert f"user {LEFT.name}: removed" in done.stdout
    assert place.known() == {"admin", "twofa-somebody"}


def test_a_user_who_has_another_name_by_now_is_found_by_the_id(place: Place) -> None:
    place.leave(Change("user", "twofa-runxyzbob"), Change("user", "twofa-runxyzbob", {"id": f"id-{LEFT.name}"}))
    place.clean()

    assert place.known() == {"admin", "twofa-somebody"}


def test_a_setting_is_put_back(place: Place) -> None:
    place.set(**{EXPIRY: SET})
    place.leave(CHANGED)
    done = place.clean()

    assert done.exit_code == 0, done.output
    assert f"setting {EXPIRY}: put back to {FOUND}" in done.stdout
    assert place.lab.state.settings[EXPIRY] == FOUND


def test_a_setting_that_somebody_else_has_changed_since_is_left_and_told(place: Place) -> None:
    place.set(**{EXPIRY: 90})
    place.leave(CHANGED)
    done = place.clean()

    assert done.exit_code == 1
    assert f"{EXPIRY} was {FOUND}, was set to {SET}, and is 90 now" in done.stdout
    assert place.lab.state.settings[EXPIRY] == 90


def test_what_is_gone_already_is_told(place: Place) -> None:
    place.leave(Change("user", "twofa-runxyzcarol"), CHANGED)
    done = place.clean()

    assert done.exit_code == 0, done.output
    assert "user twofa-runxyzcarol: is not there" in done.stdout
    assert f"setting {EXPIRY}: is {FOUND}, as it was found" in done.stdout


def test_once_is_enough_and_twice_does_no_harm(place: Place) -> None:
    place.leave(LEFT, CHANGED)
    place.clean()
    again = place.clean()

    assert again.exit_code == 0
    assert "nothing is left to be undone" in again.stdout


def test_what_would_not_go_is_tried_again_and_nothing_else_is(place: Place) -> None:
    place.set(**{EXPIRY: 90})
    place.leave(LEFT, CHANGED)
    place.clean()
    place.set(**{EXPIRY: SET})
    again = place.clean()

    assert again.exit_code == 0
    assert LEFT.name not in again.stdout
    assert place.lab.state.settings[EXPIRY] == FOUND


def test_a_journal_that_was_cut_is_read_as_far_as_it_goes(place: Place) -> None:
    place.leave(LEFT, more='{"kind": "user", "na')
    done = place.clean()

    assert done.exit_code == 0, done.output
    assert "1 lines of its journal cannot be read" in done.stdout
    assert place.known() == {"admin", "twofa-somebody"}


def test_a_journal_that_was_set_aside_is_gone_through_as_well(place: Place) -> None:
    place.leave(LEFT)
    place.leave(CHANGED)

    assert place.clean().exit_code == 0
    assert place.known() == {"admin", "twofa-somebody"}


def test_without_a_journal_nothing_is_touched(place: Place) -> None:
    done = place.clean("--target", place.target)

    assert done.exit_code == 2
    assert "no journal of a run is here" in done.stderr


def test_another_target_than_the_run_s_is_not_touched(place: Place) -> None:
    place.url = "https://chat.example.org"
    place.leave(LEFT)

    assert place.clean().exit_code == 2
    told = place.clean("--target", place.target)
    assert told.exit_code == 2
    assert "https://chat.example.org" in told.stderr
    assert LEFT.name in place.known()


def test_a_target_that_is_not_there_is_code_5_and_nothing_is_forgotten(place: Place) -> None:
    place.url = "http://127.0.0.1:9"
    place.target = target_file(place.target, place.lab, target={"base_url": place.url})
    place.leave(LEFT)
    done = place.clean()

    assert done.exit_code == 5
    assert place.url in done.stderr
    with (place.folder / NAME).open() as lines:
        assert read(lines).left == (LEFT,)


def test_a_login_that_is_refused_is_code_5(place: Place) -> None:
    place.leave(LEFT)
    place.target = target_file(place.target, place.lab, provisioning={"password": "wrong"})

    assert place.clean().exit_code == 5


def test_a_run_that_is_under_way_is_not_cleaned_up_after(place: Place) -> None:
    journal = Journal.begin(place.folder)
    journal.open(Opening("runxyz", "2026-01-02T03:04:05Z", place.url, str(place.target)))
    journal.announce(LEFT)
    done = place.clean()
    journal.close()

    assert done.exit_code == 2
    assert "under way" in done.stderr
    assert LEFT.name in place.known()


def test_no_second_run_writes_where_one_is_under_way(place: Place) -> None:
    journal = Journal.begin(place.folder)
    journal.announce(LEFT)
    done = CliRunner().invoke(app, ["run", "--target", str(place.target), "--out", str(place.folder)])
    journal.close()

    assert done.exit_code == 2
    assert "under way; give another --out" in done.stderr
    assert not (place.folder / "run.jsonl").exists()
    with (place.folder / NAME).open() as lines:
        assert read(lines).left == (LEFT,)


def test_an_answer_that_does_not_tell_whether_a_user_is_there_leaves_the_user(place: Place) -> None:
    """An administrator without the right to look sees nobody: that is no proof."""
    admin = next(iter(place.lab.state.accounts.values()))
    site = place.lab.running.site
    place.leave(LEFT)
    site.state = replace(site.state, accounts={**site.state.accounts, admin.id: replace(admin, roles=("user",))})
    done = place.clean()

    assert done.exit_code == 1, done.output
    assert f"left: user {LEFT.name}" in done.stdout


def test_the_embedded_lab_has_ended_with_its_run(place: Place) -> None:
    place.leave(LEFT, embedded=True)

    assert place.clean().exit_code == 0
    assert "nothing is left" in place.clean().stdout


class TestGivenAccounts:
    """Each is put back as it was found."""

    @pytest.mark.parametrize("on", [True, False])
    def test_it_is_as_it_was(self, tmp_path: Path, on: bool) -> None:
        with Lab(accounts=[GivenAccount("m0", "secret-m0", "qa+m0@lab.test", email_factor=not on)]) as lab:
            place, found = Place(tmp_path, lab), {"email": on, "values": [[0, "Anna"]], "tokens": []}
            write(lab.target(given=True), place.target)
            place.leave(Change("account", "m0", {"id": self.account(lab).id, **found}))
            done = place.clean()
            now = self.account(lab)

        assert done.exit_code == 0, done.output
        assert "account m0: is as it was found" in done.stdout
        assert (now.email_factor, now.name) == (on, "Anna")

    def account(self, lab: Lab) -> Any:
        return next(user for user in lab.state.accounts.values() if user.username == "m0")

    def test_one_that_the_target_file_does_not_give_is_left(self, place: Place) -> None:
        place.leave(Change("account", "m0", {"email": True}))
        done = place.clean()

        assert done.exit_code == 1
        assert "left: account m0" in done.stdout
