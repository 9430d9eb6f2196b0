"""What differs between two reports, as text, as Markdown and as JSON. What is worse comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from conformance.differences import Cause, Change, Differences, Lone
from conformance.render import outline
from conformance.render.markup import code, fence, prose
from conformance.render.visible import cut, defused, in_line, visible
from conformance.results import Report

FORMAT: Final = "twofa-conformance-diff/1"

_REASON: Final = 1200
_CAUSES: Final = {
    Cause.SUITE: "the suite judges the same evidence otherwise",
    Cause.SERVER: "the server or its configuration changed",
    Cause.UNKNOWN: "the cause is unknown",
}


def text(differences: Differences) -> str:
    """For a terminal, a log file or a pipe."""
    return "\n".join(_text(differences)) + "\n"


def markdown(differences: Differences) -> str:
    """For a pipeline's summary, or to paste."""
    return "\n".join(_markdown(differences)) + "\n"


def to_json(differences: Differences) -> dict[str, Any]:
    """For programs. Absent values are null, lists are never null."""
    return {
        "format": FORMAT,
        "old": _side(differences.old),
        "new": _side(differences.new),
        "same_suite": differences.same_suite,
        "unjudged": differences.unjudged,
        "differing": [{"what": item.what, "old": item.old, "new": item.new} for item in differences.contrasts],
        "newly_failing": [_change(change) for change in differences.newly_failing],
        "fixed": [_change(change) for change in differences.fixed],
        "other": [_change(change) for change in differences.other],
        "added": [_lone(lone) for lone in differences.added],
        "gone": [_lone(lone) for lone in differences.gone],
        "unchanged": dict(differences.unchanged),
    }


def _side(report: Report) -> dict[str, Any]:
    started = report.started
    return {
        "run": started.run,
        "target": started.target,
        "edition": report.surveyed.edition,
        "profiles": list(started.profiles),
        "suite": {"version": started.suite_version, "catalogue_digest": started.catalogue_digest},
        "finished": report.finished and report.finished.finished,
        "claim": report.claim,
        "exit_code": report.exit_code,
    }


def _change(change: Change) -> dict[str, Any]:
    requirement = change.requirement
    return {
        "id": requirement.id,
        "profile": requirement.profile,
        "level": requirement.level.value,
        "text": requirement.text,
        "old": change.before.verdict.word,
        "new": change.after.verdict.word,
        "old_reason": change.before.reason,
        "new_reason": change.after.reason,
        "worse": change.worse,
        "causes": [
            {"cause": step.cause.value, "old": step.before.word, "new": step.after.word} for step in change.steps
        ],
    }


def _lone(lone: Lone) -> dict[str, Any]:
    requirement = lone.row.requirement
    return {
        "id": requirement.id,
        "profile": requirement.profile,
        "level": requirement.level.value,
        "text": requirement.text,
        "verdict": lone.row.verdict.word,
        "why": lone.why,
    }


def _sections(differences: Differences) -> Iterator[tuple[str, Sequence[Change]]]:
    yield "Newly failing", differences.newly_failing
    yield "Fixed", differences.fixed
    yield "Other changes", differences.other


def _lone_sections(differences: Differences) -> Iterator[tuple[str, Sequence[Lone]]]:
    yield "New requirements", differences.added
    yield "Gone requirements", differences.gone


def _attribution(differences: Differences) -> str:
    if differences.same_suite:
        return (
            "Both were judged by the same suite: where a test's verdict changed, the server or its configuration did."
        )
    if differences.unjudged:
        return f"The suites differ, and what is the suite's part is unknown: {differences.unjudged}."
    return "The suites differ. The old evidence was judged by the new suite, which tells its part from the server's."


def _unchanged(differences: Differences) -> str:
    return ", ".join(f"{count} {word}" for word, count in differences.unchanged.items()) or "nothing"


def _heading(change: Change) -> str:
    requirement = change.requirement
    return f"{requirement.level.name} of {requirement.profile}, {change.before.verdict.word} -> {change.after.verdict.word}"


def _causes(change: Change) -> str:
    if len(change.steps) == 1:
        return _CAUSES[change.steps[0].cause]
    return "; ".join(f"{step.before.word} -> {step.after.word}: {_CAUSES[step.cause]}" for step in change.steps)


def _text(differences: Differences) -> Iterator[str]:
    for name, report in (("old", differences.old), ("new", differences.new)):
        yield f"{name}: {_line(_in_words(report))}"
    yield from (f"differs: {item.what}: {_line(item.old)} -> {_line(item.new)}" for item in differences.contrasts)
    yield _line(_attribution(differences))
    for title, changes in _sections(differences):
        yield f"\n{title}: {len(changes)}"
        for change in changes:
            yield from _change_as_text(change)
    for title, lones in _lone_sections(differences):
        yield f"\n{title}: {len(lones)}"
        for lone in lones:
            yield f"  {_line(lone.row.requirement.id)}: {lone.row.verdict.word}; {lone.why}"
    yield f"\nUnchanged: {_unchanged(differences)}"


def _change_as_text(change: Change) -> Iterator[str]:
    yield f"  {_line(change.requirement.id)}: {_heading(change)}"
    yield f"    cause: {_causes(change)}"
    yield f"    expected: {_line(change.requirement.text)} ({_line(outline.force(change.requirement))})"
    for name, reason in _reasons(change):
        yield f"    {name}: " + visible(defused(cut(reason, _REASON))).replace("\n", "\n      | ")


def _reasons(change: Change) -> Iterator[tuple[str, str]]:
    rows = (("old", change.before), ("new", change.after))
    yield from ((name, row.reason) for name, row in rows if row.reason)


def _in_words(report: Report) -> str:
    started, finished = report.started, report.finished
    return (
        f"{report.claim}, target {started.target}, edition {report.surveyed.edition}, profiles "
        f"{', '.join(started.profiles)}, suite {started.suite_version}, run {started.run}, "
        f"{f'finished {finished.finished}' if finished else 'never finished'}"
    )


def _line(words: str) -> str:
    return in_line(defused(cut(words, _REASON)))


def _markdown(differences: Differences) -> Iterator[str]:
    yield "# What changed\n"
    for name, report in (("Old", differences.old), ("New", differences.new)):
        yield f"- {name}: {code(_in_words(report))}"
    if differences.contrasts:
        yield "\n| differs | old | new |\n|---|---|---|"
        yield from (f"| {item.what} | {_cell(item.old)} | {_cell(item.new)} |" for item in differences.contrasts)
    yield f"\n{prose(_attribution(differences))}"
    for title, changes in _sections(differences):
        yield f"\n## {title}: {len(changes)}"
        for change in changes:
            yield f"\n### {code(change.requirement.id)}: {prose(_heading(change))}\n"
            yield f"- Cause: {prose(_causes(change))}"
            yield f"- Expected: {prose(change.requirement.text)} ({prose(outline.force(change.requirement))})"
            yield from (f"- {name.capitalize()}:\n\n{fence(reason)}" for name, reason in _reasons(change))
    for title, lones in _lone_sections(differences):
        yield f"\n## {title}: {len(lones)}\n"
        yield from _lones_as_markdown(lones)
    yield f"\n## Unchanged\n\n{_unchanged(differences)}"


def _lones_as_markdown(lones: Iterable[Lone]) -> Iterator[str]:
    for lone in lones:
        yield f"- {code(lone.row.requirement.id)}: {lone.row.verdict.word}; {prose(lone.why)}"


def _cell(words: str) -> str:
    return code(words).replace("|", "\\|")
