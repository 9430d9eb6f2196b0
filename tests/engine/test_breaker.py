"""The breaker: when it opens, whom it ends, whom it lets wait, and how the target is tried again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.breaker import DEAF, Breaker
from conformance.outcomes import Inconclusive

LONG = 60.0
"""Seconds that no test here waits for."""


def breaker(*, patience: float = LONG, pause: float = 0.01) -> Breaker:
    return Breaker(threading.Event(), patience, pause)


def opened(**how: float) -> Breaker:
    """One that has just opened."""
    made = breaker(**how)
    for _ in range(DEAF):
        made.admit("test_earlier")
        made.note(answered=False)
    return made


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_one_reply_is_enough_to_go_on() -> None:
    made = breaker(patience=0.0)
    for _ in range(3):
        for _ in range(DEAF - 1):
            made.note(answered=False)
        made.note(answered=True)
    with made.watching("test_x"):
        made.admit("test_x")


def test_odd_bytes_that_are_not_answered_open_nothing() -> None:
    made = breaker(patience=0.0)
    for _ in range(2 * DEAF):
        made.note(answered=False, plain=False)

    made.admit("test_x")


def test_a_test_under_way_ends_at_once() -> None:
    made = breaker(pause=LONG)
    with made.watching("test_x"), pytest.raises(Inconclusive, match="in the middle of this test"):
        made.admit("test_x")
        for _ in range(DEAF):
            made.note(answered=False)
        made.admit("test_x")


def test_what_a_test_has_seen_before_an_outage_does_not_count() -> None:
    """A server that is stopped may have answered something that no server would."""
    made = breaker()
    with pytest.raises(Inconclusive, match="in the middle of this test"), made.watching("test_x"):
        made.admit("test_x")
        for _ in range(DEAF):
            made.note(answered=False)
        raise AssertionError


def test_a_failure_without_an_outage_stays_one() -> None:
    with pytest.raises(AssertionError), breaker().watching("test_x"):
        raise AssertionError


def test_what_a_test_leaves_behind_is_tidied_up_after_the_outage() -> None:
    made = breaker()
    with made.watching("test_x"):
        made.admit("test_x")
        for _ in range(DEAF):
            made.note(answered=False)
    made.admit("test_x")
    made.note(answered=True)
    made.admit("test_x")


def test_one_request_at_a_time_tries_whether_the_target_is_back() -> None:
    """Those that begin meanwhile wait, and go on all together."""
    made, going, back = opened(), Counter[str](), threading.Event()
    seen: list[int] = []

    def begin(test: str) -> None:
        answered = False
        while not answered:
            made.admit(test)
            answered = back.is_set()
            going["now"] += 1
            seen.append(1 if answered else going["now"])
            going["now"] -= 1
            made.note(answered=answered)

    with ThreadPoolExecutor(8) as together:
        tests = [together.submit(begin, f"test_{number}") for number in range(8)]
        until(lambda: len(seen) >= 3)
        back.set()
        for test in tests:
            test.result(LONG)

    assert set(seen) == {1}
    assert len(seen) >= 3 + 8


def test_the_pauses_grow() -> None:
    made = opened(pause=0.05)
    began = time.monotonic()
    for _ in range(3):
        made.admit("test_x")
        made.note(answered=False)

    assert time.monotonic() - began >= 0.05 + 0.1 + 0.2


def test_a_target_that_stays_away_is_given_up() -> None:
    made = opened(patience=0.05, pause=0.01)
    with pytest.raises(Inconclusive, match="has stopped answering"):
        while True:
            made.admit("test_x")
            made.note(answered=False)


def test_all_outages_together_have_one_deadline() -> None:
    """A target that comes and goes must not keep a run from its end."""
    made = breaker(patience=0.1, pause=0.03)
    with pytest.raises(Inconclusive, match="has stopped answering"):
        for _ in range(10):
            for _ in range(DEAF):
                made.admit("test_x")
                made.note(answered=False)
            made.admit("test_x")
            made.note(answered=True)


def test_an_interrupt_wakes_those_who_wait() -> None:
    stopping = threading.Event()
    made = Breaker(stopping, LONG, LONG)
    for _ in range(DEAF):
        made.note(answered=False)
    threading.Timer(0.01, stopping.set).start()

    made.admit("test_x")


def test_at_the_end_of_a_run_the_target_has_one_more_chance() -> None:
    made = opened(pause=LONG)
    made.try_again()
    made.admit("cleanup")
    made.note(answered=False)

    with pytest.raises(Inconclusive, match="has stopped answering"):
        made.admit("cleanup")
