"""Legal differences in what codes are made of, and how mails print them."""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from conformance.lab.alterations import Alteration, both, proving, setting
from conformance.lab.legal_codes import LETTERS, letters_only
from conformance.lab.rules import DIGITS, Attempt, spell
from conformance.lab.variant import Variant


def made_of(alphabet: str, length: int, bare: Callable[[str], str] = letters_only) -> Alteration:
    """Codes of so many letters of an alphabet; `bare` is what is compared."""
    return setting(make_code=lambda value: spell(value, alphabet, length), bare_code=bare)


def printed(way: Callable[[str], str]) -> Alteration:
    return setting(print_code=way)


def groups(size: int, between: str) -> Callable[[str], str]:
    """Groups of so many letters, or two halves where some would be left over."""

    def grouped(code: str) -> str:
        length = size if len(code) % size == 0 else -(-len(code) // 2)
        return between.join(code[start : start + length] for start in range(0, len(code), length))

    return grouped


IN_THREES = groups(3, "-")


def in_one_piece(code: str) -> str:
    return code


def as_printed(attempt: Attempt) -> bool:
    """What was sent is what the mail shows, to the letter."""
    return attempt.right and attempt.sent in {IN_THREES(code.text) for code in attempt.live}


MADE = (
    Variant("b-11-seven", "Codes of seven digits.", made_of(DIGITS, 7)),
    Variant("b-11-ten", "Codes of ten letters and digits, in any letter case.",
            made_of(LETTERS, 10, lambda text: letters_only(text).upper())),
    Variant("b-11-ten-digits", "Codes of ten digits.", made_of(DIGITS, 10)),
    Variant("b-11-capitals", "Codes of eight capital letters.", made_of(ascii_uppercase, 8)),
    Variant("b-11-lower", "Codes of eight small letters and digits.", made_of(ascii_lowercase + DIGITS, 8)),
    Variant("b-11-mixed", "Codes of eight letters of either case and digits.", made_of(ascii_letters + DIGITS, 8)),
    Variant("b-17", "Blanks and dashes in a code are ignored, and nothing else.",
            setting(bare_code=lambda text: re.sub(r"[ -]", "", text))),
    Variant("b-17-as-printed", "A code counts as the mail prints it, with its dash, and in no other form.",
            both(printed(IN_THREES), proving(as_printed))),
)  # fmt: skip

PRINTED = (
    Variant("b-11-capitals-solid", "Codes of six capital letters, in one piece.",
            both(made_of(ascii_uppercase, 6), printed(in_one_piece))),
    Variant("b-11-lower-solid", "Codes of eight small letters and digits, in one piece.",
            both(made_of(ascii_lowercase + DIGITS, 8), printed(in_one_piece))),
    Variant("b-11-words", "Codes of eight small letters, in one piece.",
            both(made_of(ascii_lowercase, 8), printed(in_one_piece))),
    Variant("b-11-ten-solid", "Codes of ten capital letters and digits, in one piece.",
            both(made_of(LETTERS, 10), printed(in_one_piece))),
    Variant("b-16-pairs", "The code is printed in pairs.", printed(groups(2, " "))),
    Variant("b-16-pairs-dashed", "The code is printed in pairs, with dashes.", printed(groups(2, "-"))),
    Variant("b-16-nine", "Nine digits in three groups.", both(made_of(DIGITS, 9), printed(groups(3, " ")))),
    Variant("b-16-apart", "Every digit is printed apart.", printed(groups(1, " "))),
    Variant("b-16-no-break", "The code is printed with a blank that does not break.", printed(groups(3, "\u00a0"))),
    Variant("b-16-hyphen", "The code is printed with a hyphen that does not break.", printed(groups(3, "\u2011"))),
    Variant("b-16-marked", "The code is printed between quotation marks, with a full stop behind.",
            printed(lambda code: f"“{code}”.")),
)  # fmt: skip

ROWS = (*MADE, *PRINTED)
