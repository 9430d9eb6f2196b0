"""Settings of the target that tests need otherwise than they are: changed for a phase of a run, and put back.

Tests that need the same settings share a phase, and so the wait that most of them are there for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

from conformance.binding import at_path
from conformance.changes import Change, alike
from conformance.journal import Journal
from conformance.model import ABSENT, Granted, Json
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.replies import describe
from conformance.setting_names import NAMES, WRITTEN_BY_TESTS

Value = bool | int | Literal["brief"]
Phase = tuple[tuple[str, Value], ...]
"""What a test needs, by short name. A brief time is the preflight's, in seconds. Nothing: the target as it is."""


class Disturbed(Inconclusive):
    """Somebody else changes settings of the target, too."""


class Settings:
    """The settings of one target. What was found is remembered, and in the journal, before anything is changed."""

    def __init__(self, provider: Provider, recorder: Recorder, brief: int, journal: Journal | None = None) -> None:
        self._provider = provider
        self._recorder = recorder
        self._brief = brief
        self._journal = journal or Journal()
        self._at_first: dict[str, Json] = {}
        self._found: dict[str, Json] = {}
        self._ours: dict[str, list[Json]] = {}
        """What each was set to, and what the target then said that it was."""

    def foresee(self, phase: Phase) -> None:
        """Look at settings that a phase will change later: what they are by then may be what another run has set."""
        for name, _ in phase:
            with suppress(Inconclusive):  # what cannot be read will not be changed
                self._at_first[NAMES[name]] = read(self._provider, self._recorder, NAMES[name])

    def change(self, phase: Phase) -> None:
        """Make the settings what a phase needs. Inconclusive if the target does not let us; Disturbed if somebody else is at it."""
        for name, value in phase:
            self._change(NAMES[name], *allowed(name, value, self._brief))

    def put_back(self) -> dict[str, str]:
        """Make them what they were. Returns those that are not, and why; what somebody else has changed since is left."""
        kept: dict[str, str] = {}
        for name, found in list(self._found.items()):
            try:
                put_back(self._provider, self._recorder, name, found, self._ours[name])
            except Inconclusive as stuck:
                kept[name] = stuck.reason
                continue
            self._journal.undone("setting", name)
            del self._found[name], self._ours[name]
        return kept

    def _change(self, name: str, value: Json, *written_by_tests: Json) -> None:
        found = self._found.get(name, ABSENT)
        if found is ABSENT:
            found = self._look(name)
        self._journal.announce(Change("setting", name, {"found": found, "set": [value, *written_by_tests]}))
        self._found[name] = found
        self._ours.setdefault(name, []).extend([value, *written_by_tests])
        write(self._provider, self._recorder, name, value)
        told = read(self._provider, self._recorder, name)
        self._journal.learn(Change("setting", name, {"set": told}))
        self._ours[name].append(told)

    def _look(self, name: str) -> Json:
        found = read(self._provider, self._recorder, name)
        if not alike(found, at_first := self._at_first.get(name, found)):
            raise Disturbed(
                f"the setting {name} is {found!r}, and was {at_first!r} when the run began: somebody else changes settings at the "
                "same time, so this run does not; let one run at a time do so"
            )
        return found


def put_back(provider: Provider, recorder: Recorder, name: str, found: Json, ours: list[Json]) -> bool:
    """Make a setting what it was found as. False if it is already. Inconclusive if it does not go back; or if it is neither
    what was found nor what a run has made it: then somebody else has changed it, and it is left."""
    present = read(provider, recorder, name)
    if alike(present, found):
        return False
    if not any(alike(present, value) for value in ours):
        raise Inconclusive(
            f"the setting {name} was {found!r}, was set to {ours[0]!r}, and is {present!r} now: somebody else has changed it, "
            "so it is left"
        )
    write(provider, recorder, name, found)
    return True


def need(provider: Provider, recorder: Recorder, phase: Phase, brief: int) -> None:
    """Inconclusive unless the settings are what a phase has made them: nothing is judged by what somebody else has set."""
    for name, value in phase:
        wanted, present = allowed(name, value, brief), read(provider, recorder, NAMES[name])
        if not any(alike(present, one) for one in wanted):
            raise Inconclusive(
                f"the setting {NAMES[name]} is {present!r}, and this test needs {wanted[0]!r}: somebody else has changed it "
                "meanwhile, or the target has not taken it; let no other run change settings at the same time"
            )


def read(provider: Provider, recorder: Recorder, name: str) -> Json:
    """What a setting is. Inconclusive if it cannot be read."""
    reply = provider.call(recorder, f"GET settings/{name}")
    if not isinstance(reply, Granted):
        raise Inconclusive(f"the setting {name} cannot be read: {describe(reply)}")
    value = at_path(reply.body, "value")
    if value is ABSENT:
        raise Inconclusive(f"the setting {name} cannot be read: the reply shows no value")
    return value


def write(provider: Provider, recorder: Recorder, name: str, value: Json) -> None:
    """Change a setting. Inconclusive if that is refused."""
    reply = provider.call(recorder, f"POST settings/{name}", {"value": value})
    if not isinstance(reply, Granted):
        raise Inconclusive(f"the setting {name} cannot be changed: {describe(reply)}")


def allowed(name: str, value: Value, brief: int) -> list[Json]:
    """What a setting may be in a phase: what the phase sets it to (a ``brief`` time is one in seconds), and what tests write."""
    set_to = brief if value == "brief" else value
    return [set_to, *(written for known, written in WRITTEN_BY_TESTS.items() if known == name)]


def value_of(provider: Provider, recorder: Recorder, name: str) -> Json:
    """The value of a setting, by its short name. ABSENT where it cannot be read."""
    try:
        reply = provider.call(recorder, f"GET settings/{NAMES[name]}")
    except NotApplicable:
        return ABSENT
    return at_path(reply.body, "value") if isinstance(reply, Granted) else ABSENT


def phases(needed: Mapping[str, Phase]) -> list[Phase]:
    """The phases of a run in their order: the target as it is, then each kind of change once."""
    return sorted(set(needed.values()), key=lambda phase: (len(phase), phase))
