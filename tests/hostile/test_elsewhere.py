"""Nothing of a run goes anywhere but to the target, whatever the target says; and IPv6 is a network like another."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conformance.config import build
from conformance.connection import live_world
from conformance.model import Exchange, Request
from conformance.transport import Transport

from . import framing
from .proxy import HOST, Answer, Proxy

TOKEN = ("X-Auth-Token", "a-token-of-alice")
COOKIES = (b"Set-Cookie: stolen=1", b"Set-Cookie: stolen=2; Domain=example.com; Path=/", b"Set-Cookie2: stolen=3")


@pytest.fixture
def elsewhere() -> Iterator[Proxy]:
    """Another host, which must see nothing."""
    proxy = Proxy(0, framing.status(b"HTTP/1.1 200 OK", b"{}"), host="::1")
    yield proxy
    proxy.stop()


def exchanges(answer: Answer, *, times: int = 2, verb: str = "POST", host: str = HOST) -> tuple[list[Exchange], Proxy]:
    """Some exchanges with a target, and what it saw of them."""
    proxy = Proxy(0, answer, host=host)
    shown = f"[{host}]" if ":" in host else host
    transport = Transport(f"http://{shown}:{proxy.port}", ca_file=None, timeout=15)
    try:
        request = Request(verb, "/api/v1/me", (TOKEN,), b"")
        return [transport.exchange(request) for _ in range(times)], proxy
    finally:
        transport.close()
        proxy.stop()


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_reply_and_is_not_followed(elsewhere: Proxy, code: int, verb: str) -> None:
    location = f"http://[::1]:{elsewhere.port}/api/v1/me"
    more = (f"Refresh: 0; url={location}".encode(), f'Alt-Svc: h2="[::1]:{elsewhere.port}"'.encode())
    seen, target = exchanges(framing.redirect(code, location.encode(), *more), verb=verb)

    assert [exchange.response and exchange.response.status for exchange in seen] == [code, code]
    assert len(target.requests) == 2
    assert elsewhere.requests == []


def test_a_loop_of_redirects_costs_one_request() -> None:
    _, target = exchanges(framing.redirect(302, b"/api/v1/me"), times=1)

    assert len(target.requests) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_sees_nothing(elsewhere: Proxy, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The target file names every host that a run talks to."""
    monkeypatch.setenv(name, f"http://[::1]:{elsewhere.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    seen, _ = exchanges(framing.status(b"HTTP/1.1 200 OK", b"{}"))

    assert all(exchange.response for exchange in seen)
    assert elsewhere.requests == []


def test_no_cookie_is_sent_back() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"\r\n".join(COOKIES)
    _, target = exchanges(framing.says(head + b"\r\nContent-Length: 2\r\n\r\n{}", then_close=False), times=3)

    assert len(target.requests) == 3
    assert not [line for request in target.requests for line in request.headers if line.lower().startswith(b"cookie")]


def test_ipv6_is_a_network_like_another() -> None:
    seen, target = exchanges(framing.status(b"HTTP/1.1 200 OK", b'{"a": 1}'), host="::1")

    assert [exchange.response and json.loads(exchange.response.body) for exchange in seen] == [{"a": 1}, {"a": 1}]
    assert f"Host: [::1]:{target.port}".encode() in target.requests[0].headers


def test_a_target_file_may_name_an_address_of_ipv6() -> None:
    base_url = "http://[::1]:3000/chat"
    access = {"kind": "rocketchat-admin", "username": "admin", "password": "pw"}
    live = live_world(build({"target": {"name": "x", "base_url": base_url}, "provisioning": access}, {}))
    live.close()

    assert live.base_url == base_url
