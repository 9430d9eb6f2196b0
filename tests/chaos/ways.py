"""Ways of the post that lose order, time or headers. What they do is said in behaviours.py."""

from __future__ import annotations

import re
from dataclasses import replace

from .letters import notice
from .post import Mailed

STRANGER = "qa+newsletter@lab.test"


def on_time(mail: Mailed) -> list[Mailed]:
    return [mail]


def late(mail: Mailed) -> list[Mailed]:
    return [mail.later(0.7)]


def reordered(mail: Mailed) -> list[Mailed]:
    return [mail.later(0 if mail.nth % 2 else 0.4)]


def twice(mail: Mailed) -> list[Mailed]:
    return [mail, mail.later(0.05)]


def twice_without_id(mail: Mailed) -> list[Mailed]:
    bare = mail.written(without(mail.content, "message-id"))
    return [bare, bare.later(0.05)]


def twice_with_footer(mail: Mailed) -> list[Mailed]:
    return [mail, mail.written(mail.content + b"\r\n-- \r\nScanned for viruses, Smalltown 12345\r\n").later(0.05)]


def again_much_later(mail: Mailed) -> list[Mailed]:
    """Each mail brings the one before it once more, in front of itself."""
    return [*(mail.written(old) for old in mail.to_same[-1:]), mail]


def without(content: bytes, *names: str) -> bytes:
    """A mail without some of its headers, folded ones as well."""
    head, blank, body = content.partition(b"\r\n\r\n")
    for name in names:
        head = re.sub(rb"(?im)^" + name.encode() + rb":.*\r?\n(?:[ \t].*\r?\n)*", b"", head + b"\r\n").rstrip(b"\r\n")
    return head + blank + body


def undated(mail: Mailed) -> list[Mailed]:
    return [mail.written(without(mail.content, "date", "message-id"))]


def one_id(mail: Mailed) -> list[Mailed]:
    return [mail.written(b"Message-ID: <mail@lab.test>\r\n" + without(mail.content, "message-id"))]


def to_only(mail: Mailed) -> list[Mailed]:
    return [mail.written(without(mail.content, "delivered-to"))]


def delivered_only(mail: Mailed) -> list[Mailed]:
    return [mail.written(b"To: undisclosed-recipients:;\r\n" + without(mail.content, "to"))]


def odd_case(mail: Mailed) -> list[Mailed]:
    to = f'To: "QA, the team" <{mail.address.swapcase()}>\r\nDelivered-To: {mail.address.upper()}\r\n'
    return [mail.written(to.encode() + without(mail.content, "to", "delivered-to"))]


def folded(mail: Mailed) -> list[Mailed]:
    to = f"To: QA\r\n <{mail.address}>\r\nMessage-ID:\r\n\t<{mail.nth}@lab.test>\r\n"
    kept = without(mail.content, "to", "delivered-to", "message-id")
    return [
        mail.written(
            to.encode() + kept.replace(b"; boundary", b";\r\n\tboundary").replace(b"; charset", b";\r\n charset")
        )
    ]


def raw_names(mail: Mailed) -> list[Mailed]:
    head = f"To: J\xfcrgen \xa7 <{mail.address}>\r\nX-Odd: \x00\xff\r\n".encode("latin-1")
    return [mail.written(head + without(mail.content, "to", "delivered-to"))]


def bare_line_ends(mail: Mailed) -> list[Mailed]:
    return [mail.written(mail.content.replace(b"\r\n", b"\n"))]


def beside_strangers(mail: Mailed) -> list[Mailed]:
    stranger = replace(mail, address=STRANGER)
    return [stranger.written(notice(STRANGER, mail.nth, "Your code: 909-808")), mail]


def after_a_notice(mail: Mailed) -> list[Mailed]:
    return [
        mail.written(notice(mail.address, mail.nth, "Somebody logged in on 12 May 2026 from 192.0.2.17, port 50123.")),
        mail,
    ]


def now_and_then_after_a_notice(mail: Mailed) -> list[Mailed]:
    return [mail] if mail.nth % 6 else after_a_notice(mail)


def after_an_unreadable_notice(mail: Mailed) -> list[Mailed]:
    return [mail.written(notice(mail.address, mail.nth, "", subject="=?utf-8?b?a?= =?x-none?q?=ZZ?=")), mail]


def later_than_promised(mail: Mailed) -> list[Mailed]:
    return [mail if mail.nth % 3 else mail.later(7.0)]


def lost(mail: Mailed) -> list[Mailed]:
    return [] if mail.nth % 5 == 4 else [mail]
