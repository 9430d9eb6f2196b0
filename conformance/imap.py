"""The way into an IMAP folder: connection, login, the folder opened read-only, and what belongs together in its answers."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
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

_OF_ANOTHER_HOST: Final = {62, 64}
"""What OpenSSL calls a certificate for another name, or for another address."""
_NAMED: Final = 10
"""Folders that are named where one is missing, at most."""

_UID: Final = re.compile(rb"\bUID (\d+)")


class MailboxError(Exception):
    """The mailbox cannot be read. The message says why and what to do."""


def told(error: Exception | None) -> str:
    """What an error says of itself, or at least its kind."""
    return str(error) or type(error).__name__


def reach(settings: MailboxTable) -> BaseMailBox:
    """A connection that was greeted. MailboxError says why there is none."""
    where = f"{settings.host}:{settings.port}"
    try:
        return _connected(settings)
    except ssl.SSLCertVerificationError as error:
        remedy = "name its authority with mailbox.ca_file"
        if error.verify_code in _OF_ANOTHER_HOST:
            remedy = "set mailbox.host to the name that it was issued for"
        raise MailboxError(f"the certificate of {where} is not trusted ({error.verify_message}): {remedy}") from error
    except UNREADABLE as error:
        remedy = "look at mailbox.host, port and security"
        if "TLS not supported" in told(error):
            remedy = 'the server offers no STARTTLS: use security = "tls" and the port for that, which is usually 993'
        if isinstance(error, ssl.SSLError) and settings.security == "tls":
            remedy = 'on this port TLS may have to be asked for: use security = "starttls", or another mailbox.port'
        raise MailboxError(f"{where} is not reached by {settings.security}: {told(error)}; {remedy}") from error


def _connected(settings: MailboxTable) -> BaseMailBox:
    if settings.security == "plain":
        return MailBoxUnencrypted(settings.host, settings.port, timeout=ANSWER)
    context = trust(settings.ca_file)
    kind = MailBox if settings.security == "tls" else _UpgradedMailBox
    return kind(settings.host, settings.port, timeout=ANSWER, ssl_context=context)


class _UpgradedMailBox(MailBoxStartTls):
    """A connection that does not stay open where it cannot be encrypted."""

    def _get_mailbox_client(self) -> IMAP4:
        client = IMAP4(self._host, self._port, timeout=self._timeout)
        try:
            client.starttls(self._ssl_context)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client


def enter(box: BaseMailBox, settings: MailboxTable) -> None:
    """Log in and open the folder read-only. MailboxError if the server refuses one of them, UNREADABLE if it breaks off."""
    _log_in(box, settings)
    try:
        box.folder.set(settings.folder, readonly=True)
    except IMAP4.abort:
        raise
    except (IMAP4.error, ImapToolsError) as error:
        raise MailboxError(
            f"there is no folder {settings.folder!r} in the mailbox of {settings.username} that can be opened{_there_is(box, settings.folder)}: "
            "look at mailbox.folder"
        ) from error


def _log_in(box: BaseMailBox, settings: MailboxTable) -> None:
    where, remedy = f"{settings.host}:{settings.port}", "look at mailbox.username and its password"
    if "LOGINDISABLED" in box.client.capabilities and settings.password:
        raise MailboxError(f'{where} takes no password without encryption: use security = "starttls" or "tls"')
    refusal: list[bytes] = []
    try:
        if settings.token:
            remedy = "the token of mailbox.token (or token_env) may have expired, or be for another mailbox.username or scope"
            _show_token(box, settings.username, settings.token.get_secret_value(), refusal)
        elif settings.password:
            _show_password(box, settings.username, settings.password.get_secret_value())
    except IMAP4.abort:
        raise
    except (IMAP4.error, ImapToolsError, UnicodeError) as error:
        status = re.search(rb'"status"\s*:\s*"?(\w+)', b"".join(refusal))
        said = f" (status {status[1].decode()})" if status else ""
        raise MailboxError(f"{where} refuses the login of {settings.username}{said}: {remedy}") from error


def _show_password(box: BaseMailBox, username: str, password: str) -> None:
    """LOGIN takes ASCII alone."""
    log_in = box.login if (username + password).isascii() else box.login_utf8
    log_in(username, password, initial_folder=None)


def _show_token(box: BaseMailBox, username: str, token: str, refusal: list[bytes]) -> None:
    """XOAUTH2: a token that is refused is answered with a reason, which the client has to take note of by an empty line."""
    proof = [f"user={username}\1auth=Bearer {token}\1\1".encode()]

    def answer(said: bytes) -> bytes:
        refusal.append(said)
        return proof.pop() if proof else b""

    box.client.authenticate("XOAUTH2", answer)


def _there_is(box: BaseMailBox, folder: str) -> str:
    """The names of folders that there are, those first that are most like the one that is not."""
    try:
        names = [found.name for found in box.folder.list() if "\\Noselect" not in found.flags]
    except UNREADABLE:
        return ""
    alike = sorted(names, key=lambda name: -SequenceMatcher(None, folder.lower(), name.lower()).ratio())
    more = ", …" if len(alike) > _NAMED else ""
    return f" (there are {', '.join(map(repr, alike[:_NAMED]))}{more})" if names else ""


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
