"""What a lab is asked, by which test, and when: for whoever wants to ask the same of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from conformance.lab.messages import Request

HEADER = "X-Asked-By"
"""In which a client says RUN/TEST, percent-encoded. No server sees it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request at a moment (epoch seconds, on the server's clock); `by` is "" where the client does not say."""

    by: str
    request: Request
    now: float


Witness = Callable[[Asked], None]


def understood(request: Request, now: float) -> Asked:
    """The request without the header, and what that said."""
    marks = request.values(HEADER.lower())
    headers = tuple((name, value) for name, value in request.headers if name.lower() != HEADER.lower())
    return Asked(unquote(marks[0]).partition("/")[2] if marks else "", replace(request, headers=headers), now)
