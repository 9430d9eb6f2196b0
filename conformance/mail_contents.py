"""What mails hold beside their codes, and whom they went to beside their reader."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from conformance.mail import Letter
from conformance.model import Code

_URL: Final = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_BEHIND: Final = ".,;:!?)]"
"""What ends a sentence rather than a URL."""


def mentions(letter: Letter, word: str) -> bool:
    """Whether a word stands anywhere in a mail, be it where no reader sees it."""
    texts = (letter.subject, *(text for _, text in letter.parts))
    return any(word.lower() in text.lower() for text in texts)


def shows_in_subject(letter: Letter, code: Code) -> bool:
    """Whether the subject shows a code as a word of its own, in groups or in one piece."""
    signs = "[ -]?".join(map(re.escape, code.compact))
    return bool(re.search(rf"(?<![A-Za-z0-9]){signs}(?![A-Za-z0-9])", letter.subject))


def has_element(letter: Letter, tag: str, word: str) -> bool:
    """Whether a word stands in an element of this kind in the HTML of a mail, as a browser reads it."""
    return any(word in _Elements.of(text, tag) for kind, text in letter.parts if kind == "text/html")


def links_to(letter: Letter, base_url: str) -> list[str]:
    """The paths, with their queries, of all links to a server, each once. ``base_url`` is where its paths begin."""
    base = urlsplit(base_url)
    links = (urlsplit(link) for link in _urls(letter))
    prefix = base.path.rstrip("/")
    paths = [
        f"{link.path.removeprefix(prefix) or '/'}{'?' * bool(link.query)}{link.query}"
        for link in links
        if link.netloc.lower() == base.netloc.lower() and f"{link.path}/".startswith(f"{prefix}/")
    ]
    return list(dict.fromkeys(paths))


def misdirected(letters: Iterable[Letter], own: AbstractSet[str]) -> int | None:
    """How many of some mails were delivered to others than their reader, whose addresses (lower case) are ``own``. None
    where none was delivered to the reader by name: then the mailbox does not tell to whom it was."""
    delivered = [letter.delivered for letter in letters if letter.delivered]
    if not any(addresses & own for addresses in delivered):
        return None
    return sum(not addresses & own for addresses in delivered)


class _Elements(HTMLParser):
    """What stands in all elements of one kind."""

    def __init__(self, tag: str) -> None:
        super().__init__(convert_charrefs=True)
        self._tag, self._open = tag, 0
        self.text = ""

    @classmethod
    def of(cls, page: str, tag: str) -> str:
        elements = cls(tag)
        try:
            elements.feed(page)
            elements.close()
        except AssertionError:  # the parser's answer to a marked section that it does not know
            return elements.text
        return elements.text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open += tag == self._tag

    def handle_endtag(self, tag: str) -> None:
        self._open -= tag == self._tag and self._open > 0

    def handle_data(self, data: str) -> None:
        self.text += data if self._open else ""


def _urls(letter: Letter) -> Iterable[str]:
    for kind, text in letter.parts:
        for found in _URL.finditer(text):
            yield (html.unescape(found[0]) if kind == "text/html" else found[0]).rstrip(_BEHIND)
