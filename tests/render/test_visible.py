"""Hostile text made visible."""

import sys

import pytest

from conformance.render.visible import cut, in_line, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain, ümläut, 漢字, «x»", "plain, ümläut, 漢字, «x»"),
        ("a\n\tb", "a\n\tb"),
        ("\r\x1b[0m", "<U+000D><U+001B>[0m"),
        ("\u202eabc", "<U+202E>abc"),
        ("\ud800", "<U+D800>"),
        ("\U000e0041", "<U+E0041>"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_one_line_stays_one_line() -> None:
    assert in_line("a\n\tb") == "a<U+000A><U+0009>b"


def test_of_all_characters_only_two_that_cannot_be_seen_remain() -> None:
    text = visible("".join(map(chr, range(sys.maxunicode + 1))))
    assert {char for char in text if not char.isprintable()} == {"\n", "\t"}


def test_cutting_says_how_much_is_missing() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 4) == "abcd… (2 more characters are in run.jsonl)"
