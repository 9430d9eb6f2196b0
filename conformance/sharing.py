"""One target for several runs of this machine at once: any number may use it as it is, but one alone may change its settings.

A server has no place for such a lock, so it is a file of this machine, which the system releases whatever becomes of a run.
Runs of other machines are not kept out: that a setting is not what it should be is noticed (target_settings.py).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from conformance.outcomes import Inconclusive

_LOOK: Final = 0.25
"""Seconds between two looks at whether others have gone."""
_LONGEST: Final = 900.0
"""Seconds that one run waits for others."""


class Sharing:
    """A run's part in a target. ``wait`` lets seconds pass; ``say`` tells whoever looks on why."""

    def __init__(self, base_url: str, wait: Callable[[float], None], say: Callable[[str], None]) -> None:
        name = hashlib.sha256(base_url.rstrip("/").lower().encode()).hexdigest()[:16]
        self._path = Path(tempfile.gettempdir(), f"twofa-conformance-{os.getuid()}-{name}.lock")
        self._wait = wait
        self._say = say
        self._descriptor: int | None = None

    def join(self, *, alone: bool = False) -> None:
        """Use the target as it is, or alone from the start. While another run is in the way, wait; but not for ever."""
        self._take(fcntl.LOCK_EX if alone else fcntl.LOCK_SH)

    def have_alone(self) -> None:
        """Wait until no other run uses the target, and let none begin. Inconclusive if that takes too long."""
        if not self._take(fcntl.LOCK_EX):
            raise Inconclusive(
                f"settings are not changed: another run on this machine has used the target for {_LONGEST:g} s"
            )

    def leave(self) -> None:
        """Use the target no more. The last one to go removes the file."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def _take(self, kind: int) -> bool:
        """Whether the lock could be had in time. A machine that has no place for locks has none to wait for."""
        self.leave()  # two that both have a part, and wait for each other to go, would wait for ever
        waited = 0.0
        with suppress(OSError):
            while not self._taken(kind):
                if waited == 0.0:
                    self._say("waiting for another run of this machine on the same target")
                if waited > _LONGEST:
                    return False
                self._wait(_LOOK)
                waited += _LOOK
        return True

    def _taken(self, kind: int) -> bool:
        """Take the lock, unless somebody else is in the way."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            if self._is_current(descriptor):
                self._descriptor = descriptor
        except BlockingIOError:
            pass
        finally:
            if self._descriptor is None:
                os.close(descriptor)
        return self._descriptor is not None

    def _is_current(self, descriptor: int) -> bool:
        """Whether the file is still there: its last user removes it."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False
