"""The lab's mails written anew, as other senders and other mail systems would have them."""

from __future__ import annotations

import base64
import quopri

from .post import Mailed, Way, code_in, text_of

HEAD = ("from", "to", "delivered-to", "subject", "date", "message-id")


def notice(address: str, nth: int, text: str, subject: str = "For your information") -> bytes:
    """A mail without a code."""
    head = f"From: info@lab.test\r\nTo: {address}\r\nSubject: {subject}\r\nMessage-ID: <notice{nth}@lab.test>\r\n"
    return f"{head}\r\n{text}\r\n".encode()


def anew(mail: Mailed, kind: str, encoding: str, body: bytes) -> list[Mailed]:
    """The same headers over another body."""
    head = "".join(f"{name}: {value}\r\n" for name, value in mail.message.items() if name.lower() in HEAD)
    head += f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return [mail.written(head.encode() + body)]


def plain(mail: Mailed, text: str) -> list[Mailed]:
    return anew(mail, "text/plain; charset=utf-8", "8bit", text.replace("\n", "\r\n").encode())


def of_codes(way: Way) -> Way:
    """Leaves mails alone that show no code."""
    return lambda mail: way(mail) if mail.code else [mail]


@of_codes
def html_only(mail: Mailed) -> list[Mailed]:
    spans = "".join(f'<span style="color:#10{n}0{n}0">{sign}</span>' for n, sign in enumerate(mail.code))
    page = f"<html><style>p {{ width: 481516px }}</style><p>Your code</p><div><b>{spans}</b></div><p>&copy; 2026</p></html>"
    return anew(mail, "text/html; charset=utf-8", "7bit", page.encode())


@of_codes
def in_base64(mail: Mailed) -> list[Mailed]:
    return anew(mail, "text/plain; charset=utf-8", "base64", base64.encodebytes(text_of(mail.content).encode()))


@of_codes
def soft_breaks(mail: Mailed) -> list[Mailed]:
    first, last = mail.code[:2], mail.code[2:]
    text = f"Your authentication code:\r\n\r\n{first}=\r\n{last}\r\n\r\nKeep it to your=\r\nself.\r\n"
    return anew(mail, "text/plain; charset=utf-8", "quoted-printable", text.encode())


@of_codes
def unknown_charset(mail: Mailed) -> list[Mailed]:
    raw = quopri.encodestring(text_of(mail.content).encode())
    return anew(mail, "text/plain; charset=x-klingon", "quoted-printable", raw)


@of_codes
def utf16(mail: Mailed) -> list[Mailed]:
    return anew(
        mail, "text/plain; charset=utf-16", "base64", base64.encodebytes(text_of(mail.content).encode("utf-16"))
    )


def older(mail: Mailed) -> str:
    """A code that somebody got before: the same user, or else another one."""
    known = [code for code in map(code_in, (*mail.to_any, *mail.to_same)) if code and code != mail.code]
    return known[-1] if known else ""


@of_codes
def old_one_below(mail: Mailed) -> list[Mailed]:
    old = older(mail)
    quoted = (
        f"\n-- Forwarded message --\n> Your authentication code:\n>\n> {old}\n>\n> Keep it to yourself.\n"
        if old
        else ""
    )
    return plain(mail, text_of(mail.content) + quoted)


@of_codes
def old_one_above(mail: Mailed) -> list[Mailed]:
    old = older(mail)
    quoted = f"> Your authentication code:\n>\n> {old}\n>\n> Keep it to yourself.\n\n" if old else ""
    return plain(mail, quoted + text_of(mail.content))


@of_codes
def old_one_as_text_above(mail: Mailed) -> list[Mailed]:
    old = older(mail)
    return plain(
        mail, (f"Your authentication code:\n\n{old}\n\nis no longer valid.\n\n" if old else "") + text_of(mail.content)
    )


@of_codes
def two_codes(mail: Mailed) -> list[Mailed]:
    other = f"{mail.nth:03d}-{(mail.nth * 7919 + 13) % 1000:03d}"
    return plain(mail, f"Your backup code:\n\n{other}\n\n{text_of(mail.content)}")


@of_codes
def two_codes_now_and_then(mail: Mailed) -> list[Mailed]:
    other = f"{mail.nth:03d}-{(mail.nth * 7919 + 13) % 1000:03d}"
    text = text_of(mail.content)
    return plain(mail, f"{text.replace(mail.code, other)}\n{text}" if mail.nth % 3 == 2 else text)


@of_codes
def neighbours(mail: Mailed) -> list[Mailed]:
    text = (
        "Order 204817, phone 030 123-456, +49 170 1234567, colour #481516, ticket 700123\n12.05.2026 10:31, 80331 Munich\n\n"
        f"{text_of(mail.content)}\n(c) 2019 - 2026, fax 089/123456, port 443, build 20260512\n"
    )
    return plain(mail, text)


@of_codes
def nul_bytes(mail: Mailed) -> list[Mailed]:
    raw = f"Your authentication code:\r\n\r\n{mail.code}\r\n\r\n".encode()
    return anew(
        mail, "text/plain; charset=utf-8", "8bit", b"\xff\xfe\x80 caf\xe9\r\n" + raw + b"\x00\x01 \xc3\x28 \x00\r\n"
    )


def mixed(mail: Mailed, *parts: tuple[str, str, bytes]) -> list[Mailed]:
    """A mail of several parts: content type, disposition, bytes."""
    body = b"".join(
        f"--mixed\r\nContent-Type: {kind}\r\nContent-Disposition: {place}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(raw)
        for kind, place, raw in parts
    )
    return anew(mail, 'multipart/mixed; boundary="mixed"', "7bit", body + b"--mixed--\r\n")


@of_codes
def attachments(mail: Mailed) -> list[Mailed]:
    rows = b"Your code: 112-233\r\n445566\r\n"
    return mixed(
        mail,
        ("text/plain; name=codes.txt", "attachment; filename=codes.txt", rows),
        ("text/plain; charset=utf-8", "inline", text_of(mail.content).encode()),
        ("text/csv; name=778899.csv", "attachment; filename=778899.csv", rows),
    )


@of_codes
def huge(mail: Mailed) -> list[Mailed]:
    return mixed(
        mail,
        ("application/pdf", "attachment; filename=terms.pdf", bytes(range(256)) * 4096),
        ("text/plain; charset=utf-8", "inline", text_of(mail.content).encode()),
    )


def nested(mail: Mailed) -> list[Mailed]:
    head = f"From: relay@lab.test\r\nTo: {mail.address}\r\nSubject: Fwd\r\nMessage-ID: <fwd{mail.nth}@lab.test>\r\n"
    head += 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="outer"\r\n\r\n'
    intro = "--outer\r\nContent-Type: text/plain\r\n\r\nForwarded as it came, 2026.\r\n"
    return [
        mail.written(
            f"{head}{intro}--outer\r\nContent-Type: message/rfc822\r\n\r\n".encode()
            + mail.content
            + b"\r\n--outer--\r\n"
        )
    ]
