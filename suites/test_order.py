"""What comes first: credentials before the second factor, and no second factor where none is needed (E13, E19, E22)."""

import pytest

from conformance import Challenged, Granted, Protected, User, form_of_reply, requirement
from conformance.guesses import STRANGERS

STALE = pytest.mark.parametrize("method", ["email", "totp", "password"])


@requirement("order.credentials")
@pytest.mark.parametrize("credentials", STRANGERS)
def test_a_call_of_a_stranger_is_neither_challenged_nor_done(
    alice: User, bob: User, protected: Protected, credentials: str
) -> None:
    """A stranger must not make the server send mails, nor learn who has a second factor."""
    attempt = alice.attempt(protected)
    before = attempt.effect.state(), bob.inbox.mails_to(alice.account.email)
    reply = attempt.by_session(alice.session_without_rights(credentials, bob))
    mails = bob.inbox.mails_to(alice.account.email)
    after = attempt.effect.state(), mails

    assert not isinstance(reply, Granted | Challenged)
    assert after == before


@requirement("order.credentials")
def test_a_session_that_was_ended_is_a_stranger_s(alice: User, protected: Protected) -> None:
    """Whoever logs out at a foreign desk leaves nothing behind."""
    other = alice.another_session()
    alice.log_out(other)
    reply = alice.attempt(protected).by_session(other)

    assert not isinstance(reply, Granted | Challenged)


@requirement("order.credentials-status")
def test_a_call_of_a_stranger_has_status_401(alice: User, protected: Protected) -> None:
    """Clients send their user to the login at this status."""
    reply = alice.attempt(protected).by_session(None)

    assert reply.status == 401


@requirement("order.credentials-success")
def test_a_call_of_a_stranger_is_no_success(alice: User, protected: Protected) -> None:
    """A client that goes by success must not take it for done."""
    reply = alice.attempt(protected).by_session(None)

    assert reply.success is False


@requirement("order.unneeded")
@STALE
def test_stale_headers_change_nothing(dave: User, method: str) -> None:
    """Released clients put the headers of an old challenge on all that they send later."""
    plain = dave.visit()
    reply = dave.visit(answer=dave.stale_answer(method))

    assert reply.status == plain.status
    assert form_of_reply(reply) == form_of_reply(plain)


@requirement("order.unneeded")
@STALE
def test_stale_headers_do_not_keep_a_user_out(dave: User, method: str) -> None:
    """Nor does the client take them off for the login."""
    plain = dave.sign_in().bare()
    reply = dave.sign_in().with_headers(dave.stale_answer(method))

    assert reply.status == plain.status
    assert form_of_reply(reply) == form_of_reply(plain)


@requirement("order.unneeded-ignored")
@STALE
def test_stale_headers_are_ignored(dave: User, method: str) -> None:
    """A client may leave the headers of an old challenge on all that it sends later."""
    plain = dave.visit()
    reply = dave.visit(answer=dave.stale_answer(method))

    assert reply.status == plain.status
    assert form_of_reply(reply) == form_of_reply(plain)
