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
from typing import Final
from urllib.parse import quote, quote_plus

_LONG: Final = 8
"""Characters from which on a secret is looked for inside other words, too."""


class Secrets:
    """All secrets that a run has met. One for a run, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._longest_first: tuple[tuple[str, str], ...] | None = ()

    def add(self, value: str, name: str) -> str:
        """Give a password, token or key its name. Returns the value. The first name of a value stays."""
        self._learn(_forms(value), name)
        return value

    def add_code(self, displayed: str, compact: str, name: str) -> None:
        """Give a code its name. Codes are short: they are looked for as whole words only."""
        self._learn((displayed, compact, *_grouped(compact)), name)

    def redact(self, text: str) -> str:
        """The text with each secret replaced by its «name»."""
        for value, name in self._known():
            if value in text:
                text = _replace(text, value, f"«{name}»")
        return text

    def find(self, text: str) -> str | None:
        """The name of a long secret that stands in a text, or None."""
        return next((name for value, name in self._known() if _is_long(value) and value in text), None)

    def _known(self) -> tuple[tuple[str, str], ...]:
        with self._lock:
            if self._longest_first is None:
                self._longest_first = tuple(sorted(self._names.items(), key=lambda item: -len(item[0])))
            return self._longest_first

    def _learn(self, values: Iterable[str], name: str) -> None:
        with self._lock:
            for value in filter(None, values):
                self._names.setdefault(value, name)
            self._longest_first = None


def _is_long(value: str) -> bool:
    return len(value) >= _LONG and not re.fullmatch(r"[A-Z0-9 -]{,14}", value)


def _replace(text: str, value: str, name: str) -> str:
    if _is_long(value):
        return text.replace(value, name)
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", lambda found: _in_place_of(found, name), text)


def _in_place_of(found: re.Match[str], name: str) -> str:
    """A code that stood as a bare JSON number becomes a JSON string, so that the document stays one."""
    before, after = found.string[: found.start()].rstrip()[-1:], found.string[found.end() :].lstrip()[:1]
    is_number = found[0].isdigit() and before in {":", "[", ","} and after in {",", "]", "}"}
    return f'"{name}"' if is_number else name


def _forms(value: str) -> Iterator[str]:
    """The ways in which a secret may stand in a text: as it is, quoted, encoded, and as the digest that stands for it."""
    raw = value.encode()
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="")
    yield quote_plus(value)
    if len(value) >= _LONG:
        yield base64.b64encode(raw).decode().rstrip("=")
        yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
        yield raw.hex()


def _grouped(compact: str) -> Iterator[str]:
    """The usual ways to print a code in groups."""
    for size in (2, 3, 4):
        groups = [compact[start : start + size] for start in range(0, len(compact), size)]
        yield "-".join(groups)
        yield " ".join(groups)


def sha256_hex(text: str) -> str:
    """What a caller sends in place of a password (clause S16)."""
    return hashlib.sha256(text.encode()).hexdigest()
