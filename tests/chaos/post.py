"""Between SMTP and the mailbox: what becomes of each mail. A way of the post takes a mail and says what arrives, and when."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message

from conformance.lab.mail import MailStack


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail on its way: the how manieth of the run it is, and what its address and all others got before."""

    nth: int
    address: str
    content: bytes
    after: float = 0.0
    to_same: tuple[bytes, ...] = ()
    to_any: tuple[bytes, ...] = ()

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)

    @property
    def code(self) -> str:
        """The code as the lab prints it, on a line of its own; empty in a mail that has none."""
        return code_in(self.content)

    def later(self, seconds: float) -> Mailed:
        return replace(self, after=self.after + seconds)

    def written(self, content: bytes) -> Mailed:
        return replace(self, content=content)


Way = Callable[[Mailed], list[Mailed]]


def text_of(content: bytes) -> str:
    """The plain text of one of the lab's mails."""
    part = next(part for part in message_from_bytes(content).walk() if part.get_content_type() == "text/plain")
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw.decode()


def code_in(content: bytes) -> str:
    lines = text_of(content).splitlines()
    return lines[2] if len(lines) > 2 and any(sign.isdigit() for sign in lines[2]) else ""


@dataclass
class Post:
    """Stands in for a mail stack's delivery from now on."""

    stack: MailStack
    way: Way
    nth: itertools.count[int] = field(default_factory=itertools.count)
    got: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.append = self.stack.deliver
        self.stack.deliver = self.deliver  # type: ignore[method-assign]

    async def deliver(self, address: str, content: bytes) -> None:
        every = tuple(mail for mails in self.got.values() for mail in mails)
        mailed = Mailed(next(self.nth), address, content, to_same=tuple(self.got[address]), to_any=every)
        self.got[address].append(content)
        for mail in self.way(mailed):
            if mail.after:
                self.soon(mail)
            else:
                await self.append(mail.address, mail.content)

    def soon(self, mail: Mailed) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(mail.after, lambda: loop.create_task(self.append(mail.address, mail.content)))
