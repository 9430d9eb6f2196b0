"""What crosses the wire: requests, replies, responses and mails, as plain values.

Knows nothing of the protocol. Header names stay as the client wrote them, repeated ones stay repeated, bodies stay
bytes.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Headers = tuple[tuple[str, str], ...]
NEVER = 3600.0
"""Seconds that nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: `path` is decoded and without its query, `query` is the raw text behind the question mark.
    `beyond` is what came right behind the body; one that is not `whole` was left before its body had come."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    beyond: bytes = b""
    whole: bool = True

    def values(self, name: str) -> list[str]:
        """The values of every header of this name, in any letter case and in their order, without outer blanks."""
        return [value.strip() for written, value in self.headers if written.lower() == name]

    def header(self, name: str) -> str:
        """One header as a list field: repeated ones joined by a comma, "" when absent."""
        return ", ".join(self.values(name))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written down: `early` ones come from before the endpoint's own code (no cache headers).
    `raw`, a content type and bytes, is sent in place of the body; `delay` are seconds until it leaves."""

    status: int
    body: Json
    early: bool = False
    raw: tuple[str, bytes] | None = None
    headers: Headers = ()
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response as sent, `delay` seconds after its making; status 0 is none at all, and the end of the connection."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one envelope recipient; `due` is the moment (epoch seconds) at which it may leave."""

    recipient: str
    content: bytes = field(repr=False)
    due: float
    sender: str = "no-reply@lab.test"
