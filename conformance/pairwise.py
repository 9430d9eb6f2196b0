"""Pairwise tables, and what the failures of one have in common. Knows nothing of what the values mean.

Two interacting inputs explain nearly every failure of a protocol's servers, so that a table with every pair of values in it
finds what a table of all combinations would. A row says itself which pairs it shows: some values hide those of other inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from typing import TypeVar

Row = TypeVar("Row", bound=Hashable)
Item = tuple[str, str]
"""An input and its value."""


def cover(rows: Sequence[Row], shown: Callable[[Row], frozenset[frozenset[Item]]]) -> list[Row]:
    """As few of these rows as it takes to show every pair that any of them shows; always the same ones. Greedy: the row that
    shows most of what is left, the first of several."""
    shows = {row: shown(row) for row in rows}
    left = frozenset[frozenset[Item]]().union(*shows.values())
    table: list[Row] = []
    while left:
        table.append(max(shows, key=lambda row: len(shows[row] & left)))
        left -= shows[table[-1]]
    return table


def culprit(failed: Iterable[frozenset[Item]], passed: Iterable[frozenset[Item]], least: int = 2) -> frozenset[Item]:
    """The smallest set of values, of at least so many, that all failing rows share and no passing row has. Where they share
    none, the one that most of them share; where there is none at all, the smallest failing row."""
    wrong, right = list(failed), list(passed)
    sets = dict.fromkeys(
        part for row in wrong for part in _parts(row, least) if not any(part <= other for other in right)
    )
    return min(
        sets,
        key=lambda part: (-sum(part <= row for row in wrong), len(part)),
        default=min(wrong, key=len, default=frozenset()),
    )


def _parts(row: frozenset[Item], least: int) -> Iterable[frozenset[Item]]:
    items = sorted(row)
    return (frozenset(part) for size in range(least, len(items) + 1) for part in combinations(items, size))
