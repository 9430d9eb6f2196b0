"""Ways to write the two 2FA headers, and a body, that are unusual: values in which {right}, {wrong} and {other} stand for codes,
and {method} for the method's name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlencode

from conformance.model import Json
from conformance.writing import Lines

LONG: Final = "9" * 10_000
"""A code of ten kilobytes: more than servers take for a header, or just about."""

WRONG: Final[dict[str, Lines]] = {
    "in spaces": (("code", "   {wrong}  "), ("method", "  {method} ")),
    "in tabs": (("code", "\t{wrong}\t"), ("method", "\t{method}")),
    "twice": (("code", "{wrong}"), ("code", "{wrong}"), ("method", "{method}")),
    "two of them": (("code", "{wrong}"), ("code", "{other}"), ("method", "{method}")),
    "a list": (("code", "{wrong}, {other}"), ("method", "{method}")),
    "beyond ASCII": (("code", "{wrong}é１２"), ("method", "{method}")),
    "ten kilobytes": (("code", LONG), ("method", "{method}")),
}
"""What is no right code, however it is read."""

ODD: Final[dict[str, Lines]] = WRONG | {
    "blanks alone": (("code", " \t "), ("method", "{method}")),
    "both empty": (("code", ""), ("method", "")),
    "the code alone": (("code", "{wrong}"),),
    "the method alone": (("method", "{method}"),),
    "the method twice": (("method", "{method}"), ("method", "{method}")),
    "two methods": (("code", "{wrong}"), ("method", "totp"), ("method", "{method}")),
}
"""The same, and halves of an answer."""

HARD: Final[dict[str, Lines]] = {name: WRONG[name] for name in ("two of them", "beyond ASCII", "ten kilobytes")}
"""What some servers refuse to read."""

AMONG: Final[dict[str, Lines]] = {
    "lines": (("code", "{wrong}"), ("code", "{right}"), ("code", "{other}"), ("method", "{method}")),
    "a list": (("code", "{wrong}, {right}, {other}"), ("method", "{method}")),
    "a list without blanks": (("code", "{wrong},{right},{other}"), ("method", "{method}")),
}
"""A right code between wrong ones: neither the first nor the last is right."""

PAIRS: Final[dict[str, Lines]] = {
    "the right one first": (("code", "{right}"), ("code", "{wrong}"), ("method", "{method}")),
    "the right one last": (("code", "{wrong}"), ("code", "{right}"), ("method", "{method}")),
}
BLANKS: Final[dict[str, Lines]] = {
    "none": (("code", "{right}"), ("method", "{method}")),
    "spaces": (("code", "   {right}  "), ("method", "  {method} ")),
    "tabs": (("code", "\t{right}\t"), ("method", "\t{method}\t")),
}
PLAIN: Final[Lines] = (("code", "{right}"), ("method", "{method}"))
ORDERS: Final[dict[str, Lines]] = {
    "code, method": PLAIN,
    "method, code": (("method", "{method}"), ("code", "{right}")),
}

_FORM: Final = "application/x-www-form-urlencoded"

_BODIES: Final[dict[str, Callable[[Json], tuple[str, bytes]]]] = {
    "JSON as text": lambda body: ("text/plain", _json(body)),
    "JSON as a form": lambda body: (_FORM, _json(body)),
    "JSON of no type": lambda body: ("", _json(body)),
    "JSON of an unknown type": lambda body: ("application/x-nosuch", _json(body)),
    "JSON in UTF-16": lambda body: (
        "application/json; charset=utf-16",
        json.dumps(body, ensure_ascii=False).encode("utf-16"),
    ),
    "a form": lambda body: (_FORM, urlencode(list(_fields(body))).encode()),
    "none": lambda body: ("", b""),
}
BODIES: Final = tuple(_BODIES)


def body_as(kind: str, body: Json) -> tuple[str, bytes]:
    """A body written in an unusual way, or under another type: the type, "" for none, and the bytes."""
    return _BODIES[kind](body)


def in_full_width(code: str) -> str:
    """A code in the letters and digits that East Asian scripts use beside their own."""
    return "".join(chr(ord(sign) + _FULL_WIDTH) if "!" <= sign <= "~" else sign for sign in code)


_FULL_WIDTH: Final = 0xFEE0
"""How far the full-width signs stand behind those of ASCII."""


def cut(body: bytes, word: str) -> int:
    """How many bytes of a body stand behind the middle of a word in it; 0 where the word is not there."""
    at = body.find(word.encode())
    return 0 if at < 0 else len(body) - at - len(word) // 2


def _json(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _fields(value: Json, name: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a form, as languages for the web nest them: data[name]=x."""
    if not isinstance(value, dict):
        yield name, value if isinstance(value, str) else json.dumps(value)
        return
    for key, member in value.items():
        yield from _fields(member, f"{name}[{key}]" if name else key)
