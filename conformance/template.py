"""A target file with every key, and what is made of it: a file that answers some of them, and what each key is for.

The template is fixtures/targets/example.toml: what explains a key stands there, once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Answer = str | int | float | bool | Mapping[str, str]
Table = Mapping[str, Answer]
Answers = Mapping[str, Table | Sequence[Table]]
"""What a file is to say: tables by name, a list of tables for [[account]]."""

_SCHEMA: Final = "#:schema "
_HEADER: Final = re.compile(r"(?:# )?(?P<brackets>\[+)(?P<name>[\w.]+)\]+(?: +# (?P<comment>.*))?")
_KEY: Final = re.compile(r"(?:# )?(?P<key>[\w.-]+) = (?P<value>.+?)(?: {2,}# (?P<comment>.*))?")
_COLUMN: Final = 42
"""At which comments begin."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the template: its header line, and the lines below it."""

    name: str
    header: str
    lines: tuple[str, ...]


def sections(template: str) -> Iterator[Section]:
    """The tables of a template in their order; what stands before the first has no name."""
    name, header, lines = "", "", list[str]()
    for line in template.splitlines():
        if found := _HEADER.fullmatch(line):
            yield Section(name, header, tuple(lines))
            name, header, lines = found["name"], line, []
        else:
            lines.append(line)
    yield Section(name, header, tuple(lines))


def explained(template: str) -> dict[str, str]:
    """What each key is for, where the template says so: by its name with its table's."""
    told: dict[str, str] = {}
    for section in sections(template):
        for line in section.lines:
            if (found := _KEY.fullmatch(line)) and found["comment"]:
                told[f"{section.name}.{found['key']}"] = found["comment"]
    return told


def filled(template: str, answers: Answers, schema: str) -> str:
    """A target file that says what was answered, and shows every other key as a comment. ``schema``: where editors find
    the JSON Schema, from the file's own folder."""
    lines: list[str] = []
    for section in sections(template):
        if not section.name:
            lines += [f"{_SCHEMA}{schema}" if line.startswith(_SCHEMA) else line for line in section.lines]
            continue
        tables = _tables(answers.get(section.name, ()))
        lines += [line for table in tables for line in _answered(section, table)] or _unanswered(section)
    return "\n".join(lines).rstrip() + "\n"


def unknown(template: str, answers: Answers) -> list[str]:
    """The keys among the answers that the template does not have."""
    known = {f"{section.name}.{found['key']}" for section in sections(template) for found in _keys(section.lines)}
    return sorted(
        {f"{name}.{key}" for name, given in answers.items() for table in _tables(given) for key in table} - known
    )


def _tables(given: Table | Sequence[Table]) -> Sequence[Table]:
    return [given] if isinstance(given, Mapping) else given


def _keys(lines: Iterable[str]) -> Iterator[re.Match[str]]:
    yield from (found for line in lines if (found := _KEY.fullmatch(line)))


def _answered(section: Section, table: Table) -> Iterator[str]:
    """One table with what was answered; the template's other keys are comments."""
    header = _HEADER.fullmatch(section.header)
    yield _commented(section.header.removeprefix("# ").partition(" ")[0], header and header["comment"])
    for line in section.lines:
        found = _KEY.fullmatch(line)
        if found and found["key"] in table:
            yield _commented(f"{found['key']} = {_toml(table[found['key']])}", found["comment"])
        else:
            yield _off(line) if found else line


def _unanswered(section: Section) -> list[str]:
    """The template's own table, as comments. One without a key stays: whoever uncomments a key of it need not look further."""
    empty = all(line.startswith("#") for line in section.lines if line)
    return [section.header if empty else _off(section.header), *map(_off, filter(None, section.lines)), ""]


def _commented(line: str, comment: str | None) -> str:
    return f"{line:{_COLUMN - 2}}  # {comment}" if comment else line


def _off(line: str) -> str:
    """A line as a comment, with its own where it stood."""
    if line.startswith("#"):
        return line
    head, _, comment = line.partition("  # ")
    return _commented(f"# {head.rstrip()}", comment)


def _toml(value: Answer) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            return "{ " + ", ".join(f"{_toml(name)} = {_toml(held)}" for name, held in value.items()) + " }"
    return json.dumps(value)
