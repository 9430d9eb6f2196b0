"""report.html: one file that works from the disk, asks nobody for anything, and runs no script but its own.

What is claimed, found and required is there without the script. The script filters, and shows the evidence of a test
once somebody opens it: until then it is JSON in the page, so that a large report opens as fast as a small one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.events import Event, Exchanged, Judged
from conformance.model import Level, Requirement
from conformance.render import anchors, explanation, outline, pictures, statement
from conformance.render.evidence import islands, tallies
from conformance.render.transcript import bystanders
from conformance.render.visible import cut, visible
from conformance.results import Report

_LIMIT: Final = 4096
_SCRIPTS: Final = ("evidence.js", "filter.js", "links.js")


def render(
    report: Report,
    events: Iterable[Event],
    clauses: Mapping[str, str] = MappingProxyType({}),
    faults: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> str:
    """The document. ``events`` is the log that the report was made from, which holds the exchanges to show; none where a
    report.json is all there is. ``clauses``: what each of the protocol's clauses says, by its number; ``faults``: what each
    is that breaks a requirement, by the requirement's id and its own."""
    log = list(events)
    style, script = _file("report.css"), Markup("\n").join(map(_file, _SCRIPTS))
    tests = outline.tests_by_requirement(report)
    named = anchors.of_tests(report.tests)
    own = {event.test for event in log if isinstance(event, Exchanged)}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            style=style,
            script=script,
            policy=_policy(style, script),
            sentence=statement.claim(report),
            exit_code=statement.exit_code(report),
            not_claimed=list(statement.not_claimed(report)),
            worst_first=[(verdict.word, report.counts[verdict.word]) for verdict in outline.WORST_FIRST],
            sections=outline.sections(report),
            tests=tests,
            purposes=lambda row: _purposes(tests[row.requirement.id]),
            about=lambda row: _about(
                row.requirement, tests[row.requirement.id], clauses, faults.get(row.requirement.id, {}), own
            ),
            force=outline.force,
            anchors=named,
            anchor_of_part=anchors.of_part,
            tally=tallies(log),
            bars=pictures.bars(report),
            timeline=pictures.timeline(report, log),
            logged=bool(log),
            bystanders=bystanders(log),
            islands=islands(report, log, named) if log else (),
            choices=_choices(report),
            width=pictures.WIDTH,
        )
    )


def _about(
    requirement: Requirement,
    tests: Iterable[Judged],
    clauses: Mapping[str, str],
    faults: Mapping[str, str],
    own: Collection[str],
) -> list[explanation.Part]:
    """What `explain` says of a requirement. ``own``: the tests that made exchanges of their own. Of the
    others it is not said that they need company: they may have had no chance."""
    functions = {test.test.partition("[")[0]: test for test in tests}
    told = [explanation.Test(name, test.purpose or "", alone=test.test in own) for name, test in functions.items()]
    parts = explanation.of_requirement(requirement, tests=told, clauses=clauses, faults=faults).parts
    return [part for part in parts if part.lines != (explanation.TOGETHER,)]


def _purposes(tests: Iterable[Judged]) -> list[str]:
    """Why a requirement matters, as its tests say it; the cases of one test say it once."""
    return list(dict.fromkeys(test.purpose for test in tests if test.purpose))


def _choices(report: Report) -> Mapping[str, list[str]]:
    """What can be chosen in the filter, by name: the values that occur, in their order."""
    requirements = [row.requirement for row in report.rows]
    levels = {requirement.level for requirement in requirements}
    return {
        "profile": list(dict.fromkeys(requirement.profile for requirement in requirements)),
        "level": [level.value for level in Level if level in levels],
        "chapter": list(outline.chapters(report)),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.render"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["limited"] = lambda text: cut(text, _LIMIT)
    environment.filters["inert"] = _inert
    environment.filters["urlencode"] = _link
    return environment


def _link(anchor: str) -> str:
    """An anchor is spelled out where it stands, and so it is in a link to it."""
    return quote(visible(anchor))


def _shown(value: object) -> object:
    """What every value of the template passes through, before it is escaped."""
    return value if isinstance(value, Markup) else visible(str(value))


def _inert(json: str) -> Markup:
    """JSON for a script element that nothing in it can close."""
    return Markup(json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _file(name: str) -> Markup:
    return Markup((files("conformance.render") / "templates" / name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, and nothing runs but the two texts of this digest."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
