"""What a run is asked for, by the command line or by pytest's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.model import Profile
from conformance.tape import Tape
from conformance.target import Target


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for. Without a target the embedded lab is run; with a tape nothing is."""

    out: Path
    target: Target | None = None
    target_file: Path | None = None
    tape: Tape | None = None
    edition: str | None = None
    profiles: frozenset[Profile] = frozenset({"base"})
    at_once: int | None = None
    seed: int | None = None
    selection: bool = False
    brief: bool = False
    """Whether report.json is all that is wanted at the end."""
    verdicts_only: bool = False
    """Whether that is to hold verdicts and no text that came from the target, and nothing else is kept of the run."""
    configure: bool = False
    """Whether the target's settings are made what a run wants, and put back at its end."""
    say: Callable[[str], None] = lambda told: None
    """Tells whoever looks on why a run waits."""
