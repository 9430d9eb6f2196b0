"""A proxy in front of a target: it reads whole requests and gets whole replies, and hands both to a behaviour."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from conformance.lab.background import BackgroundLoop

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HOP_BY_HOP = re.compile(rb"\r\n(?:connection|keep-alive): *[^\r\n]*", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """A request or a reply: its first line, its header lines, its body."""

    start: bytes
    headers: tuple[bytes, ...]
    body: bytes

    @classmethod
    def of(cls, raw: bytes) -> Message:
        head, _, body = raw.partition(b"\r\n\r\n")
        start, *headers = head.split(b"\r\n")
        return cls(start, tuple(headers), body)

    def __bytes__(self) -> bytes:
        return b"\r\n".join([self.start, *self.headers, b"", self.body])

    @property
    def path(self) -> str:
        return b"".join(self.start.split(b" ")[1:2]).decode("latin-1")

    def without(self, name: bytes) -> Message:
        return replace(self, headers=tuple(line for line in self.headers if not line.lower().startswith(name + b":")))

    def plus(self, *lines: bytes) -> Message:
        return replace(self, headers=self.headers + lines)

    def saying(self, body: bytes) -> Message:
        """The same with another body, and its length."""
        return replace(self.without(b"content-length"), body=body).plus(b"content-length: %d" % len(body))

    @property
    def bodiless(self) -> Message:
        """The same without its body and without a word about it."""
        return replace(self.without(b"content-length"), body=b"")


class Over(Exception):
    """The connection is to end now."""


class Talk:
    """One request that waits for its answer, and the ways to answer it."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, request: Message, number: int) -> None:
        self._proxy, self._client, self.request, self.number = proxy, client, request, number

    async def reply(self) -> Message:
        """What the target itself has to say."""
        return await self._proxy.forward(self.request)

    async def say(self, raw: bytes) -> None:
        self._client.write(raw)
        await self._client.drain()

    async def hang(self) -> None:
        """Say nothing more, until the other side gives up."""
        await self._proxy.stopping.wait()
        raise Over

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        raise Over

    def reset(self) -> None:
        """End the connection without a farewell."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client.transport.abort()
        raise Over

    def stop_talking(self) -> None:
        """Close one direction of the connection."""
        self._client.write_eof()

    @property
    def socket(self) -> socket.socket:
        found: socket.socket = self._client.get_extra_info("socket")
        return found


NOTHING = Message(b"", (), b"")
Answer = Callable[[Talk], Awaitable[None]]
"""A behaviour: how a request is answered."""


async def honestly(talk: Talk) -> None:
    """Passes the reply on."""
    await talk.say(bytes(await talk.reply()))


class Proxy:
    """In front of a port, from construction until stop(). ``hostile``: which of its requests, by number and path, the
    behaviour answers; the others are passed on. Not ``reads``: the behaviour does not wait for a request."""

    def __init__(
        self,
        upstream: int,
        behaviour: Answer,
        hostile: Callable[[int, str], bool] = lambda number, path: True,
        *,
        host: str = HOST,
        tls: ssl.SSLContext | None = None,
        reads: bool = True,
    ) -> None:
        self.upstream, self.behaviour, self.hostile = upstream, behaviour, hostile
        self.host, self.tls, self.reads = host, tls, reads
        self.requests: list[Message] = []
        self.talks: set[asyncio.Task[None]] = set()
        self.broken: list[Exception] = []
        self.background = BackgroundLoop("hostile")
        self.port = self.background.result(self.open())

    async def open(self) -> int:
        self.stopping = asyncio.Event()
        self.listener = await asyncio.start_server(self.accept, self.host, 0, ssl=self.tls, limit=2**20)
        return int(self.listener.sockets[0].getsockname()[1])

    def accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self.converse(reader, client))
        self.talks.add(task)
        task.add_done_callback(self.talks.discard)
        task.add_done_callback(lambda _: client.close())

    async def converse(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """One connection, until one side ends it."""
        try:
            while request := await read_request(reader) if self.reads else NOTHING:
                self.requests.append(request)
                number = len(self.requests)
                answer = self.behaviour if self.hostile(number, request.path) else honestly
                await answer(Talk(self, client, request, number))
        except (Over, OSError, asyncio.IncompleteReadError):
            return
        except Exception as error:
            self.broken.append(error)
            raise

    async def forward(self, request: Message) -> Message:
        """The target's reply, whole. It may end a connection that it closes, and this one goes on."""
        reader, writer = await asyncio.open_connection(HOST, self.upstream)
        try:
            writer.write(bytes(request.plus(b"Connection: close")))
            await writer.drain()
            raw = _HOP_BY_HOP.sub(b"", await reader.read(-1))
        finally:
            writer.close()
        return Message.of(raw)

    async def close(self) -> None:
        self.stopping.set()
        self.listener.close()
        for talk in list(self.talks):
            talk.cancel()
        await asyncio.gather(*self.talks, return_exceptions=True)
        await asyncio.sleep(0)  # lets aborted transports call back

    def stop(self) -> None:
        """Ends the listener, then every connection. Raises what went wrong in a behaviour itself."""
        self.background.result(self.close())
        self.background.stop()
        if self.broken:
            raise self.broken[0]


async def read_request(reader: asyncio.StreamReader) -> Message | None:
    """The next request of a connection; None if there is none."""
    with suppress(asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return Message.of(head + await reader.readexactly(int(length[1]) if length else 0))
    return None
