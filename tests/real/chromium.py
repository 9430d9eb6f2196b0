"""Chromium without a screen and told to be quiet, which notes what a page asks for and what goes wrong on it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

FLAGS = (
    "--headless",
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """One browser and its notes about the page that was opened last; a note is forgotten when it was read."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, page: Path) -> None:
        self.driver.get("about:blank")
        for notes in ("performance", "browser"):  # about the page before; at first that is the browser's own start page
            self.driver.get_log(notes)
        self.driver.get(page.as_uri())

    def visible(self, selector: str) -> list[WebElement]:
        """The elements of a CSS selector that a person sees."""
        return [found for found in self.driver.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()]

    def requests(self) -> list[str]:
        """The addresses that were asked for, the page's own among them."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """The errors and warnings in the console."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@contextmanager
def launched(chromium: str, chromedriver: str, profile: Path) -> Iterator[Browser]:
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with Chrome(options, ChromeService(chromedriver)) as driver:
        driver.set_page_load_timeout(30)
        yield Browser(driver)
