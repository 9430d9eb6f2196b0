"""Chromium without a screen and told to be quiet, which notes what a page asks for and what goes wrong on it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

FLAGS = (
    "--headless",
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
)

_FOCUSABLE = {"name": "focusable", "value": {"type": "booleanOrUndefined", "value": True}}


class Browser:
    """One browser and its notes about the page that was opened last; a note is forgotten when it was read."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, page: Path, fragment: str = "") -> None:
        self.driver.get("about:blank")
        for notes in ("performance", "browser"):  # about the page before; at first that is the browser's own start page
            self.driver.get_log(notes)
        self.driver.get(page.as_uri() + fragment)

    def press(self, *keys: str) -> None:
        """Keys for whatever has the focus."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def run(self, script: str, *arguments: object) -> Any:
        """What a function's body returns; the page's own policy does not hold for it."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition: str, *arguments: object) -> None:
        """Until an expression is true. TimeoutException after half a minute."""
        WebDriverWait(self.driver, 30, 0.02).until(lambda _: self.run(f"return {condition}", *arguments))

    def unnamed(self) -> list[str]:
        """The roles of the elements that can have the focus, and of which a screen reader has nothing to say."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        focusable = [node for node in nodes if _FOCUSABLE in node.get("properties", ())]
        return [node["role"]["value"] for node in focusable if not node.get("name", {}).get("value")]

    def follow(self, fragment: str) -> None:
        self.run("location.hash = arguments[0]", fragment)

    @contextmanager
    def emulating(self, media: str = "", **features: str) -> Iterator[None]:
        """The page as another medium, or a reader with other preferences, has it."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": wanted})
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})

    @contextmanager
    def at_work(self) -> Iterator[Callable[[], float]]:
        """Tells how long the page's main thread has worked, in seconds of its own: how busy the machine is has no part in it."""
        self.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        try:
            yield lambda: self._metrics()["TaskDuration"]
        finally:
            self.driver.execute_cdp_cmd("Performance.disable", {})

    def _metrics(self) -> dict[str, float]:
        metrics = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    @property
    def page(self) -> str:
        """The address of the page that is open, without a fragment."""
        return self.driver.current_url.partition("#")[0]

    def visible(self, selector: str) -> list[WebElement]:
        """The elements of a CSS selector that a person sees."""
        return [found for found in self.driver.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()]

    def requests(self) -> list[str]:
        """The addresses that were asked for, the page's own among them; what its policy holds back is a complaint."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        held_back = {event["params"]["requestId"] for event in events if event["params"].get("blockedReason") == "csp"}
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [request["request"]["url"] for request in sent if request["requestId"] not in held_back]

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
