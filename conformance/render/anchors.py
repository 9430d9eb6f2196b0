"""Where a link into report.html leads: names that stay the same from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conformance.events import Judged
from conformance.render.visible import in_line

Anchors = Mapping[tuple[str, str], str]
"""The anchor of each (requirement, test)."""


def of_tests(tests: Iterable[Judged]) -> Anchors:
    """A test's id, and where one test speaks for several requirements with theirs behind it."""
    anchors: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for test in tests:
        name = _spelled(test.test)
        anchor = f"{name}.{test.requirement}" if name in taken else name
        taken.add(anchors.setdefault((test.requirement, test.test), anchor))
    return anchors


def of_part(name: str) -> str:
    """The anchor of a part of the run that is no test, as the preflight."""
    return f"of-{_spelled(name)}"


def _spelled(name: str) -> str:
    return re.sub(r"\s", "-", in_line(name))
