"""The way into an IMAP folder: connection, login, the folder opened read-only, and what belongs together in its answers."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from imaplib import IMAP4
from itertools import zip_longest
from typing import Final

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from conformance.target import MailboxTable
from conformance.transport import trust

ANSWER: Final = 15.0
"""Seconds that a server may take for an answer, or for the next piece of one."""

UNREADABLE: Final = (
    IMAP4.error,
    ImapToolsError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    MemoryError,
)
"""What the libraries make of a lost connection, of a refusal, and of an answer that is none."""

_UID: Final = re.compile(rb"\bUID (\d+)")


class MailboxError(Exception):
    """The mailbox cannot be read. The message says why and what to do."""


def told(error: Exception | None) -> str:
    """What an error says of itself, or at least its kind."""
    return str(error) or type(error).__name__


def reach(settings: MailboxTable) -> BaseMailBox:
    """A connection that was greeted. MailboxError says why there is none."""
    try:
        return _connected(settings)
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(
            f"the certificate of {settings.host}:{settings.port} is not trusted ({error.verify_message}): "
            "name its authority with mailbox.ca_file"
        ) from error
    except UNREADABLE as error:
        raise MailboxError(
            f"{settings.host}:{settings.port} is not reached by {settings.security}: {told(error)}; "
            "look at mailbox.host, port and security"
        ) from error


def _connected(settings: MailboxTable) -> BaseMailBox:
    if settings.security == "plain":
        return MailBoxUnencrypted(settings.host, settings.port, timeout=ANSWER)
    context = trust(settings.ca_file)
    kind = MailBox if settings.security == "tls" else MailBoxStartTls
    return kind(settings.host, settings.port, timeout=ANSWER, ssl_context=context)


def enter(box: BaseMailBox, settings: MailboxTable) -> None:
    """Log in and open the folder read-only. MailboxError if the server refuses one of them, UNREADABLE if it breaks off."""
    try:
        if settings.token:
            box.xoauth2(settings.username, settings.token.get_secret_value(), initial_folder=None)
        elif settings.password:
            box.login(settings.username, settings.password.get_secret_value(), initial_folder=None)
    except IMAP4.abort:
        raise
    except (IMAP4.error, ImapToolsError, UnicodeError) as error:
        raise MailboxError(
            f"{settings.host}:{settings.port} refuses the login of {settings.username}: "
            "look at mailbox.username and its password or token"
        ) from error
    try:
        box.folder.set(settings.folder, readonly=True)
    except IMAP4.abort:
        raise
    except (IMAP4.error, ImapToolsError) as error:
        raise MailboxError(
            f"there is no folder {settings.folder!r} in the mailbox of {settings.username}: look at mailbox.folder"
        ) from error


def cut(box: BaseMailBox | None) -> None:
    """End a connection under the reader's hands: what it waits for ends with an error."""
    if box:
        with suppress(OSError):
            box.client.sock.shutdown(socket.SHUT_RDWR)


def leave(box: BaseMailBox) -> None:
    with suppress(IMAP4.error, ImapToolsError, OSError):
        box.client.shutdown()


def fetched(data: Sequence[object]) -> Iterator[tuple[str, bytes]]:
    """The texts in the answers to a FETCH, by UID. Answers that nobody asked for, about flags, may come between; the UID may
    stand before the text or after it."""
    for item, following in zip_longest(data, data[1:]):
        if isinstance(item, tuple):
            named = _UID.search(item[0]) or (_UID.search(following) if isinstance(following, bytes) else None)
            if named:
                yield named[1].decode(), item[1]
