"""The differences between two files: reads both and, where their suites differ, has the old evidence judged by the new one."""

from __future__ import annotations

from pathlib import Path

from conformance import resources
from conformance.catalogue import digest
from conformance.differences import Differences, compare, same_suite
from conformance.events import Started, from_json
from conformance.report_file import read
from conformance.results import Report
from conformance.session import judge_again


def of_files(old: Path, new: Path) -> Differences:
    """What differs between two reports. UnreadableReport where one of them is none."""
    before, log = read(old)
    after, _ = read(new)
    if same_suite(before.started, after.started):
        return compare(before, after)
    return compare(before, after, _judged_by_this_suite(old if log else old.with_name("run.jsonl"), before, after))


def _judged_by_this_suite(evidence: Path, before: Report, after: Report) -> Report | str:
    """The old evidence judged again, or why it was not."""
    new, version = after.started, resources.suite_version()
    if (new.suite_version, new.catalogue_digest) != (version, digest(resources.catalogue_text())):
        return f"the new report is of suite {new.suite_version}, and this is another ({version}): use that one's diff"
    if _run_of(evidence) != before.started.run:
        return "the old report has no run.jsonl of its run beside it"
    return judge_again(evidence) or "the old evidence could not be judged again; see what `judge` says of it"


def _run_of(evidence: Path) -> str | None:
    """The run whose log a file is."""
    try:
        with evidence.open(encoding="utf-8") as lines:
            header = from_json(lines.readline())
    except (OSError, ValueError):
        return None
    return header.run if isinstance(header, Started) else None
