"""A short run without a server: mails go through SMTP, the post and an IMAP proxy to the engine's mailbox."""

from __future__ import annotations

import itertools
import time
from types import TracebackType
from typing import Any, Self, cast

from conformance.lab.app import send_mail
from conformance.lab.editions import ruled
from conformance.lab.letters import code_mail
from conformance.lab.mail import HOST, MailStack
from conformance.lab.server import opened
from conformance.lab.target import ADDRESS, MAILBOX
from conformance.mail import alike
from conformance.mailbox import Postbox
from conformance.model import Code
from conformance.outcomes import Inconclusive
from conformance.target import MailboxTable
from conformance.transport import Transport
from conformance.world import Live

from .behaviours import Behaviour
from .post import Post
from .wire import Proxy

ALICE, BOB, CAROL = (ADDRESS.format(tag=f"run-{name}") for name in ("Alice", "bob", "carol"))


class Flow:
    """A mail system with one behaviour, and an engine that reads from it."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.state = opened(ruled("classic", (), ()), b"chaos", time.time())
        self.sent = itertools.count(1)
        self.known: dict[str, dict[str, Code]] = {address: {} for address in (ALICE, BOB, CAROL)}
        self.read = dict.fromkeys(self.known, 0)

    def __enter__(self) -> Self:
        self.stack = MailStack({MAILBOX: "pw"})
        self.post = Post(self.stack, self.behaviour.way)
        self.proxy = Proxy(self.stack.imap_port, self.behaviour.server())
        table: dict[str, Any] = {"host": HOST, "port": self.proxy.port, "security": "plain", "username": MAILBOX}
        settings = MailboxTable.model_validate(table | {"password": "pw", "address": ADDRESS})
        self.live = Live(cast(Transport, self), Postbox(settings), per_second=1e6, mail_deadline=8)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.close()
        self.proxy.stop()
        self.stack.stop()

    def close(self) -> None:
        """There is no transport."""

    @property
    def postbox(self) -> Postbox:
        assert self.live.postbox
        return self.live.postbox

    def open(self) -> None:
        self.postbox.open()
        for address in self.known:
            self.live.expect_mail(address)

    def send(self, address: str) -> Code:
        """Mail a code that was never mailed before."""
        nth = next(self.sent)
        first, last = f"{(nth * 271 + 104) % 1000:03d}", f"{(nth * 577 + 391) % 1000:03d}"
        send_mail((HOST, self.stack.smtp_port), code_mail(self.state, address, first + last, time.time() + nth))
        return Code(f"{first}-{last}", first + last)

    def receive(self, address: str, within: float | None = None) -> Code | Inconclusive | str | None:
        """What the engine makes of the next mail: its code, None for no mail, or that it cannot tell."""
        known = self.known[address]
        self.live.mail_deadline = within or (8.0 if self.behaviour.expected == "right" else 0.8)
        try:
            receipt = self.live.receive("chaos", address, self.read[address], known, f"{address}#{len(known)}")
        except Inconclusive as open_question:
            return open_question
        self.read[address] = receipt.read or self.read[address]
        if receipt.code and receipt.name:
            known[receipt.name] = receipt.code
        return receipt.code if receipt.code else "a mail without a code" if receipt.read else None

    def learn(self, address: str, right: Code) -> bool:
        """As the preflight does it: two tries at what the mails show, and the place of the right one is remembered."""
        letters = self.live.letters(address)
        self.live.learn_mails(letters)
        self.live.searched = True
        ranked = [*alike(self.live.rank(letters[-1])), *self.live.rank_all(letters)] if letters else []
        tried = list(dict.fromkeys(one.code.compact for one in ranked))[:2]
        if right.compact in tried:
            self.live.layout = next(one for one in self.live.rank_all(letters) if one.code == right).layout
        return right.compact in tried
