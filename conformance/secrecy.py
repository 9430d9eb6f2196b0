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
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, quote_plus

_LONG: Final = 8
"""Characters from which on a secret is looked for inside other words, too."""


class Secrets:
    """All secrets that a run has met. One for a run, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, _Name] = {}
        self._longest_first: tuple[tuple[str, _Name], ...] | None = ()

    def add(self, value: str, name: str) -> str:
        """Give a password, token or key its name. Returns the value. The first name of a value stays."""
        self._learn(_forms(value), _Name(f"«{name}»", anywhere=len(value) >= _LONG and not value.isdigit()))
        return value

    def add_code(self, displayed: str, compact: str, name: str) -> None:
        """Give a code its name. Codes are short: they are looked for as whole words only."""
        self._learn((displayed, compact, *_grouped(compact)), _Name(f"«{name}»", anywhere=False))

    def redact(self, text: str, *, long_only: bool = False) -> str:
        """The text with each secret replaced by its «name». Names that stand in it already stay as they are."""
        for value, name in self._known():
            if value in text and (name.anywhere or not long_only):
                pieces = _NAMES.split(text)
                pieces[::2] = [_replace(piece, value, name) for piece in pieces[::2]]
                text = "".join(pieces)
        return text

    def find(self, text: str) -> str | None:
        """The name of a long secret that stands in a text, or None."""
        return next((name.text[1:-1] for value, name in self._known() if name.anywhere and value in text), None)

    def _known(self) -> tuple[tuple[str, _Name], ...]:
        with self._lock:
            if self._longest_first is None:
                self._longest_first = tuple(sorted(self._names.items(), key=lambda item: -len(item[0])))
            return self._longest_first

    def _learn(self, values: Iterable[str], name: _Name) -> None:
        with self._lock:
            for value in filter(None, values):
                self._names.setdefault(value, name)
            self._longest_first = None


@dataclass(frozen=True, slots=True)
class _Name:
    """What stands in place of a secret. ``anywhere``: also inside other words."""

    text: str
    anywhere: bool


_NAMES: Final = re.compile("(«[^«»]*»)")


def _replace(text: str, value: str, name: _Name) -> str:
    if name.anywhere:
        return text.replace(value, name.text)
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", lambda _: name.text, text)


def _forms(value: str) -> Iterator[str]:
    """The ways in which a secret may stand in a text: as it is, quoted, encoded, or as the digest that stands for it."""
    raw = value.encode("utf-8", "surrogatepass")
    escaped = json.dumps(value)[1:-1]
    quoted = {value, json.dumps(value, ensure_ascii=False)[1:-1], escaped, re.sub(r"\\u[0-9a-f]{4}", _upper, escaped)}
    yield from quoted
    yield from (form.replace("/", "\\/") for form in quoted)
    yield quote(raw, safe="")
    yield quote_plus(raw)
    if len(value) >= _LONG:
        yield base64.b64encode(raw).decode().rstrip("=")
        yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
        yield raw.hex()
        yield hashlib.sha256(raw).hexdigest()


def _upper(escape: re.Match[str]) -> str:
    return "\\u" + escape[0][2:].upper()


def _grouped(compact: str) -> Iterator[str]:
    """The usual ways to print a code in groups."""
    for size in (2, 3, 4):
        groups = [compact[start : start + size] for start in range(0, len(compact), size)]
        yield "-".join(groups)
        yield " ".join(groups)


def sha256_hex(text: str) -> str:
    """What a caller sends in place of a password (clause S16)."""
    return hashlib.sha256(text.encode()).hexdigest()
