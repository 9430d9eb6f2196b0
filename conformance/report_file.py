"""A report from a file: the log of a run, or the report.json that was made from one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from jsonschema_rs import Draft202012Validator

from conformance import events, resources, results
from conformance.catalogue import Catalogue, from_rows, load
from conformance.events import Event, Finished, Started, read_log
from conformance.model import Level, Verdict
from conformance.render.visible import in_line
from conformance.report_json import from_json
from conformance.results import Report, build


class UnreadableReport(Exception):
    """A file that no report can be had from. The message names it, says why, and what to do where something can be done."""


def read(path: Path) -> tuple[Report, list[Event]]:
    """The report of a run.jsonl or a report.json, told apart by what they hold, and the log: empty for a report.json.

    A log without its footer is the report of a run that was cut, which is incomplete. UnreadableReport for all that is neither.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            first = lines.readline()
            return (
                _of_log(chain([first], lines), first) if _opens_log(first) else (_of_document(first + lines.read()), [])
            )
    except FileNotFoundError as error:
        raise UnreadableReport(f"{path}: no such file") from error
    except OSError as error:
        raise UnreadableReport(f"{path}: it cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise UnreadableReport(f"{path}: {_NEITHER}: it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise UnreadableReport(f"{path}: {_NEITHER}: it is not UTF-8 text") from error
    except ValueError as error:
        raise UnreadableReport(f"{path}: {in_line(str(error))}") from error


_NEITHER: Final = "neither the run.jsonl nor the report.json of a run"


def _opens_log(line: str) -> bool:
    try:
        row = json.loads(line)
    except ValueError:
        return line.startswith('{"event"')
    return isinstance(row, dict) and "event" in row


def _of_log(lines: Iterable[str], first: str) -> tuple[Report, list[Event]]:
    try:
        header = json.loads(first)
    except ValueError as error:
        raise ValueError("cut in the middle of its first line: there is nothing to report") from error
    if header["event"] != "started":
        raise ValueError("its beginning is missing: the log does not open with its header line")
    _check_format(header.get("format"), events.FORMAT)
    log = list(read_log(_checked(lines)))
    if any(isinstance(event, Started) for event in log[1:]) or any(isinstance(event, Finished) for event in log[:-1]):
        raise ValueError("it holds more than one run: a log opens with its header line and closes with its footer line")
    report = build(log, _catalogue(log[0]))
    _check_catalogue(report)
    return report, log


def _catalogue(header: Event) -> Catalogue:
    """What the run was about by its own word; today's catalogue where an old log does not say."""
    recorded = header.requirements if isinstance(header, Started) else ()
    return from_rows(recorded) if recorded else load(resources.catalogue_text())


def _checked(lines: Iterable[str]) -> Iterator[str]:
    """The lines, each as the published schema has its event. What is no event is for the log's reader to judge."""
    kinds = _schema("run.schema.json")["$defs"]
    schemas = {kind: Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": kinds}) for kind in kinds}
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if isinstance(row, dict) and (schema := schemas.get(str(row.get("event")))):
            _check(row, schema, f"line {number}")
        yield line


def _check_catalogue(report: Report) -> None:
    """A verdict that the catalogue has no place for must not get lost, nor weigh more or less than it did."""
    levels = {row.requirement.id: row.requirement.level for row in report.rows}
    strays = {
        test.requirement
        for test in report.tests
        if test.verdict in _WEIGHT and levels.get(test.requirement) is not _WEIGHT[test.verdict]
    } | {test.requirement for test in report.tests if test.requirement not in levels}
    if strays:
        raise ValueError(
            f"it was judged by another catalogue (suite {report.started.suite_version}), which differs in "
            f"{', '.join(sorted(strays))}: give the report.json of that run, or judge the log again (twofa-conformance judge)"
        )


_WEIGHT: Final = {Verdict.FAIL.word: Level.MUST, Verdict.WARN.word: Level.SHOULD, Verdict.NOTE.word: Level.MAY}


def _of_document(text: str) -> Report:
    if not text.strip():
        raise ValueError(f"{_NEITHER}: it is empty")
    try:
        document = json.loads(text)
    except ValueError as error:
        if f'"{_STEM}' in text[:_BEGINNING]:
            raise ValueError(f"a report.json that was cut in the middle, or damaged: {error}") from error
        raise ValueError(_NEITHER) from error
    if not isinstance(document, dict) or "format" not in document:
        raise ValueError(f"{_NEITHER}: it names no format")
    _check_format(document["format"], results.FORMAT)
    _check(document, Draft202012Validator(_schema("report.schema.json")), "report.json")
    return from_json(document)


_BEGINNING: Final = 200
_STEM: Final = results.FORMAT.rpartition("/")[0]


def _check_format(found: object, known: str) -> None:
    if found == known:
        return
    stem, _, version = str(found).rpartition("/")
    if stem == known.rpartition("/")[0] and version.isdecimal() and int(version) > int(known.rpartition("/")[2]):
        raise ValueError(
            f"of a newer format, {found!r}: this suite reads {known!r}; use the suite that wrote it, or a later one"
        )
    raise ValueError(f"of an unknown format, {found!r}: this suite reads {known!r}")


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((resources.folder("reports") / name).read_text(encoding="utf-8"))
    return schema


def _check(row: object, schema: Draft202012Validator, where: str) -> None:
    """What lacks something is refused before anybody trusts it."""
    wrong = next(schema.iter_errors(row), None)
    if wrong:
        place = "/".join(map(str, [where, *wrong.instance_path]))
        raise ValueError(f"not as its schema in reports/ has it, at {place}: {wrong.message[:_MESSAGE]}")


_MESSAGE: Final = 300
