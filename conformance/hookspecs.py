"""What a plugin of pytest may do in a run, beside what pytest itself lets it do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.events import Surveyed


@pytest.hookspec
def pytest_conformance_surveyed(session: pytest.Session, surveyed: Surveyed) -> None:
    """The preflight has passed, and no test has begun: ``session.items`` may still be made fewer, by what was found."""
