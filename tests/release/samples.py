"""Reports of runs that never happened, by the verdicts of their tests, and policies for them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from conformance.catalogue import load
from conformance.events import Event, Facts, Finding, Finished, Judged, Started, Surveyed
from conformance.policy import Policy
from conformance.results import Report, build

ROW = """
[[requirement]]
id = "{id}"
level = "{level}"
profile = "{profile}"
level_by = "page"
clauses = ["S01"]
source = "introduction"
when = {when}
text = "It holds."
passes = "A reply."
fails = "None."
"""
LEVELS = {"a.must": "must", "b.must": "must", "c.should": "should", "d.may": "may"}
CATALOGUE = load(
    "".join(ROW.format(id=id, level=level, profile="base", when=["email"]) for id, level in LEVELS.items())
    + ROW.format(id="s.must", level="must", profile="security", when=["totp"])
    + ROW.format(id="s.should", level="should", profile="security", when=[])
    + ROW.format(id="r.should", level="should", profile="robustness", when=["totp"])
)
BASE = dict.fromkeys(LEVELS, "pass")
ALL = dict.fromkeys(CATALOGUE, "pass")

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
FINISHED = Finished("2026-01-02T03:05:00Z", 55.5, complete=True)
PREFLIGHT_FAILED = (Finding("mailbox", "fail", "refused"),)

Verdicts = Mapping[str, str | Mapping[str, str]]
"""By requirement: the verdict of its one test, or the verdicts of its tests by id; a requirement left out has no test."""


def name_of(requirement: str) -> str:
    return f"test_{requirement.replace('.', '_')}"


def tests(verdicts: Verdicts) -> list[Judged]:
    return [
        Judged(test, requirement, verdict, None if verdict == "pass" else f"it is {verdict}", None, 0.5)
        for requirement, found in verdicts.items()
        for test, verdict in ({name_of(requirement): found} if isinstance(found, str) else found).items()
    ]


def log(
    verdicts: Verdicts,
    *,
    end: Finished | None = FINISHED,
    findings: tuple[Finding, ...] = (),
    edition: str = "classic",
    probed: tuple[str, ...] = ("email", "totp"),
    **header: Any,
) -> list[Event]:
    """The log of a run of the profiles that it has verdicts for."""
    judged = tests(verdicts)
    profiles = {CATALOGUE[test.requirement].profile for test in judged}
    usual = {
        "run": "r-1",
        "started": "2026-01-02T03:04:05Z",
        "suite_version": "1.2.3",
        "catalogue_digest": "sha256:00",
        "target": "staging",
        "base_url": "https://chat.example.org",
        "seed": 7,
        "profiles": ("base", *sorted(profiles - {"base"})),
        "address": None,
        "binding": {},
    }
    surveyed = Surveyed(findings, edition, ("classic: a sign",), "4.8", ("email",), probed, Facts())
    return [Started(**{**usual, **header}), surveyed, *judged, *([end] if end else [])]


def report(verdicts: Verdicts, **changes: Any) -> Report:
    return build(log(verdicts, **changes), CATALOGUE)


def policy(*expected: Mapping[str, Any], **demands: Any) -> Policy:
    return Policy.model_validate({"policy": demands, "expected": list(expected)})


def expect(test: str, verdict: str = "fail", **changes: Any) -> dict[str, Any]:
    """One entry of a policy, for the only test of a requirement or for a test by its id."""
    usual = {
        "test": name_of(test) if test in CATALOGUE else test,
        "verdict": verdict,
        "reason": "it is known",
        "owner": "team-auth",
        "issue": "AUTH-1",
        "until": date(2026, 12, 31),
    }
    return usual | changes
