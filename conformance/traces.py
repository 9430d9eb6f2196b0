"""What gives away the inside of a server."""

from __future__ import annotations

import re
from typing import Final

_TRACES: Final = re.compile(
    r"Traceback \(most recent call last\)|\bat [^\n]{1,200}\.(?:js|ts|mjs|java|kt|rb|php|go|py):\d+"
    r"|node_modules/|\bFile \\?\"[^\"]+\", line \d+|Mongo(?:Server)?Error|\bE11000\b|SQLSTATE|ORA-\d{5}|\bsyntax error at or near\b"
)


def trace_in(text: str) -> str | None:
    """The first stack trace in a text, or error of a database, as far as it is recognised by."""
    found = _TRACES.search(text)
    return found[0] if found else None
