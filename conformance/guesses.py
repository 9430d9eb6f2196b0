"""Codes that are not the right one: near to it, in place of it, and under names of methods that do not exist."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from conformance.model import Answer, Code, Json

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
    "as a number": lambda code, other: (f"0{code}", f"{code}.00", f"{code}e00"),
}
_STAND_INS: Final = {
    "nothing": ("",),
    "separators": ("-", "- -"),
    "words": ("null", "true", "undefined"),
    "words of other kinds": ("[]", "NaN", "false"),
    "zeros": ("0", "0" * 6, "0" * 8),
    "codes of testers": ("123456", "111111", "424242"),
    "more codes of testers": ("999999", "12345678", "654321"),
    "far too long": ("9" * 300, "x" * 4000),
}
_RESPELLINGS: Final[dict[str, Callable[[Code], tuple[str, ...]]]] = {
    "with and without groups": lambda code: (code.displayed, code.compact),
    "in other groups": lambda code: (
        f"{code.compact[:2]} {code.compact[2:]}",
        f"{code.compact[:1]}-{code.compact[1:]}",
    ),
    "with marks": lambda code: (f"{code.compact}-", f"({code.compact})"),
    "in other letters": lambda code: (code.compact.swapcase(),),
}
_BLANKED: Final[dict[str, tuple[Callable[[str], str], ...]]] = {
    "alike": (" ".join,),
    "by turns": (
        lambda code: f"{code[:2]} {code[2:]}",
        lambda code: f"{code[:1]} {code[1:3]} {code[3:]}",
        " ".join,
    ),
}
_METHODS: Final[dict[str, tuple[str | None, ...]]] = {
    "unknown": ("nosuch", "none", "sms"),
    "names of objects": ("__proto__", "constructor", "toString"),
    "in other letters": ("EMAIL", "Email"),
    "none": (None, ""),
}

_PATTERNS: Final[dict[str, Callable[[str], Json]]] = {
    "anything": lambda name: {"$gt": ""},
    "an expression": lambda name: {"$regex": f"^{name}$"},
    "one of": lambda name: {"$in": [name]},
    "equal": lambda name: {"$eq": name},
}
_DIGESTS: Final[dict[str, Callable[[str, str], tuple[str, ...]]]] = {
    "plain": lambda own, other: (own,),
    "older hashes": lambda own, other: (_hex("md5", own), _hex("sha1", own)),
    "of nothing": lambda own, other: (_hex("sha256", ""), "0" * 64),
    "cut": lambda own, other: (_hex("sha256", own)[:-1], _hex("sha256", own)[:32]),
    "of another user": lambda own, other: (_hex("sha256", other),),
}

DIGEST_NAMES: Final = ("hash", "codeHash", "code_hash", "hashedCode")
"""Members of a body under which a server may take the digest of the right code from whoever calls."""

_SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "a slash at the end": lambda path: path + "/",
    "two slashes": lambda path: f"/{path}",
    "capitals": lambda path: path.upper(),
}

STRANGERS: Final = ("none", "made up", "mixed")
"""Credentials that are none."""

PATTERNS: Final = tuple(_PATTERNS)
SPELLINGS: Final = tuple(_SPELLINGS)
DIGESTS: Final = tuple(_DIGESTS)
ALTERED_TOTP: Final = ("half of it", "signs missing", "more around it", "as a number")
"""Alterations that give no other code of six digits, which might be the authenticator's next one."""

BODIES: Final = {
    "cut off": b'{"data":',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "empty": b"",
    "no UTF-8": b'{"userId":"\xff\xfe"}',
    "deep": b"[" * 2000,
}
NAMES: Final[dict[str, Json]] = {
    "null": None,
    "a number": 5,
    "a truth": True,
    "a list": [],
    "an object": {},
    "long": "x" * 5000,
    "a null character": "a\x00b",
}
LONG_NAMES: Final = {"letters": "x" * 5000, "dots": "x." * 2500, "an address": f"{'x' * 2500}@{'x.' * 1250}"}
ANSWERS: Final = {
    "long code": Answer("9" * 6000, "email"),
    "letters beyond ASCII": Answer("é１２３４５６", "email"),
    "long method": Answer("123456", "x" * 2000),
    "name of an object": Answer("123456", "__proto__"),
    "unknown method": Answer("123456", "nosuch"),
}

ALTERED: Final = tuple(_ALTERATIONS)
REPLACED: Final = tuple(_STAND_INS)
RESPELLED: Final = tuple(_RESPELLINGS)
BLANKED: Final = tuple(_BLANKED)
METHODS: Final = tuple(_METHODS)


def alterations(kind: str, code: Code, other: Callable[[str], str]) -> list[str]:
    """Codes that are near to a right one, and no other way to write it. ``other`` gives another sign of the same kind."""
    return [wrong for wrong in _ALTERATIONS[kind](code.compact, other) if wrong != code.compact]


def respelled(kind: str, code: Code) -> list[str]:
    """A right code in spellings that a lenient server takes for the same."""
    return list(_RESPELLINGS[kind](code))


def blanked(kind: str) -> tuple[Callable[[str], str], ...]:
    """Ways to write a code with blanks in it; no two of a kind have as many."""
    return _BLANKED[kind]


_HALF: Final = 3
"""Signs."""


def stand_ins(kind: str) -> tuple[str, ...]:
    """What people and programs put in place of a code."""
    return _STAND_INS[kind]


def shares_a_half(word: str, known: Iterable[Code]) -> bool:
    """Whether a word happens to begin or end as one of the known codes does: a server that compares a half of the code is
    another requirement's."""
    halves = {half for code in known for half in (code.compact[:_HALF], code.compact[-_HALF:])}
    return bool({word[:_HALF], word[-_HALF:]} & halves)


def methods(kind: str) -> tuple[str | None, ...]:
    """Values of the method's header; None leaves it out."""
    return _METHODS[kind]


def spelled(kind: str, path: str) -> str:
    """A route in another spelling."""
    return _SPELLINGS[kind](path)


def pattern(kind: str, name: str) -> Json:
    """A question to a database that finds the user of a name."""
    return _PATTERNS[kind](name)


def digests(kind: str, own: str, other: str) -> tuple[str, ...]:
    """What is near to the digest of a password and is not."""
    return _DIGESTS[kind](own, other)


def bits(code: Code | str) -> float:
    """How much chance a code of this form can hold, in bits."""
    text = code if isinstance(code, str) else code.compact
    alphabet = sum(size for size, fits in _ALPHABETS if any(fits(sign) for sign in text))
    return len(text) * math.log2(alphabet or 1)


def steps(codes: Sequence[Code]) -> set[int]:
    """The differences from one code to the next, as numbers in the base that holds them all, counted round its end."""
    texts = [code.compact for code in codes]
    base = 10 if all(text.isdecimal() for text in texts) else 36
    numbers = [int(text, base) for text in texts]
    return {(after - before) % base ** len(texts[0]) for before, after in pairwise(numbers)}


_ALPHABETS: Final[tuple[tuple[int, Callable[[str], bool]], ...]] = (
    (10, str.isdecimal),
    (26, str.islower),
    (26, str.isupper),
)


def clock_units(codes: Sequence[Code], made: Sequence[tuple[float, float]]) -> int:
    """In how many units of time codes go on as the clock does. ``made``: the moments between which each code was made, in
    seconds. A unit in which codes by chance might do so as well, once in ten million runs, does not count."""
    if len(steps(codes)) == 1:  # a clock would not step so: that is another requirement's
        return 0
    numbers, size = [int(code.compact) for code in codes], 10 ** len(codes[0].compact)
    return sum(_goes_with_the_clock(numbers, made, size, unit) for unit in _UNITS)


_UNITS: Final = (1, 10, 100, 1000, 10_000)
"""So many of each make a second."""
_CHANCE: Final = 1e-7


def _goes_with_the_clock(numbers: list[int], made: Sequence[tuple[float, float]], size: int, unit: int) -> bool:
    chance, fits = 1.0, True
    for (number, (begun, ended)), (later, (then_begun, then_ended)) in pairwise(zip(numbers, made, strict=True)):
        least, most = math.floor((then_begun - ended) * unit) - 1, math.ceil((then_ended - begun) * unit) + 1
        chance *= min(1.0, (most - least + 1) / size)
        fits = fits and (later - number - least) % size <= most - least
    return fits and chance < _CHANCE


def _hex(algorithm: str, text: str) -> str:
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
