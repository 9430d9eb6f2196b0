"""Servers of the protocol under names of their own: what they have no word for is nobody's fault."""

from dataclasses import replace

import pytest

from conformance.binding import Binding, session_of
from conformance.model import Granted, Session
from conformance.outcomes import NotApplicable
from conformance.users import User

from .script import Script, answer, granted, user

BEARER = Binding(session_headers=(("Authorization", "Bearer {token}"),))


def two(binding: Binding) -> tuple[User, User]:
    alice, bob = user(Script([])), user(Script([]))
    alice.recorder.binding = binding
    bob.session = Session("token-of-bob", "u2")
    return alice, bob


def test_credentials_of_two_users_are_mixed_where_a_session_has_two_parts() -> None:
    alice, bob = two(Binding())

    assert alice.session_without_rights("mixed", bob) == Session("token-of-bob", "u1")


def test_where_a_session_is_a_token_alone_nothing_can_be_mixed() -> None:
    """Somebody else's token alone is that one's session: a server that takes it is right."""
    alice, bob = two(BEARER)
    made_up = alice.session_without_rights("made up", bob)

    assert made_up not in (None, alice.session, bob.session)
    with pytest.raises(NotApplicable, match="a session of this target is a token alone"):
        alice.session_without_rights("mixed", bob)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_call_that_is_not_there_shows_nothing_of_a_session(status: int) -> None:
    alice = user(Script([answer(status)]))

    with pytest.raises(NotApplicable, match="the target has no GET /api/v1/me: name a call like it with binding.me"):
        alice.visit()


def test_a_call_that_shows_whether_a_session_lives_is_the_binding_s() -> None:
    script = Script([granted(), answer(401)])
    alice = user(script)
    alice.recorder.binding = replace(BEARER, me="GET /v2/self")
    told = alice.visit(), alice.visit(Session("old", "u1"))

    assert [reply.status for reply in told] == [200, 401]
    assert [(sent.path, dict(sent.headers)["Authorization"]) for sent in script.requests] == [
        ("/v2/self", "Bearer token-of-alice-0"),
        ("/v2/self", "Bearer old"),
    ]


@pytest.mark.parametrize(
    ("number", "known"), [(17, Session("t", "17")), ("a17", Session("t", "a17")), (True, None), (None, None)]
)
def test_who_is_logged_in_may_be_told_by_a_number(number: object, known: Session | None) -> None:
    binding = Binding(token="session.key", user_id="customer")

    assert session_of(binding, Granted(200, {"session": {"key": "t"}, "customer": number})) == known
