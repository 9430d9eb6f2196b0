"""Connections that hang, break, or go on for ever."""

from __future__ import annotations

import itertools

from .proxy import Talk

HALF = b'{"success": true, "x": "'
_PIECE = b"x" * 65536
_GIGABYTE = 10**9


async def says_nothing(talk: Talk) -> None:
    await talk.hang()


async def hangs_in_status(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 2")
    await talk.hang()


async def hangs_in_headers(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-")
    await talk.hang()


async def hangs_in_body(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + HALF)
    await talk.hang()


async def hangs_in_chunk(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + HALF)
    await talk.hang()


async def announces_gigabytes(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 8000000000\r\n\r\n{")
    await talk.hang()


async def closes(talk: Talk) -> None:
    talk.close()


async def closes_in_headers(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
    talk.close()


async def closes_in_body(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + HALF)
    talk.close()


async def closes_in_chunk(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + HALF)
    talk.close()


async def resets(talk: Talk) -> None:
    talk.reset()


async def resets_in_body(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + HALF)
    talk.reset()


async def half_closes(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + HALF)
    talk.stop_talking()
    await talk.hang()


async def drips_headers(talk: Talk) -> None:
    await _drip(talk, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


async def drips_body(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    await _drip(talk, HALF * 200)


async def drips_for_ever(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in itertools.count():
        await _drip(talk, HALF)


async def drips_and_resets(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    await _drip(talk, HALF[:4], every=0.1)
    talk.reset()


async def _drip(talk: Talk, raw: bytes, every: float = 1.0) -> None:
    for octet in raw:
        await talk.say(bytes([octet]))
        await talk.pause(every)


async def gigabyte(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _GIGABYTE)
    for _ in range(_GIGABYTE // len(_PIECE)):
        await talk.say(_PIECE)


async def endless_body(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
    await _endlessly(talk, _PIECE)


async def endless_chunks(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await _endlessly(talk, b"10000\r\n" + _PIECE + b"\r\n")


async def endless_trailers(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    await _endlessly(talk, b"X-Trailer: again\r\n" * 1000)


async def endless_header(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nX-Long: ")
    await _endlessly(talk, _PIECE)


async def endless_headers(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n")
    await _endlessly(talk, b"X-Again: and again\r\n" * 1000)


async def endless_status(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 200 ")
    await _endlessly(talk, _PIECE)


async def continues_for_ever(talk: Talk) -> None:
    await _endlessly(talk, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


async def processes_slowly(talk: Talk) -> None:
    for _ in itertools.count():
        await talk.say(b"HTTP/1.1 102 Processing\r\n\r\n")
        await talk.pause(0.05)


async def _endlessly(talk: Talk, raw: bytes) -> None:
    while True:
        await talk.say(raw)


async def closes_without_saying_so(talk: Talk) -> None:
    await talk.say(bytes(await talk.reply()))
    talk.close()


async def resets_after_reply(talk: Talk) -> None:
    await talk.say(bytes(await talk.reply()))
    await talk.pause(0.05)
    talk.reset()


async def closes_at_third(talk: Talk) -> None:
    """Every third request ends its connection instead of being answered."""
    if talk.number % 3 == 0:
        talk.close()
    await talk.say(bytes(await talk.reply()))


async def goes_down_for_a_while(talk: Talk) -> None:
    """A restart in mid-run: 12 requests long connections are reset."""
    if 60 <= talk.number < 72:
        talk.reset()
    await talk.say(bytes(await talk.reply()))
