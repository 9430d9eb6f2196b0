"""Longer ways through the protocol, in an order that the seed chooses: what only shows after something else."""

import pytest

from conformance import Protected, User, Walk, requirement
from conformance.protocol_model import ADVICE, MUSTS

MOVES = (6, 9, 12, 15, 18, 21, 24, 27)
"""The shortest walk first: where several depart, the first to be read is the shortest."""


@requirement("walks.protocol")
@pytest.mark.parametrize("moves", MOVES)
def test_a_walk_stays_within_the_protocol(
    alice: User, protected: Protected, disabling: Protected, walk: Walk, moves: int
) -> None:
    """Attackers do not keep to the order of a specification's sections: they log in twice, ask for another code, switch
    the method off and on, and try what they have kept. Whatever the order, a code that is over stays over."""
    departure = walk.departs(alice, protected, disabling, MUSTS, moves)

    assert not departure


@requirement("walks.advice")
@pytest.mark.parametrize("moves", MOVES)
def test_a_walk_stays_within_what_good_servers_do(
    alice: User, protected: Protected, disabling: Protected, walk: Walk, moves: int
) -> None:
    """An old code, or an authenticator's used one, is worth something to a thief for as long as any order of calls brings
    it back."""
    departure = walk.departs(alice, protected, disabling, ADVICE, moves)

    assert not departure
