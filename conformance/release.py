"""The release gate on files: reads the report, the policy and the baseline, and has the gate decide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conformance import config, resources, results
from conformance.catalogue import digest, load
from conformance.consistency import contradictions
from conformance.differences import compare
from conformance.expectations import Reason
from conformance.gate import reasons
from conformance.policy import Policy
from conformance.report_file import read
from conformance.results import Report


@dataclass(frozen=True, slots=True)
class Decision:
    """What a report was held against, and why it must not be released; no reason if it may."""

    report: Report
    policy: Policy
    reasons: tuple[Reason, ...]


def decide(report: Path, policy: Path, baseline: Path | None = None) -> Decision:
    """Let the gate decide on files. UnreadableReport or ConfigurationError where one of them cannot be used."""
    content, text = config.read(policy)
    demands = config.checked(Policy, content, source=str(policy), text=text)
    found, doubts = _examined(report)
    differences = None
    if baseline:
        older, more = _examined(baseline)
        doubts += [f"in the baseline, {doubt}" for doubt in more]
        differences = compare(older, found)
    now = datetime.now(UTC)
    return Decision(found, demands, reasons(found, demands, now, doubts=doubts, baseline=differences))


def _examined(path: Path) -> tuple[Report, list[str]]:
    """A report, and where it contradicts itself. One that is made from a log here says what follows."""
    report, log = read(path)
    document = results.to_json(report) if log else json.loads(path.read_text(encoding="utf-8"))
    catalogue = resources.catalogue_text()
    return report, list(contradictions(report, document, load(catalogue), digest(catalogue)))
