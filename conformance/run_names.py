"""What a run is called, and when something happened."""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime


def new_name() -> str:
    """A name that no other run on the same target has."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))


def timestamp() -> str:
    """Now, in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
