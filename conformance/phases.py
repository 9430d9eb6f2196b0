"""The phases of a run: each makes the target's settings what its tests need, and puts back what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.events import Event
from conformance.journal import Journal
from conformance.outcomes import Inconclusive
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.sharing import Sharing
from conformance.target_settings import Disturbed, Phase, Settings


class Phases:
    """The settings of a live target over a run. What they do is written down like what tests do, and what one phase could
    not put back is tried again by the next."""

    def __init__(
        self,
        provider: Provider,
        recorder: Recorder,
        write: Callable[[Iterable[Event]], object],
        brief: int,
        journal: Journal | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.refused = ""
        self.obstacle: str | None = None
        self._sharing = sharing
        self.stuck: dict[str, str] = {}
        self._recorder = recorder
        self._write = write
        self._written = 0
        self._settings = Settings(provider, recorder, brief, journal)

    def foresee(self, phases: Iterable[Phase]) -> None:
        """Look at the settings that will be changed, before anything else is done."""
        for phase in phases:
            self._settings.foresee(phase)
        self._write_down()

    def enter(self, phase: Phase) -> None:
        """Make the settings what a phase needs. ``refused``: why the target does not let us. ``obstacle``: somebody else
        is in the way."""
        self.refused = ""
        try:
            if self._sharing:
                self._sharing.have_alone()
        except Inconclusive as busy:
            self.obstacle = busy.reason
            return
        try:
            self._settings.change(phase)
        except Disturbed as disturbed:
            self.obstacle = disturbed.reason
        except Inconclusive as refusal:
            self.refused = refusal.reason
        finally:
            self._write_down()

    def leave(self) -> None:
        """Put back what the phase found. ``stuck``: the settings that did not go back, and why."""
        self.refused, self.obstacle = "", None
        try:
            self.stuck = self._settings.put_back()
        finally:
            self._write_down()
            if self._sharing:
                self._sharing.leave()

    def _write_down(self) -> None:
        events = self._recorder.evidence()
        self._write(events[self._written :])
        self._written = len(events)
