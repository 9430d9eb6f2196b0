"""Requests byte for byte: what stands on the wire, and which connection it stands on."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import trustme

from conformance.model import Headers, Request
from conformance.transport import Transport
from conformance.writing import Way

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ODD: Headers = (("x-2fa-code", "  123  "), ("X-2FA-code", "\t1é"), ("x-2fa-method", ""))
FRESH, KEPT = Way("fresh"), Way("kept")


@dataclass
class Server:
    """Answers each request with the next reply; an empty one ends the connection. Reads up to the end of a head and as
    many bytes more as it is told."""

    replies: list[bytes]
    body: int = 0
    seen: list[tuple[int, bytes]] = field(default_factory=list)
    """Each request, and the number of the connection that it came on."""
    url: str = ""
    callers: list[Transport] = field(default_factory=list)

    def serve(self, listener: socket.socket, trust: ssl.SSLContext | None) -> None:
        for number in count(1):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._attend, args=(connection, trust, number), daemon=True).start()

    def _attend(self, connection: socket.socket, trust: ssl.SSLContext | None, number: int) -> None:
        with connection, suppress(OSError), trust.wrap_socket(connection, True) if trust else connection as one:
            while self._answer(one, number):
                continue

    def _answer(self, one: socket.socket, number: int) -> bool:
        request = b""
        while b"\r\n\r\n" not in request or len(request.partition(b"\r\n\r\n")[2]) < self.body:
            if not (piece := one.recv(65536)):
                break
            request += piece
        if not request:
            return False
        self.seen.append((number, request))
        reply = self.replies.pop(0)
        one.sendall(reply)
        return bool(reply)


BRIEF = b"HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=0\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def serving(
    *replies: bytes, host: str = "127.0.0.1", trust: ssl.SSLContext | None = None, body: int = 0
) -> Iterator[Server]:
    server = Server(list(replies), body)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        name = f"[{host}]" if ":" in host else host
        server.url = f"{'https' if trust else 'http'}://{name}:{listener.getsockname()[1]}/base"
        threading.Thread(target=server.serve, args=(listener, trust), daemon=True).start()
        yield server
        for caller in server.callers:
            caller.close()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def transport(server: Server, ca_file: str | None = None, timeout: float = 5.0) -> Transport:
    server.callers.append(Transport(server.url, ca_file=ca_file, timeout=timeout, headers=(("X-Owner", "us"),)))
    return server.callers[-1]


def request(way: Way = FRESH, headers: Headers = (), body: bytes = b"") -> Request:
    return Request("POST", "/x?a=1", headers, body, way)


def test_headers_go_out_as_they_are_beside_those_that_all_requests_have() -> None:
    with serving(OK) as server:
        exchange = transport(server).exchange(request(headers=ODD))

    head = server.seen[0][1].decode()
    assert head.startswith("POST /base/x?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert head.endswith(
        "X-Owner: us\r\nx-2fa-code:   123  \r\nX-2FA-code: \t1é\r\nx-2fa-method: \r\nContent-Length: 0\r\n\r\n"
    )
    assert exchange.response
    assert (exchange.response.status, exchange.response.body, exchange.fault) == (200, b"{}", None)


def test_a_connection_is_kept_for_the_next_request_that_asks_for_it() -> None:
    with serving(OK, OK, OK) as server:
        ours = transport(server)
        for way in (FRESH, KEPT, FRESH):
            ours.exchange(request(way))

    assert [number for number, _ in server.seen] == [1, 1, 2]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_connection_that_ends_is_not_kept(reply: bytes) -> None:
    with serving(reply, OK) as server:
        ours = transport(server)
        ours.exchange(request())
        ours.exchange(request(KEPT))

    assert [number for number, _ in server.seen] == [1, 2]


def test_a_request_that_was_left_incomplete_gets_no_reply() -> None:
    with serving(OK, body=2) as server:
        exchange = transport(server).exchange(request(Way("fresh", 20), body=b'{"a":1}'))
        wait_for(server)

    assert server.seen[0][1].endswith(b'Content-Length: 27\r\n\r\n{"a":1}')
    assert exchange.response is None
    assert "left before the request was whole" in str(exchange.fault)


def test_a_request_may_go_on_beyond_its_length_and_ends_its_connection() -> None:
    with serving(OK, OK, body=7) as server:
        ours = transport(server)
        ours.exchange(request(Way("fresh", -3), body=b'{"a":1}'))
        server.body = 0
        ours.exchange(request(KEPT))

    assert server.seen[0][1].endswith(b'Content-Length: 4\r\n\r\n{"a":1}')
    assert [number for number, _ in server.seen] == [1, 2]


@pytest.mark.parametrize(
    ("reply", "status", "body"),
    [
        (b"HTTP/1.1 431 Too large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 431, b"no"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}"),
        (b"HTTP/1.1 204 Nothing\r\n\r\n", 204, b""),
    ],
)
def test_every_form_of_reply_is_read(reply: bytes, status: int, body: bytes) -> None:
    with serving(reply) as server:
        exchange = transport(server).exchange(request())

    assert exchange.response
    assert (exchange.response.status, exchange.response.body) == (status, body)


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (b"", "closed the connection without a reply"),
        (b"nonsense\r\n\r\n", "the connection broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "no whole reply within 0.3 s"),
    ],
)
def test_what_went_wrong_stands_in_the_fault(reply: bytes, fault: str) -> None:
    with serving(reply) as server:
        exchange = transport(server, timeout=0.3).exchange(request())

    assert exchange.response is None
    assert fault in str(exchange.fault)


def test_nobody_listening_is_no_connection() -> None:
    with serving() as server:
        nobody = transport(server)
    exchange = nobody.exchange(request())

    assert str(exchange.fault).startswith("no connection")


def test_an_address_of_ipv6_will_do() -> None:
    try:
        with serving(OK, host="::1") as server:
            exchange = transport(server).exchange(request())
    except OSError:
        pytest.skip("there is no IPv6 here")

    assert exchange.response
    assert server.seen[0][1].startswith(b"POST /base/x?a=1 HTTP/1.1\r\nHost: [::1]:")


def test_certificates_are_verified(tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    for name, ca in (("ours.pem", authority), ("theirs.pem", stranger)):
        ca.cert_pem.write_to_path(str(tmp_path / name))
    with serving(OK, OK, trust=context) as server:
        trusting = transport(server, str(tmp_path / "ours.pem"))
        trusted = [trusting.exchange(request()), trusting.exchange(request(KEPT))]
        other = transport(server, str(tmp_path / "theirs.pem")).exchange(request())

    assert [exchange.fault for exchange in trusted] == [None, None]
    assert [number for number, _ in server.seen] == [1, 1]
    assert str(other.fault).startswith("the certificate is not trusted")


def wait_for(server: Server) -> None:
    for _ in range(100):
        if server.seen:
            return
        threading.Event().wait(0.02)


@pytest.mark.parametrize("way", [Way(), KEPT])
def test_a_connection_is_not_used_that_the_server_is_about_to_close(way: Way) -> None:
    with serving(OK, OK, BRIEF, OK, OK) as server:
        caller = transport(server)
        for _ in range(5):
            caller.exchange(Request("GET", "/x", (), b"", way))

    assert [number for number, _ in server.seen] == [1, 1, 1, 2, 3]
