"""Replies whose status lines, headers and lengths are not as they should be, or only unusual."""

from __future__ import annotations

import zlib

from .proxy import Answer, Message, Talk

JSON = b"Content-Type: application/json"
COOKIE = b"set-by-target=1"


def says(raw: bytes, *, then_close: bool = True) -> Answer:
    """Always the same octets."""

    async def answer(talk: Talk) -> None:
        await talk.say(raw)
        if then_close:
            talk.close()

    return answer


def status(line: bytes, body: bytes = b"") -> Answer:
    return says(line + b"\r\n" + JSON + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body, then_close=False)


def with_headers(*lines: bytes) -> Answer:
    """The target's own reply with more headers."""

    async def answer(talk: Talk) -> None:
        await talk.say(bytes((await talk.reply()).plus(*lines)))

    return answer


def with_length(*lines: bytes, junk: bytes = b"") -> Answer:
    """The target's own reply with other statements of its length."""

    async def answer(talk: Talk) -> None:
        reply = (await talk.reply()).without(b"content-length").plus(*lines)
        await talk.say(bytes(reply) + junk)

    return answer


async def too_short(talk: Talk) -> None:
    reply = await talk.reply()
    await talk.say(bytes(reply.without(b"content-length").plus(b"Content-Length: %d" % (len(reply.body) // 2))))


async def too_long(talk: Talk) -> None:
    reply = await talk.reply()
    await talk.say(bytes(reply.without(b"content-length").plus(b"Content-Length: %d" % (len(reply.body) + 10))))
    talk.close()


async def length_and_chunks(talk: Talk) -> None:
    reply = await talk.reply()
    await talk.say(bytes(chunked(reply)).replace(b"\r\n", b"\r\nContent-Length: 3\r\n", 1))
    talk.close()


def chunked(reply: Message, size: int = 7, extension: bytes = b"", trailers: bytes = b"") -> Message:
    pieces = [reply.body[start : start + size] for start in range(0, len(reply.body), size)]
    body = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n"
    plain = reply.without(b"content-length").plus(b"Transfer-Encoding: chunked")
    return Message(plain.start, plain.headers, body + trailers + b"\r\n")


def in_chunks(size: int = 7, extension: bytes = b"", trailers: bytes = b"") -> Answer:
    async def answer(talk: Talk) -> None:
        await talk.say(bytes(chunked(await talk.reply(), size, extension, trailers)))

    return answer


def old(version: bytes) -> Answer:
    """An older version of the protocol: the end of the connection is the end of the reply."""

    async def answer(talk: Talk) -> None:
        reply = (await talk.reply()).without(b"content-length")
        await talk.say(bytes(reply).replace(b"HTTP/1.1", version, 1))
        talk.close()

    return answer


async def without_head(talk: Talk) -> None:
    """HTTP/0.9."""
    await talk.say((await talk.reply()).body)
    talk.close()


async def in_single_octets(talk: Talk) -> None:
    for octet in bytes(await talk.reply()):
        await talk.say(bytes([octet]))


async def continues_first(talk: Talk) -> None:
    await talk.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await talk.say(bytes(await talk.reply()))


async def spells_headers_otherwise(talk: Talk) -> None:
    reply = await talk.reply()
    await talk.say(
        bytes(Message(b"HTTP/1.1 " + reply.start.split(b" ")[1] + b" ", tuple(map(_upper, reply.headers)), reply.body))
    )


def _upper(line: bytes) -> bytes:
    name, _, value = line.partition(b":")
    return name.upper() + b":" + value.strip() + b"  "


async def with_junk_after(talk: Talk) -> None:
    """A second reply that nobody has asked for."""
    await talk.say(bytes(await talk.reply()) + b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" + b'{"success": true}')


async def split_reply(talk: Talk) -> None:
    """As if a header's value had held a line break and a reply of its own."""
    injected = b"X-Name: a\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nX-Injected: yes"
    await talk.say(bytes((await talk.reply()).plus(injected)))


def compressed(encoding: bytes, *, layers: int = 1, broken: bool = False) -> Answer:
    """The target's own reply, in zlib's forms, or said to be in another one."""

    async def answer(talk: Talk) -> None:
        reply = await talk.reply()
        body = reply.body
        for _ in range(layers):
            body = _packed(body, encoding)
        await talk.say(bytes(reply.saying(body[:-9] if broken else body).plus(b"Content-Encoding: " + encoding)))

    return answer


def bomb(encoding: bytes, *, layers: int = 1) -> Answer:
    """A small body of which a gigabyte could come."""
    body = _BOMB
    for _ in range(layers - 1):
        body = _packed(body, b"gzip")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n" % encoding
    return says(head + JSON + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body, then_close=False)


def _packed(body: bytes, encoding: bytes) -> bytes:
    bits = {b"deflate": zlib.MAX_WBITS, b"raw": -zlib.MAX_WBITS}.get(encoding, zlib.MAX_WBITS | 16)
    packing = zlib.compressobj(9, zlib.DEFLATED, bits)
    return packing.compress(body) + packing.flush()


def _zeros(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join([*(packing.compress(bytes(10**6)) for _ in range(megabytes)), packing.flush()])


_BOMB = _zeros(100)


def redirect(code: int, location: bytes, *lines: bytes) -> Answer:
    head = b"HTTP/1.1 %d Moved\r\nLocation: %s\r\n" % (code, location)
    return says(head + b"".join(line + b"\r\n" for line in lines) + b"Content-Length: 0\r\n\r\n", then_close=False)
