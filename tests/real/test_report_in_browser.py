"""report.html as a person opens it: from the disk, in a browser, with no network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .chromium import Browser


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output directory of a run on the embedded lab."""
    out = tmp_path_factory.mktemp("run") / "report"
    command = [sys.executable, "-m", "conformance", "run", "--out", str(out)]
    subprocess.run(command, cwd=out.parent, check=True, timeout=600)
    return out


def test_the_report_shows_claim_and_rows_and_asks_the_network_for_nothing(browser: Browser, report: Path) -> None:
    """It is mailed and archived: a style sheet from elsewhere would be gone by then, or would tell who reads it."""
    browser.open(report / "report.html")

    verdicts = json.loads((report / "report.json").read_text())
    [heading], rows = browser.visible("h1"), browser.visible("details.requirement")
    assert heading.text.split()[-1] == verdicts["claim"]
    assert {row.get_attribute("id") for row in rows} == {row["id"] for row in verdicts["requirements"]}
    assert browser.complaints() == []
    assert browser.requests() == [(report / "report.html").as_uri()]


def test_a_page_that_is_not_silent_is_noticed(browser: Browser, tmp_path: Path) -> None:
    """The control of the test above: its two last lines hold of any page if nothing is ever noted."""
    page, elsewhere = tmp_path / "page.html", "http://127.0.0.1:1/x.png"
    page.write_text(f"<!doctype html><img src='{elsewhere}'><script>console.error('torn')</script>")
    browser.open(page)

    assert any("torn" in complaint for complaint in browser.complaints())
    assert browser.requests() == [page.as_uri(), elsewhere]
