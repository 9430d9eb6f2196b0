"""Where the suites and the catalogue are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_SOURCES: Final = frozenset({".py", ".j2", ".js", ".css"})


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


def suites_text() -> str:
    """The source of all suites: what they ask, and why."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder("suites").glob("*.py")))


def template_text() -> str:
    """A target file with every key."""
    return (folder("fixtures") / "targets" / "example.toml").read_text(encoding="utf-8")


def target_schema_text() -> str:
    return (folder("fixtures") / "target.schema.json").read_text(encoding="utf-8")


def own_texts() -> Iterator[str]:
    """All that a document of ours may say of itself: the catalogues, and the sources of the engine, its pages and its lab."""
    yield from (catalogue_text(), clauses_text(), openapi_text(), suites_text())
    sources = (path for path in sorted(_HERE.rglob("*")) if path.suffix in _SOURCES)
    yield from (path.read_text(encoding="utf-8") for path in sources)


def suite_version() -> str:
    return version("twofa-conformance")
