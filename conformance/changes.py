"""What a run changes on its target, line by line as its journal holds it (journal.py), and what of that is still to be undone.

A journal may end anywhere: what was written before a change tells of it, whether or not it came about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal, get_args

from conformance.model import Json

FORMAT: Final = "twofa-conformance-journal/1"

CLOSING: Final = '{"closed": true}\n'
"""The last line of a journal of which nothing is left to be undone."""

Kind = Literal["user", "setting", "account"]
_KINDS: Final[Mapping[object, Kind]] = {kind: kind for kind in get_args(Kind)}


@dataclass(frozen=True, slots=True)
class Opening:
    """Whose journal it is. ``target_file``: where its target is described; None where that was the embedded lab, which ends
    with its run."""

    run: str
    started: str
    base_url: str
    target_file: str | None
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Change:
    """A user who is made (``details``: the id, once it is known), a setting that is changed (what was found, and what it is
    set to), or a given account whose condition changes (what was found)."""

    kind: Kind
    name: str
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What a journal tells. ``left``: the changes that are not undone; ``unread``: how many lines nothing can be made of."""

    opening: Opening | None = None
    left: tuple[Change, ...] = ()
    unread: int = 0


def line(entry: Opening | Change, *, undone: Literal["once", "wholly"] | None = None) -> str:
    """One line of a journal, with its end."""
    row = asdict(entry) if isinstance(entry, Opening) else {"kind": entry.kind, "name": entry.name, **entry.details}
    return json.dumps({**row, "undone": undone} if undone else row, ensure_ascii=False) + "\n"


def read(lines: Iterable[str]) -> Past:
    """The past, as far as it can be read. A line that was cut is passed over: all others stand for themselves."""
    opening: Opening | None = None
    left: dict[tuple[str, str], Change] = {}
    found: dict[tuple[str, str], list[Json]] = {}
    unread = 0
    for text in lines:
        match _object(text):
            case {"format": str(known), **rest} if known == FORMAT:
                opening = _opening(rest)
            case {"kind": str(word), "name": str(name), **rest} if kind := _KINDS.get(word):
                key = (word, name)
                before, layers = left.pop(key, None), found.setdefault(key, [])
                if undone := rest.pop("undone", None):
                    layers[:] = [] if undone == "wholly" else layers[:-1]
                    if layers and before:
                        left[key] = before
                else:
                    left[key] = Change(kind, name, _together(before, _laid(layers, rest)))
            case {"closed": _}:
                pass
            case _:
                unread += 1
    return Past(opening, tuple(left.values()), unread)


def _laid(layers: list[Json], details: dict[str, Json]) -> dict[str, Json]:
    """A setting that is changed for a whole run may be changed again for a phase: what counts is what was found at first."""
    if "found" not in details:
        return details
    if not layers or layers[-1] != details["found"]:
        layers.append(details["found"])
    return {**details, "found": layers[0]}


def _together(before: Change | None, details: dict[str, Json]) -> dict[str, Json]:
    """What is known of a change that is told of again. Of a setting all values count that it was ever set to."""
    told = before.details if before else {}
    if "set" in details:
        earlier = told.get("set")
        details["set"] = [*(earlier if isinstance(earlier, list) else []), *_listed(details["set"])]
    return {**told, **details}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _object(text: str) -> Mapping[str, Json]:
    try:
        row = json.loads(text)
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _opening(row: Mapping[str, Json]) -> Opening | None:
    target_file = row.get("target_file")
    return Opening(
        run=str(row.get("run", "")),
        started=str(row.get("started", "")),
        base_url=str(row.get("base_url", "")),
        target_file=target_file if isinstance(target_file, str) else None,
    )


def alike(one: Json, other: Json) -> bool:
    """Whether a setting has a value, however a server spells it: 7 and "7", true and "True"."""
    return one == other or str(one).lower() == str(other).lower()
