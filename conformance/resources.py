"""Where the suites and the catalogue are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder suites, fixtures or reports."""
    installed = _HERE / name
    return installed if installed.is_dir() else _HERE.parent / name


def catalogue_text() -> str:
    return (folder("suites") / "requirements.toml").read_text(encoding="utf-8")


def clauses_text() -> str:
    return (folder("suites") / "clauses.toml").read_text(encoding="utf-8")


def openapi_text() -> str:
    return (folder("fixtures") / "openapi.json").read_text(encoding="utf-8")


def costs_text() -> str:
    return (folder("fixtures") / "costs.csv").read_text(encoding="utf-8")


def suite_version() -> str:
    return version("twofa-conformance")
