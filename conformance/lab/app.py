"""The server on the network: starlette and uvicorn around the pure handler; its mails go to the postman.

The only place that asks for the time. Requests are handled one after another, on one event loop.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from time import time

import h11
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from conformance.lab.accounts import State
from conformance.lab.background import BackgroundLoop
from conformance.lab.gate import OPEN, Gate, barred
from conformance.lab.messages import Headers, Mail, Request, Response
from conformance.lab.names import PAGE, Names, translated
from conformance.lab.postman import Postman
from conformance.lab.rules import Rules
from conformance.lab.server import handle
from conformance.lab.witness import Witness, understood

BODILESS = {204, 304}
"""Statuses of responses that tell no length (RFC 9110, 8.6)."""


class WatchedConnection(h11.Connection):
    """h11's state machine; keeps the headers of the last request as they were written, and what came behind its body."""

    written: Headers = ()
    beyond = b""

    def next_event(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        came, _ = self.trailing_data
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.written = tuple(lines(came))
            self.beyond = b""
        if isinstance(event, h11.EndOfMessage):
            self.beyond, _ = self.trailing_data
        return event


def lines(request: bytes) -> Iterator[tuple[str, str]]:
    """The headers of a request, blanks around their values and all. That they are well formed h11 has seen to."""
    for line in request.lstrip().splitlines()[1:]:
        if not line:
            return
        name, _, value = line.decode("latin-1").partition(":")
        yield name, value


class WrittenHeaders(H11Protocol):
    """uvicorn's protocol, which lower-cases header names; hands them over in the scope as they were written, too."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        connection = WatchedConnection(h11.SERVER)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, "connection": connection, "hang_up": self.hang_up}, receive, send)

        self.conn, self.app = connection, app

    def hang_up(self) -> None:
        """Ends the connection without an answer."""
        self.transport.abort()


async def body_of(asked: StarletteRequest) -> tuple[bytes, bool]:
    """What came of a body, and whether that is all of it."""
    body = b""
    try:
        async for chunk in asked.stream():
            body += chunk
    except ClientDisconnect:
        return body, False
    return body, True


def coded(coding: str, response: Response) -> Response:
    """The response with its body compressed, where that is this server's way and there is one."""
    if coding == "identity" or not response.body:
        return response
    packed = gzip.compress(response.body, mtime=0) if coding == "gzip" else zlib.compress(response.body)
    return replace(response, body=packed, headers=(*response.headers, ("Content-Encoding", coding)))


async def sent(rules: Rules, response: Response, send: Send) -> None:
    """Sends a response, in one piece that tells its length or in chunks."""
    tells_length = not rules.chunk and response.status not in BODILESS
    length = [("content-length", str(len(response.body)))] if tells_length else []
    headers = [
        (rules.spell_header(name).encode("latin-1"), value.encode("latin-1"))
        for name, value in (*length, *response.headers)
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    size = rules.chunk or max(len(response.body), 1)
    for start in range(0, max(len(response.body), 1), size):
        more = start + size < len(response.body)
        await send({"type": "http.response.body", "body": response.body[start : start + size], "more_body": more})


async def waited(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)


class Site:
    """The ASGI application: holds the state, translates names, asks the handler, passes on mails."""

    def __init__(
        self,
        state: State,
        offset: float,
        names: Names,
        gate: Gate,
        post: Callable[[Mail, float], None],
        witness: Witness | None,
    ) -> None:
        self.state, self.offset, self.names, self.gate, self.post = state, offset, names, gate, post
        self.witness = witness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        came = StarletteRequest(scope, receive)
        written, (body, whole) = scope["connection"].written, await body_of(came)
        request = Request(
            method=came.method,
            path=scope["path"],
            query=scope["query_string"].decode(),
            headers=written,
            body=body,
            client=came.client.host if came.client else "",
            beyond=scope["connection"].beyond,
            whole=whole,
        )
        now = time() + self.offset
        if proxied := barred(self.gate, request):
            await sent(self.state.rules, proxied, send)
            return
        request = translated(self.names, request)
        if self.witness:
            asked = understood(request, now)
            self.witness(asked)
            request = asked.request
        state, response = handle(self.state, request, now)
        self.state = replace(state, outbox=()) if state.outbox else state
        for mail in state.outbox:
            self.post(mail, mail.due - now)
        await waited(response.delay)
        if response.status == 0:
            scope["hang_up"]()
            await asyncio.sleep(0)
            return
        rules = self.state.rules
        await waited(rules.latency)
        dated = replace(response, headers=(*response.headers, ("Date", formatdate(now, usegmt=True))))
        await sent(rules, coded(rules.coding, dated), send)


class Server:
    """The site on a port of 127.0.0.1, from construction until stop(); `smtp` is where mail goes, None: nowhere."""

    def __init__(
        self,
        state: State,
        offset: float,
        smtp: tuple[str, int] | None,
        names: Names = PAGE,
        gate: Gate = OPEN,
        witness: Witness | None = None,
    ) -> None:
        self.site = Site(state, offset, names, gate, self.post, witness)
        self.postman = Postman(smtp) if smtp else None
        self.pace, self.free_again = state.rules.mail_pace, 0.0
        self.background = BackgroundLoop("lab-http")
        config = Config(
            self.site,
            host="127.0.0.1",
            port=0,
            http=WrittenHeaders,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            loop="asyncio",
            ws="none",
            date_header=False,
            server_header=False,
            timeout_keep_alive=state.rules.idle_seconds,
            timeout_graceful_shutdown=1,
        )
        self.uvicorn = uvicorn.Server(config)
        self.address = self.background.result(self.open())

    async def open(self) -> tuple[str, int]:
        self.serving = asyncio.get_running_loop().create_task(self.uvicorn.serve())
        while not self.uvicorn.started:
            if self.serving.done():
                raise RuntimeError("the lab's server did not start") from self.serving.exception()
            await asyncio.sleep(0.002)
        host, port = self.uvicorn.servers[0].sockets[0].getsockname()
        return str(host), int(port)

    def post(self, mail: Mail, delay: float) -> None:
        """Sends a mail after some seconds, in order and beside the answer; in line, where each takes its time."""
        if self.postman:
            loop = asyncio.get_running_loop()
            due = max(loop.time() + delay, self.free_again)
            self.free_again = due + self.pace if self.pace else 0.0
            loop.call_at(due, self.postman.take, mail)

    async def close(self) -> None:
        self.uvicorn.should_exit = True
        await self.serving

    def stop(self) -> None:
        """Ends the server; mails that are not due yet are dropped."""
        self.background.result(self.close())
        self.background.stop()
        if self.postman:
            self.postman.stop()
