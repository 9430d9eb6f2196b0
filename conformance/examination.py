"""The preflight alone: what `doctor` does. Nothing is left on the target, also after an interrupt; and what a kill leaves, the
journal knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance import diagnosis
from conformance.accounts import Admin
from conformance.bill import PREFLIGHT
from conformance.configuration import Configuration
from conformance.connection import live_world, provider_of
from conformance.events import Event, Facts, Surveyed
from conformance.given import Given
from conformance.interrupts import Interrupts, ignored
from conformance.journal import Journal
from conformance.outcomes import Ended
from conformance.preflight import Preflight
from conformance.probe import HOPEFUL
from conformance.recorder import Recorder
from conformance.run import CONFIGURATION
from conformance.run_names import new_name
from conformance.target import Target


def examine(
    target: Target, *, configure: bool = False, run: str | None = None, journal: Journal | None = None
) -> Surveyed:
    """Survey a target. With ``configure`` its settings are meanwhile what --configure-target makes them. ``run``: what the
    names of its test accounts begin with; ``journal``: where it is written what is changed on the target."""
    live, allowed = live_world(target), target.limits.wrong_codes_per_account
    provider, binding = provider_of(target, live, run or new_name(), journal), target.binding.binding()
    recorder = Recorder(PREFLIGHT, live, binding, seed=0, wrong_codes=allowed)
    settings = Recorder(CONFIGURATION, live, binding, seed=0, wrong_codes=allowed)
    configuration = Configuration(provider, settings, _forget, journal) if configure else None
    facts = HOPEFUL
    with Interrupts().caught():
        try:
            surveyed = Preflight(target, live, provider, recorder, configuration).run(target.target.edition)
            facts = surveyed.facts
        finally:
            with ignored():
                live.try_again()
                left_over = _tidied(provider, recorder, facts, configuration)
                live.close()
    return replace(surveyed, findings=(*surveyed.findings, *diagnosis.left_over(left_over)))


def _forget(events: Iterable[Event]) -> None:
    """There is no log."""


def _tidied(
    provider: Admin | Given, recorder: Recorder, facts: Facts, configuration: Configuration | None
) -> tuple[str, ...]:
    """Leave the target as it was found. Returns what could not be put back."""
    try:
        settings = configuration.put_back() if configuration else ()
    except Ended as ended:
        settings = (f"settings: {ended.reason}",)
    return (*settings, *provider.clean_up(recorder, facts))
