"""Generated requests: bounded in number, the caller's own, and the smallest one that fails is told."""

import json
from typing import Any

import pytest

from conformance import generated, generation
from conformance.generated import OPERATIONS, Generated
from conformance.generation import generate, required
from conformance.model import Request
from conformance.outcomes import Inconclusive
from conformance.users import User

from .script import Script, answer, challenge, user

BROKEN = answer(500, {"success": False})
UPDATE = "users.update"


class Site(Script):
    """A target that breaks at bodies of a kind, and challenges all others."""

    breaks: Any = staticmethod(lambda body: False)

    def exchange(self, test: str, request: Request) -> Any:
        self.answers = [BROKEN if self.breaks(json.loads(request.body)) else challenge()]
        return super().exchange(test, request)


def site(breaks: Any) -> tuple[Site, User]:
    world = Site([])
    world.breaks = breaks
    return world, user(world)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("valid", [True, False])
def test_where_nothing_breaks_there_is_nothing_to_tell(operation: str, valid: bool) -> None:
    world, alice = site(lambda body: False)

    assert Generated(alice, operation, valid=valid).server_error() is None
    assert 5 < len(world.requests) <= generated._MOST


def test_what_breaks_is_told_by_its_smallest_example() -> None:
    world, alice = site(lambda body: True)
    told = Generated(alice, "users.removePersonalAccessToken", valid=True).server_error()

    assert told == 'POST /api/v1/users.removePersonalAccessToken: {"tokenName": ""} is answered with status 500'
    assert len(world.requests) <= generated._MOST


def test_valid_requests_name_nobody_but_the_caller_and_carry_no_code() -> None:
    world, alice = site(lambda body: False)
    Generated(alice, UPDATE, valid=True).server_error()

    assert {json.loads(request.body)["userId"] for request in world.requests} == {alice.account.user_id}
    assert set(world.codes) == {None}


def test_nothing_is_sent_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "_MOST", 3)
    world, alice = site(lambda body: False)
    Generated(alice, UPDATE, valid=True).server_error()

    assert len(world.requests) == 3


def test_every_generated_body_is_an_object() -> None:
    """What is none is another requirement's."""
    bodies = [json.loads(body) for body in generate(UPDATE, 3, valid=False)]

    assert len(bodies) > 5
    assert all(isinstance(body, dict) for body in bodies)


def test_a_valid_body_has_what_is_required_also_once_it_is_made_smaller() -> None:
    world, alice = site(lambda body: len(body) > 1)
    told = Generated(alice, UPDATE, valid=True).server_error()

    assert required(UPDATE) == {"userId", "data"}
    assert all(json.loads(request.body).keys() >= {"userId", "data"} for request in world.requests)
    assert told


def test_a_member_that_is_not_to_blame_is_left_out() -> None:
    _, alice = site(lambda body: "bad" in body)
    told = Generated(alice, "users.removePersonalAccessToken", valid=False)
    told._fails(b'{"bad": 1, "longer": "xxxxxxxx", "more": 2}')
    told._reduce()

    assert told._smallest() == b'{"bad": 1}'


def test_where_nothing_can_be_generated_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation.sys, "executable", "/no/such/python")
    monkeypatch.setattr(generation, "_batches", {})
    with pytest.raises(Inconclusive, match="no requests could be generated: FileNotFoundError"):
        Generated(user(Script([])), UPDATE, valid=True).server_error()


def test_on_a_tape_the_recorded_requests_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [b'{"tokenName": "x", "more": 1}', b'{"tokenName": ""}', b'{"tokenName": "fine"}']
    world, alice = site(lambda body: body["tokenName"] != "fine")
    made = [Request("POST", "/api/v1/users.removePersonalAccessToken", (), body) for body in bodies]
    monkeypatch.setattr(alice.recorder, "recorded", lambda: [*made, Request("POST", "/api/v1/users.delete", (), b"{}")])
    told = Generated(alice, "users.removePersonalAccessToken", valid=True).server_error()

    assert [request.body for request in world.requests] == bodies
    assert told and '{"tokenName": ""}' in told
