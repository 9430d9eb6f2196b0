"""Tables of pairs, and what failing rows have in common."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from conformance.pairwise import Item, cover, culprit

Row = tuple[Item, ...]

ROWS: list[Row] = [
    tuple(zip("abcd", values, strict=True)) for values in product("123", "1234", "12", "123")
]  # 72 of them, and 53 pairs


def pairs(row: Row) -> frozenset[frozenset[Item]]:
    return frozenset(frozenset(pair) for pair in combinations(row, 2))


def items(text: str) -> frozenset[Item]:
    """The items of a text like a1 b2."""
    return frozenset((word[0], word[1:]) for word in text.split())


def test_a_table_shows_every_pair_in_few_rows() -> None:
    table = cover(ROWS, pairs)

    assert frozenset().union(*map(pairs, table)) == frozenset().union(*map(pairs, ROWS))
    assert len(table) <= 16  # twelve is the least: three values beside four


def test_a_table_is_always_the_same() -> None:
    assert cover(ROWS, pairs) == cover(ROWS, pairs)


def test_a_row_that_shows_nothing_is_in_no_table() -> None:
    shown = cover(ROWS, lambda row: frozenset() if row[0][1] == "1" else pairs(row))

    assert not [row for row in shown if row[0][1] == "1"]


def test_nothing_to_show_is_an_empty_table() -> None:
    assert cover(ROWS, lambda row: frozenset()) == []


@pytest.mark.parametrize(
    ("failed", "passed", "blamed"),
    [
        (["a1 b1 c1", "a1 b1 c2"], ["a1 b2 c1", "a2 b1 c2"], "a1 b1"),
        (["a1 b1 c1"], ["a1 b1", "a1 c1"], "b1 c1"),
        (["a1 b1 c1"], ["a1 b1", "a1 c1", "b1 c1"], "a1 b1 c1"),
        (["a1 b1", "a1 b1 c1", "a2 b2"], [], "a1 b1"),
        (["a1 b1"], ["a1 b1"], "a1 b1"),
        (["a1 b1"], ["a1", "b1"], "a1 b1"),
        ([], ["a1"], ""),
    ],
)
def test_the_smallest_set_that_all_failing_rows_share_and_no_passing_one_has(
    failed: list[str], passed: list[str], blamed: str
) -> None:
    assert culprit(map(items, failed), map(items, passed)) == items(blamed)


def test_a_single_value_is_blamed_only_if_that_is_asked_for() -> None:
    failed = [items("a1 b1"), items("a1 b2")]

    assert culprit(failed, [items("a2 b1")], least=1) == items("a1")
    assert len(culprit(failed, [items("a2 b1")])) == 2


@pytest.mark.parametrize(
    "pair", [frozenset(pair) for pair in combinations([("a", "2"), ("b", "3"), ("c", "1"), ("d", "2")], 2)]
)
def test_a_pair_that_makes_every_row_fail_is_found_from_its_table(pair: frozenset[Item]) -> None:
    rows = [frozenset(row) for row in cover(ROWS, pairs)]
    blamed = culprit([row for row in rows if pair <= row], [row for row in rows if not pair <= row])

    assert any(pair <= row for row in rows)
    assert all((blamed <= row) == (pair <= row) for row in rows)
