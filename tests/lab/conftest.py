import pytest

from conformance.lab.rules import CLASSIC, CURRENT, EDITIONS

from .talk import Talk


@pytest.fixture(params=sorted(EDITIONS))
def talk(request: pytest.FixtureRequest) -> Talk:
    return Talk(EDITIONS[request.param])


@pytest.fixture
def classic() -> Talk:
    return Talk(CLASSIC)


@pytest.fixture
def current() -> Talk:
    return Talk(CURRENT)
