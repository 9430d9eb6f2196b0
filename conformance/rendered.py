"""HTML mails as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final


class Rendered(HTMLParser):
    """HTML as the words that a browser shows: inline elements join, blocks break the line, styles and scripts vanish."""

    _INLINE: Final = frozenset(
        [
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "em",
            "font",
            "i",
            "kbd",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strong",
            "sub",
            "sup",
            "tt",
            "u",
            "var",
            "wbr",
        ]
    )
    _CELLS: Final = frozenset({"td", "th"})
    _UNSEEN: Final = frozenset({"style", "script", "head", "title", "template", "noscript"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen: list[str] = []

    @classmethod
    def of(cls, html: str) -> str:
        rendered = cls()
        try:
            rendered.feed(html)
            rendered.close()
        except AssertionError:  # the parser's answer to a marked section that it does not know
            rendered.handle_data(re.sub(r"<[^>]*>", " ", rendered.rawdata))
        return re.sub(r"\s*\n\s*", "\n", "".join(rendered._pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._UNSEEN:
            self._unseen.append(tag)
        elif tag not in self._INLINE:
            self._pieces.append(" " if tag in self._CELLS else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen and self._unseen.pop() != tag:
                continue
        elif tag not in self._INLINE | self._CELLS:
            self._pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(re.sub(r"\s+", " ", data))
