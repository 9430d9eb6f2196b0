"""What the commands have in common: choices, and what becomes of an argument that is none."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import NoReturn

import typer


class EditionChoice(StrEnum):
    CLASSIC = "classic"
    CURRENT = "current"
    AUTO = "auto"


def number(text: str) -> int:
    """The number of -n."""
    if not text.isdigit() or int(text) < 1:
        refuse(f"-n: expected auto or a number, not {text!r}")
    return int(text)


def refuse(message: str) -> NoReturn:
    """End with what is wrong with the command, and exit code 2."""
    print(message, file=sys.stderr)
    raise typer.Exit(2)
