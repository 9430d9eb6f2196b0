"""Which tests are run again."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.rerun import Earlier, NoReport

RUN = {"complete": True, "selection": False, "interrupted": False, "broken": None}


def earlier(folder: Path, *, exit_code: int = 1, **run: object) -> Earlier:
    words = ("pass", "fail", "warn", "note", "inconclusive", "error", "inapplicable", "untested")
    report = {
        "tests": [{"id": f"test_{word}", "verdict": word} for word in words],
        "run": {**RUN, **run},
        "exit_code": exit_code,
        "profiles": {"security": "conformant", "robustness": None},
    }
    (folder / "report.json").write_text(json.dumps(report))
    return Earlier.read(folder)


@pytest.mark.parametrize("word", ["fail", "error", "inconclusive", "untested"])
def test_what_did_not_show_that_all_is_well_is_run_again(tmp_path: Path, word: str) -> None:
    assert earlier(tmp_path).calls_for(f"test_{word}")


@pytest.mark.parametrize("word", ["pass", "warn", "note", "inapplicable"])
def test_what_was_decided_is_not(tmp_path: Path, word: str) -> None:
    assert not earlier(tmp_path).calls_for(f"test_{word}")


@pytest.mark.parametrize(
    ("run", "again"),
    [
        ({}, False),
        ({"complete": False, "selection": True}, False),
        ({"complete": False}, True),
        ({"complete": False, "selection": True, "interrupted": True}, True),
        ({"complete": False, "selection": True, "broken": "OSError"}, True),
        ({"complete": False, "selection": True, "exit_code": 5}, True),
    ],
)
def test_what_the_report_does_not_tell_of_is_run_only_where_that_run_was_cut(
    tmp_path: Path, run: dict[str, Any], again: bool
) -> None:
    assert earlier(tmp_path, **run).calls_for("test_other") is again


def test_the_profiles_are_those_of_the_earlier_run(tmp_path: Path) -> None:
    assert earlier(tmp_path).profiles == {"base", "security"}


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"tests": 7}'])
def test_without_a_report_it_is_said_what_is_missing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(NoReport, match=r"report\.json: expected the report of an earlier run"):
        Earlier.read(tmp_path)
