"""Settings of the target: changed for a phase, and put back whatever came between."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.calls import SETTING
from conformance.changes import Past, alike, read
from conformance.events import Event, Exchanged
from conformance.journal import Journal
from conformance.model import Exchange, Request
from conformance.outcomes import Inconclusive
from conformance.phases import Phases
from conformance.setting_names import NAMES
from conformance.target_settings import Disturbed, Settings, need, phases

from .script import Answered, Script, error, granted, user

OFF, BRIEF = ("email", False), ("code_expiration", "brief")
SHORT = {name: alias for alias, name in NAMES.items()}


@dataclass
class Board(Script):
    """A target with settings, by their short names. ``closed``: those that may not be written; ``reads``: how it shows the
    value that one was given."""

    answers: list[Answered] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=lambda: {"email": True, "code_expiration": 600, "maximum": 5})
    closed: set[str] = field(default_factory=set)
    reads: Callable[[object], object] = lambda value: value
    written: list[tuple[str, object]] = field(default_factory=list)

    def exchange(self, test: str, request: Request) -> Exchange:
        self.requests.append(request)
        name = SHORT[request.path.rpartition("/")[2]]
        if request.verb == "GET":
            shown = name in self.values
            given = granted(_id="x", value=self.values[name]) if shown else error("error-action-not-allowed")
        elif name in self.closed:
            given = error("error-action-not-allowed")
        else:
            value = json.loads(request.body)["value"]
            self.written.append((name, value))
            self.values[name] = self.reads(value)
            given = granted()
        return Exchange(request, given.response, None, self.clock, 0.5)


def settings(board: Board, journal: Journal | None = None) -> Settings:
    alice = user(board)
    return Settings(alice.provider, alice.recorder, 7, journal)


def test_a_setting_is_read_before_and_after_it_is_changed_and_the_admin_does_both() -> None:
    board = Board()
    settings(board).change((OFF,))

    assert [request.verb for request in board.requests] == ["GET", "POST", "GET"]
    assert {dict(request.headers)["X-Auth-Token"] for request in board.requests} == {"token-of-admin"}


def test_what_was_found_is_put_back() -> None:
    board = Board()
    changed = settings(board)
    changed.change((OFF, BRIEF))

    assert changed.put_back() == {}
    assert board.written == [("email", False), ("code_expiration", 7), ("email", True), ("code_expiration", 600)]


def test_a_brief_time_is_what_the_preflight_measured() -> None:
    board = Board()
    settings(board).change((BRIEF,))

    assert board.written == [("code_expiration", 7)]


@pytest.mark.parametrize("value", [False, 0, "", None])
def test_a_value_that_counts_as_nothing_is_put_back_like_any_other(value: object) -> None:
    board = Board(values={"maximum": value})
    changed = settings(board)
    changed.change((("maximum", 3),))
    changed.put_back()

    assert board.written == [("maximum", 3), ("maximum", value)]


def test_a_change_that_is_refused_midway_is_put_back_as_far_as_it_went() -> None:
    board = Board(values={"email": True})
    changed = settings(board)
    with pytest.raises(Inconclusive, match=rf"{NAMES['code_expiration']} cannot be read: status 400"):
        changed.change((OFF, BRIEF, ("maximum", 1)))

    assert changed.put_back() == {}
    assert board.written == [("email", False), ("email", True)]


def test_a_setting_whose_change_was_refused_and_made_is_put_back_all_the_same() -> None:
    """A reply that says no is no proof that nothing was done."""
    board = Board(closed={"email"})
    changed = settings(board)
    with pytest.raises(Inconclusive, match=rf"{NAMES['email']} cannot be changed: status 400"):
        changed.change((OFF,))
    board.closed, board.values["email"] = set(), False

    assert changed.put_back() == {}
    assert board.values["email"] is True


def test_what_would_not_go_back_is_named_and_does_not_stop_the_others() -> None:
    board = Board()
    changed = settings(board)
    changed.change((OFF, BRIEF))
    board.closed = {"email"}

    assert list(changed.put_back()) == [NAMES["email"]]
    assert board.values["code_expiration"] == 600


def test_what_would_not_go_back_is_tried_again() -> None:
    board = Board()
    changed = settings(board)
    changed.change((OFF,))
    board.closed = {"email"}
    changed.put_back()
    board.closed = set()

    assert changed.put_back() == {}
    assert board.values["email"] is True


def test_what_was_found_first_is_what_is_put_back() -> None:
    board = Board()
    changed = settings(board)
    changed.change((BRIEF,))
    changed.change((("code_expiration", 9),))

    assert changed.put_back() == {}
    assert board.values["code_expiration"] == 600


def test_what_somebody_else_has_changed_since_is_left_and_told() -> None:
    board = Board()
    changed = settings(board)
    changed.change((BRIEF,))
    board.values["code_expiration"] = 90
    (told,) = changed.put_back().values()

    assert board.values["code_expiration"] == 90
    assert f"{NAMES['code_expiration']} was 600, was set to 7, and is 90 now" in told


def test_what_a_test_has_written_is_ours() -> None:
    board = Board(values={"max_delta": 1})
    changed = settings(board)
    changed.change((("max_delta", 1),))
    board.values["max_delta"] = SETTING.body["value"]
    need(user(board).provider, user(board).recorder, (("max_delta", 1),), 7)

    assert changed.put_back() == {}
    assert board.values == {"max_delta": 1}


def test_what_somebody_else_has_put_back_already_is_not_written_again() -> None:
    board = Board()
    changed = settings(board)
    changed.change((BRIEF,))
    board.values["code_expiration"] = 600

    assert changed.put_back() == {}
    assert board.written == [("code_expiration", 7)]


class TestAnotherRun:
    """It changes settings at the same time, on another machine: nothing of it is taken for what was found."""

    def test_what_it_has_set_is_not_changed_and_so_never_put_back(self) -> None:
        board = Board()
        changed = settings(board)
        changed.foresee((BRIEF, OFF))
        board.values["code_expiration"] = 3
        with pytest.raises(Disturbed, match=rf"{NAMES['code_expiration']} is 3, and was 600 when the run began"):
            changed.change((OFF, BRIEF))

        assert changed.put_back() == {}
        assert board.values == Board().values | {"code_expiration": 3}

    def test_both_at_once_leave_the_target_as_it_was(self) -> None:
        board = Board()
        ours, theirs = settings(board), settings(board)
        for one in (ours, theirs):
            one.foresee((BRIEF,))
        ours.change((BRIEF,))
        with pytest.raises(Disturbed):
            theirs.change((BRIEF,))
        theirs.put_back()
        ours.put_back()

        assert board.values == Board().values

    def test_a_phase_that_it_is_in_the_way_of_says_so(self) -> None:
        board = Board()
        log = Log(board)
        log.phases.foresee([(), (BRIEF,)])
        board.values["code_expiration"] = 3
        log.phases.enter((BRIEF,))

        assert "somebody else changes settings" in str(log.phases.obstacle)
        assert not log.phases.refused
        log.phases.leave()
        assert log.phases.obstacle is None

    def test_what_cannot_be_read_is_not_foreseen(self) -> None:
        board = Board(values={})
        settings(board).foresee((BRIEF,))

        assert board.written == []


@pytest.mark.parametrize("reads", [str, float, lambda value: 60 if value == 7 else value])
def test_a_target_that_makes_another_value_of_it_is_put_back_all_the_same(reads: Callable[[object], object]) -> None:
    board = Board(reads=reads)
    changed = settings(board)
    changed.change((BRIEF,))

    assert changed.put_back() == {}
    assert board.written[-1] == ("code_expiration", 600)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(7, "7", True), (True, "true", True), (7, 7.0, True), (7, 70, False), (False, None, False)],
)
def test_how_a_value_is_spelled_makes_no_difference(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same


class TestTheJournal:
    """It has a setting before the target is told, and as long as it is not as it was."""

    def past(self, folder: Path) -> Past:
        with (folder / "journal.jsonl").open() as lines:
            return read(lines)

    def test_it_knows_a_setting_before_it_is_changed(self, tmp_path: Path) -> None:
        board = Board(closed={"email"})
        with pytest.raises(Inconclusive):
            settings(board, Journal.begin(tmp_path)).change((OFF,))
        (change,) = self.past(tmp_path).left

        assert (change.kind, change.name) == ("setting", NAMES["email"])
        assert change.details == {"found": True, "set": [False]}

    def test_it_knows_what_the_target_made_of_a_value(self, tmp_path: Path) -> None:
        board = Board(reads=lambda value: 60)
        settings(board, Journal.begin(tmp_path)).change((BRIEF,))
        (change,) = self.past(tmp_path).left

        assert change.details == {"found": 600, "set": [7, 60]}

    def test_it_forgets_a_setting_that_is_put_back_and_no_other(self, tmp_path: Path) -> None:
        board = Board()
        changed = settings(board, Journal.begin(tmp_path))
        changed.change((OFF, BRIEF))
        board.closed = {"email"}
        changed.put_back()

        assert [change.name for change in self.past(tmp_path).left] == [NAMES["email"]]


def test_phases_begin_with_the_target_as_it_is_and_come_once_each() -> None:
    needed = {"a": (OFF, BRIEF), "b": (), "c": (OFF,), "d": (), "e": (OFF,), "f": (BRIEF,)}

    assert phases(needed) == [(), (BRIEF,), (OFF,), (OFF, BRIEF)]


def test_phases_are_in_the_same_order_whatever_the_order_of_the_tests() -> None:
    needed = {"a": (OFF,), "b": (), "c": (BRIEF,)}

    assert phases(dict(reversed(needed.items()))) == phases(needed)


class Log:
    """Phases on a board, and what they write down."""

    def __init__(self, board: Board) -> None:
        self.events: list[Event] = []
        alice = user(board)
        self.phases = Phases(alice.provider, alice.recorder, self.events.extend, 7)


def test_a_phase_is_entered_and_left_and_what_it_did_is_written_down() -> None:
    board = Board()
    log = Log(board)
    log.phases.enter((OFF,))

    assert not log.phases.refused
    assert [type(event) for event in log.events] == [Exchanged] * 3
    log.phases.leave()
    assert board.written[-1] == ("email", True)
    assert len(log.events) == len(board.requests)
    assert log.phases.stuck == {}


def test_what_one_phase_could_not_put_back_is_put_back_after_the_next() -> None:
    board = Board()
    log = Log(board)
    log.phases.enter((OFF,))
    board.closed = {"email"}
    log.phases.leave()
    assert len(log.phases.stuck) == 1
    board.closed = set()
    log.phases.enter((BRIEF,))
    log.phases.leave()

    assert log.phases.stuck == {}
    assert board.values["email"] is True


def test_a_phase_that_is_refused_says_so_and_what_it_did_is_written_down() -> None:
    board = Board(values={})
    log = Log(board)
    log.phases.enter((OFF,))

    assert log.phases.refused
    assert len(log.events) == 1
    log.phases.leave()
    assert not log.phases.refused
    assert board.written == []


def test_a_phase_that_would_not_go_back_is_named() -> None:
    board = Board()
    log = Log(board)
    log.phases.enter((OFF,))
    board.closed = {"email"}
    log.phases.leave()

    assert list(log.phases.stuck) == [NAMES["email"]]


def test_without_a_phase_there_is_nothing_to_put_back() -> None:
    board = Board()
    Log(board).phases.leave()

    assert board.requests == []
