"""The lab's mail: SMTP in (aiosmtpd), IMAP out (pymap), on one event loop, so that IDLE pushes at once.

IMAP listens twice, plain with STARTTLS and with TLS from the start. Mail is delivered by its envelope: what is sent to
`qa+tag@lab.test` lands in the mailbox of `qa@lab.test`, with the whole address in `Delivered-To`.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from argparse import Namespace
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, Envelope
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.hashing import Cleartext

from conformance.lab.background import BackgroundLoop

HOST = "127.0.0.1"


class Settings(Config):
    """pymap's settings: logins over plain connections too, and a greeting that asks no name server."""

    @property
    def initial_auth(self) -> SASLAuth:
        return self.tls_auth

    @property
    def greeting(self) -> bytes:
        return b"lab mail ready"


class OneWrite:
    """A stream writer that keeps what is written until it is drained.

    A response then leaves in one piece; clients that poll a socket after IDLE break over half a line.
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer, self.waiting = writer, bytearray()

    def write(self, data: bytes) -> None:
        self.waiting += data

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    async def drain(self) -> None:
        data, self.waiting = bytes(self.waiting), bytearray()
        self.writer.write(data)
        await self.writer.drain()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.writer, name)


@cache
def identity() -> tuple[ssl.SSLContext, bytes]:
    """The certificate of this process's IMAP servers, and the authority that vouches for it (PEM).

    Made once and before any of their threads runs: OpenSSL 3.0 was seen to call a key and its certificate a mismatch
    while another thread used it for the first time.
    """
    context, authority = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), trustme.CA()
    authority.issue_cert("localhost", HOST).configure_cert(context)
    return context, authority.cert_pem.bytes()


class MailStack:
    """SMTP and IMAP for the users `name -> password`, from construction until stop()."""

    def __init__(self, users: dict[str, str]) -> None:
        self.tls, self.authority = identity()
        self.connections: set[asyncio.Task[None]] = set()
        self.listeners: list[asyncio.Server] = []
        self.background = BackgroundLoop("lab-mail")
        self.smtp_port, self.imap_port, self.imaps_port = self.background.result(self.open(users))

    @cached_property
    def ca_file(self) -> Path:
        """The certificate authority of the IMAP servers; written when first asked for, removed by stop()."""
        with tempfile.NamedTemporaryFile(prefix="lab-ca-", suffix=".pem", delete=False) as file:
            file.write(self.authority)
        return Path(file.name)

    async def open(self, users: dict[str, str]) -> tuple[int, int, int]:
        """Starts the three listeners; their ports: SMTP, IMAP, IMAPS."""
        self.config = Settings(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            ssl_context=self.tls,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0,
            demo_data=False,
            demo_user="",
            demo_password="",
        )
        self.login = Login(self.config)
        for name, password in users.items():
            self.login.users_dict[name] = UserMetadata(self.config, name, password=password)
        loop = asyncio.get_running_loop()
        smtp = await loop.create_server(self.smtp, HOST, 0)
        plain = await asyncio.start_server(self.accept, HOST, 0)
        secure = await asyncio.start_server(self.accept, HOST, 0, ssl=self.tls)
        self.listeners = [smtp, plain, secure]
        smtp_port, imap_port, imaps_port = (server.sockets[0].getsockname()[1] for server in self.listeners)
        return smtp_port, imap_port, imaps_port

    def smtp(self) -> SMTP:
        """The protocol of one SMTP connection."""
        return SMTP(self, hostname="lab.test", loop=asyncio.get_running_loop())

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Starts an IMAP connection and holds on to its task, which nothing else would."""
        task = asyncio.get_running_loop().create_task(self.converse(reader, writer))
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One IMAP connection, from greeting to close."""
        server: Any = IMAPServer(self.login, self.config)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await server(reader, OneWrite(writer), SocketInfoLocal(writer))
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    def owner(self, address: str) -> str | None:
        """The user whose mailbox an address belongs to, without its tag; None if there is none."""
        local, _, domain = address.rpartition("@")
        name = f"{local.partition('+')[0]}@{domain}".lower()
        return name if name in self.login.users_dict else None

    async def handle_RCPT(
        self, server: SMTP, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook: one recipient."""
        if self.owner(address) is None:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        """aiosmtpd's hook: a whole mail, delivered before it is acknowledged."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for address in envelope.rcpt_tos:
            await self.deliver(address, f"Delivered-To: {address}\r\n".encode() + content)
        return "250 OK"

    async def deliver(self, address: str, content: bytes) -> None:
        owner = self.owner(address)
        if owner is None:
            return
        async with Identity(owner, self.login, None, set()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(AppendMessage(content, datetime.now(UTC)), recent=True)

    async def close(self) -> None:
        """Ends listeners, then connections."""
        for listener in self.listeners:
            listener.close()
        for connection in list(self.connections):
            connection.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)

    def stop(self) -> None:
        """Ends everything; the file of the authority goes too."""
        self.background.result(self.close())
        self.background.stop()
        self.config.set_cache.clear()  # pymap's mailboxes: each mail is a hundred objects, and they sit in a circle
        if "ca_file" in self.__dict__:
            self.ca_file.unlink(missing_ok=True)
