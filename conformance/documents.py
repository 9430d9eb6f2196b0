"""The documents that can be made of a report, by the name of their format. All hold the same verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from conformance import clauses, resources, results
from conformance.events import Event
from conformance.results import Report

FORMATS: Final = ("json", "html", "md", "junit", "ctrf", "sarif")


def document(form: str, report: Report, events: Sequence[Event]) -> str:
    """The text of a document. ``events`` is the log of the report, for the formats that show evidence; it may be empty."""
    from conformance.render import ctrf, html, junit, markdown, sarif

    match form:
        case "json":
            return json.dumps(results.to_json(report), ensure_ascii=False, indent=2) + "\n"
        case "html":
            from conformance.listing import breaking

            return html.render(report, events, clauses.says(resources.clauses_text()), breaking())
        case "md":
            return markdown.render(report)
        case "junit":
            return junit.render(report)
        case "ctrf":
            return ctrf.render(report)
        case "sarif":
            return sarif.render(report)
        case _:
            raise ValueError(f"no format {form!r}: there are {', '.join(FORMATS)}")
