"""The suite's own reader at a real IMAP server: every way in, every way to be kept out, and a mailbox that others use as well."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from imap_tools import BaseMailBox, MailBoxStartTls

from conformance.imap import MailboxError
from conformance.mailbox import Postbox
from conformance.target import MailboxTable
from conformance.transport import trust

from .mailstack import PASSWORD, TOKEN, USERNAME, MailStack

FOLDER = "QA/Prüfung/二要素"
OLD = 3000


def table(mail: MailStack, **changes: Any) -> MailboxTable:
    """The mailbox as a target file describes it, but for some keys; what is None is left out."""
    described = mail.mailbox | changes
    return MailboxTable.model_validate({k: v for k, v in described.items() if v is not None}, strict=False)


def starttls(mail: MailStack, **changes: Any) -> MailboxTable:
    return table(mail, port=mail.starttls_port, security="starttls", **changes)


@contextmanager
def opened(settings: MailboxTable, *addresses: str) -> Iterator[Postbox]:
    postbox = Postbox(settings)
    try:
        postbox.open()
        for address in addresses:
            postbox.expect(address)
        yield postbox
    finally:
        postbox.close()


@pytest.fixture
def owner(mail: MailStack) -> Iterator[BaseMailBox]:
    """The mailbox as its owner uses it, who may change what is in it."""
    context = trust(str(mail.mailbox["ca_file"]))
    with MailBoxStartTls("127.0.0.1", mail.starttls_port, ssl_context=context).login(USERNAME, PASSWORD) as box:
        yield box


def letter(to: str, code: str, field: str = "To") -> bytes:
    other = "" if field == "To" else "To: undisclosed-recipients:;\r\n"
    return f"{other}{field}: {to}\r\nSubject: code\r\n\r\nYour code is {code}\r\n".encode()


def read(postbox: Postbox, address: str, after: int = 0, seconds: float = 20) -> str | None:
    found = postbox.wait(address, after, time.monotonic() + seconds, threading.Event())
    return found.text if found else None


WAYS: dict[str, Callable[[MailStack], MailboxTable]] = {
    "tls": table,
    "starttls": starttls,
    "a token": lambda mail: starttls(mail, password=None, token=TOKEN),
    "a folder": lambda mail: starttls(mail, folder=FOLDER),
}


@pytest.mark.parametrize("way", WAYS)
def test_mail_is_read_by_every_way_in(mail: MailStack, owner: BaseMailBox, way: str) -> None:
    settings, address = WAYS[way](mail), f"qa+{len(way)}@example.org"
    if not owner.folder.exists(settings.folder):
        owner.folder.create(settings.folder)
    with opened(settings, address) as postbox:
        owner.append(letter(address, "123456"), settings.folder)

        assert "123456" in (read(postbox, address) or "")


@pytest.mark.parametrize("field", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_a_mail_is_known_by_whatever_field_tells_its_address(mail: MailStack, owner: BaseMailBox, field: str) -> None:
    """Behind a catch-all the address may stand where the last server wrote it, and nowhere else."""
    address = f"{field.lower()}@catch-all.example.org"
    with opened(starttls(mail), address) as postbox:
        owner.append(letter(address, "246810", field), "INBOX")

        assert "246810" in (read(postbox, address) or "")


CLOSED: dict[str, tuple[Callable[[MailStack], MailboxTable], str]] = {
    "password": (
        lambda mail: starttls(mail, password="mistaken"),
        "refuses the login of qa@example.org: look at mailbox.",
    ),
    "no ASCII": (
        lambda mail: starttls(mail, password="Wörter"),
        "refuses the login of qa@example.org: look at mailbox.",
    ),
    "token": (
        lambda mail: starttls(mail, password=None, token="ya29.expired"),
        "refuses the login of qa@example.org (status 401): the token of mailbox.token (or token_env) may have expired",
    ),
    "folder": (
        lambda mail: starttls(mail, folder="INBOXES"),
        "there is no folder 'INBOXES' in the mailbox of qa@example.org that can be opened (there are 'INBOX'",
    ),
    "authority": (lambda mail: starttls(mail, ca_file=None), "is not trusted"),
    "other authority": (
        lambda mail: table(mail, ca_file=other_authority(mail)),
        "is not trusted (unable to get local issuer certificate): name its authority with mailbox.ca_file",
    ),
    "name": (lambda mail: table(mail, host="localhost"), "set mailbox.host to the name that it was issued for"),
    "TLS at once": (lambda mail: table(mail, port=mail.starttls_port), 'use security = "starttls"'),
    "SMTP": (
        lambda mail: table(mail, port=mail.smtp[1], security="starttls"),
        "look at mailbox.host, port and security",
    ),
}


def other_authority(mail: MailStack) -> str:
    path = Path(str(mail.mailbox["ca_file"])).with_name("other.pem")
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


@pytest.mark.parametrize("case", CLOSED)
def test_whatever_keeps_the_reader_out_is_told_with_its_remedy(mail: MailStack, case: str) -> None:
    described, expected = CLOSED[case]

    with pytest.raises(MailboxError) as caught, opened(described(mail)):
        pass
    assert expected in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (PASSWORD, TOKEN, "mistaken", "Wörter", "ya29"))


def marks(box: BaseMailBox, folder: str) -> dict[str, set[str]]:
    """The flags of all mails by UID, as they are without being looked at. That a mail is recent is told to one session alone."""
    box.folder.set(folder, readonly=True)
    _, data = box.client.uid("FETCH", "1:*", "(FLAGS)")
    rows = [re.search(r"FLAGS \((.*?)\)", row.decode()) for row in data]
    uids = [re.search(r"UID (\d+)", row.decode()) for row in data]
    return {uid[1]: set(row[1].split()) - {"\\Recent"} for uid, row in zip(uids, rows, strict=True) if uid and row}


def test_two_runs_share_a_mailbox_with_its_owner_and_change_nothing(mail: MailStack, owner: BaseMailBox) -> None:
    """Thousands of old mails are not read, a stranger's codes are nobody's, and what is unread stays so for its owner."""
    shared, first, second = "Shared", "qa+r1-alice@example.org", "qa+r2-alice@example.org"
    owner.folder.create(shared)
    owner.append(letter(first, "000000"), shared)
    place = mail.maildir / ".Shared" / "cur"
    (place / "old").write_bytes(letter("qa@example.org", "121212"))
    for number in range(OLD):
        (place / f"{number}.old.host:2,{'S' * (number % 2)}").hardlink_to(place / "old")
    (place / "old").unlink()
    before = marks(owner, shared)
    with opened(starttls(mail, folder=shared), first) as one, opened(table(mail, folder=shared), second) as other:
        owner.folder.set(shared)
        for number in range(20):
            owner.append(letter(f"stranger{number}@example.org", f"99{number:04}"), shared)
        owner.append(letter(second, "222222"), shared)
        owner.append(letter(first, "111111"), shared)
        texts = read(one, first), read(other, second)
        more = read(one, first, after=1, seconds=0.5), read(other, second, after=1, seconds=0.5)
    after = marks(owner, shared)

    assert len(before) == OLD + 1
    assert ["111111" in (texts[0] or ""), "222222" in (texts[1] or "")] == [True, True]
    assert more == (None, None)
    assert len(after) == OLD + 23
    assert {uid: after[uid] for uid in before} == before
    assert not any("\\Seen" in after[uid] for uid in after.keys() - before.keys())
