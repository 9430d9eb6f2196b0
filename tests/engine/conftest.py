"""Generated examples take as long as they take, and a driver that gives up where none should is a failure, no skip."""

from collections.abc import Generator

import pytest
from hypothesis import settings

from conformance.outcomes import Ended

settings.register_profile("engine", parent=settings.default, deadline=None)
settings.load_profile("engine")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    try:
        return (yield)
    except Ended as ended:
        pytest.fail(f"{type(ended).__name__}: {ended.reason}")
