"""The mailbox: which mails of a look at it are ours, and what belongs together in the answers to a FETCH."""

import threading
from collections.abc import Sequence
from email import message_from_bytes
from typing import Any, cast

import pytest
from imap_tools import BaseMailBox

from conformance.mail import Letter, open_letter
from conformance.mailbox import Postbox
from conformance.target import MailboxTable

TO = "qa+alice@example.org"
MAIL = f"To: {TO}\r\nMessage-ID: <1>\r\n\r\nYour code is 123-456\r\n".encode()


class Box:
    """A mailbox in which one mail has just come, to somebody who is expected only while it is looked at."""

    def __init__(self, post: Postbox) -> None:
        self.client: Any = self
        self._post = post

    def noop(self) -> None:
        """Nothing happens."""

    def uids(self, criteria: str) -> list[str]:
        self._post.expect(TO)
        return ["7"]

    def uid(self, command: str, uid: str, parts: str) -> tuple[str, list[object]]:
        return "OK", [(b"1 (UID 7 BODY[] {60}", MAIL), b")"]


class Answering:
    """A mailbox whose server answers each FETCH with these lines, as imaplib gives them."""

    def __init__(self, data: Sequence[object]) -> None:
        self.client: Any = self
        self._data = data

    def uid(self, command: str, uids: str, parts: str) -> tuple[str, Sequence[object]]:
        return "OK", self._data


def postbox(box: object) -> Postbox:
    table = {"host": "127.0.0.1", "username": "qa", "password": "pw", "address": "qa+{tag}@example.org"}
    post = Postbox(MailboxTable.model_validate(table))
    post._box = cast(BaseMailBox, box)
    return post


ONE, TWO = b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n"
ANSWERS = {
    "in order": [(b"1 (UID 7 BODY[] {18}", ONE), b")", (b"2 (UID 9 BODY[] {18}", TWO), b")"],
    "the other way round": [(b"2 (UID 9 BODY[] {18}", TWO), b")", (b"1 (UID 7 BODY[] {18}", ONE), b")"],
    "UID after the text": [(b"1 (BODY[] {18}", ONE), b" UID 7)", (b"2 (BODY[] {18}", TWO), b" UID 9 FLAGS ())"],
    "flags between": [b"5 (FLAGS (\\Seen))", (b"1 (UID 7 BODY[] {18}", ONE), b")", b"6 (UID 8 FLAGS ())",
                      (b"2 (UID 9 BODY[] {18}", TWO), b")"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_texts_belong_to_the_mails_whose_uid_they_carry(kind: str) -> None:
    parts = postbox(Answering(ANSWERS[kind]))._parts(["7", "9"], "")

    assert {uid: mail["subject"] for uid, mail in parts.items()} == {"7": "one", "9": "two"}
    assert list(parts) == ["7", "9"]


@pytest.mark.parametrize("data", [[None], [b"5 (FLAGS (\\Seen))"], [(b"2 (UID 9 BODY[] {18}", TWO), b")"]])
def test_a_mail_that_has_gone_is_left_out(data: list[object]) -> None:
    assert "7" not in postbox(Answering(data))._parts(["7", "9"], "")


def test_a_mail_that_is_delivered_again_counts_once_and_yet_is_there() -> None:
    post = postbox(None)
    post.expect(TO)
    for delivered in (TO, TO, "archive@example.org"):
        post._deliver(open_letter(message_from_bytes(f"Delivered-To: {delivered}\r\n".encode() + MAIL)))

    assert post.count(TO) == 1
    assert [sorted(letter.delivered) for letter in post.deliveries(TO)] == [[TO], [TO], ["archive@example.org"]]
    assert post.deliveries("qa+bob@example.org") == []


def test_a_mail_that_comes_just_after_its_address_is_expected_is_ours() -> None:
    post = postbox(None)
    post._box = cast(BaseMailBox, Box(post))
    post._look()

    assert post.count(TO) == 1


def test_how_late_mails_come_is_told_by_their_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that were sent one second apart come half a minute apart; the deadline is 30 s."""
    clock = [100.0]
    monkeypatch.setattr("conformance.mailbox.time.monotonic", lambda: clock[0])
    post = postbox(None)
    post.expect(TO)
    post._deliver(Letter(frozenset({TO}), "one", sent=5.0))
    assert post.late == 0.0
    clock[0] = 131.0
    post._deliver(Letter(frozenset({TO}), "two", sent=6.0))

    assert post.late == 29.0


def test_how_late_mails_come_is_told_by_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    post = postbox(None)
    post.expect(TO)
    post._deliver(Letter(frozenset({TO}), "one"))
    moments = iter([100.0])
    monkeypatch.setattr("conformance.mailbox.time.monotonic", lambda: next(moments, 120.0))
    monkeypatch.setattr(post, "_start_reading", lambda: None)
    post.wait(TO, 0, 130.0, threading.Event())

    assert post.late == 20.0
