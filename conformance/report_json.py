"""The way back: what report.json holds, as the report that it was made from (results.to_json)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.catalogue import from_row
from conformance.events import Facts, Finding, Finished, Judged, Started, Surveyed
from conformance.inspection import Leak
from conformance.model import PROFILES, Verdict
from conformance.results import FORMAT, Report, Row, Scope


def from_json(document: Mapping[str, Any]) -> Report:
    """A report from its document. What the document says of claim and exit code stands: it is not judged again.

    Of what the preflight learned only that comes back which documents show: a report.json does not hold all facts. ValueError where a member is missing
    or not as it must be, or the format is not this one.
    """
    if document.get("format") != FORMAT:
        raise ValueError(f"its format is {document.get('format')!r}, not {FORMAT!r}")
    try:
        return Report(
            started=_started(document),
            surveyed=_surveyed(document),
            finished=_finished(document),
            rows=tuple(map(_row, document["requirements"])),
            tests=_tests(document),
            claim=document["claim"],
            profiles=dict(document["profiles"]),
            scope=_scope(document["scope"]),
            exit_code=document["exit_code"],
            withheld=tuple(Leak(row["file"], row["secret"]) for row in document.get("withheld", ())),
        )
    except KeyError as missing:
        raise ValueError(f"member {missing} is missing, or its value is unknown") from missing
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a member is not of the kind that it must be: {error}") from error


def _started(document: Mapping[str, Any]) -> Started:
    run, target, suite = document["run"], document["target"], document["suite"]
    claims = {"base": document["claim"], **document["profiles"]}
    return Started(
        run=run["id"],
        started=run["started"],
        suite_version=suite["version"],
        catalogue_digest=suite["catalogue_digest"],
        target=target["name"],
        base_url=target["base_url"],
        seed=run["seed"],
        profiles=tuple(profile for profile in PROFILES if claims.get(profile)),
        address=None,
        binding={},
        selection=run.get("selection", False),
    )


def _surveyed(document: Mapping[str, Any]) -> Surveyed:
    target = document["target"]
    methods = target["capabilities"]
    return Surveyed(
        findings=tuple(_finding(row) for row in document["preflight"]),
        edition=target["edition"],
        edition_evidence=tuple(target["edition_evidence"]),
        server_version=target["server_version"],
        declared=tuple(methods["declared"]),
        probed=tuple(methods["probed"]),
        facts=Facts(clock_offset=target.get("clock_offset", 0.0), mail_delay=target.get("mail_delay")),
    )


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(row["id"], row["verdict"], row["finding"], row["remedy"])


def _finished(document: Mapping[str, Any]) -> Finished | None:
    run = document["run"]
    if run["finished"] is None:
        return None
    return Finished(
        finished=run["finished"],
        seconds=run["seconds"],
        complete=run["complete"],
        interrupted=run.get("interrupted", document["exit_code"] == _INTERRUPTED),
        broken=run.get("broken"),
        left_over=tuple(run.get("left_over", ())),
    )


_INTERRUPTED = 130


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        requirement=from_row(row),
        verdict=Verdict[row["verdict"].upper()],
        reason=row["reason"],
        blocked_by=row["blocked_by"],
        tests=tuple(row["tests"]),
    )


def _tests(document: Mapping[str, Any]) -> tuple[Judged, ...]:
    """The tests; where the document does not say what blocked one, it is what blocked its requirement."""
    blocked = {(row["id"], row["verdict"]): row["blocked_by"] for row in document["requirements"]}
    return tuple(
        Judged(
            test=row["id"],
            requirement=row["requirement"],
            verdict=row["verdict"],
            reason=row["reason"],
            blocked_by=row.get("blocked_by", blocked.get((row["requirement"], row["verdict"]))),
            seconds=row["seconds"],
            exchanges=tuple(row["exchanges"]),
            purpose=row.get("purpose"),
        )
        for row in document["tests"]
    )


def _scope(scope: Mapping[str, Any]) -> Scope:
    return Scope(tuple(scope["methods_tested"]), scope["musts_passed"], scope["musts_inapplicable"])
