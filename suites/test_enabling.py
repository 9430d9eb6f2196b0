"""Switching email 2FA on (clauses S18 to S20; E11 to E13)."""

import pytest

from conformance import Challenged, Granted, Protected, User, requirement, says
from conformance.guesses import STRANGERS


@requirement("enabling.success")
def test_enabling_is_answered_with_success(dave: User) -> None:
    """A client shows the second factor as on only if it was told so."""
    reply = dave.enable_email()

    assert isinstance(reply, Granted)
    assert reply.success is True


@requirement("enabling.effective")
def test_enabling_concerns_sessions_that_were_open_before(dave: User, protected: Protected) -> None:
    """Whoever switches the second factor on because somebody else got in must not leave that session open.
    The control shows that the user's own session is challenged."""
    other = dave.another_session()
    dave.enable_email()
    attempt = dave.attempt(protected)
    attempt.challenge()
    reply = attempt.by_session(other)

    assert not isinstance(reply, Granted)


@requirement("enabling.again")
def test_enabling_twice_leaves_it_on(alice: User, protected: Protected) -> None:
    """A client may ask again; a switch that goes off the second time leaves its user unprotected."""
    before = alice.attempt(protected).challenge()
    alice.enable_email()
    after = alice.attempt(protected).bare()

    assert isinstance(after, Challenged)
    assert after.asks_for == before.asks_for


@requirement("enabling.unverified")
def test_a_user_without_a_verified_address_is_not_challenged_by_email(
    frank: User, alice: User, protected: Protected
) -> None:
    """A code for an address that may be somebody else's must not be sent; and whoever cannot get it is locked out."""
    frank.enable_email()
    before = alice.inbox.mails_to(frank.account.email)
    reply = frank.attempt(protected).bare()
    mails = alice.inbox.mails_to(frank.account.email)

    assert reply.asks_for != "email"
    assert mails == before


@requirement("enabling.unverified")
def test_a_resend_mails_no_code_to_an_unverified_address(frank: User, alice: User) -> None:
    """Nor may it be sent to whoever asks for it by name."""
    frank.enable_email()
    before = alice.inbox.mails_to(frank.account.email)
    frank.inbox.ask_for_code()
    mails = alice.inbox.mails_to(frank.account.email)

    assert mails == before


@requirement("enabling.unverified")
def test_a_resend_does_not_verify_an_address(frank: User, protected: Protected) -> None:
    """Whoever signs up with another's address must not have it verified by asking for a code."""
    frank.inbox.ask_for_code()
    frank.enable_email()
    reply = frank.attempt(protected).bare()

    assert reply.asks_for != "email"


@requirement("enabling.unverified-refused")
def test_enabling_without_a_verified_address_is_refused(frank: User) -> None:
    """A user who is told that it worked believes to be protected."""
    reply = frank.enable_email()

    assert reply.status == 400
    assert reply.error_type == "error-invalid-user"


@requirement("enabling.logged-out")
@pytest.mark.parametrize("credentials", STRANGERS)
def test_enabling_by_a_stranger_is_refused(dave: User, bob: User, protected: Protected, credentials: str) -> None:
    """Nobody may change how others log in."""
    reply = dave.enable_email_as(dave.session_without_rights(credentials, bob))
    after = dave.attempt(protected).bare()

    assert not isinstance(reply, Granted)
    assert reply.status < 500
    assert after.asks_for != "email"


@requirement("enabling.logged-out-word")
def test_the_refusal_of_a_stranger_says_not_authorized(dave: User) -> None:
    """A client that is told why sends its user to the login."""
    reply = dave.enable_email_as(None)

    assert says(reply, "not-authorized")


@requirement("enabling.logged-out-status")
def test_the_refusal_of_a_stranger_has_status_401(dave: User) -> None:
    """Clients send their user to the login at this status."""
    reply = dave.enable_email_as(None)

    assert reply.status == 401


@requirement("enabling.logged-out-success")
def test_the_refusal_of_a_stranger_is_no_success(dave: User) -> None:
    """A client that goes by success must not take it for done."""
    reply = dave.enable_email_as(None)

    assert reply.success is False


@requirement("enabling.own")
def test_enabling_concerns_the_caller_alone(alice: User, dave: User, protected: Protected) -> None:
    """A user whom somebody else can put under a second factor is locked out by it."""
    alice.enable_email_naming(dave)
    reply = dave.attempt(protected).bare()
    dave.log_in()
    later = dave.attempt(protected).bare()

    assert reply.asks_for != "email"
    assert later.asks_for != "email"


@requirement("enabling.other-sessions")
def test_enabling_ends_the_other_sessions(dave: User) -> None:
    """Whoever got in before with the password alone has to come in again. The calling session goes on."""
    other = dave.another_session()
    dave.enable_email_as(dave.session)
    own = dave.visit()
    ended = dave.visit(other)

    assert isinstance(own, Granted)
    assert not isinstance(ended, Granted)


@requirement("enabling.keeps-authenticator")
def test_enabling_leaves_the_authenticator(carol: User, protected: Protected) -> None:
    """A second method must not take the first one away."""
    carol.enable_email()
    reply = carol.attempt(protected).proven()

    assert isinstance(reply, Granted)
