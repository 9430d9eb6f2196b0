"""A target file as text: the few forms of TOML that the lab needs to describe itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write a target file that its owner alone can read: it holds passwords."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(as_toml(content))


def as_toml(content: Mapping[str, Any]) -> str:
    """Tables, and lists of tables. What they hold stands on one line a key, tables among it in braces."""
    return "\n\n".join("\n".join(lines) for lines in tables(content)) + "\n"


def tables(content: Mapping[str, Any]) -> Iterator[list[str]]:
    """The lines of each table, its header first."""
    for name, value in content.items():
        several = isinstance(value, list)
        for table in value if several else [value]:
            yield [f"[[{name}]]" if several else f"[{name}]", *(pair(key, held) for key, held in table.items())]


def pair(key: str, value: object) -> str:
    name = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else text(key)
    return f"{name} = {inline(value)}"


def inline(value: object) -> str:
    """A value on one line; strings, numbers and booleans are written as in JSON."""
    match value:
        case dict():
            return "{ " + ", ".join(pair(key, held) for key, held in value.items()) + " }" if value else "{}"
        case list():
            return "[" + ", ".join(inline(held) for held in value) + "]"
        case str():
            return text(value)
    return json.dumps(value)


def text(value: str) -> str:
    """A string; TOML knows no surrogates, so what JSON would escape as two of them stays as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
