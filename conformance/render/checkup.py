"""What `doctor` prints: a line for each check, the remedy under those that are not in order, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Final

from conformance.events import Finding, Surveyed
from conformance.render.visible import in_line

_VERDICT: Final = 5
CONFIGURE: Final = "--configure-target"


def text(surveyed: Surveyed, file: str, *, width: int) -> str:
    """For a screen of this width. ``file`` is the target file as the caller named it."""
    return "\n".join(_lines(surveyed, file, width)) + "\n"


def _lines(surveyed: Surveyed, file: str, width: int) -> Iterator[str]:
    column = max((len(in_line(finding.id)) for finding in surveyed.findings), default=0)
    for finding in surveyed.findings:
        yield from _check(finding, column, width)
    yield ""
    if all(finding.verdict != "fail" for finding in surveyed.findings):
        signs = "; ".join(surveyed.edition_evidence)
        yield _wrapped(f"edition {surveyed.edition}: {in_line(signs) or 'no signs'}", width, 2)
        yield _wrapped(f"can be tested: {', '.join(surveyed.probed) or 'nothing'}", width, 2)
        yield ""
    yield _wrapped(f"next: {_next(surveyed, in_line(file))}", width, 2)


def _check(finding: Finding, column: int, width: int) -> Iterator[str]:
    beside = " " * (_VERDICT + column + 2)
    head = f"{finding.verdict:{_VERDICT}} {in_line(finding.id):{column}} "
    yield _wrapped(head + in_line(finding.finding), width, len(beside))
    if finding.remedy and finding.verdict != "pass":
        yield _wrapped(f"{beside}-> {in_line(finding.remedy)}", width, len(beside) + 3)


def _next(surveyed: Surveyed, file: str) -> str:
    failed = [finding.id for finding in surveyed.findings if finding.verdict == "fail"]
    noted = [finding for finding in surveyed.findings if finding.verdict not in {"pass", "fail"}]
    run = f"twofa-conformance run --target {file}"
    if failed:
        return f"repair {_listed(failed)}, then: twofa-conformance doctor --target {file}"
    if not noted:
        return f"everything is in order: {run}"
    settable = "new-accounts" in surveyed.probed and any(CONFIGURE in (finding.remedy or "") for finding in noted)
    looked_at = _listed([finding.id for finding in noted])
    return f"look at {looked_at}; what can be judged as it is: {run}{f' {CONFIGURE}' if settable else ''}"


def _listed(ids: list[str]) -> str:
    return ", ".join(dict.fromkeys(map(in_line, ids)))


def _wrapped(line: str, width: int, indent: int) -> str:
    return fill(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
