"""A header by which a target's owner finds the lines of a run, and of one test, in the target's own log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from conformance.model import Request

_PLAIN: Final = "-._~[](),:=+/"
"""Signs of a test's id that a header and its readers take as they are, beside letters and digits."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """``header``: its name, in which run and test stand as RUN/TEST; None for no header."""

    header: str | None = None
    run: str = ""

    def mark(self, test: str, request: Request) -> Request:
        """The request as it goes out. The evidence has it without the header, so that it is the same in every run."""
        if not self.header:
            return request
        value = f"{self.run}/{quote(test, safe=_PLAIN)}"
        return replace(request, headers=((self.header, value), *request.headers))
