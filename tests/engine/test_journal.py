"""The journal: on disk before anything happens, read as far as it goes, and never written over while something is left."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from conformance.accounts import Admin
from conformance.changes import CLOSING, Change, Opening, Past, line, read
from conformance.journal import NAME, Journal, JournalInUse, journals
from conformance.model import Exchange, Request, Session

from .script import ADMIN, KNOWING, Script, answer, error, granted, user

OPENING = Opening("abcdef", "2026-01-02T03:04:05Z", "https://chat.example.org", "/home/qa/staging.toml")
ANNA, BERT = Change("user", "twofa-anna"), Change("user", "twofa-bert")
EXPIRY = Change("setting", "Expiration", {"found": 600, "set": 7})


def past(folder: Path) -> Past:
    return read((folder / NAME).read_text().splitlines())


class TestWhatIsRead:
    def test_what_was_announced_is_left_until_it_is_undone(self) -> None:
        told = read(
            [line(OPENING), line(ANNA), line(EXPIRY), line(BERT), line(Change("user", "twofa-anna"), undone="once")]
        )

        assert told == Past(OPENING, (Change("setting", "Expiration", {"found": 600, "set": [7]}), BERT), 0)

    def test_what_is_learned_later_is_known_with_what_was_known(self) -> None:
        told = read([line(EXPIRY), line(Change("setting", "Expiration", {"set": 60}))])

        assert told.left == (Change("setting", "Expiration", {"found": 600, "set": [7, 60]}),)

    def test_what_is_done_again_is_left_again(self) -> None:
        told = read(
            [line(EXPIRY), line(EXPIRY, undone="once"), line(Change("setting", "Expiration", {"found": 1, "set": 2}))]
        )

        assert told.left == (Change("setting", "Expiration", {"found": 1, "set": [2]}),)

    def test_what_is_changed_for_a_run_and_again_for_a_phase_is_put_back_to_what_was_found_at_first(self) -> None:
        whole = [line(EXPIRY), line(Change("setting", "Expiration", {"found": 7, "set": 2}))]
        inner, outer = (line(EXPIRY, undone=how) for how in ("once", "wholly"))

        assert read(whole).left[0].details == {"found": 600, "set": [7, 2]}
        assert read([*whole, inner]).left[0].details["found"] == 600
        assert read([*whole, inner, inner]).left == read([*whole, outer]).left == ()

    @pytest.mark.parametrize("cut", range(1, len(line(BERT)) - 1))
    def test_a_last_line_that_was_cut_takes_nothing_with_it(self, cut: int) -> None:
        assert read([line(OPENING), line(ANNA), line(BERT)[:cut]]) == Past(OPENING, (ANNA,), 1)

    @pytest.mark.parametrize(
        "odd", ["\0\0\0", "[]", "7", '{"kind": "moon", "name": "x"}', '{"kind": "user"}', '{"kind": []}']
    )
    def test_a_line_that_cannot_be_read_takes_no_other_with_it(self, odd: str) -> None:
        assert read([line(ANNA), odd, line(BERT)]) == Past(None, (ANNA, BERT), 1)

    def test_the_last_line_of_a_run_that_ended_well_is_none_that_cannot_be_read(self) -> None:
        assert read([line(OPENING), CLOSING]) == Past(OPENING)


class TestWhatIsWritten:
    def test_it_is_there_when_the_call_that_announces_it_returns_and_for_its_owner_only(self, tmp_path: Path) -> None:
        journal = Journal.begin(tmp_path / "out")
        journal.open(OPENING)
        journal.announce(ANNA)

        assert past(tmp_path / "out") == Past(OPENING, (ANNA,))
        assert stat.S_IMODE((tmp_path / "out" / NAME).stat().st_mode) == 0o600

    def test_a_run_that_ended_well_says_so_in_its_last_line(self, tmp_path: Path) -> None:
        journal = Journal.begin(tmp_path)
        journal.announce(ANNA)
        journal.undone("user", "twofa-anna")
        journal.close()

        assert (tmp_path / NAME).read_text().splitlines()[-1] == CLOSING.strip()

    def test_a_run_that_left_something_does_not(self, tmp_path: Path) -> None:
        journal = Journal.begin(tmp_path)
        journal.announce(ANNA)
        journal.close()

        assert CLOSING not in (tmp_path / NAME).read_text()

    def test_a_journal_of_which_something_is_left_is_set_aside(self, tmp_path: Path) -> None:
        first = Journal.begin(tmp_path)
        first.open(OPENING)
        first.announce(ANNA)
        first.close()
        second = Journal.begin(tmp_path)
        second.announce(BERT)

        told = {path.name: past.left for path, past in journals(tmp_path)}
        assert told == {"journal-abcdef.jsonl": (ANNA,), NAME: (BERT,)}

    def test_one_of_which_nothing_is_left_gives_way(self, tmp_path: Path) -> None:
        Journal.begin(tmp_path).close()
        Journal.begin(tmp_path).open(OPENING)

        assert [path.name for path, _ in journals(tmp_path)] == [NAME]
        assert past(tmp_path) == Past(OPENING)

    def test_two_do_not_write_in_one(self, tmp_path: Path) -> None:
        first = Journal.begin(tmp_path)
        first.announce(ANNA)

        with pytest.raises(JournalInUse):
            Journal.begin(tmp_path)
        with pytest.raises(JournalInUse):
            Journal.resume(tmp_path / NAME)
        first.close()
        assert past(tmp_path).left == (ANNA,)

    def test_whoever_resumes_it_does_not_write_into_a_line_that_was_cut(self, tmp_path: Path) -> None:
        (tmp_path / NAME).write_text(line(ANNA) + line(BERT) + line(EXPIRY)[:20])
        resumed = Journal.resume(tmp_path / NAME)
        resumed.undone("user", "twofa-anna")

        assert resumed.past.left == (ANNA, BERT)
        assert past(tmp_path) == Past(None, (BERT,), 1)

    def test_one_that_nobody_keeps_takes_everything(self) -> None:
        journal = Journal()
        journal.announce(ANNA)
        journal.undone("user", "twofa-anna")
        journal.close()

        assert not journal.left


class Watched(Script):
    """A target that notes what the journal held when a call came."""

    folder: Path

    def exchange(self, test: str, request: Request) -> Exchange:
        self.seen = [change.name for change in past(self.folder).left]
        return super().exchange(test, request)


class TestUsers:
    def admin(self, folder: Path) -> Admin:
        return Admin(ADMIN, "qa+{tag}@example.org", "run", Journal.begin(folder))

    def test_the_journal_knows_a_user_before_the_target_does(self, tmp_path: Path) -> None:
        script = Watched([granted(user={"_id": "u7"})])
        script.folder = tmp_path
        self.admin(tmp_path).create(user(script).recorder, "dave")

        assert script.seen == [json.loads(script.requests[0].body)["username"]]
        assert past(tmp_path).left == (Change("user", script.seen[0], {"id": "u7"}),)

    def test_a_user_who_is_removed_is_left_no_more(self, tmp_path: Path) -> None:
        script = Script([granted(user={"_id": "u7"}), granted()])
        admin, recorder = self.admin(tmp_path), user(script).recorder
        _, account = admin.create(recorder, "dave")
        assert account
        admin.remove(recorder, account)

        assert past(tmp_path).left == ()

    def test_a_user_who_would_not_go_is_left(self, tmp_path: Path) -> None:
        script = Script([granted(user={"_id": "u7"}), error("error-action-not-allowed")])
        admin, recorder = self.admin(tmp_path), user(script).recorder
        _, account = admin.create(recorder, "dave")
        assert account
        admin.remove(recorder, account)

        assert len(past(tmp_path).left) == 1

    @pytest.mark.parametrize(("status", "left"), [(400, 0), (404, 0), (401, 1), (403, 1), (500, 1)])
    def test_a_user_is_gone_only_where_the_target_says_so(self, tmp_path: Path, status: int, left: int) -> None:
        script = Script([error("error-invalid-user"), *[answer(status, {"success": False})] * 4])
        admin, recorder = self.admin(tmp_path), user(script).recorder
        admin.session = Session("token-of-admin", "admin-id")
        admin.create(recorder, "dave")
        admin.clean_up(recorder, KNOWING)

        assert len(past(tmp_path).left) == left

    def test_no_secret_is_in_it(self, tmp_path: Path) -> None:
        script = Script([granted(user={"_id": "u7"})])
        _, account = self.admin(tmp_path).create(user(script).recorder, "dave")
        assert account

        assert account.password not in (tmp_path / NAME).read_text()
