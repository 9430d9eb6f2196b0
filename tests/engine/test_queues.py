"""Calls that were put off are made again in the order in which they were put off."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conformance.outcomes import Inconclusive, Untested
from conformance.queues import Queues, Unrelenting

ROUTE = "GET /x"


class Caller(threading.Thread):
    """Takes its turn, and says so."""

    def __init__(self, queues: Queues, name: str, heard: list[str]) -> None:
        super().__init__(name=name, daemon=True)
        self.queues = queues
        self.heard = heard
        self.ended: type[BaseException] | None = None

    def run(self) -> None:
        try:
            with self.queues.turn(ROUTE):
                self.heard.append(self.name)
        except Untested as error:
            self.ended = type(error)


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def lined_up(queues: Queues, number: int, heard: list[str]) -> list[Caller]:
    """Callers in a queue, each of whom came after the one before."""
    callers = []
    for place in range(1, number + 1):
        callers.append(Caller(queues, f"caller {place}", heard))
        callers[-1].start()
        deadline = time.monotonic() + 10
        while queues.length(ROUTE) <= place and time.monotonic() < deadline:
            time.sleep(0.001)
    return callers


def test_who_came_first_goes_first(stopping: threading.Event) -> None:
    queues, heard = Queues(stopping), list[str]()
    with queues.turn(ROUTE):
        callers = lined_up(queues, 5, heard)
        assert heard == []
    for caller in callers:
        caller.join(10)

    assert heard == [caller.name for caller in callers]


def test_other_routes_do_not_wait_but_the_same_with_another_query_does(stopping: threading.Event) -> None:
    queues = Queues(stopping)
    with ExitStack() as turns:
        turns.enter_context(queues.turn(f"{ROUTE}?a=1"))
        turns.enter_context(queues.turn("POST /x"))

        assert queues.length(f"{ROUTE}?b=2") == 1


def test_nobody_waits_beyond_an_interrupt(stopping: threading.Event) -> None:
    queues, heard = Queues(stopping), list[str]()
    with queues.turn(ROUTE):
        callers = lined_up(queues, 2, heard)
        stopping.set()
        for caller in callers:
            caller.join(10)

    assert (heard, [caller.ended for caller in callers]) == ([], [Untested, Untested])
    assert queues.length(ROUTE) == 0


def test_a_route_that_is_given_up_is_given_up_for_all(stopping: threading.Event) -> None:
    queues = Queues(stopping)
    with pytest.raises(Unrelenting), queues.turn(f"{ROUTE}?a=1"):
        raise Unrelenting("throttled for ever")

    with pytest.raises(Inconclusive, match="throttled for ever"), queues.turn(f"{ROUTE}?b=2"):
        pass
    with queues.turn("POST /x"):
        assert queues.length("POST /x") == 1
