"""report.html: one file that works from the disk, asks nobody for anything, and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.events import Event, Judged
from conformance.model import Verdict
from conformance.render import outline, statement
from conformance.render.transcript import transcripts
from conformance.render.visible import cut, in_line, visible
from conformance.results import Report

_LIMIT: Final = 4096


def render(report: Report, events: Iterable[Event]) -> str:
    """The document. ``events`` is the log that the report was made from: it holds the exchanges to show."""
    style, script = _file("report.css"), _file("report.js")
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
            findings=outline.findings(report),
            groups=outline.groups(report),
            chapters=outline.chapters(report),
            tests=outline.tests_by_requirement(report),
            anchors=_anchors(report.tests),
            exchanges=lambda row: outline.exchanges(report, row),
            force=outline.force,
            steps=transcripts(events),
            verdicts=sorted(Verdict, reverse=True),
        )
    )


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
    environment.filters["urlencode"] = lambda text: quote(
        visible(text)
    )  # an anchor is spelled out, and so is a link to it
    return environment


def _shown(value: object) -> object:
    """What every value of the template passes through, before it is escaped."""
    return value if isinstance(value, Markup) else visible(str(value))


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


def _anchors(tests: tuple[Judged, ...]) -> dict[tuple[str, str], str]:
    """The anchor of each (requirement, test): the test's id, where one test speaks for several with the requirement's."""
    anchors: dict[tuple[str, str], str] = {}
    for test in tests:
        name = re.sub(r"\s", "-", in_line(test.test))
        taken = name in anchors.values()
        anchors.setdefault((test.requirement, test.test), f"{name}.{test.requirement}" if taken else name)
    return anchors
