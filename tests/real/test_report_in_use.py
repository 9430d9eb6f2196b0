"""report.html in the hands of a reader: the filter, links, the keyboard, and what is shown on demand."""

import dataclasses
from pathlib import Path

import pytest
from render.samples import CATALOGUE, ONE_OF_EACH, log
from render.samples import test_of as id_of
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from conformance.catalogue import Catalogue
from conformance.events import Started
from conformance.render import html
from conformance.results import build

from .chromium import Browser

SECURITY: Catalogue = {
    name: dataclasses.replace(row, profile="security") if name == "refusal.json" else row
    for name, row in CATALOGUE.items()
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = [
        dataclasses.replace(event, profiles=("base", "security")) if isinstance(event, Started) else event
        for event in log(
            ONE_OF_EACH, reason="it said so", body='{"error": "[totp-required]", "details": {"a": [1, 2]}}'
        )
    ]
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html.render(build(events, SECURITY), events), encoding="utf-8")
    return path


@pytest.fixture
def reader(browser: Browser, page: Path) -> Browser:
    """The page, without a filter; what was unfolded in it stays so, for it is opened only once."""
    if browser.page != page.as_uri():
        browser.open(page)
    browser.follow("?")
    return browser


COUNTED = "document.getElementById('shown').textContent === arguments[0]"


def shown(browser: Browser) -> set[str | None]:
    return {row.get_attribute("id") for row in browser.visible("details.requirement")}


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ("verdict=fail", {"challenge.error-text"}),
        ("verdict=fail,warn", {"challenge.error-text", "challenge.status"}),
        ("profile=security", {"refusal.json"}),
        ("level=should", {"challenge.status"}),
        ("chapter=mail", {"mail.arrives", "mail.as-displayed"}),
        ("text=BRACKETS", {"challenge.error-text"}),
        ("text=no+such+words", set()),
        ("verdict=pass,inconclusive&chapter=mail&level=must&text=code", {"mail.arrives"}),
        ("", set(CATALOGUE)),
    ],
)
def test_a_link_with_a_filter_shows_its_rows(reader: Browser, chosen: str, rows: set[str]) -> None:
    reader.follow(f"?{chosen}")
    reader.wait(COUNTED, f"{len(rows)} of 8 requirements")

    assert shown(reader) == rows


def test_what_is_chosen_by_hand_is_shown_and_stands_in_the_address(browser: Browser, page: Path) -> None:
    """So a QA engineer sends the implementer what they look at."""
    browser.open(page)
    for box in ("fail", "inconclusive", "note"):
        browser.driver.find_element(By.CSS_SELECTOR, f"#filter [value={box}]").click()
    for name, words in (("level", "must"), ("profile", "base"), ("text", "code")):
        browser.driver.find_element(By.NAME, name).send_keys(words)
    chosen = browser.run("return location.hash")
    rows = shown(browser)
    browser.open(page, chosen)

    assert rows == {"mail.arrives"}
    assert chosen == "#?verdict=fail%2Cnote%2Cinconclusive&profile=base&level=must&text=code"
    assert shown(browser) == rows


def test_the_bar_of_a_chapter_filters_by_it_and_a_button_ends_that(reader: Browser) -> None:
    reader.driver.find_element(By.CSS_SELECTOR, "a[href='#?chapter=mail']").click()
    reader.wait(COUNTED, "2 of 8 requirements")
    filtered = shown(reader)
    reader.driver.find_element(By.CSS_SELECTOR, "#filter [type=reset]").click()
    reader.wait(COUNTED, "8 of 8 requirements")

    assert filtered == {"mail.arrives", "mail.as-displayed"}


def test_a_heading_without_rows_is_not_shown(reader: Browser) -> None:
    reader.follow("?verdict=warn")
    reader.wait(COUNTED, "1 of 8 requirements")

    assert [heading.text for heading in reader.visible("h3")] == ["Warnings 1"]


ROW, TEST, EXCHANGE = "challenge.required", id_of("challenge.required"), f"{id_of('challenge.required')}.1"


@pytest.mark.parametrize("name", [ROW, TEST, EXCHANGE])
def test_a_link_opens_what_it_leads_to_and_takes_the_keyboard_there(reader: Browser, name: str) -> None:
    """It stands in a ticket: whoever follows it must not have to search, whatever was filtered before."""
    reader.follow("?verdict=warn")
    reader.follow(name)
    reader.wait("document.activeElement.parentElement?.id === arguments[0]", name)

    place = reader.driver.find_element(By.ID, name)
    assert place.get_attribute("open")
    reader.wait("(({ top }) => 0 <= top && top < innerHeight)(arguments[0].getBoundingClientRect())", place)


def test_a_link_that_leads_nowhere_leaves_the_report_as_it_is(reader: Browser) -> None:
    reader.complaints()
    for fragment in ("%E0%A4%A", "nowhere", "test_x.99", "evidence:test_x.1", "", "?verdict=%E0%A4%A&level=x"):
        reader.follow(fragment)
    reader.follow("?text=brackets")
    reader.wait(COUNTED, "1 of 8 requirements")

    assert reader.complaints() == []


def test_a_report_opens_where_its_address_says(browser: Browser, page: Path) -> None:
    browser.open(page, f"#{EXCHANGE}")
    browser.wait("document.activeElement.parentElement?.id === arguments[0]", EXCHANGE)

    assert browser.driver.find_element(By.ID, EXCHANGE).get_attribute("open")


def test_an_exchange_stands_beside_one_that_passed(reader: Browser) -> None:
    name = f"{id_of('challenge.error-text')}.2"
    reader.follow(name)
    reader.wait("document.getElementById(arguments[0])?.querySelector('.pair')", name)
    texts = [text.text for text in reader.visible(f"[id='{name}'] pre")]
    [_, reference] = reader.visible(f"[id='{name}'] .side")

    assert reference.text == f"#1, for reference, of a test that passed: {id_of('challenge.required')}"
    assert [text.splitlines()[0] for text in texts] == ["POST /api/v1/users.update"] * 2 + ["HTTP status 400"] * 2
    assert '  "details": {\n    "a": [\n      1,' in texts[2]


def test_a_test_tells_of_mails_waits_and_clocks(reader: Browser) -> None:
    reader.follow(id_of("challenge.error-text"))
    reader.wait("document.getElementById(arguments[0]).querySelector('.steps')", id_of("challenge.error-text"))
    told = reader.driver.find_element(By.ID, id_of("challenge.error-text")).text

    for words in ("no mail within 30.00 s", "waited 1.00 s: the rate limit", "clock was -3.5 s against ours"):
        assert words in told


def test_the_keyboard_skips_to_the_list_filters_and_folds_it(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press(Keys.TAB, Keys.ENTER)
    heading = browser.focused().text
    browser.press(Keys.TAB, Keys.SPACE)
    filtered = shown(browser)
    browser.press(Keys.TAB * len(browser.driver.find_elements(By.CSS_SELECTOR, "#filter :is(input, select, button)")))
    row = browser.focused().find_element(By.XPATH, "..")
    was_open = row.get_attribute("open")
    browser.press(Keys.ENTER)

    assert heading == "Requirements"
    assert filtered == {"challenge.error-text"}
    assert (row.get_attribute("id"), was_open) == ("challenge.error-text", "true")
    assert row.get_attribute("open") is None


def test_escape_empties_the_search(reader: Browser) -> None:
    reader.follow("?text=brackets")
    reader.wait(COUNTED, "1 of 8 requirements")
    reader.driver.find_element(By.NAME, "text").send_keys(Keys.ESCAPE)

    assert shown(reader) == set(CATALOGUE)


NOTE_STOPS = """
window.stops = [];
addEventListener("focusin", ({ target }) => {
  const bar = target.querySelector("rect");
  const seen = getComputedStyle(target).outlineStyle !== "none" || (bar && getComputedStyle(bar).stroke !== "none");
  stops.push([target.localName, seen]);
});
for (const box of document.querySelectorAll("details")) box.open = true;
"""


def test_every_stop_of_the_tab_key_can_be_seen_and_has_a_name(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(NOTE_STOPS)
    browser.wait("document.querySelector('details.exchange')")
    browser.press(Keys.TAB * 100)
    stops = browser.run("return stops")

    assert {name for name, _ in stops} == {"a", "input", "select", "button", "summary"}
    assert [name for name, seen in stops if not seen] == []
    assert browser.unnamed() == []
