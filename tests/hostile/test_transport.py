"""Behaviours against the transport: each exchange ends, in bounded time and memory, and can be read and written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import pytest

from conformance.events import Exchanged, from_json, to_json
from conformance.model import Exchange, Request
from conformance.redaction import redacted
from conformance.secrecy import Secrets
from conformance.transport import BODY_LIMIT, Transport
from conformance.wire import read, repeated_names
from conformance.writing import TIDY, Way

from . import framing
from .behaviours import BEHAVIOURS, CONNECTIONS, FRAMING
from .memory import Memory
from .proxy import HOST, Proxy

BODY = {"success": True, "data": {"authToken": "t", "userId": "u", "number": 1}}
LIMIT = 0.3
"""Seconds for one reply."""
HANGS = 60.0
"""Seconds after which an exchange is taken to hang."""
MEMORY = 40
"""Megabytes that two exchanges may take."""

CHANGEABLE = {"closes-unsaid", "resets-after-reply", "closes-at-third", "restarts"}
"""What becomes of an exchange depends on what came before."""

SENT = Request("POST", "/api/v1/login", (("Content-Type", "application/json"),), b"{}")


@pytest.fixture(scope="module")
def target() -> Iterator[Proxy]:
    """Always the same reply."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    body = json.dumps(BODY).encode()
    proxy = Proxy(0, framing.says(head % len(body) + body))
    yield proxy
    proxy.stop()


@dataclass(frozen=True)
class Seen:
    """What came of two exchanges, and the megabytes of memory that they took."""

    exchanges: tuple[Exchange, ...]
    megabytes: float

    @property
    def bodies(self) -> list[object]:
        return [exchange.response and json.loads(exchange.response.body) for exchange in self.exchanges]


@cache
def seen(target: Proxy, name: str, way: Way = TIDY, times: int = 2) -> Seen:
    """Some exchanges with the target behind a proxy that behaves so; what hangs is a TimeoutError."""
    proxy = Proxy(target.port, BEHAVIOURS[name].answer)
    patience = HANGS if BEHAVIOURS[name].expected == "right" else LIMIT
    transport = Transport(f"http://{HOST}:{proxy.port}", ca_file=None, timeout=patience)
    request = Request(SENT.verb, SENT.path, SENT.headers, SENT.body, way)
    with ThreadPoolExecutor(1) as thread, Memory() as memory:
        try:
            ended = tuple(thread.submit(transport.exchange, request).result(2 * HANGS) for _ in range(times))
        finally:
            transport.close()
            proxy.stop()
    return Seen(ended, memory.megabytes)


def of(*expected: str) -> list[str]:
    """The behaviours of which that is expected."""
    return [name for name, behaviour in BEHAVIOURS.items() if behaviour.expected in expected]


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_exchange_ends(target: Proxy, name: str) -> None:
    ended = seen(target, name)

    assert all((exchange.response is None) != (exchange.fault is None) for exchange in ended.exchanges)
    assert all(len(exchange.response.body) <= BODY_LIMIT for exchange in ended.exchanges if exchange.response)
    assert ended.megabytes < MEMORY


@pytest.mark.parametrize("name", CONNECTIONS | FRAMING)
def test_so_does_every_one_that_is_written_byte_for_byte(target: Proxy, name: str) -> None:
    ended = seen(target, name, Way("kept"))

    assert all((exchange.response is None) != (exchange.fault is None) for exchange in ended.exchanges)
    assert ended.megabytes < MEMORY


@pytest.mark.parametrize("name", of("right"))
def test_what_is_legal_is_understood(target: Proxy, name: str) -> None:
    assert seen(target, name).bodies == [BODY, BODY]


def test_of_a_server_that_closes_each_connection_unsaid_no_more_than_two_requests_are_lost(target: Proxy) -> None:
    """It is learned of: from then on each request has a connection of its own."""
    bodies = seen(target, "closes-unsaid", times=12).bodies

    assert bodies.count(None) <= 2
    assert bodies[-6:] == [BODY] * 6


@pytest.mark.parametrize("name", sorted({*of("unsure")} - CHANGEABLE))
def test_half_a_reply_is_none(target: Proxy, name: str) -> None:
    """Else what a network has cut would be judged."""
    assert all(exchange.fault for exchange in seen(target, name).exchanges)


@pytest.mark.parametrize("name", of("right", "any"))
def test_whatever_came_can_be_read_and_written_down(target: Proxy, name: str) -> None:
    secrets = Secrets()
    secrets.add("a-secret-of-somebody", "alice.token")
    exchange = seen(target, name).exchanges[0]
    event = from_json(to_json(Exchanged(0, "test_x", redacted(exchange, secrets))))

    assert isinstance(event, Exchanged)
    assert event.exchange.fault == exchange.fault
    assert exchange.response is None or read(exchange.response).status == exchange.response.status
    assert exchange.response is None or repeated_names(exchange.response.body) in (None, [], sorted(BODY))
