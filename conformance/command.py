"""What the commands share: choices, the target file that they are given, and how they refuse what cannot be used."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from conformance.target import Target


class EditionChoice(StrEnum):
    CLASSIC = "classic"
    CURRENT = "current"
    AUTO = "auto"


def number(text: str) -> int:
    """The number of -n."""
    if not text.isdigit() or int(text) < 1:
        refuse(f"-n: expected auto or a number, not {text!r}")
    return int(text)


def load_target(path: Path, *, configure: bool = False) -> Target:
    """A target file's content; with ``configure`` there has to be an admin. Exit code 2, with what is wrong and where."""
    from conformance.config import ConfigurationError, load, need_admin

    try:
        target = load(path)
        if configure:
            need_admin(target, path)
        return target
    except ConfigurationError as error:
        refuse(str(error))


def refuse(message: str) -> NoReturn:
    """A usage error: the message, and exit code 2."""
    print(message, file=sys.stderr)
    raise typer.Exit(2)
