"""The last look at what is about to be written: whether a secret of the run stands in it after all.

Redaction (secrecy.py) knows in which forms a secret may stand, and replaces each. This goes the other way round: it undoes
what may hide a secret, escapes, entities, percent signs and letter case, and looks for the secret itself. So it notices what
redaction has overlooked, and shares none of its code. What holds a secret is not written (ledger.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from html.entities import html5
from itertools import accumulate
from typing import Final

_LONG: Final = 8
"""Characters from which on a secret is looked for everywhere, also inside other words."""

_CODE: Final = 6
"""Characters that a code has at least; what is shorter stands in any text."""

_KEY: Final = 8
"""Letters and digits in a row by which long secrets are filed: a run has thousands of them, each in a dozen forms."""


class Canaries:
    """The secrets of one run, shared by its threads. ``add`` and ``add_code`` make one known; the rest only looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._filed: dict[str, tuple[tuple[str, str], ...]] = {}
        self._unfiled: tuple[tuple[str, str], ...] = ()
        self._words: dict[str, str] = {}
        self._phrases: dict[str, str] = {}
        self._public = _Public()

    def exempt(self, texts: Iterable[str]) -> None:
        """What anybody may see, such as the target's address and our own sources: a secret that stands in it, a password
        that is a mere phrase of it, can be looked for in what came from the target only."""
        self._public.add(texts)

    def add(self, value: str, kind: str) -> None:
        """A password, token or key. ``kind`` says which."""
        if len(value) < _LONG:
            return
        with self._lock:
            if _is_word(value) or value.casefold() in self._public:
                (self._words if _TOKEN.fullmatch(value) else self._phrases).setdefault(value, kind)
                return
            for form in {form.casefold() for form in _forms(value)}:
                self._file(form, kind)

    def add_code(self, compact: str, kind: str) -> None:
        """A code, without the signs that group it. One without a digit cannot be told from a word."""
        if len(compact) >= _CODE and any(map(str.isdigit, compact)):
            with self._lock:
                self._words.setdefault(compact, kind)

    def in_text(self, text: str) -> str | None:
        """The kind of a long secret that stands in a text, in whatever form; or None."""
        return next(filter(None, map(self._long_in, _views(text))), None)

    def in_reply(self, text: str) -> str | None:
        """The same for what came from the target, or was made of it: there codes, too, are looked for, as whole words."""
        return next(filter(None, (self._long_in(view) or self._word_in(view) for view in _views(text))), None)

    def _long_in(self, text: str) -> str | None:
        folded = text.casefold()
        for word in set(_WORD.findall(folded)):
            for at in range(len(word) - _KEY + 1):
                if (key := word[at : at + _KEY]) in self._filed:
                    for form, kind in self._filed[key]:
                        if form in folded:
                            return kind
        return next((kind for form, kind in self._unfiled if form in folded), None)

    def _word_in(self, text: str) -> str | None:
        found = {*_TOKEN.findall(text), *_grouped(text)} & self._words.keys()
        if found:
            return self._words[found.pop()]
        return next((kind for phrase, kind in self._phrases.items() if phrase in text), None)

    def _file(self, form: str, kind: str) -> None:
        """File a form under the end of its longest word: tokens of one kind often begin alike."""
        key = max(_WORD.findall(form), key=len, default="")[-_KEY:]
        if not key:
            self._unfiled = (*self._unfiled, (form, kind))
        elif not (filed := self._filed.get(key)):
            self._filed[key] = ((form, kind),)
        elif all(form != known for known, _ in filed):
            self._filed[key] = (*filed, (form, kind))


class _Public:
    """What anybody may see, so kept that a short text is found in it fast: a run asks for thousands."""

    def __init__(self) -> None:
        self._all = ""
        self._words: list[str] = []
        """Each once, the longest first."""
        self._joined = ""
        self._ends: list[int] = []
        """Where each word ends in what they are joined to."""

    def add(self, texts: Iterable[str]) -> None:
        self._all = "\n".join([self._all, *texts]).casefold()
        self._words = sorted(set(self._all.split()), key=len, reverse=True)
        self._joined = "\n".join(self._words)
        self._ends = list(accumulate(len(word) + 1 for word in self._words))

    def __contains__(self, value: str) -> bool:
        if len(value.split()) != 1:
            return value in self._all
        longer = bisect_right(self._words, -len(value), key=lambda word: -len(word))
        return longer > 0 and self._joined.find(value, 0, self._ends[longer - 1]) >= 0


_WORD: Final = re.compile(rf"[a-z0-9]{{{_KEY},}}")
_SHORT_WORD: Final = 16


def _is_word(value: str) -> bool:
    """Whether a password may stand in any text by chance."""
    return value.isdigit() or (value.isalpha() and len(value) < _SHORT_WORD)


def _forms(value: str) -> Iterator[str]:
    """What may stand for a secret, apart from what loosened() undoes."""
    raw = value.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(raw)
    yield from (value, value[::-1])
    for written in {value, raw.decode("latin-1"), json.dumps(value)[1:-1]}:  # what is left of them after loosening
        yield loosened(written)
    yield digest.hexdigest()
    for octets in (raw, digest.digest(), *_keys(value)):
        yield octets.hex()
        yield from _within_base64(octets)


def _keys(value: str) -> Iterator[bytes]:
    """The key that an authenticator's secret is, where it is one."""
    if re.fullmatch(r"(?:[A-Za-z2-7]{8}){2,}", value):
        yield base64.b32decode(value.upper())


def _within_base64(octets: bytes) -> Iterator[str]:
    """What every Base64 text that holds these octets has in common, wherever they begin in it."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + octets).decode()
        whole = text[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6]
        yield whole
        if "+" in whole or "/" in whole:
            yield whole.translate(_FOR_URLS)


_FOR_URLS: Final = str.maketrans("+/", "-_")


def _views(text: str) -> Iterator[str]:
    """A text as it is, and loosened where that makes a difference."""
    yield text
    if (plain := loosened(text)) != text:
        yield plain


_HIDES: Final = re.compile(r"[\\%&\x00]")
# Each branch begins with one plain sign: so the search jumps from sign to sign.
_QUOTING: Final = re.compile(r"\\\\*(?![\\\w])|\x00")
_WRITTEN_OTHERWISE: Final = re.compile(
    r"\\\\*u([0-9a-f]{4})|\\\\*x([0-9a-f]{2})|\\\\*(\w)|%(?:25)*([0-9a-f]{2})|&#(\d{1,7});?|&#x([0-9a-f]{1,6});?|&(\w{1,32};)",
    re.IGNORECASE,
)
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_PASSES: Final = 3


def loosened(text: str) -> str:
    """A text in which what was written by an escape, a percent sign or an entity stands plainly, also if that was done
    twice; and no NUL, which leaves the ASCII of what came as UTF-16."""
    for _ in range(_PASSES if _HIDES.search(text) else 0):
        before, text = text, _WRITTEN_OTHERWISE.sub(_plain, _QUOTING.sub("", text))
        if text == before:
            break
    return text


def _plain(found: re.Match[str]) -> str:
    wide, byte, sign, percent, decimal, hexadecimal, entity = found.groups()
    if sign:
        return _CONTROLS.get(sign, sign)
    if entity:
        return html5.get(entity, found[0])
    number = int(decimal) if decimal else int(wide or byte or percent or hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 else ""


_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9])(?<!\d\.)[A-Za-z0-9]{6,64}(?![A-Za-z0-9])")
_GROUPS: Final = re.compile(r"(?<![A-Za-z0-9])(?<!\d\.)(?=(\d{2,4}(?:[- ]\d{1,4}){1,5})(?![A-Za-z0-9]))")


def _grouped(text: str) -> Iterator[str]:
    """Digits in groups of one size, the last of which may be smaller, as one word."""
    for found in _GROUPS.findall(text):
        groups = re.split("[- ]", found)
        yield from accumulate(_evenly(groups, len(groups[0])))


def _evenly(groups: list[str], size: int) -> Iterator[str]:
    for group in groups:
        if len(group) > size:
            return
        yield group
        if len(group) < size:
            return
