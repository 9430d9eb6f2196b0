"""The lab as a whole: a server with its mail, and the target file that describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import time
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

from conformance.lab.accounts import State, digest
from conformance.lab.administrator import BY_PASSWORD, Administrator, access, equipped
from conformance.lab.app import Server
from conformance.lab.editions import ruled
from conformance.lab.gate import OPEN, Gate
from conformance.lab.given import GivenAccount, account_table, settled
from conformance.lab.mail import HOST, MailStack
from conformance.lab.names import PAGE, Names, binding
from conformance.lab.rules import Rules
from conformance.lab.server import opened
from conformance.lab.witness import HEADER, Witness

MAILBOX = "qa@lab.test"
ADDRESS = "qa+{tag}@lab.test"
DEADLINE = 15  # seconds in which the lab's own mail arrives, by far, on a busy machine, too

LIMITS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "requests_per_second": 1000,
        "wrong_codes_per_account": 3,
        "mails": 4000,
        "allow_lockout": True,
        "allow_settings": True,
    }
)


class Lab:
    """A running server of the protocol, from start() to stop(). Every lab has its own ports, accounts and mailbox."""

    def __init__(
        self,
        edition: str = "classic",
        faults: Iterable[str] = (),
        variants: Iterable[str] = (),
        smtp: tuple[str, int] | None = None,
        mail_host: str | None = None,
        seed: str = "lab",
        clock_offset: float = 0,
        accounts: Iterable[GivenAccount] = (),
        names: Names = PAGE,
        administrator: Administrator = BY_PASSWORD,
        gate: Gate = OPEN,
        weather: Mapping[str, Any] = MappingProxyType({}),
        service: Callable[[Rules], Rules] = lambda rules: rules,
        witness: Witness | None = None,
    ) -> None:
        """`smtp` sends the mails to another server than the lab's own, whose mailbox is then not the lab's to describe.
        `mail_host` is the name under which target() gives the lab's own mail. `accounts` are there from the start.
        `names` are what the server calls its headers and routes, `administrator` is how its administrator gets in, `gate` an
        access proxy before it. `weather` gives `latency` and `mail_delay`, in seconds. `service` makes another server of the
        rules, which is not the lab's to describe. `witness` hears of every request, with the test that target() has the client
        name."""
        self.rules = service(replace(ruled(edition, faults, variants), **weather))
        self.seed = seed.encode()
        self.offset = clock_offset + self.rules.clock_offset
        self.smtp, self.mail_host = smtp, mail_host or HOST
        self.accounts, self.names = tuple(accounts), names
        self.administrator, self.gate, self.witness = administrator, gate, witness
        self.began = 0.0
        self.mail: MailStack | None = None
        self.server: Server | None = None

    def start(self) -> Self:
        if self.smtp is None:
            self.mail = MailStack({MAILBOX: self.mail_password})
        try:
            self.began = time() + self.offset
            smtp = self.smtp if self.mail is None else (HOST, self.mail.smtp_port)
            self.server = Server(self.opening(self.began), self.offset, smtp, self.names, self.gate, self.witness)
        except BaseException:
            self.stop()
            raise
        return self

    def opening(self, now: float) -> State:
        """What the server knows when it begins, at a moment."""
        state = equipped(opened(self.rules, self.seed, now), self.administrator, now)
        return settled(state, self.accounts, now)

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()
        if self.mail is not None:
            self.mail.stop()
        self.server = self.mail = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> Server:
        if self.server is None:
            raise RuntimeError("the lab is not running")
        return self.server

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        return self.running.address

    @property
    def base_url(self) -> str:
        host, port = self.address
        return f"http://{host}:{port}"

    @property
    def state(self) -> State:
        """What the server knows right now."""
        return self.running.site.state

    @property
    def mail_password(self) -> str:
        return digest(f"mailbox {self.seed.hex()}")[:24]

    def target(self, security: str = "plain", given: bool = False) -> dict[str, Any]:
        """A target file that describes this lab; `security` is the mailbox's: plain, starttls or tls. `given` names the
        accounts that are there instead of an administrator who makes some."""
        described: dict[str, Any] = {
            "target": {"name": f"lab {self.rules.edition}", "base_url": self.base_url, "timeout": 15, **self.passage()},
            **({"account": [account_table(one) for one in self.accounts]} if given else self.provisioning()),
            "limits": dict(LIMITS),
        }
        described |= {} if self.names == PAGE else {"binding": binding(self.names)}
        return described if self.mail is None else {**described, "mailbox": self.mailbox(self.mail, security)}

    def provisioning(self) -> dict[str, Any]:
        """The target file's [provisioning]."""
        return {"provisioning": access(self.state, self.administrator, self.seed)}

    def passage(self) -> dict[str, Any]:
        """The headers that the access proxy wants, and the one that tells the witness of tests, as [target] names them."""
        mark = {"correlation_header": HEADER} if self.witness else {}
        return mark | ({"headers": dict(self.gate.headers)} if self.gate.headers else {})

    def mailbox(self, mail: MailStack, security: str) -> dict[str, Any]:
        """The target file's [mailbox]."""
        port = mail.imaps_port if security == "tls" else mail.imap_port
        trust = {} if security == "plain" else {"ca_file": str(mail.ca_file)}
        return {
            "host": self.mail_host,
            "port": port,
            "security": security,
            **trust,
            "username": MAILBOX,
            "password": self.mail_password,
            "folder": "INBOX",
            "address": ADDRESS,
            "deadline": DEADLINE + 2 * self.rules.mail_delay,
        }
