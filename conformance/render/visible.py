"""Text that came from a target, as something to look at: nothing in it steers a terminal, a parser or the reading order."""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from typing import Final

_LAYOUT: Final = frozenset("\n\t")


def visible(text: str) -> str:
    """The text with each character that cannot be seen spelled out, as in <U+202E>. Line breaks and tabs stay."""
    return text if text.isprintable() else "".join(map(_seen, text))


def in_line(text: str) -> str:
    """The same for a place that holds one line: line breaks and tabs are spelled out, too."""
    return text if text.isprintable() else "".join(char if char.isprintable() else _spelled(char) for char in text)


def cut(text: str, limit: int) -> str:
    """The first characters of a text, and a note on how many are left out."""
    return text if len(text) <= limit else _first(text, limit)


def fitted(text: str, limit: int, *, one_line: bool = False) -> str:
    """The first characters of a text, as many as take no more room than this when they are spelled out, and the note."""
    spell = in_line if one_line else visible
    widths = accumulate(len(spell(char)) for char in text[:limit])
    kept = sum(1 for _ in takewhile(lambda width: width <= limit, widths))
    return spell(text if kept == len(text) else _first(text, kept))


def _first(text: str, count: int) -> str:
    return f"{text[:count]}… ({len(text) - count} more characters are in run.jsonl)"


def defused(text: str) -> str:
    """Text for the log of a build server: some obey lines such as ##vso[...] wherever they find them."""
    return re.sub("#(?=#)", "# ", text)


def _seen(char: str) -> str:
    return char if char.isprintable() or char in _LAYOUT else _spelled(char)


def _spelled(char: str) -> str:
    return f"<U+{ord(char):04X}>"
