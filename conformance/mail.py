"""Mails as a reader sees them: their text, and the code in it.

A mail may be in any language, and show a year, a phone number or an order number beside the code. So candidates are ranked
by how a code is usually written, words that other mails of this run show as well are left out, and once the target has
accepted a code, the place where it stood is remembered (Layout) and decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache
from typing import Final

from conformance.model import Code
from conformance.rendered import Rendered

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to")
_ADDRESSED = ("to", "cc", *_DELIVERED)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: whom it was for (lower case), and its text as a reader would see it.

    ``delivered``: the addresses (lower case) that its last servers have noted down, apart from those that its sender wrote.
    ``subject`` is legible, ``parts`` are its text parts as they were sent, each behind its type, and ``fields`` the names
    (lower case) in its header. ``sent``: when, by its sender's clock, in seconds since the epoch.
    """

    recipients: frozenset[str]
    text: str
    message_id: str = ""
    delivered: frozenset[str] = frozenset()
    subject: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    fields: frozenset[str] = frozenset()
    sent: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a code stood: the words just before it, and how it was written (9 for a digit, A for a letter)."""

    before: str
    form: str

    def fits(self, code: Code) -> bool:
        """Whether a code is written like those that stand here. Where these have letters, digits alone are a case's number."""
        lettered = re.search("[Aa]", self.form) is not None
        return not (lettered and code.compact.isdigit()) and re.fullmatch(_shape(self.form), code.displayed) is not None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a code, and how much it looks like one."""

    code: Code
    layout: Layout
    score: int

    @property
    def sure(self) -> bool:
        """Nothing else in a mail looks like this."""
        return self.score >= _SURE

    def resembles(self, layout: Layout) -> bool:
        """It is written like the codes of a target, and nothing beside it says that it is something else."""
        return self.score > 0 and layout.fits(self.code)


def read_message(raw: bytes) -> Message:
    """A mail from its bytes. One with parts in parts deeper than anybody reads has no parts at all."""
    try:
        message = message_from_bytes(raw)
        list(message.walk())
    except RecursionError:
        return BytesHeaderParser().parsebytes(raw)
    return message


def recipients(message: Message) -> frozenset[str]:
    """Every address that a mail names as its own."""
    return _addresses(message, _ADDRESSED)


def _addresses(message: Message, names: tuple[str, ...]) -> frozenset[str]:
    fields = [str(value) for name in names for value in message.get_all(name, [])]
    return frozenset(address.lower() for _, address in getaddresses(fields) if address)


def open_letter(message: Message) -> Letter:
    return Letter(
        recipients(message),
        _text(message),
        str(message.get("message-id", "")).strip(),
        delivered=_addresses(message, _DELIVERED),
        subject=_legible(_subject(message)),
        parts=tuple((part.get_content_type(), _decoded(part)) for part in message.walk() if _is_text(part)),
        fields=frozenset(name.lower() for name in message),
        sent=_sent(message),
    )


def _sent(message: Message) -> float | None:
    try:
        return parsedate_to_datetime(str(message["date"])).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def candidates(
    letter: Letter,
    *,
    common: AbstractSet[str] = frozenset(),
    layout: Layout | None = None,
    taken: AbstractSet[str] = frozenset(),
) -> list[Candidate]:
    """What may be the code, the likeliest first. ``common`` holds words that are no code; ``layout`` is where it stood, and
    ``taken`` are codes that stood there in other mails: they come after one that is new."""
    known = list(_at(layout, letter.text)) if layout else []
    found = {one.code.compact: one for one in sorted(known, key=lambda one: one.code.compact in taken)}
    for start, shown, score in _scored(letter.text):
        code = _code(shown)
        if code.compact in common or code.compact in found:
            continue
        place = Layout(_before(letter.text, start), form_of(shown))
        found[code.compact] = Candidate(code, place, score)
    ranked = sorted(found.values(), key=lambda candidate: -candidate.score)
    return [candidate for candidate in ranked if candidate.score >= _LIKELY]


def alike(ranked: list[Candidate]) -> list[Candidate]:
    """Those that look as much like the code as the likeliest does."""
    return [one for one in ranked if one.score == ranked[0].score]


def _at(layout: Layout, text: str) -> Iterator[Candidate]:
    """What stands where the code stood before, and is written like it: the first one, and the others like it."""
    before = re.escape(layout.before) or "^"
    for found in re.finditer(rf"{before} ?({_shape(layout.form)})(?![A-Za-z0-9])", " ".join(text.split())):
        yield Candidate(_code(found[1]), layout, _KNOWN_PLACE)


def _shape(form: str) -> str:
    """What is written like a code of this form: letters and digits take turns, small letters do not come of themselves."""
    signs = "[A-Za-z0-9]" if "a" in form else "[A-Z0-9]" if "A" in form else r"\d"
    return "".join(signs if sign.isalnum() else re.escape(sign) for sign in form)


def words(letter: Letter) -> set[str]:
    """Everything in a mail that looks like a code."""
    return {_compact(shown) for _, shown, _ in _scored(letter.text)}


def _code(shown: str) -> Code:
    """A code that a mail shows: blanks between all of its signs are no part of it, nobody copies them."""
    return Code(re.sub(" ", "", shown) if re.fullmatch(_SPACED, shown) else shown, _compact(shown))


def may_show_unread_codes(letters: Sequence[Letter]) -> bool:
    """Whether two mails differ in a few words alone, and one of these may be a code in a form that nobody here can read."""
    shown = [letter.text.split() for letter in letters]
    pairs = [(set(one) - set(other), one) for one in shown for other in shown]
    few = [odd for odd, whole in pairs if 2 * len(odd) < len(whole)]
    return any(len(re.sub(r"\W", "", word)) > 3 and not _TIME.search(word) for odd in few for word in odd)


def _compact(shown: str) -> str:
    return re.sub(r"[ -]", "", shown)


def form_of(shown: str) -> str:
    """How a code is written: 123-456 has the form 999-999, and A1b2 the form A9a9."""
    return re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"[0-9]", "9", shown)))


def words_like(form: str) -> re.Pattern[str]:
    """Whole words that are written like a code of this form, in groups or in one piece."""
    signs = {"9": "[0-9]", "a": "[a-z]", "A": "[A-Z]", "-": "[ -]?", " ": "[ -]?"}
    return re.compile(rf"(?<![A-Za-z0-9]){''.join(signs.get(sign, re.escape(sign)) for sign in form)}(?![A-Za-z0-9])")


_GROUPED: Final = (
    r"(?:\d{3} ){2}\d{2,4}|(?:\d{3}-){2}\d{2,4}|(?:\d{4} ){2}\d{2,4}|(?:\d{4}-){2}\d{2,4}|\d{3,4}[ -]\d{3,4}|\d{2}(?:[ -]\d{2}){2,4}"
    r"|[A-Z0-9]{3,5}-[A-Z0-9]{3,5}|(?=[A-Za-z]*-?[A-Za-z]*\d)[A-Za-z0-9]{3,5}-[A-Za-z0-9]{3,5}|(?=[A-Z ]*\d)(?:[A-Z0-9]{3} [A-Z0-9]{3}|[A-Z0-9]{4} [A-Z0-9]{4}|[A-Z0-9]{5} [A-Z0-9]{5})"
)
_SPACED: Final = r"[A-Za-z0-9](?: (?:- )?[A-Za-z0-9]){5,9}"
_SOLID: Final = r"\d{4,10}|(?=[A-Za-z]*\d)[A-Za-z0-9]{6,10}|[A-Z]{6,10}"
_TOKEN: Final = re.compile(
    rf"(?<![A-Za-z0-9#+/@%&?-])(?<!\d[.,:])(?:{_SPACED}|{_GROUPED}|{_SOLID})(?![A-Za-z0-9@%]|-[A-Za-z0-9]|[./:,]\d)"
)
_MARK: Final = "[\"'\u2018-\u201f«»‹›「」]"
_ALONE: Final = re.compile(
    rf"(?:^|[:：]) ?{_MARK}?([A-Za-z0-9]{{6,10}}|[A-Za-z0-9]{{1,5}}(?:[ -][A-Za-z0-9]{{1,5}}){{1,9}}){_MARK}?\.? ?$",
    re.MULTILINE,
)
"""What fills a line, or the rest of one behind a colon, maybe between quotation marks."""

_ADDRESS: Final = re.compile(r"\w+://\S+|\bwww\.\S+|\S+@\S+")
_LIKELY: Final = -1
_PROMISING: Final = 3
_SURE: Final = 6
_KNOWN_PLACE: Final = 100
_MAILS: Final = 64
"""Texts whose tokens are remembered."""
_TIME: Final = re.compile(r"\d[:./]\d|\d{4}-\d\d?-")
_YEAR: Final = re.compile(r"(19|20)\d\d")
_CODE_WORD: Final = re.compile(
    r"\b(?:\w*code?|c[oó]digo|codice|kode?n?|kod|pin|otp|passwor[dt]|token|clave|einmal\w*|verif\w*|код\w*)\b|验证码|コード|인증",
    re.IGNORECASE,
)
_OTHER_WORD: Final = re.compile(
    r"\b(order|bestell\w*|pedido|commande|ticket|phone|tel\w*|fax|call|anruf\w*|ref\w*|vorgang\w*|factura|invoice|rechnung\w*"
    r"|n[ro]|nummer|number|n[uú]mero|suite|zip|plz|case|id|colou?r|farbe|copyright|port)\b\W*$|[©$€£]\W*$|\+\d[\d ()-]*$",
    re.IGNORECASE,
)
_LONGER_NUMBER: Final = re.compile(r"\d[ -]$")
"""A phone number or the like, of which only the end looks like a code."""


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """What may be a code, and where it begins. Some forms are those of any word: they are one only where it is announced."""
    announced = [found.span(1) for found in _ALONE.finditer(text) if _is_announced(text, found.start(1), found[1])]
    for start, end in announced:
        yield start, text[start:end]
    for found in _TOKEN.finditer(text):
        if not any(start <= found.start() < end for start, end in announced):
            yield found.start(), found[0]


def _is_announced(text: str, start: int, shown: str) -> bool:
    """Whether a code is announced just before a line that a word, or one in equal groups, has to itself. Of digits the last
    group may be shorter."""
    *groups, last = re.split("[ -]", shown)
    size = len(groups[0]) if groups else len(last)
    shorter = len(last) < size and _compact(shown).isdigit()
    equal = all(len(group) == size for group in groups) and (len(last) == size or shorter)
    even = equal and 6 <= len(_compact(shown)) <= 10
    plain = re.fullmatch(r"[A-Z][a-z]+(?: [a-z]+)?|[A-Za-z]+(?: [a-z]+){2,}", shown)  # words of a language, most likely
    near = text[max(0, start - 60) : start]
    announced = _CODE_WORD.search(near) or re.search(rf"[:：]\s*{_MARK}?$", near.rstrip())
    return bool(even and announced and not plain and not _TOKEN.fullmatch(shown))


def _before(text: str, start: int) -> str:
    return " ".join(text[max(0, start - 60) : start].split())[-20:]


def _score(text: str, start: int, shown: str) -> int:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    near = text[max(0, start - 60) : start]
    score = 1
    score += 4 if line.strip() == shown else 0
    score += 3 if _CODE_WORD.search(near) else 0
    score += 2 if re.fullmatch(r"\d{6}|\d{3}[ -]\d{3}|\d{8}|\d{4}[ -]\d{4}", shown) else 0
    score -= 4 if _OTHER_WORD.search(near) else 0
    score -= 7 if _LONGER_NUMBER.search(near) else 0
    score -= 3 if _YEAR.fullmatch(shown) else 0
    score -= 2 if shown.isalpha() else 0
    score -= 1 if _compact(shown).isalpha() and not shown.isupper() else 0
    return score


def _text(message: Message) -> str:
    """The text part of a mail, or its HTML part as a browser would show it, or else its subject: the first of them that
    shows something like a code. Where none does, all of them: a code of letters alone is known by its place."""
    parts = {part.get_content_type(): _decoded(part) for part in reversed(list(message.walk())) if _is_text(part)}
    text = _legible(parts.get("text/plain", ""))
    if _promise(text) >= _PROMISING:
        return text
    page = _legible(Rendered.of(parts["text/html"])) if "text/html" in parts else ""
    body = max((text, page), key=_promise)
    body = f"{text}\n{page}" if _promise(body) < _LIKELY else body
    return body if _promise(body) >= _PROMISING else f"{body}\n{_legible(_subject(message))}"


def _promise(text: str) -> int:
    """How much the likeliest code in a text looks like one."""
    return max((score for _, _, score in _scored(text)), default=_LIKELY - 1)


@lru_cache(_MAILS)
def _scored(text: str) -> tuple[tuple[int, str, int], ...]:
    """What may be a code, where it begins, and how much it looks like one. A long mail takes tens of milliseconds, and is
    asked about again and again."""
    return tuple((start, shown, _score(text, start, shown)) for start, shown in _tokens(text))


def _subject(message: Message) -> str:
    try:
        return str(make_header(decode_header(str(message.get("subject", "")))))
    except (LookupError, ValueError, HeaderParseError):
        return str(message.get("subject", ""))


def _is_text(part: Message) -> bool:
    return part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def _legible(text: str) -> str:
    """The same characters for the same signs: no invisible joiners, one kind of dash, one kind of blank."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", text)
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = _ADDRESS.sub(" ", text)
    return re.sub(r"[^\S\n]+", " ", text)
