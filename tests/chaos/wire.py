"""An IMAP proxy: it reads whole commands and whole answers, and hands them to a behaviour, which passes them on or does not."""

from __future__ import annotations

import asyncio
import re
from collections import Counter

from conformance.lab.background import BackgroundLoop
from conformance.lab.mail import HOST

LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class Over(Exception):
    """The connection is to end."""


class Talk:
    """One connection through the proxy: what was asked last, and ways to speak to both sides."""

    tag = login = b""
    command = ""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server

    async def say(self, answer: bytes) -> None:
        self.client.write(answer)
        await self.client.drain()

    async def ask(self, line: bytes) -> None:
        self.server.write(line)
        await self.server.drain()

    async def refuse(self, word: str) -> None:
        await self.say(self.tag + f" {word} not now\r\n".encode())


class Honest:
    """Passes everything on. A behaviour overrides what it does otherwise. `connections` and `asked` count over all
    connections of a run, the present one and the present command among them."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: Counter[str] = Counter()

    async def greet(self, talk: Talk, line: bytes) -> None:
        await talk.say(line)

    async def command(self, talk: Talk, line: bytes) -> None:
        await talk.ask(line)

    async def answer(self, talk: Talk, answer: bytes) -> None:
        await talk.say(answer)


class Proxy:
    """In front of an IMAP port, from construction until stop()."""

    def __init__(self, upstream: int, behaviour: Honest) -> None:
        self.upstream, self.behaviour = upstream, behaviour
        self.talks: set[asyncio.Task[None]] = set()
        self.broken: list[Exception] = []
        self.background = BackgroundLoop("chaos")
        self.port = self.background.result(self.open())

    async def open(self) -> int:
        self.listener = await asyncio.start_server(self.accept, HOST, 0)
        return int(self.listener.sockets[0].getsockname()[1])

    def accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self.converse(reader, client))
        self.talks.add(task)
        task.add_done_callback(self.talks.discard)
        task.add_done_callback(lambda _: client.transport.abort())

    async def converse(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """One connection, until one side or the behaviour ends it."""
        answers, server = await asyncio.open_connection(HOST, self.upstream, limit=2**24)
        self.behaviour.connections += 1
        talk = Talk(client, server)
        ways = [asyncio.ensure_future(self.upwards(talk, reader)), asyncio.ensure_future(self.downwards(talk, answers))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.transport.abort()
            for way in ways:
                way.cancel()
        for result in await asyncio.gather(*ways, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, Over | OSError | EOFError):
                self.broken.append(result)

    async def upwards(self, talk: Talk, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            tag, _, rest = line.rstrip().partition(b" ")
            if rest:
                talk.tag, talk.command = tag, rest.upper().removeprefix(b"UID ").split()[0].decode()
                talk.login = line if talk.command == "LOGIN" else talk.login
                self.behaviour.asked[talk.command] += 1
            await self.behaviour.command(talk, line)

    async def downwards(self, talk: Talk, reader: asyncio.StreamReader) -> None:
        await self.behaviour.greet(talk, await reader.readline())
        while answer := await reader.readline():
            while literal := LITERAL.search(answer):
                answer += await reader.readexactly(int(literal[1])) + await reader.readline()
            await self.behaviour.answer(talk, answer)

    async def close(self) -> None:
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
