"""Mail from an IMAP mailbox that may belong to others as well: opened read-only, nothing marked, nothing fetched but ours.

One thread reads for all tests. It looks often while a mail has only just been asked for, and idles in long waits; a lost
connection is made anew, and what had been seen by UID is not seen twice. No other thread waits for the server: it may be
silent, or talk without an end. That no mail came is said only after a look that was late enough and saw everything.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from typing import Final

from imap_tools import BaseMailBox

from conformance.imap import ANSWER, UNREADABLE, MailboxError, cut, enter, fetched, leave, reach, told
from conformance.lateness import Lateness
from conformance.mail import Letter, open_letter, read_message, recipients
from conformance.target import MailboxTable

_EAGER: Final = 3.0
_PAUSES: Final = (0.1, 0.25)
_IDLE: Final = 2.0
_PATIENCE: Final = 3
_BACK_OFF: Final = (0.25, 15.0)
"""Seconds between two attempts that fail: at first, and at most."""
_AT_ONCE: Final = 50
"""Mails in one FETCH."""
_OPENING: Final = 60.0
"""Seconds from the first connection to an open folder."""
_NAP: Final = 0.5
"""Seconds after which whoever waits looks whether it is still worth while."""
_RECENT: Final = _IDLE + 2.0
"""Seconds before the end of a wait: a look that began in them, or later, saw whether the mail had come."""
_GRACE: Final = ANSWER + 5.0
"""Seconds after the end of a wait in which such a look may still end."""


class Postbox:
    """The mails of this run, as they arrive."""

    def __init__(self, settings: MailboxTable) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._arrivals: dict[str, threading.Condition] = {}
        """By address: who waits for one mail does not wake for all others."""
        self._letters: dict[str, list[Letter]] = {}
        self._deliveries: list[Letter] = []
        self._lateness = Lateness(settings.deadline)
        self._asked_at = 0.0
        self._waiting = 0
        self._next_uid = 1
        self._done: set[int] = set()
        self._seen_before: dict[str, Counter[Letter]] = {}
        self._validity: str | None = None
        self._looked_at = 0.0
        self._failures = 0
        self._failure: Exception | None = None
        self._closed = False
        self._box: BaseMailBox | None = None
        self._reader: threading.Thread | None = None

    def open(self) -> None:
        """Connect and remember where the mailbox ends now. MailboxError says what is wrong with it."""
        with self._news:
            self._start_reading()
            self._waiting += 1
            try:
                self._news.wait_for(lambda: self._validity is not None or self._failure, _OPENING)
            finally:
                self._waiting -= 1
            if self._validity is None:
                raise self._failure or MailboxError(
                    f"{self._settings.host}:{self._settings.port} did not open the mailbox within {_OPENING:.0f} s"
                )

    def expect(self, address: str) -> None:
        """From now on mail to this address is ours."""
        with self._news:
            self._letters.setdefault(address.lower(), [])
            self._arrivals.setdefault(address.lower(), threading.Condition(self._lock))

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

    @property
    def late(self) -> float:
        """Seconds that mails of this run take just now, where that is long for them; else 0."""
        with self._news:
            return self._lateness.at(time.monotonic())

    def wait(self, address: str, after: int, deadline: float, stop: threading.Event) -> Letter | None:
        """The mail that came to an address after the first ``after`` ones; None if none came by ``deadline`` (monotonic).
        MailboxError if the mailbox could not be read, so that one may have come."""
        letters, arrivals = self._letters[address.lower()], self._arrivals[address.lower()]
        began = time.monotonic()
        with self._news:
            self._start_reading()
            self._waiting += 1
            try:
                while len(letters) <= after and not stop.is_set():
                    left = deadline - time.monotonic()
                    if left <= 0 and self._looked_at >= max(began, deadline - _RECENT):
                        break
                    self._check(left)
                    if left > 0:
                        arrivals.wait(min(left, _NAP))
                    else:
                        self._news.wait(_NAP)
            finally:
                self._waiting -= 1
            if len(letters) <= after:
                return None
            self._lateness.note(time.monotonic() - began, time.monotonic())
            return letters[after]

    def _check(self, left: float) -> None:
        """Whether it is worth while to go on waiting, now or this long after the deadline; MailboxError if not."""
        if self._failures >= _PATIENCE:
            raise MailboxError(f"the mailbox cannot be read: {told(self._failure)}")
        if left < -_GRACE:
            cut(self._box)
            raise MailboxError(f"the mailbox cannot be read: no full answer within {_GRACE:.0f} s")

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
        if self._reader:
            self._reader.join(_IDLE + 1)
            if self._reader.is_alive():
                cut(self._box)
                self._reader.join(1)
        self._disconnect()

    def _start_reading(self) -> None:
        self._asked_at = time.monotonic()
        if not self._reader:
            self._reader = threading.Thread(target=self._run, name="mailbox", daemon=True)
            self._reader.start()
        self._news.notify_all()

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:
            self._fail(error, for_good=True)
            raise

    def _read(self) -> None:
        pause = _PAUSES[0]
        while self._rest(pause):
            try:
                if not self._box:
                    self._connect()
                found = self._look()
            except (MailboxError, *UNREADABLE) as error:
                self._disconnect()
                pause = self._fail(error)
                continue
            eager = found or time.monotonic() - self._asked_at < _EAGER
            pause = _PAUSES[0] if found else min(pause * 1.5, _PAUSES[1]) if eager else _PAUSES[1]
            if not eager:
                self._idle()

    def _fail(self, error: Exception, *, for_good: bool = False) -> float:
        """Remember why the mailbox could not be read. How long to leave it alone now."""
        with self._news:
            self._failures, self._failure = self._failures + (_PATIENCE if for_good else 1), error
            self._news.notify_all()
            return min(_BACK_OFF[0] * 2.0 ** (self._failures - 1), _BACK_OFF[1])

    def _rest(self, pause: float) -> bool:
        """Pause between two looks, for as long as it takes until somebody waits, or until a broken mailbox is tried again.
        False: there will be no more looks."""
        with self._news:
            if self._failures:
                self._news.wait_for(lambda: self._closed, pause)
            else:
                self._news.wait(pause)
            self._news.wait_for(lambda: self._closed or self._waiting or self._failures >= _PATIENCE)
            return not self._closed

    def _idle(self) -> None:
        if self._box and "IDLE" in self._box.client.capabilities:
            with suppress(*UNREADABLE):
                self._box.idle.wait(timeout=_IDLE)
                return
            self._disconnect()

    def _look(self) -> bool:
        """Fetch what is new. Whether there was anything."""
        assert self._box
        began = time.monotonic()
        self._box.client.noop()
        listed = self._box.uids(f"UID {self._next_uid}:*")
        uids = [uid for uid in listed if int(uid) >= self._next_uid and int(uid) not in self._done]
        found = False
        for some in _batched(uids):
            found |= self._take(some)
        missing = {int(uid) for uid in uids} - self._done
        self._next_uid = min(missing or {max(self._done, default=self._next_uid - 1) + 1})
        with self._news:
            self._failures, self._failure = 0, None
            if not missing:
                self._looked_at, self._seen_before = began, {}
            self._news.notify_all()
        return found

    def _take(self, uids: list[str]) -> bool:
        """Fetch some mails: the headers of all, and of ours the rest. Whether any could be had; a mail that is listed and
        cannot be fetched has gone, or is to be asked for again."""
        with self._news:
            ours = frozenset(self._letters)  # now: whoever has mail among these was expected before it was sent
        headers = self._parts(uids, "HEADER")
        wanted = [uid for uid in headers if recipients(headers[uid]) & ours]
        mails = self._parts(wanted, "") if wanted else {}
        for uid in headers:
            if uid in mails:
                self._deliver(open_letter(mails[uid]))
            if uid in mails or uid not in wanted:
                self._done.add(int(uid))
        return bool(headers)

    def _parts(self, uids: list[str], section: str) -> dict[str, Message]:
        """A section of some mails, by UID and in their order, not marked as seen. A mail that has gone is left out."""
        assert self._box
        status, data = self._box.client.uid("FETCH", ",".join(uids), f"(BODY.PEEK[{section}])")
        if status != "OK":
            raise MailboxError(f"FETCH of a mail was answered {status}")
        found = {uid: read_message(text) for uid, text in fetched(data)}
        return {uid: found[uid] for uid in uids if uid in found}

    def _deliver(self, letter: Letter) -> None:
        """Hand a mail over, unless it came before: by another way with the same Message-ID, or under another UID."""
        with self._news:
            self._deliveries.append(letter)
            for address in letter.recipients & self._letters.keys():
                letters, before = self._letters[address], self._seen_before.get(address, Counter())
                if before[letter]:
                    before[letter] -= 1
                elif not any(_same(letter, other) for other in letters):
                    letters.append(letter)
                    if letter.sent is not None:
                        self._lateness.note_sent(letter.sent, time.monotonic())
                    self._arrivals[address].notify_all()

    def _connect(self) -> None:
        settings = self._settings
        self._box = reach(settings)
        try:
            enter(self._box, settings)
            self._remember_end(self._box)
        except UNREADABLE as error:
            raise MailboxError(f"{settings.host}:{settings.port} does not open its mailbox: {told(error)}") from error

    def _remember_end(self, box: BaseMailBox) -> None:
        """Keep the place where we were; begin anew where the server numbers its mails anew."""
        status = box.folder.status(self._settings.folder, ["UIDNEXT", "UIDVALIDITY"])
        validity = str(status.get("UIDVALIDITY"))
        with self._news:
            if self._validity is None:
                self._next_uid = status.get("UIDNEXT", 1)
            elif self._validity != validity:
                self._next_uid, self._done = 1, set()
                self._seen_before = {address: Counter(letters) for address, letters in self._letters.items()}
            self._validity = validity
            self._news.notify_all()

    def _disconnect(self) -> None:
        box, self._box = self._box, None
        if box:
            leave(box)


def _same(letter: Letter, other: Letter) -> bool:
    """A Message-ID alone does not tell: there are senders that give all their mails the same one."""
    return bool(letter.message_id) and (letter.message_id, letter.text) == (other.message_id, other.text)


def _batched(uids: list[str]) -> Iterator[list[str]]:
    return (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))
