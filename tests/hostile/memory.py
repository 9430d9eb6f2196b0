"""How much memory this process takes, as the system sees it."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Self

_STATUS = Path("/proc/self/status")


class Memory:
    """Watches for as long as it is open. ``megabytes``: the most that was taken beyond what was there before."""

    megabytes = 0.0

    def __enter__(self) -> Self:
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now
        self._before = _megabytes("VmRSS")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.megabytes = _megabytes("VmHWM") - self._before


def _megabytes(kind: str) -> float:
    found = re.search(rf"{kind}:\s*(\d+) kB", _STATUS.read_text())
    assert found
    return int(found[1]) / 1024
