"""The phases of a run: each makes the target's settings what its tests need, and puts back what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.events import Event
from conformance.outcomes import Inconclusive
from conformance.provider import Provider
from conformance.recorder import Recorder
from conformance.settings import Phase, Settings


class Phases:
    """The settings of a live target over a run. What they do is written down like what tests do."""

    def __init__(
        self,
        provider: Provider,
        new_recorder: Callable[[], Recorder],
        write: Callable[[Iterable[Event]], None],
        brief: int,
    ) -> None:
        self.refused = False
        self.stuck: tuple[str, ...] = ()
        self._provider = provider
        self._new_recorder = new_recorder
        self._write = write
        self._brief = brief
        self._settings: Settings | None = None

    def enter(self, phase: Phase) -> None:
        """Make the settings what a phase needs. ``refused``: the target does not let us."""
        recorder = self._new_recorder()
        self._settings = Settings(self._provider, recorder, self._brief)
        try:
            self._settings.change(phase)
        except Inconclusive:
            self.refused = True
        finally:
            self._write(recorder.evidence())

    def leave(self) -> None:
        """Put back what the phase found. ``stuck``: what would not go back."""
        self.refused = False
        if self._settings:
            self.stuck = tuple(self._settings.put_back())
