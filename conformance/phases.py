"""The phases of a run: each makes the target's settings what its tests need, and puts back what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.events import Event
from conformance.outcomes import Inconclusive
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.target_settings import Phase, Settings


class Phases:
    """The settings of a live target over a run. What they do is written down like what tests do, and what one phase could
    not put back is tried again by the next."""

    def __init__(
        self,
        provider: Provider,
        recorder: Recorder,
        write: Callable[[Iterable[Event]], object],
        brief: int,
    ) -> None:
        self.refused = ""
        self.stuck: tuple[str, ...] = ()
        self._recorder = recorder
        self._write = write
        self._written = 0
        self._settings = Settings(provider, recorder, brief)

    def enter(self, phase: Phase) -> None:
        """Make the settings what a phase needs. ``refused``: why the target does not let us."""
        self.refused = ""
        try:
            self._settings.change(phase)
        except Inconclusive as refusal:
            self.refused = refusal.reason
        finally:
            self._write_down()

    def leave(self) -> None:
        """Put back what the phase found. ``stuck``: what would not go back."""
        self.refused = ""
        try:
            self.stuck = tuple(self._settings.put_back())
        finally:
            self._write_down()

    def _write_down(self) -> None:
        events = self._recorder.evidence()
        self._write(events[self._written :])
        self._written = len(events)
