"""Secrets by name: every secret gets one before anything that may hold it is written down.

A name, such as «alice.email#1», says whose secret it is and which one in order of appearance. Two requests that carried the
same code still show it, and a recorded run can be judged again without a single secret in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, quote_plus

from conformance.canaries import Canaries

_LONG: Final = 8
"""Characters from which on a secret is looked for inside other words, too."""

_TELLING: Final = 6
"""Characters from which on a code with a digit in it is not the name of a member by chance."""

_BEGINNING: Final = 6
"""Characters by which secrets are filed: a run has tens of thousands of their forms, of which few begin alike."""


class Secrets:
    """All secrets that a run has met. One for a run, shared by its threads.

    Codes are short, and a run meets many: two of its tests may well meet the same one. So each test has its own view, in
    which a code has the name that this test gave it, and others' codes have theirs.
    """

    def __init__(self, run: Secrets | None = None, canaries: Canaries | None = None) -> None:
        """``canaries``: who looks at the end whether any of them was overlooked."""
        self._run = run
        self._canaries = canaries
        self._views: dict[str, Secrets] = {}
        self._lock = threading.Lock()
        self._names: dict[str, _Name] = {}
        self._by_beginning: dict[str, tuple[str, ...]] = {}
        self._short: tuple[str, ...] = ()

    def of(self, test: str) -> Secrets:
        """The view of one test."""
        with self._lock:
            return self._views.setdefault(test, Secrets(self))

    def add(self, value: str, name: str) -> str:
        """Give a password, token or key its name. Returns the value. The first name of a value stays."""
        if self._run:
            return self._run.add(value, name)
        if self._canaries:
            self._canaries.add(value, _kind(name))
        long = len(value) >= _LONG and not value.isdigit()
        self._learn(_forms(value), _Name(f"«{name}»", anywhere=long, in_names=long))
        if long:
            self._learn(_alterations(value), _Name(f"«{name}, altered»", anywhere=True, in_names=True, altered=True))
        return value

    def add_code(self, displayed: str, compact: str, name: str) -> None:
        """Give a code its name. Codes are short: they are looked for as whole words only. Their digests are no secrets
        that keep: all codes can be tried until one fits."""
        telling = len(compact) >= _TELLING and any(map(str.isdigit, compact))
        self._learn((displayed, compact, *_grouped(compact)), _Name(f"«{name}»", anywhere=False, in_names=telling))
        self._learn(_digests(compact), _Name(f"«{name}»", anywhere=True, in_names=True))
        if self._canaries:
            self._canaries.add_code(compact, _kind(name))
        if self._run:
            self._run.add_code(displayed, compact, name)

    def name_of(self, code: str) -> str | None:
        """The name that a code has in this view: two users may be sent the same one."""
        return self._names[code].text[1:-1] if code in self._names else None

    def named(self, text: str) -> str:
        """The «name» of a text that is a secret as a whole; any other as it is."""
        name = self._names.get(text) or (self._run or self)._names.get(text)
        return name.text if name else text

    def redact(self, text: str, *, in_names: bool = False) -> str:
        """The text with each secret replaced by its «name». Names that stand in it already stay as they are. ``in_names``: the
        text is the name of a member or of a header, which a weak password may well be."""
        if self.clear_of(text):
            return text
        pieces = _NAMES.split(text)
        pieces[::2] = ["".join(self._replaced(piece, in_names)) for piece in pieces[::2]]
        return "".join(pieces)

    def clear_of(self, text: str) -> bool:
        """Whether no secret even begins in a text: true of most."""
        run = self._run or self
        beginnings = (text[at : at + _BEGINNING] for at in range(len(text) - _BEGINNING + 1))
        return run._by_beginning.keys().isdisjoint(beginnings) and not any(value in text for value in run._short)

    def find(self, text: str) -> str | None:
        """The name of a long secret that stands in a text, or None."""
        found = (name for _, _, name in self._found(text, in_names=False) if name.anywhere and not name.altered)
        return next((name.text[1:-1] for name in found), None)

    def _replaced(self, text: str, in_names: bool) -> Iterator[str]:
        done = 0
        for start, end, name in self._found(text, in_names):
            yield text[done:start]
            yield name.text
            done = end
        yield text[done:]

    def _found(self, text: str, in_names: bool) -> Iterator[tuple[int, int, _Name]]:
        """Where secrets stand in a text, from left to right; of several at one place the longest."""
        run, own, done = self._run or self, self._names, 0
        filed, short = run._by_beginning, tuple(value for value in run._short if value in text)
        begun = (at for at in range(len(text)) if short or text[at : at + _BEGINNING] in filed)
        for at in begun:
            for value in (*filed.get(text[at : at + _BEGINNING], ()), *short) if at >= done else ():
                name, end = own.get(value) or run._names[value], at + len(value)
                if not text.startswith(value, at) or (in_names and not name.in_names):
                    continue
                if name.anywhere or _is_word(text, at, end):
                    yield at, end, name
                    done = end
                    break

    def _learn(self, values: Iterable[str], name: _Name) -> None:
        with self._lock:
            for value in filter(None, values):
                if value not in self._names:
                    self._names[value] = name
                    self._file(value)

    def _file(self, value: str) -> None:
        """File a value under its beginning. Those that are shorter than that are looked for everywhere."""
        if len(value) < _BEGINNING:
            self._short = _longest_first(*self._short, value)
        else:
            filed = self._by_beginning.get(value[:_BEGINNING])
            self._by_beginning[value[:_BEGINNING]] = _longest_first(*filed, value) if filed else (value,)


def _longest_first(*values: str) -> tuple[str, ...]:
    return tuple(sorted(values, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class _Name:
    """What stands in place of a secret. ``anywhere``: also inside other words. ``in_names``: also in the names of members and
    headers. ``altered``: in place of what shows a secret without being it, so that a test may give it a name of its own."""

    text: str
    anywhere: bool
    in_names: bool
    altered: bool = False


def _kind(name: str) -> str:
    """Whose secret and which kind of one: its name without its number."""
    return name.partition("#")[0]


_NAMES: Final = re.compile("(«[^«»]*»)")


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def _forms(value: str) -> Iterator[str]:
    """The ways in which a secret may stand in a text: as it is, quoted, encoded, or as the digest that stands for it."""
    yield value
    raw = value.encode("utf-8", "surrogatepass")
    if not _PLAIN.fullmatch(value):
        escaped = json.dumps(value)[1:-1]
        quoted = {
            value,
            json.dumps(value, ensure_ascii=False)[1:-1],
            escaped,
            re.sub(r"\\u[0-9a-f]{4}", _upper, escaped),
        }
        yield from quoted
        yield from (form.replace("/", "\\/") for form in quoted)
        yield quote(raw, safe="")
        yield quote_plus(raw)
    if len(value) >= _LONG:
        for octets in (raw, hashlib.sha256(raw).digest(), *_authenticator_keys(value)):
            yield from _for_urls_too(base64.b64encode(octets).decode().rstrip("="))
            yield octets.hex()


_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]+")
"""What is written alike in JSON and in a URL."""


def _for_urls_too(text: str) -> tuple[str, ...]:
    """Base64, and how it is written in a URL, where that differs."""
    other = text.translate(_FOR_URLS)
    return (text,) if text == other else (text, other)


_FOR_URLS: Final = str.maketrans("+/", "-_")


def _authenticator_keys(value: str) -> Iterator[bytes]:
    """The octets that an authenticator's secret writes in Base32."""
    with suppress(ValueError):
        yield base64.b32decode(value + "=" * (-len(value) % 8))


def _alterations(value: str) -> Iterator[str]:
    """What lets a long secret be read off: other letter case, backwards, UTF-16, and inside a longer text in Base64."""
    yield from (value.upper(), value.lower(), value.swapcase(), value[::-1], "\0".join(value))
    raw = value.encode("utf-8", "surrogatepass")
    for octets in (raw, hashlib.sha256(raw).digest()):
        yield octets.hex().upper()
        for ahead in (0, 1, 2):
            yield from _for_urls_too(base64.b64encode(bytes(ahead) + octets)[ahead + (ahead > 0) : -4].decode())


def _upper(escape: re.Match[str]) -> str:
    return "\\u" + escape[0][2:].upper()


def _grouped(compact: str) -> Iterator[str]:
    """The usual ways to print a code in groups."""
    for size in (2, 3, 4):
        groups = [compact[start : start + size] for start in range(0, len(compact), size)]
        yield "-".join(groups)
        yield " ".join(groups)


def _digests(compact: str) -> Iterator[str]:
    """Fast hashes of a code, in hex and in Base64."""
    for algorithm in ("md5", "sha1", "sha256"):
        raw = hashlib.new(algorithm, compact.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
        yield raw.hex()
        yield base64.b64encode(raw).decode().rstrip("=")


def sha256_hex(text: str) -> str:
    """What a caller sends in place of a password (clause S16)."""
    return hashlib.sha256(text.encode()).hexdigest()
