"""A target file as text: the few forms of TOML that the lab needs to describe itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write(content: Mapping[str, Mapping[str, object]], path: Path) -> None:
    """Write a target file that its owner alone can read: it holds passwords."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(as_toml(content))


def as_toml(content: Mapping[str, Mapping[str, object]]) -> str:
    """Tables of strings, numbers and booleans, which TOML writes as JSON does."""
    tables = (
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())])
        for name, table in content.items()
    )
    return "\n\n".join(tables) + "\n"
