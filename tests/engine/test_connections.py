"""Which connections are used again: none that the server may be about to close."""

from __future__ import annotations

import httpcore
import pytest

from conformance import connections
from conformance.connections import Connections

ORIGIN = httpcore.Origin(b"http", b"127.0.0.1", 80)
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(connections, "time", clock)
    return clock


def kept(clock: Clock, *, lasts: float, rests: float) -> bool:
    """Whether the connection of an exchange that lasts so long is used again after so much rest. Seconds."""
    made = Connections(ORIGIN, lambda: httpcore.MockStream([REPLY, REPLY]), keep_alive=2.0)
    with made.one() as first:
        first.request("GET", "http://127.0.0.1/")
        clock.now += lasts
    clock.now += rests
    with made.one() as second:
        pass
    return second is first


@pytest.mark.parametrize(("lasts", "rests", "again"), [(0.1, 0.1, True), (0.1, 2.0, False), (1.9, 0.2, False)])
def test_a_connection_rests_from_when_it_was_last_used(clock: Clock, lasts: float, rests: float, again: bool) -> None:
    """On a busy machine the end of an exchange is noticed seconds after the server's own count has begun."""
    assert kept(clock, lasts=lasts, rests=rests) == again
