"""What the reader of a mailbox never does: show a password where anybody could read it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.imap import MailboxError, enter, leave, reach
from conformance.target import MailboxTable

TABLE = {"host": "127.0.0.1", "username": "qa", "password": "secret", "address": "qa+{tag}@example.org"}


@contextmanager
def server(capabilities: str) -> Iterator[tuple[int, list[str]]]:
    """One that greets, tells what it can do, and takes note of what it is told."""
    heard: list[str] = []

    def converse() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw", newline="\r\n") as lines:
            lines.write("* OK ready\r\n")
            lines.flush()
            for line in lines:
                tag, _, command = line.strip().partition(" ")
                heard.append(command)
                told = f"* CAPABILITY IMAP4rev1 {capabilities}\r\n" if command == "CAPABILITY" else ""
                lines.write(f"{told}{tag} OK done\r\n")
                lines.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=converse, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(5)


def kept_out(capabilities: str, **keys: Any) -> tuple[str, list[str]]:
    """Why nobody comes in, and what the server was told."""
    with server(capabilities) as (port, heard):
        settings = MailboxTable.model_validate(TABLE | {"port": port} | keys, strict=False)
        with pytest.raises(MailboxError) as caught:
            _enter(settings)
    return str(caught.value), heard


def _enter(settings: MailboxTable) -> None:
    box = reach(settings)
    try:
        enter(box, settings)
    finally:
        leave(box)


def test_a_server_that_takes_no_password_without_encryption_is_told_none() -> None:
    why, heard = kept_out("LOGINDISABLED STARTTLS", security="plain")

    assert 'takes no password without encryption: use security = "starttls" or "tls"' in why
    assert heard == ["CAPABILITY"]


def test_a_server_without_starttls_is_told_no_password() -> None:
    """Whoever stands between could have left the offer out."""
    why, heard = kept_out("AUTH=PLAIN", security="starttls")

    assert 'the server offers no STARTTLS: use security = "tls"' in why
    assert heard == ["CAPABILITY"]
