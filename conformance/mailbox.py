"""Mail from an IMAP mailbox that may belong to others as well: opened read-only, nothing marked, nothing fetched but ours.

One thread reads for all tests. It looks often while a mail has only just been asked for, and idles in long waits; a lost
connection is made anew, and what had been seen by UID is not seen twice.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from imaplib import IMAP4
from itertools import zip_longest
from typing import Final

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from conformance.mail import Letter, open_letter, recipients
from conformance.target import MailboxTable
from conformance.transport import trust

_EAGER: Final = 3.0
_PAUSES: Final = (0.02, 0.25)
_IDLE: Final = 2.0
_PATIENCE: Final = 3
_AT_ONCE: Final = 50
"""Mails in one FETCH."""

_UID: Final = re.compile(rb"\bUID (\d+)")


class MailboxError(Exception):
    """The mailbox cannot be read. The message says why and what to do."""


class Postbox:
    """The mails of this run, as they arrive."""

    def __init__(self, settings: MailboxTable) -> None:
        self._settings = settings
        self._news = threading.Condition()
        self._letters: dict[str, list[Letter]] = {}
        self._deliveries: list[Letter] = []
        self._asked_at = 0.0
        self._waiting = 0
        self._next_uid = 1
        self._validity: str | None = None
        self._trouble: str | None = None
        self._closed = False
        self._box: BaseMailBox | None = None
        self._reader: threading.Thread | None = None

    def open(self) -> None:
        """Connect and remember where the mailbox ends now. MailboxError says what is wrong with it."""
        self._connect()

    def expect(self, address: str) -> None:
        """From now on mail to this address is ours."""
        with self._news:
            self._letters.setdefault(address.lower(), [])

    def count(self, address: str) -> int:
        """How many mails have come to an address."""
        with self._news:
            return len(self._letters[address.lower()])

    def letters(self, address: str) -> list[Letter]:
        """The mails that have come to an address, in order of arrival."""
        with self._news:
            return list(self._letters[address.lower()])

    def deliveries(self, address: str) -> list[Letter]:
        """All that has come for an address, what was delivered several times among it."""
        with self._news:
            return [letter for letter in self._deliveries if address.lower() in letter.recipients]

    @property
    def arrived(self) -> int:
        """How many mails of this run have come at all."""
        with self._news:
            return sum(map(len, self._letters.values()))

    def wait(self, address: str, after: int, deadline: float, stop: threading.Event) -> Letter | None:
        """The mail that came to an address after the first ``after`` ones; None if none came by ``deadline`` (monotonic)."""
        letters = self._letters[address.lower()]
        with self._news:
            self._start_reading()
            self._waiting += 1
            try:
                while len(letters) <= after and not stop.is_set() and (left := deadline - time.monotonic()) > 0:
                    if self._trouble:
                        raise MailboxError(self._trouble)
                    self._news.wait(min(left, 0.5))
            finally:
                self._waiting -= 1
            return letters[after] if len(letters) > after else None

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
        if self._reader:
            self._reader.join(_IDLE + 5)
        self._disconnect()

    def _start_reading(self) -> None:
        self._asked_at = time.monotonic()
        if not self._reader:
            self._reader = threading.Thread(target=self._read, name="mailbox", daemon=True)
            self._reader.start()
        self._news.notify_all()

    def _read(self) -> None:
        failures, pause = 0, _PAUSES[0]
        while self._rest(pause):
            try:
                if not self._box:
                    self._connect()
                found = self._look()
                failures, self._trouble = 0, None
            except (IMAP4.error, ImapToolsError, OSError, MailboxError) as error:
                failures, found = failures + 1, False
                self._disconnect()
                self._trouble = f"the mailbox cannot be read: {error}" if failures >= _PATIENCE else None
            eager = found or time.monotonic() - self._asked_at < _EAGER
            pause = _PAUSES[0] if found else min(pause * 1.5, _PAUSES[1]) if eager else _PAUSES[1]
            if not eager and not failures:
                self._idle()

    def _rest(self, pause: float) -> bool:
        """Pause between two looks, for as long as it takes until somebody waits. False: there will be no more looks."""
        with self._news:
            self._news.wait(pause)
            self._news.wait_for(lambda: self._closed or self._waiting)
            return not self._closed

    def _idle(self) -> None:
        if self._box and "IDLE" in self._box.client.capabilities:
            with suppress(IMAP4.error, ImapToolsError, OSError):
                self._box.idle.wait(timeout=_IDLE)
                return
            self._disconnect()

    def _look(self) -> bool:
        """Fetch what is new: the headers of all, and of ours the rest."""
        assert self._box
        self._box.client.noop()
        uids = [uid for uid in self._box.uids(f"UID {self._next_uid}:*") if int(uid) >= self._next_uid]
        if not uids:
            return False
        with self._news:
            ours = frozenset(self._letters)  # now: whoever has mail among these was expected before it was sent
        headers = self._parts(uids, "HEADER")
        for mail in self._parts(
            [uid for uid in uids if uid in headers and recipients(headers[uid]) & ours], ""
        ).values():
            self._deliver(open_letter(mail))
        self._next_uid = max(map(int, uids)) + 1
        return True

    def _parts(self, uids: list[str], section: str) -> dict[str, Message]:
        """A section of some mails, by UID and in their order, not marked as seen. A mail that has gone is left out."""
        assert self._box
        found: dict[str, Message] = {}
        for some in _batched(uids):
            status, data = self._box.client.uid("FETCH", ",".join(some), f"(BODY.PEEK[{section}])")
            if status != "OK":
                raise MailboxError(f"FETCH of a mail was answered {status}")
            found |= {uid: message_from_bytes(text) for uid, text in _fetched(data)}
        return {uid: found[uid] for uid in uids if uid in found}

    def _deliver(self, letter: Letter) -> None:
        with self._news:
            self._deliveries.append(letter)
            for address in letter.recipients & self._letters.keys():
                known = {other.message_id for other in self._letters[address]}
                if not letter.message_id or letter.message_id not in known:
                    self._letters[address].append(letter)
            self._news.notify_all()

    def _connect(self) -> None:
        settings = self._settings
        try:
            box = _reach(settings)
        except ssl.SSLCertVerificationError as error:
            raise MailboxError(
                f"the certificate of {settings.host}:{settings.port} is not trusted ({error.verify_message}): "
                "name its authority with mailbox.ca_file"
            ) from error
        except (OSError, IMAP4.error) as error:
            raise MailboxError(
                f"{settings.host}:{settings.port} is not reached by {settings.security}: {error}; "
                "look at mailbox.host, port and security"
            ) from error
        try:
            self._box = _enter(box, settings)
            self._remember_end(self._box)
        except BaseException:
            _leave(box)
            self._box = None
            raise

    def _remember_end(self, box: BaseMailBox) -> None:
        """Keep the place where we were; begin anew where the server numbers its mails anew."""
        status = box.folder.status(self._settings.folder, ["UIDNEXT", "UIDVALIDITY"])
        validity = str(status.get("UIDVALIDITY"))
        if self._validity is None:
            self._next_uid = status.get("UIDNEXT", 1)
        elif self._validity != validity:
            self._next_uid = 1
        self._validity = validity

    def _disconnect(self) -> None:
        box, self._box = self._box, None
        if box:
            _leave(box)


def _batched(uids: list[str]) -> Iterator[list[str]]:
    return (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _fetched(data: Sequence[object]) -> Iterator[tuple[str, bytes]]:
    """The texts in the answers to a FETCH, by UID. Answers that nobody asked for, about flags, may come between; the UID may
    stand before the text or after it."""
    for item, following in zip_longest(data, data[1:]):
        if isinstance(item, tuple):
            named = _UID.search(item[0]) or (_UID.search(following) if isinstance(following, bytes) else None)
            if named:
                yield named[1].decode(), item[1]


def _reach(settings: MailboxTable) -> BaseMailBox:
    timeout = 15
    if settings.security == "plain":
        return MailBoxUnencrypted(settings.host, settings.port, timeout=timeout)
    context = trust(settings.ca_file)
    kind = MailBox if settings.security == "tls" else MailBoxStartTls
    return kind(settings.host, settings.port, timeout=timeout, ssl_context=context)


def _enter(box: BaseMailBox, settings: MailboxTable) -> BaseMailBox:
    try:
        if settings.token:
            box.xoauth2(settings.username, settings.token.get_secret_value(), initial_folder=None)
        elif settings.password:
            box.login(settings.username, settings.password.get_secret_value(), initial_folder=None)
    except (IMAP4.error, ImapToolsError, UnicodeError) as error:
        raise MailboxError(
            f"{settings.host}:{settings.port} refuses the login of {settings.username}: "
            "look at mailbox.username and its password or token"
        ) from error
    try:
        box.folder.set(settings.folder, readonly=True)
    except (IMAP4.error, ImapToolsError) as error:
        raise MailboxError(
            f"there is no folder {settings.folder!r} in the mailbox of {settings.username}: look at mailbox.folder"
        ) from error
    return box


def _leave(box: BaseMailBox) -> None:
    with suppress(IMAP4.error, ImapToolsError, OSError):
        box.client.shutdown()
