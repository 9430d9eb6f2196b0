"""Words as Markdown: our own as they were written, a target's in code, where Markdown and HTML mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conformance.render.visible import fitted, in_line

LIMIT = 1000
"""Characters of a target's words that are shown, where nobody says how many."""


def listed(items: Iterable[str]) -> str:
    return ", ".join(map(code, items)) or "none"


def prose(text: str) -> str:
    """Our own words, shown as they were written."""
    return re.sub(r"([\\`*_\[\]<>&|~])", r"\\\1", in_line(text))


def code(text: str, limit: int = LIMIT) -> str:
    """A code span that nothing in the text can close. Its line breaks are spelled out, too."""
    shown = fitted(text, limit, one_line=True)
    ticks = _ticks(shown, 1)
    return f"{ticks} {shown} {ticks}" if "`" in shown else f"{ticks}{shown or ' '}{ticks}"


def fence(text: str, limit: int = LIMIT) -> str:
    """A code block that nothing in the text can close."""
    shown = fitted(text, limit)
    ticks = _ticks(shown, 3)
    return f"{ticks}text\n{shown}\n{ticks}"


def _ticks(text: str, least: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)
