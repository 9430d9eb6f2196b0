"""The lab's SMTP and IMAP, spoken to by smtplib and imap_tools."""

import asyncio
import smtplib
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from imap_tools import AND, BaseMailBox, MailBox, MailboxLoginError, MailBoxStartTls, MailBoxUnencrypted, MailMessage

from conformance.lab.mail import HOST, MailStack

USER, PASSWORD = "qa@lab.test", "secret"
PATIENCE = 10  # seconds until something that must happen counts as not happening


@pytest.fixture(scope="module")
def stack() -> Iterator[MailStack]:
    running = MailStack({USER: PASSWORD})
    yield running
    running.stop()


def send(stack: MailStack, to: str, text: str) -> None:
    with smtplib.SMTP(HOST, stack.smtp_port, timeout=PATIENCE) as client:
        client.sendmail(
            "no-reply@lab.test", [to], f"From: a@b\r\nTo: other@lab.test\r\nSubject: {text}\r\n\r\n{text}\r\n"
        )


def trust(stack: MailStack) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(stack.ca_file))


def connect(stack: MailStack, security: str) -> BaseMailBox:
    match security:
        case "tls":
            return MailBox(HOST, stack.imaps_port, timeout=PATIENCE, ssl_context=trust(stack))
        case "starttls":
            return MailBoxStartTls(HOST, stack.imap_port, timeout=PATIENCE, ssl_context=trust(stack))
    return MailBoxUnencrypted(HOST, stack.imap_port, timeout=PATIENCE)


def arrived(box: BaseMailBox, subject: str) -> MailMessage:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        for message in box.fetch(AND(subject=subject), mark_seen=False):
            return message
    raise AssertionError(f"no mail {subject}")


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_mail_is_delivered_by_its_envelope(stack: MailStack, security: str) -> None:
    send(stack, f"qa+{security}@lab.test", f"over-{security}")
    with connect(stack, security).login(USER, PASSWORD) as box:
        message = arrived(box, f"over-{security}")
        assert message.headers["delivered-to"] == (f"qa+{security}@lab.test",)
        assert message.to == ("other@lab.test",)


def test_a_tag_can_be_searched_for(stack: MailStack) -> None:
    send(stack, "qa+needle@lab.test", "hay")
    with connect(stack, "plain").login(USER, PASSWORD) as box:
        arrived(box, "hay")
        found = list(box.fetch('HEADER Delivered-To "qa+needle@lab.test"', mark_seen=False))
        assert [message.subject for message in found] == ["hay"]


def test_unknown_recipients_are_refused(stack: MailStack) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(stack, "nobody@lab.test", "lost")


def test_a_wrong_password_is_refused(stack: MailStack) -> None:
    box = connect(stack, "plain")
    with pytest.raises(MailboxLoginError):
        box.login(USER, "guess")
    box.client.shutdown()


def test_idle_pushes(stack: MailStack) -> None:
    with connect(stack, "plain").login(USER, PASSWORD) as box, box.idle as idle:
        for round_ in range(5):
            sender = threading.Thread(target=send, args=(stack, "qa+idle@lab.test", f"push-{round_}"))
            sender.start()
            seen: list[bytes] = []
            end = monotonic() + PATIENCE
            while not any(b"EXISTS" in line for line in seen) and monotonic() < end:
                seen += idle.poll(timeout=1)
            sender.join()
            assert any(b"EXISTS" in line for line in seen)


def test_responses_leave_in_one_piece(stack: MailStack, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[bytes] = []
    write = asyncio.StreamWriter.write

    def noted(writer: asyncio.StreamWriter, data: bytes) -> None:
        pieces.append(bytes(data))
        write(writer, data)

    monkeypatch.setattr(asyncio.StreamWriter, "write", noted)
    send(stack, "qa+piece@lab.test", "piece")
    with connect(stack, "plain").login(USER, PASSWORD) as box:
        arrived(box, "piece")
    assert any(b"FETCH" in piece for piece in pieces)
    assert all(piece.endswith(b"\r\n") for piece in pieces)


def test_many_readers_at_once(stack: MailStack) -> None:
    def read(number: int) -> str:
        send(stack, f"qa+many{number}@lab.test", f"many-{number}-")
        with connect(stack, "plain").login(USER, PASSWORD) as box:
            return str(arrived(box, f"many-{number}-").headers["delivered-to"][0])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, range(32))) == [f"qa+many{number}@lab.test" for number in range(32)]


def test_the_certificate_file_goes_with_the_stack() -> None:
    own = MailStack({USER: PASSWORD})
    path = own.ca_file
    assert path.exists()
    own.stop()
    assert not path.exists()
