"""--configure-target: each setting by itself, only where it is otherwise, and back to what it was."""

from typing import Any

import pytest

from conformance.configuration import Configuration
from conformance.events import Event
from conformance.model import Exchange, Request
from conformance.setting_names import NAMES

from .script import SILENCE, Answered, Script, answer, challenge, granted, user

SHORT = {name: short for short, name in NAMES.items()}
PRODUCT: dict[str, object] = {"auto_opt_in": True, "rate_limiter": True, "remember_for": 1800}
WANTED: dict[str, object] = {"auto_opt_in": False, "rate_limiter": False, "remember_for": 0}
DENIED = answer(403, {"success": False, "error": "unauthorized"})


class Site(Script):
    """A target that has settings. Some cannot be read, some not written."""

    def __init__(
        self, found: dict[str, object], *, unread: str = "", unwritten: str = "", guarded: bool = False
    ) -> None:
        super().__init__([])
        self.gone = False
        self.settings, self.unread, self.unwritten, self.guarded = dict(found), unread, unwritten, guarded

    def exchange(self, test: str, request: Request) -> Exchange:
        self.answers.append(self.serve(request))
        return super().exchange(test, request)

    def serve(self, request: Request) -> Answered:
        if self.gone:
            return SILENCE
        short = SHORT[request.path.rpartition("/")[2]]
        if request.verb == "GET":
            return DENIED if short == self.unread else granted(value=self.settings[short])
        if self.guarded and "x-2fa-code" not in dict(request.headers):
            return challenge(method="password")
        if short == self.unwritten:
            return DENIED
        body: Any = Script([], requests=[request]).bodies[0]
        self.settings[short] = body["value"]
        return granted()

    @property
    def written(self) -> list[str]:
        return [SHORT[request.path.rpartition("/")[2]] for request in self.requests if request.verb == "POST"]


class Run:
    def __init__(self, site: Site) -> None:
        self.events: list[Event] = []
        alice = user(site)
        self.configuration = Configuration(alice.provider, alice.recorder, self.events.extend)

    def verdicts(self) -> dict[str, str]:
        return {finding.id: finding.verdict for finding in self.configuration.make()}


def test_the_product_s_defaults_are_made_what_a_run_wants_and_put_back() -> None:
    site = Site(PRODUCT)
    run = Run(site)

    assert set(run.verdicts().values()) == {"pass"}
    assert site.settings == WANTED
    assert run.configuration.put_back() == ()
    assert site.settings == PRODUCT
    assert len(run.events) == len(site.requests)


def test_what_is_as_a_run_wants_it_is_let_alone() -> None:
    site = Site(WANTED)
    run = Run(site)

    assert set(run.verdicts().values()) == {"pass"}
    assert run.configuration.put_back() == ()
    assert site.written == []


def test_the_memory_of_a_success_goes_last_so_that_it_spares_codes_till_then() -> None:
    site = Site(PRODUCT)
    Run(site).verdicts()

    assert site.written == ["auto_opt_in", "rate_limiter", "remember_for"]


def test_a_second_factor_of_the_admin_s_is_answered() -> None:
    site = Site(PRODUCT, guarded=True)

    assert set(Run(site).verdicts().values()) == {"pass"}
    assert site.settings == WANTED


@pytest.mark.parametrize("cannot", ["unread", "unwritten"])
@pytest.mark.parametrize("name", list(WANTED))
def test_a_setting_that_cannot_be_changed_is_a_finding_and_the_others_are_changed(cannot: str, name: str) -> None:
    site = Site(PRODUCT, **{cannot: name})
    run = Run(site)
    verdicts = run.verdicts()

    assert [check for check, verdict in verdicts.items() if verdict == "warn"] == [
        f"configure-{name.replace('_', '-')}"
    ]
    assert site.settings == {**WANTED, name: PRODUCT[name]}
    assert run.configuration.put_back() == ()
    assert site.settings == PRODUCT


def test_what_would_not_go_back_is_named() -> None:
    site = Site(PRODUCT)
    run = Run(site)
    run.verdicts()
    site.unwritten = "rate_limiter"

    (why,) = run.configuration.put_back()
    assert NAMES["rate_limiter"] in why
    assert site.settings == {**PRODUCT, "rate_limiter": False}


def test_what_cannot_be_looked_at_any_more_counts_as_changed() -> None:
    site = Site(PRODUCT)
    run = Run(site)
    run.verdicts()
    site.gone = True

    told = " ".join(run.configuration.put_back())
    assert [NAMES[name] for name in PRODUCT if NAMES[name] not in told] == []
