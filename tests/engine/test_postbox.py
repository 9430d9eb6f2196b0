"""The mailbox over time: when it may be said that no mail came, and what a server that breaks off, refuses, or numbers its
mails anew makes of it."""

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from imap_tools import BaseMailBox
from imap_tools.errors import MailboxFolderStatusError

from conformance import mailbox
from conformance.imap import MailboxError
from conformance.mailbox import Postbox
from conformance.target import MailboxTable

TO = "qa+alice@example.org"
TABLE = {"host": "127.0.0.1", "username": "qa", "password": "pw", "address": "qa+{tag}@example.org"}


def mail(code: str, message_id: str = "") -> bytes:
    head = f"Message-ID: {message_id}\r\n" if message_id else ""
    return f"To: {TO}\r\n{head}\r\nYour code is {code}\r\n".encode()


class Server:
    """A mailbox whose mails are listed by UID; those that are None cannot be fetched yet."""

    def __init__(self, *mails: bytes | None) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.client: Any = self
        self.folder: Any = self
        self.sock: Any = self
        self.validity = 1
        self.trouble: Exception | None = None

    def shutdown(self, how: int) -> None:
        self.trouble = OSError("cut")

    def noop(self) -> None:
        if self.trouble:
            raise self.trouble

    def status(self, folder: str, names: list[str]) -> dict[str, int]:
        if self.trouble:
            raise self.trouble
        return {"UIDNEXT": 1, "UIDVALIDITY": self.validity}

    def uids(self, criteria: str) -> list[str]:
        return list(map(str, self.mails))

    def uid(self, command: str, uids: str, parts: str) -> tuple[str, list[object]]:
        found = ((uid, self.mails[int(uid)]) for uid in uids.split(","))
        return "OK", [(f"1 (UID {uid} BODY[] {{9}}".encode(), text) for uid, text in found if text]


def opened(server: Server) -> Postbox:
    """A mailbox without a thread: the test looks itself."""
    post = Postbox(MailboxTable.model_validate(TABLE))
    post._reader = threading.current_thread()
    post._box = cast(BaseMailBox, server)
    post._remember_end(post._box)
    post.expect(TO)
    return post


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_GRACE", 0.05)


def waited(post: Postbox, seconds: float = 0.01) -> object:
    return post.wait(TO, post.count(TO), time.monotonic() + seconds, threading.Event())


def test_that_no_mail_came_is_said_after_a_look_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is silent until the deadline has not said that there is no mail."""
    post = opened(Server())
    monkeypatch.setattr(post._news, "wait", lambda timeout: post._look())

    assert waited(post) is None


def test_a_mailbox_that_was_not_read_leaves_the_question_open() -> None:
    post = opened(Server())
    post._look()

    with pytest.raises(MailboxError, match="no full answer"):
        waited(post)


def test_a_listed_mail_that_is_not_handed_out_leaves_the_question_open(monkeypatch: pytest.MonkeyPatch) -> None:
    post = opened(Server(None))
    monkeypatch.setattr(post._news, "wait", lambda timeout: post._look())

    with pytest.raises(MailboxError, match="no full answer"):
        waited(post)


def test_a_listed_mail_that_is_not_handed_out_is_asked_for_again() -> None:
    server = Server(None, mail("222-222"))
    post = opened(server)
    post._look()
    server.mails[1] = mail("111-111")
    post._look()

    assert [letter.text.split()[-1] for letter in post.letters(TO)] == ["222-222", "111-111"]


def test_mails_without_an_id_are_known_again_under_new_numbers() -> None:
    server = Server(mail("111-111"), mail("111-111"))
    post = opened(server)
    post._look()
    server.validity, server.mails = 2, {7: mail("111-111"), 8: mail("222-222"), 9: mail("111-111")}
    post._remember_end(cast(BaseMailBox, server))
    post._look()
    seen = post.count(TO)
    server.mails[10] = mail("111-111")
    post._look()

    assert (seen, post.count(TO)) == (3, 4)


def test_one_id_for_all_mails_hides_none() -> None:
    post = opened(Server(mail("111-111", "<1>"), mail("222-222", "<1>"), mail("111-111", "<1>")))
    post._look()

    assert post.count(TO) == 2


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Postbox, Server]]:
    """A mailbox with its thread."""
    server = Server()
    monkeypatch.setattr(mailbox, "reach", lambda settings: server)
    monkeypatch.setattr(mailbox, "enter", lambda box, settings: None)
    monkeypatch.setattr(mailbox, "leave", lambda box: None)
    monkeypatch.setattr(Postbox, "_idle", lambda post: None)
    monkeypatch.setattr(mailbox, "_BACK_OFF", (0.01, 0.01))
    post = Postbox(MailboxTable.model_validate(TABLE))
    post.expect(TO)
    yield post, server
    post.close()


@pytest.mark.parametrize("trouble", [MailboxFolderStatusError(("NO", [b"no"]), "OK"), IndexError(), OSError("lost")])
def test_a_folder_that_cannot_be_opened_is_named(started: tuple[Postbox, Server], trouble: Exception) -> None:
    post, server = started
    server.trouble = trouble

    with pytest.raises(MailboxError, match="does not open its mailbox"):
        post.open()


@pytest.mark.parametrize("trouble", [ValueError("what is this"), IndexError(), OSError("lost")])
def test_a_mailbox_that_breaks_is_told_at_once_and_tried_again(
    started: tuple[Postbox, Server], trouble: Exception
) -> None:
    post, server = started
    post.open()
    server.trouble = trouble
    with pytest.raises(MailboxError, match="cannot be read"):
        waited(post, 60)
    server.trouble, server.mails = None, {1: mail("111-111")}
    deadline = time.monotonic() + 60
    while post._failures and time.monotonic() < deadline:
        time.sleep(0.01)

    assert post.wait(TO, 0, time.monotonic() + 60, threading.Event())


def test_a_mail_wakes_whoever_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever waits need not look by himself."""
    monkeypatch.setattr(mailbox, "_NAP", 60.0)
    server, came = Server(), list[object]()
    post = opened(server)
    waiter = threading.Thread(
        target=lambda: came.append(post.wait(TO, 0, time.monotonic() + 60, threading.Event())), daemon=True
    )
    waiter.start()
    with post._news:
        assert post._news.wait_for(lambda: post._waiting, 10)
    server.mails = {1: mail("111-111")}
    post._look()
    waiter.join(10)

    assert came
    assert came[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_reader_that_has_gone(
    started: tuple[Postbox, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    post, _ = started
    post.open()
    monkeypatch.setattr(Postbox, "_look", lambda post: 1 / 0)

    with pytest.raises(MailboxError, match="division by zero"):
        waited(post, 60)


def test_an_opening_without_an_end_is_given_up(
    started: tuple[Postbox, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may go on talking for ever: whoever waits for it does not."""
    post, talking = started[0], threading.Event()
    monkeypatch.setattr(mailbox, "_OPENING", 0.05)
    monkeypatch.setattr(mailbox, "enter", lambda box, settings: talking.wait())

    with pytest.raises(MailboxError, match="did not open"):
        post.open()
    talking.set()
