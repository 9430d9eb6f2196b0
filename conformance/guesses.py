"""Codes that are not the right one: near to it, in place of it, and under names of methods that do not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.model import Code

Alteration = Callable[[str, Callable[[str], str]], tuple[str, ...]]

_ALTERATIONS: Final[dict[str, Alteration]] = {
    "one sign changed": lambda code, other: (code[:-1] + other(code[-1]), other(code[0]) + code[1:]),
    "half of it": lambda code, other: (code[: len(code) // 2], code[len(code) // 2 :]),
    "one half right": lambda code, other: (
        code[: len(code) // 2] + "".join(map(other, code[len(code) // 2 :])),
        "".join(map(other, code[: len(code) // 2])) + code[len(code) // 2 :],
    ),
    "signs missing": lambda code, other: (code[:-1], code[1:]),
    "more around it": lambda code, other: (code + "7", "7" + code, f"77{code}77"),
    "as a number": lambda code, other: (f"0{code}", f"{code}.0", f"{code}e0"),
}
_STAND_INS: Final = {
    "nothing": ("",),
    "words": ("null", "true", "undefined"),
    "words of other kinds": ("[]", "NaN", "false"),
    "zeros": ("0", "0" * 6, "0" * 8),
    "codes of testers": ("123456", "111111", "424242"),
    "more codes of testers": ("999999", "12345678", "654321"),
    "far too long": ("9" * 300, "x" * 4000),
}
_METHODS: Final[dict[str, tuple[str | None, ...]]] = {
    "unknown": ("nosuch", "none", "sms"),
    "names of objects": ("__proto__", "constructor", "toString"),
    "in other letters": ("EMAIL", "Email"),
    "none": (None, ""),
}

ALTERED: Final = tuple(_ALTERATIONS)
REPLACED: Final = tuple(_STAND_INS)
METHODS: Final = tuple(_METHODS)


def alterations(kind: str, code: Code, other: Callable[[str], str]) -> list[str]:
    """Codes that are near to a right one, and no other way to write it. ``other`` gives another sign of the same kind."""
    return [wrong for wrong in _ALTERATIONS[kind](code.compact, other) if wrong != code.compact]


def stand_ins(kind: str, known: list[Code]) -> list[str]:
    """What people and programs put in place of a code, unless one of the known codes happens to be just that."""
    taken = {code.compact for code in known}
    return [word for word in _STAND_INS[kind] if word not in taken]


def methods(kind: str) -> tuple[str | None, ...]:
    """Values of the method's header; None leaves it out."""
    return _METHODS[kind]
