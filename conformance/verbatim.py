"""Requests byte for byte: what an HTTP client would tidy up, or refuse to send, goes out as it is.

The sockets are the transport's, so that certificates and deadlines are the same; h11 reads the replies.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import h11
import httpcore

from conformance.writing import Way

_CHUNK: Final = 65536
_HEAD_LIMIT: Final = 100_000
"""Bytes of a reply's headers, the same as with a client."""

Fields = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Kept:
    stream: httpcore.NetworkStream
    since: float


class Verbatim:
    """One for a run. A thread, which is a test, keeps the connection that it has used last."""

    def __init__(self, connect: Callable[[], httpcore.NetworkStream], keep_alive: float) -> None:
        self._connect = connect
        self._keep_alive = keep_alive
        self._own = threading.local()
        self._idle: set[httpcore.NetworkStream] = set()
        self._counting = threading.Lock()

    def send(
        self, start: bytes, headers: Fields, body: bytes, way: Way, collect: Callable[[Iterator[bytes]], bytes]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Write a request and read the reply: its status, its headers, its body as ``collect`` gathers it."""
        stream = (self._kept() if way.connection == "kept" else None) or self._connect()
        again = False
        try:
            _write(
                stream, b"".join([start, *(name + b": " + value + b"\r\n" for name, value in headers), b"\r\n", body])
            )
            if way.unsent > 0:
                raise httpcore.LocalProtocolError("left before the request was whole, as the test wants it")
            reading = _expecting()
            head = _head(reading, stream)
            raw = collect(_chunks(reading, stream))
            again = way.unsent == 0 and reading.their_state is h11.DONE
        except h11.RemoteProtocolError as error:
            raise httpcore.RemoteProtocolError(str(error)) from error
        finally:
            self._keep(stream) if again else stream.close()
        return head.status_code, [(bytes(name), bytes(value)) for name, value in head.headers.raw_items()], raw

    def heed(self, seconds: float) -> None:
        """The server closes a connection that has rested for so long."""
        self._keep_alive = min(self._keep_alive, seconds / 2)

    def close(self) -> None:
        with self._counting:
            for stream in self._idle:
                stream.close()
            self._idle.clear()

    def _keep(self, stream: httpcore.NetworkStream) -> None:
        if older := self._kept():
            older.close()
        self._own.kept = _Kept(stream, time.monotonic())
        with self._counting:
            self._idle.add(stream)

    def _kept(self) -> httpcore.NetworkStream | None:
        """The connection that this thread has used last, unless it is closed or about to be."""
        kept: _Kept | None = getattr(self._own, "kept", None)
        self._own.kept = None
        if kept is None:
            return None
        with self._counting:
            self._idle.discard(kept.stream)
        if time.monotonic() - kept.since > self._keep_alive or kept.stream.get_extra_info("is_readable"):
            kept.stream.close()
            return None
        return kept.stream


def _write(stream: httpcore.NetworkStream, request: bytes) -> None:
    """A server may answer, and close, before it has read all: its answer is still to be read."""
    try:
        stream.write(request)
    except httpcore.WriteError:
        return


def _expecting() -> h11.Connection:
    """Where h11 stands after any request: it is to read the reply."""
    reading = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
    reading.send(h11.Request(method="POST", target="/", headers=[("Host", "any")]))
    reading.send(h11.EndOfMessage())
    return reading


def _head(reading: h11.Connection, stream: httpcore.NetworkStream) -> h11.Response:
    while True:
        event = _event(reading, stream)
        if isinstance(event, h11.Response):
            return event
        if isinstance(event, h11.ConnectionClosed):
            raise httpcore.RemoteProtocolError("the server closed the connection without a reply")


def _chunks(reading: h11.Connection, stream: httpcore.NetworkStream) -> Iterator[bytes]:
    while isinstance(event := _event(reading, stream), h11.Data):
        yield bytes(event.data)


def _event(reading: h11.Connection, stream: httpcore.NetworkStream) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
    while (event := reading.next_event()) is h11.NEED_DATA:
        data = stream.read(_CHUNK)
        if not data and reading.their_state is h11.SEND_RESPONSE:
            raise httpcore.RemoteProtocolError("the server closed the connection without a reply")
        reading.receive_data(data)
    return event
