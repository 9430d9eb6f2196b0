"""How replies travel, where that may differ: length or chunks, compression, names of headers, connections that end."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from time import monotonic

import pytest

from conformance.lab import Lab

PATIENCE = 10
ASKED = b"GET /api/info HTTP/1.1\r\nHost: lab\r\nConnection: %s\r\n\r\n"


def answered(variant: str, connection: bytes = b"close") -> tuple[dict[bytes, bytes], bytes, float]:
    """The headers of a reply as written, its body, and the seconds until the connection ended."""
    with Lab(variants=(variant,)) as lab, socket.create_connection(lab.address, timeout=PATIENCE) as raw:
        began = monotonic()
        raw.sendall(ASKED % connection)
        whole = b"".join(iter(lambda: raw.recv(4096), b""))
        seconds = monotonic() - began
    head, _, body = whole.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0].startswith(b"HTTP/1.1 200")
    names, values = zip(*(line.split(b": ", 1) for line in lines[1:]), strict=True)
    return dict(zip(names, values, strict=True)), body, seconds


@pytest.mark.parametrize(
    ("variant", "coding", "unpacked"),
    [("b-51-gzip", b"gzip", gzip.decompress), ("b-51-deflate", b"deflate", zlib.decompress)],
)
def test_replies_are_compressed(variant: str, coding: bytes, unpacked: object) -> None:
    headers, body, _ = answered(variant)

    assert headers[b"Content-Encoding"] == coding
    assert int(headers[b"content-length"]) == len(body)
    assert callable(unpacked) and json.loads(unpacked(body))["success"] is True


def test_replies_come_in_chunks() -> None:
    headers, body, _ = answered("b-51-chunks")

    assert headers[b"Transfer-Encoding"] == b"chunked" and b"content-length" not in headers
    assert body.startswith(b"b\r\n") and body.endswith(b"0\r\n\r\n")


def test_names_of_headers_are_spelled_otherwise() -> None:
    assert {b"CONTENT-TYPE", b"CONTENT-LENGTH", b"DATE"} <= set(answered("b-51-capitals")[0])
    assert {b"Content-Type", b"Content-Length", b"Date"} <= set(answered("b-51-title")[0])


def test_an_idle_connection_ends_soon() -> None:
    assert 0.9 < answered("b-51-idle", b"keep-alive")[2] < 4


def test_answers_take_their_time() -> None:
    assert answered("latency")[2] >= 0.05
