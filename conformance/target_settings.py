"""Settings of the target that tests need otherwise than they are: changed for a phase of a run, and put back.

Tests that need the same settings share a phase, and so the wait that most of them are there for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from conformance.binding import at_path
from conformance.model import ABSENT, Granted, Json
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.replies import describe
from conformance.setting_names import NAMES

Value = bool | int | Literal["brief"]
Phase = tuple[tuple[str, Value], ...]
"""What a test needs, by short name. A brief time is the preflight's, in seconds. Nothing: the target as it is."""


class Settings:
    """The settings of one target. What was found is remembered before anything is changed."""

    def __init__(self, provider: Provider, recorder: Recorder, brief: int) -> None:
        self._provider = provider
        self._recorder = recorder
        self._brief = brief
        self._found: dict[str, Json] = {}

    def change(self, phase: Phase) -> None:
        """Make the settings what a phase needs. Inconclusive if the target does not let us."""
        for name, value in phase:
            self._found.setdefault(NAMES[name], self._read(NAMES[name]))
            self._write(NAMES[name], self._brief if value == "brief" else value)

    def put_back(self) -> dict[str, Json]:
        """Make them what they were. Returns those that would not go back."""
        for name, value in list(self._found.items()):
            try:
                self._write(name, value)
            except Inconclusive:
                continue
            del self._found[name]
        return dict(self._found)

    def _read(self, name: str) -> Json:
        reply = self._provider.call(self._recorder, f"GET settings/{name}")
        if not isinstance(reply, Granted):
            raise Inconclusive(f"the setting {name} cannot be read: {describe(reply)}")
        return at_path(reply.body, "value")

    def _write(self, name: str, value: Json) -> None:
        reply = self._provider.call(self._recorder, f"POST settings/{name}", {"value": value})
        if not isinstance(reply, Granted):
            raise Inconclusive(f"the setting {name} cannot be changed: {describe(reply)}")


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
