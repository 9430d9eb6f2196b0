"""Requests to the target and nothing else: no redirects, no cookies, no proxies, no retries, bounded in time and size.

It stands on httpcore, the engine of httpx, because a deadline for a whole exchange can only be kept at the socket: a limit
for each read, which is what httpx offers, lets a slow drip go on for ever.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any, Final

import httpcore
import httpx

from conformance.connections import Connections
from conformance.model import Exchange, Headers, Request, Response
from conformance.replies import NO_CONNECTION
from conformance.verbatim import Verbatim
from conformance.writing import TIDY

BODY_LIMIT: Final = 2_000_000
"""Bytes of a body that are read; a longer one is not a reply of this protocol."""

_KEEP_ALIVE: Final = 2.0
"""Seconds after which an idle connection is not used again: shorter than any server's own limit, so that no request
is lost to a connection that closes while it is sent (a retry could use up a code)."""

_TIMEOUT: Final = re.compile(r"\btimeout\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
"""In Keep-Alive: the seconds after which a server closes a connection that rests."""

_Fields = list[tuple[bytes, bytes]]


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Certificates are always verified: by the system's authorities, or by those of a file instead."""
    return ssl.create_default_context(cafile=ca_file)


class Transport:
    """One for a run; its threads share the connections, and nothing that a server could tell a caller by."""

    def __init__(self, base_url: str, *, ca_file: str | None, timeout: float, headers: Headers = ()) -> None:
        self.base_url = base_url
        self._base = httpx.URL(base_url)
        self._timeout = timeout
        self._headers = headers
        self._trust = trust(ca_file) if self._base.scheme == "https" else None
        if self._trust:
            self._trust.set_alpn_protocols(["http/1.1"])
        self._sockets = _Punctual()
        origin = httpcore.Origin(self._base.raw_scheme, self._base.raw_host, self._port)
        self._connections = Connections(origin, self._connect, _KEEP_ALIVE)
        self._verbatim = Verbatim(self._connect, _KEEP_ALIVE)

    def exchange(self, request: Request) -> Exchange:
        """Send one request. Never raises: what went wrong on the way stands in the exchange's fault."""
        at, began = time.time(), time.monotonic()
        response, fault = None, None
        try:
            with _deadline(began + self._timeout):
                response = self._send(request)
        except (httpcore.TimeoutException, TimeoutError):
            fault = f"no whole reply within {self._timeout:g} s"
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, zlib.error) as error:
            fault = f"{_kind(error)}: {_told(error)}"
        except _Coded as error:
            fault = str(error)
        except _TooLong:
            fault = f"the body is longer than {BODY_LIMIT} bytes"
        return Exchange(request, response, fault, at, round(time.monotonic() - began, 6))

    def close(self) -> None:
        self._connections.close()
        self._verbatim.close()

    def _send(self, request: Request) -> Response:
        send = self._tidily if request.way == TIDY else self._byte_for_byte
        target = self._base.raw_path.rstrip(b"/") + request.path.encode("utf-8", "surrogatepass")
        status, fields, raw = send(request, target, list(self._all_headers(request)))
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
        response = Response(status, headers, raw)
        if told := _TIMEOUT.search(response.header("keep-alive") or ""):
            self._connections.heed(float(told[1]))
            self._verbatim.heed(float(told[1]))
        return replace(response, body=_decoded(raw, response.header("content-encoding") or "identity"))

    def _tidily(self, request: Request, target: bytes, headers: _Fields) -> tuple[int, _Fields, bytes]:
        url = httpcore.URL(scheme=self._base.raw_scheme, host=self._base.raw_host, port=self._base.port, target=target)
        whole = httpcore.Request(request.verb, url, headers=headers, content=request.body or None)
        with self._connections.one() as connection, closing(connection.handle_request(whole)) as reply:
            return reply.status, reply.headers, _gathered(reply.iter_stream())

    def _byte_for_byte(self, request: Request, target: bytes, headers: _Fields) -> tuple[int, _Fields, bytes]:
        start = request.verb.encode() + b" " + target + b" HTTP/1.1\r\n"
        return self._verbatim.send(start, headers, request.body, request.way, _gathered)

    def _connect(self) -> httpcore.NetworkStream:
        host = self._base.raw_host.decode("ascii")
        stream = self._sockets.connect_tcp(host, self._port)
        return stream.start_tls(self._trust, host) if self._trust else stream

    @property
    def _port(self) -> int:
        return self._base.port or {"https": 443}.get(self._base.scheme, 80)

    def _all_headers(self, request: Request) -> Iterator[tuple[bytes, bytes]]:
        yield b"Host", self._base.netloc
        yield b"User-Agent", b"twofa-conformance"
        yield b"Accept-Encoding", b"identity"
        for name, value in (*self._headers, *request.headers):
            yield name.encode("latin-1"), value.encode("utf-8", "surrogatepass")
        if request.body or request.verb not in {"GET", "HEAD"}:
            yield b"Content-Length", str(len(request.body) + request.way.unsent).encode()


class _TooLong(Exception):
    pass


def _gathered(chunks: Iterable[bytes]) -> bytes:
    return b"".join(_limited(chunks))


def _limited(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = BODY_LIMIT
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise _TooLong
        yield chunk


class _Coded(Exception):
    pass


_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})


def _decoded(raw: bytes, coding: str) -> bytes:
    """We ask for no compression; a server that compresses all the same is understood, up to the limit."""
    coding = coding.strip().lower()
    if coding in _PLAIN or not raw:
        return raw
    if coding not in _PACKED:
        raise _Coded(f"the body is coded as {coding!r:.40}, although it was asked for as it is")
    bare = coding == "deflate" and not _has_zlib_header(raw)
    unpacking = zlib.decompressobj(wbits=-zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32)
    unpacked = unpacking.decompress(raw, BODY_LIMIT + 1)
    if len(unpacked) > BODY_LIMIT:
        raise _TooLong
    if not unpacking.eof:
        raise _Coded(f"the body, which is coded as {coding}, is broken off")
    return unpacked


def _has_zlib_header(raw: bytes) -> bool:
    """Some servers leave it out where they should write it (RFC 9110, 8.4.1.2)."""
    return raw[0] & 15 == zlib.DEFLATED and int.from_bytes(raw[:2], "big") % 31 == 0


def _kind(error: BaseException) -> str:
    if isinstance(_root(error), ssl.SSLCertVerificationError):
        return "the certificate is not trusted"
    if isinstance(error, httpcore.LocalProtocolError):
        return "this request cannot be sent"
    return NO_CONNECTION if isinstance(error, httpcore.ConnectError) else "the connection broke"


def _told(error: BaseException) -> str:
    """What the deepest cause says; without the octets that it shows of a request, where secrets stand."""
    said = str(_root(error))
    return said.partition(" b'")[0] if isinstance(error, httpcore.LocalProtocolError) else f"{said:.300}"


def _root(error: BaseException) -> BaseException:
    while cause := error.__cause__ or error.__context__:
        error = cause
    return error


_time_limit = threading.local()


@contextmanager
def _deadline(at: float) -> Iterator[None]:
    """All that this thread sends and receives in here has to be over by then (monotonic seconds)."""
    _time_limit.at = at
    try:
        yield
    finally:
        _time_limit.at = None


def _left(timeout: float | None) -> float | None:
    at = getattr(_time_limit, "at", None)
    if at is None:
        return timeout
    left: float = at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


class _Punctual(httpcore.NetworkBackend):
    """Sockets whose every operation ends by the deadline of the thread's exchange."""

    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        return _PunctualStream(self._sockets.connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _PunctualStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _PunctualStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
