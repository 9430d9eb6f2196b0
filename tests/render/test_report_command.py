"""`report`: one result in any format, and exit 2 with the reason for what is none."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conformance.cli import app
from conformance.documents import FORMATS, document
from conformance.report_file import read
from conformance.results import to_json as report_json

from .test_report_file import EVENTS, written


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


@pytest.mark.parametrize("form", FORMATS)
def test_a_log_is_written_in_every_format(tmp_path: Path, form: str) -> None:
    result, out = written(tmp_path, EVENTS), tmp_path / "document"
    done = call(result, "--to", form, "-o", out)

    assert (done.exit_code, done.output) == (0, "")
    assert out.read_text(encoding="utf-8") == document(form, *read(result))


@pytest.mark.parametrize("form", FORMATS)
def test_so_is_a_report_json(tmp_path: Path, form: str) -> None:
    report, _ = read(written(tmp_path, EVENTS))
    (tmp_path / "report.json").write_text(json.dumps(report_json(report)))
    done = call(tmp_path / "report.json", "--to", form, "-o", tmp_path / "document")

    assert done.exit_code == 0
    assert (tmp_path / "document").read_text(encoding="utf-8") == document(form, report, [])


@pytest.mark.parametrize("form", ["har", "intoto", "pdf"])
def test_a_format_that_there_is_not_is_refused(tmp_path: Path, form: str) -> None:
    done = call(written(tmp_path, EVENTS), "--to", form, "-o", tmp_path / "document")

    assert done.exit_code == 2
    assert f"'{form}'" in done.output
    assert not (tmp_path / "document").exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"format": "twofa-conformance-report/9"}', "of a newer format"),
        ('{"format": "twofa-conformance-report/1", "claim": "conf', "cut in the middle"),
        ("", "it is empty"),
    ],
)
def test_what_is_no_report_is_refused_and_the_document_stays(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "report.json").write_text(text)
    (tmp_path / "document").write_text("an earlier one")
    done = call(tmp_path / "report.json", "--to", "md", "-o", tmp_path / "document")

    assert done.exit_code == 2
    assert why in done.output
    assert str(tmp_path / "report.json") in done.output
    assert (tmp_path / "document").read_text() == "an earlier one"


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    result = written(tmp_path, EVENTS)
    (tmp_path / "folder").mkdir()

    for out in (tmp_path / "none" / "document", tmp_path / "folder"):
        done = call(result, "--to", "md", "-o", out)
        assert done.exit_code == 2
        assert f"{out}: it cannot be written" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"run.jsonl", "folder"}, "no draft is left"
