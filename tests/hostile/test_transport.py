"""Behaviours against the transport: each exchange ends, in bounded time and memory, and can be read and written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.events import Exchanged, from_json, to_json
from conformance.model import Exchange, Request
from conformance.record import repeated_names
from conformance.redaction import redacted
from conformance.secrecy import Secrets
from conformance.transport import BODY_LIMIT, Transport
from conformance.wire import read
from conformance.writing import TIDY, Way

from . import framing
from .behaviours import BEHAVIOURS
from .memory import Memory
from .proxy import HOST, Proxy

BODY = {"success": True, "data": {"authToken": "t", "userId": "u", "number": 1}}
LIMIT = 0.3
"""Seconds for one reply."""
HANGS = 60.0
"""Seconds after which an exchange is taken to hang."""
MEMORY = 40
"""Megabytes that two exchanges may take."""

CHANGEABLE = {"resets-after-reply", "closes-at-third", "restarts"}
"""What becomes of an exchange depends on what came before."""

SENT = Request("POST", "/api/v1/login", (("Content-Type", "application/json"),), b"{}")
WAYS = {"tidy": TIDY, "verbatim": Way(connection="kept")}


@pytest.fixture(scope="module")
def target() -> Iterator[Proxy]:
    """Always the same reply."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    body = json.dumps(BODY).encode()
    proxy = Proxy(0, framing.says(head % len(body) + body))
    yield proxy
    proxy.stop()


def exchanges(target: Proxy, name: str, way: Way) -> list[Exchange]:
    """Two exchanges with the target behind a proxy; what hangs is a TimeoutError."""
    proxy = Proxy(target.port, BEHAVIOURS[name].answer)
    patience = HANGS if BEHAVIOURS[name].expected == "right" else LIMIT
    transport = Transport(f"http://{HOST}:{proxy.port}", ca_file=None, timeout=patience)
    with ThreadPoolExecutor(1) as thread:
        try:
            request = Request(SENT.verb, SENT.path, SENT.headers, SENT.body, way)
            return [thread.submit(transport.exchange, request).result(2 * HANGS) for _ in range(2)]
        finally:
            transport.close()
            proxy.stop()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_exchange_ends(target: Proxy, name: str, way: str) -> None:
    with Memory() as memory:
        ended = exchanges(target, name, WAYS[way])

    assert all((exchange.response is None) != (exchange.fault is None) for exchange in ended)
    assert all(len(exchange.response.body) <= BODY_LIMIT for exchange in ended if exchange.response)
    assert memory.megabytes < MEMORY


@pytest.mark.parametrize("name", [name for name, one in BEHAVIOURS.items() if one.expected == "right"])
def test_what_is_legal_is_understood(target: Proxy, name: str) -> None:
    bodies = [exchange.response and json.loads(exchange.response.body) for exchange in exchanges(target, name, TIDY)]

    assert bodies == [BODY, BODY]


@pytest.mark.parametrize(
    "name", [name for name, one in BEHAVIOURS.items() if one.expected == "unsure" and name not in CHANGEABLE]
)
def test_half_a_reply_is_none(target: Proxy, name: str) -> None:
    """Else what a network has cut would be judged."""
    assert all(exchange.fault for exchange in exchanges(target, name, TIDY))


@pytest.mark.parametrize("name", [name for name, one in BEHAVIOURS.items() if one.expected != "unsure"])
def test_whatever_came_can_be_read_and_written_down(target: Proxy, name: str) -> None:
    secrets = Secrets()
    secrets.add("a-secret-of-somebody", "alice.token")
    for exchange in exchanges(target, name, TIDY):
        event = Exchanged(0, "test_x", redacted(exchange, secrets))

        assert from_json(to_json(event)).exchange.fault == exchange.fault
        assert exchange.response is None or read(exchange.response).status == exchange.response.status
        assert exchange.response is None or repeated_names(exchange.response.body) in (None, [], sorted(BODY))
