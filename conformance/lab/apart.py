"""The lab in a process of its own, so that it does not share a processor with whoever drives it.

`python -m conformance.lab.apart EDITION` writes what its target file would say to its standard output, as JSON, and serves
until its standard input ends: whatever becomes of the process that started it, no server is left behind.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from types import TracebackType
from typing import Any, Final

_PATIENCE: Final = 10.0
"""Seconds for a lab to end by itself."""


class Apart:
    """A lab that runs beside this process for as long as the context lasts."""

    def __init__(self, edition: str) -> None:
        command = [sys.executable, "-m", "conformance.lab.apart", edition]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> dict[str, Any]:
        """Its target file's content. OSError if it does not start; why stands on the standard error."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise OSError("the lab does not start")
        described: dict[str, Any] = json.loads(line)
        return described

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def main() -> None:
    """Serve. An interrupt is for whoever drives the lab, who still has accounts to remove."""
    from conformance.lab.target import Lab

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Lab(edition=sys.argv[1]) as lab:
        print(json.dumps(lab.target()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
