"""A run of which verdicts alone are kept finds what any run finds."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.score.trial import report_on

CHAPTERS = ("challenge", "form")


def rows(report: dict[str, Any]) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in report["requirements"]}


@pytest.mark.parametrize("fault", ["ch-errortype-typo", "cg-count-string"])
def test_verdicts_do_not_depend_on_whether_texts_are_kept(fault: str) -> None:
    """Of a deviation from the document, too, which is found in what the run keeps."""
    kept, verdicts = (report_on("classic", faults=(fault,), chapters=CHAPTERS, texts=texts) for texts in (True, False))

    assert "fail" in rows(kept).values()
    assert (verdicts["claim"], verdicts["exit"], rows(verdicts)) == (kept["claim"], kept["exit"], rows(kept))
    assert {test["reason"] for test in verdicts["tests"]} <= {None, "«withheld»"}
