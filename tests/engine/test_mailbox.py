"""The mailbox: which mails of a look at it are ours."""

from typing import Any, cast

from imap_tools import BaseMailBox

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

    def uid(self, command: str, uid: str, parts: str) -> tuple[str, list[tuple[bytes, bytes]]]:
        return "OK", [(b"", MAIL)]


def test_a_mail_that_comes_just_after_its_address_is_expected_is_ours() -> None:
    table = {"host": "127.0.0.1", "username": "qa", "password": "pw", "address": "qa+{tag}@example.org"}
    post = Postbox(MailboxTable.model_validate(table))
    post._box = cast(BaseMailBox, Box(post))
    post._look()

    assert post.count(TO) == 1
