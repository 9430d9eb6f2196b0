"""report.html as a person opens it: from the disk, in a browser, with no network."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from render import large
from render.samples import CATALOGUE, ONE_OF_EACH, log
from render.samples import test_of as id_of
from render.test_hostile import HOSTILE, spoken

from conformance.catalogue import Catalogue
from conformance.events import Event, Exchanged, Waited
from conformance.model import Exchange, Response
from conformance.render import html
from conformance.results import build

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


def written(events: list[Event], folder: Path, catalogue: Catalogue = CATALOGUE, name: str = "report.html") -> Path:
    path = folder / name
    path.write_text(html.render(build(events, catalogue), events), encoding="utf-8")
    return path


def test_what_somebody_gets_into_the_page_neither_runs_nor_loads(browser: Browser, tmp_path: Path) -> None:
    """The second line of defence, should an escape ever be forgotten. Its control is the test above."""
    browser.open(written(log(ONE_OF_EACH), tmp_path))
    browser.run("""
        window.ran = [];
        const forgotten = document.createRange().createContextualFragment(
            "<script>ran.push(1)</script><img src='http://127.0.0.1:1/x.png' onerror='ran.push(2)'>" +
            "<b onclick='ran.push(3)' style='color: red' id='torn'>x</b>");
        document.body.append(forgotten);
        document.getElementById("torn").click();
    """)
    browser.wait("document.images[0].complete")

    assert browser.run("return ran") == []
    assert browser.run("return document.getElementById('torn').computedStyleMap().get('color').toString()") != "red"
    assert len(browser.complaints()) >= 4
    assert [address for address in browser.requests() if not address.startswith("file:")] == []


OPEN_ALL = "for (const box of document.querySelectorAll('details')) box.open = true;"
TAGS = "return [...new Set([...document.querySelectorAll('*')].map((element) => element.localName))].sort().join(' ')"


def opened(browser: Browser, page: Path) -> str:
    """The tags of a page, with all that can be unfolded."""
    browser.open(page)
    for selector in (".exchange", ".pair"):
        browser.run(OPEN_ALL)
        browser.wait(f"document.querySelector('{selector}')")
    return str(browser.run(TAGS))


def said_everywhere(words: str) -> list[Event]:
    """A log with a target's words wherever the page makes elements: differing bodies, paths, reasons to wait, all else."""
    return [_saying(event, words) for event in spoken(words)]


def _saying(event: Event, words: str) -> Event:
    match event:
        case Exchanged(exchange=Exchange(request=request, response=Response() as response)):
            exchange = dataclasses.replace(
                event.exchange,
                request=dataclasses.replace(request, path=f"/{words}"),
                response=dataclasses.replace(response, body=f"{event.seq} ".encode() + response.body),
            )
            return dataclasses.replace(event, exchange=exchange)
        case Waited():
            return dataclasses.replace(event, why=words)
        case _:
            return event


def test_whatever_a_target_says_is_text(browser: Browser, tmp_path: Path) -> None:
    words = " ".join(text for name, text in HOSTILE.items() if name != "long").replace("\n", " ")
    harmless = opened(browser, written(said_everywhere("harmless"), tmp_path))
    hostile = opened(browser, written(said_everywhere(words), tmp_path))
    [*_, body] = browser.run("return [...document.querySelectorAll('.pair mark')].map((mark) => mark.textContent)")

    assert hostile == harmless
    assert browser.complaints() == []
    assert "</td></script><script>alert(1)</script><img src=x onerror=alert(1)>" in body
    assert "<U+202E>decrease" in body
    assert "<U+001B>[2J" in body


def test_a_large_reply_of_no_text_is_cut_and_says_where_it_is_whole(browser: Browser, tmp_path: Path) -> None:
    events = log({"challenge.required": "pass"})
    exchanged = next(event for event in events if isinstance(event, Exchanged))
    assert exchanged.exchange.response
    response = dataclasses.replace(exchanged.exchange.response, body=b"\x00\xff</script>" * 500_000)
    large = dataclasses.replace(exchanged, exchange=dataclasses.replace(exchanged.exchange, response=response))
    page = written([large if event is exchanged else event for event in events], tmp_path)
    browser.open(page, f"#{id_of('challenge.required')}.1")
    browser.wait("document.querySelector('.pair')")
    text = browser.run("return document.querySelector('.pair div:last-child pre').textContent")

    assert "<U+0000>\\xff</script><U+0000>\\xff</script>" in text
    assert "more characters are in run.jsonl)" in text
    assert page.stat().st_size < 100_000


def test_claim_findings_and_requirements_are_there_without_scripts(browser: Browser, tmp_path: Path) -> None:
    page = written(log(ONE_OF_EACH, reason="it said so"), tmp_path)
    with browser.without_scripts():
        browser.open(page)
        rows = browser.visible("details.requirement")
        seen = " ".join(part.text for part in browser.visible("body"))

        assert len(rows) == len(CATALOGUE)
        assert browser.visible("#filter") == []
    for words in ("not-conformant: 1 MUST passed", "What is not claimed", "it said so", "Without JavaScript"):
        assert words in seen


CONTRASTS = """
const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map(channel);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const behind = (element) => {
  const colour = getComputedStyle(element).backgroundColor;
  return colour === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : colour;
};
const texts = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility() &&
  !element.closest("svg") && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
return texts.map((element) => {
  const [dark, bright] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b);
  return [element.outerHTML.slice(0, 80), (bright + 0.05) / (dark + 0.05), light(behind(element))];
});
"""


@pytest.mark.parametrize(("scheme", "paper"), [("light", 1.0), ("dark", 0.0)])
def test_every_text_can_be_read_in_light_and_dark(browser: Browser, tmp_path: Path, scheme: str, paper: float) -> None:
    """The contrast that WCAG 2.2 asks for at level AA."""
    with browser.emulating(prefers_color_scheme=scheme):
        opened(browser, written(log(ONE_OF_EACH), tmp_path))
        contrasts = browser.run(CONTRASTS)

    assert len(contrasts) > 100
    assert [text for text, contrast, _ in contrasts if contrast < 4.5] == []
    assert {text for text, _, behind in contrasts if abs(behind - paper) > 0.5} == set()


FOUND = """
const seen = [...document.querySelectorAll(".came, #filter, nav")].filter((element) => element.checkVisibility());
return seen.map((element) => element.closest(".requirement")?.id ?? element.localName);
"""


def test_on_paper_what_was_found_is_unfolded_and_nothing_is_there_to_click(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(log(ONE_OF_EACH, reason="it said so"), tmp_path))
    browser.run("for (const box of document.querySelectorAll('details')) box.open = false")
    on_screen = browser.run(FOUND)
    with browser.emulating("print"):
        on_paper = browser.run(FOUND)

    assert on_screen == ["nav", "form"]
    assert on_paper == ["challenge.error-text", "refusal.json", "challenge.status", "mail.as-displayed"]


FILTER = """
const box = document.querySelector("[name=text]");
for (const text of ["test_19", "requirement-7", "", "test_1", ""]) {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect();
}
document.querySelector("[name=verdict]").click();
return document.querySelectorAll(".requirement:not([hidden])").length;
"""


def test_a_large_report_is_on_screen_and_filtered_as_if_it_had_no_evidence(browser: Browser, tmp_path: Path) -> None:
    """2,000 tests and 20 MB, beside the same tests without a byte: this is what evidence may cost."""
    opened, filtered = [], []
    for name, size in (("lean", 0), ("full", 20_000_000)):
        page = written(large.events(size), tmp_path, large.catalogue(), f"{name}.html")
        with browser.at_work() as worked:
            browser.open(page)
            opened.append(worked())
            rows = browser.run(FILTER)
            filtered.append(worked() - opened[-1])

    assert page.stat().st_size > 20_000_000
    assert rows == 20
    assert browser.run("return document.querySelectorAll('pre, .exchange').length") == 0
    assert opened[1] < 3 * opened[0]
    assert filtered[1] < 2 * filtered[0]
