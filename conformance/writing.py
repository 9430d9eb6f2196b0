"""How a call is written where its bytes are what a test is about: what a client would tidy up is sent as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

HeaderCase = Literal["as-written", "upper", "title"]
Connection = Literal["shared", "fresh", "kept"]
Lines = tuple[tuple[Literal["code", "method"], str], ...]
"""The two 2FA headers, line by line, each with the value that follows its colon."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a request goes out: through the connections that all requests share, tidied up by a client, or byte for byte on
    a fresh connection, or on the one that was kept from the request before. ``unsent``: so many bytes more than the body
    has does Content-Length promise; below zero, so many bytes fewer."""

    connection: Connection = "shared"
    unsent: int = 0


TIDY: Final = Way()


@dataclass(frozen=True, slots=True)
class Writing:
    """``lines`` stand before all other headers (``first``) or behind them. ``label`` is the Content-Type, "" leaves it
    out, None is the usual one."""

    lines: Lines = ()
    first: bool = False
    label: str | None = None
    way: Way = Way("fresh")
