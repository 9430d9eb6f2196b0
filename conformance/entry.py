"""The program's first lines: from here on an interrupt ends it with exit code 130, however early it comes."""

import os
import signal
import sys


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from conformance.cli import app

        app()
    except KeyboardInterrupt:
        sys.stdout.flush()
        os._exit(130)
