"""--configure-target: settings that a run wants to have a certain value, changed by the owner's word and put back.

It goes by setting_names.FOR_A_RUN. What cannot be changed is a finding; the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from conformance.events import Event, Finding
from conformance.journal import Journal
from conformance.model import ABSENT, Json
from conformance.outcomes import Inconclusive
from conformance.phases import Phases
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.setting_names import FOR_A_RUN, NAMES
from conformance.target_settings import value_of


class Configuration:
    """The settings of one target over a whole run. Each is changed by itself: one that cannot be does not hold up the others."""

    def __init__(
        self,
        provider: Provider,
        recorder: Recorder,
        write: Callable[[Iterable[Event]], object],
        journal: Journal | None = None,
    ) -> None:
        self.recorder = recorder
        self._provider = provider
        self._phases = Phases(provider, recorder, write, 0, journal)
        self._found: dict[str, Json] = {}

    def make(self) -> Iterator[Finding]:
        """Change what is otherwise than a run wants it, and tell of each setting."""
        for name, wanted in FOR_A_RUN.items():
            yield self._set(name, wanted)

    def put_back(self) -> tuple[str, ...]:
        """Make everything what it was. Returns why something did not go back."""
        self._phases.leave()
        return tuple(why for setting, why in self._phases.stuck.items() if self._is_otherwise(setting))

    def _is_otherwise(self, setting: str) -> bool:
        """A setting that the target let nobody change is what it was."""
        name = next(name for name in FOR_A_RUN if NAMES[name] == setting)
        try:
            return value_of(self._provider, self.recorder, name) != self._found[name]
        except Inconclusive:
            return True

    def _set(self, name: str, wanted: bool | int) -> Finding:
        check, setting, value = f"configure-{name.replace('_', '-')}", NAMES[name], str(wanted).lower()
        found = self._found[name] = value_of(self._provider, self.recorder, name)
        if found == wanted:
            return Finding(check, "pass", f"{setting} is {value} already")
        if found is ABSENT:
            return Finding(check, "warn", f"{setting} cannot be read, and stays as it is", _PERMISSION)
        self._phases.enter(((name, wanted),))
        if self._phases.refused:
            return Finding(check, "warn", self._phases.refused, f"set it to {value} yourself, or {_PERMISSION}")
        return Finding(
            check, "pass", f"{setting} is {value} for this run; it was {str(found).lower()}, and will be again"
        )


_PERMISSION: Final = "give the admin the permissions view-privileged-setting and edit-privileged-setting"
