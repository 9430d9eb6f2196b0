"""Switching email 2FA off (clauses S21, S22; E13, E15)."""

import pytest

from conformance import Challenged, Granted, Protected, Refused, User, requirement
from conformance.guesses import STRANGERS


@requirement("disabling.challenged")
def test_disabling_is_challenged(alice: User, disabling: Protected) -> None:
    """Whoever holds a stolen session must not be able to take the second factor away."""
    reply = alice.attempt(disabling).comparable_reply()

    assert isinstance(reply, Challenged)


@requirement("disabling.refused")
def test_disabling_with_a_wrong_code_is_refused(alice: User, protected: Protected, disabling: Protected) -> None:
    """A guess must not take the second factor away. It is refused in the form in which other calls are."""
    usual = alice.attempt(protected).refusal()
    reply = alice.attempt(disabling).first_wrong()

    assert isinstance(reply, Refused)
    assert reply.error_type == usual.error_type


@requirement("disabling.no-effect")
def test_disabling_without_the_right_code_has_no_effect(
    alice: User, protected: Protected, disabling: Protected
) -> None:
    """A server that switches off first and asks afterwards protects nobody."""
    before = alice.attempt(protected).challenge()
    attempt = alice.attempt(disabling)
    code = attempt.code()
    attempt.misuse(alice.inbox.guess(code))
    after = alice.attempt(protected).bare_again()

    assert isinstance(after, Challenged)
    assert after.asks_for == before.asks_for


@requirement("disabling.success")
def test_disabling_with_the_right_code_is_answered_with_success(alice: User, disabling: Protected) -> None:
    """A user who cannot switch it off is stuck with it."""
    reply = alice.attempt(disabling).proven()

    assert isinstance(reply, Granted)
    assert reply.success is True


@requirement("disabling.effective")
def test_disabling_ends_challenges_by_email(alice: User, protected: Protected, disabling: Protected) -> None:
    """A user who gave the address up cannot read codes there any more."""
    alice.attempt(disabling).accept()
    alice.log_in()
    reply = alice.attempt(protected).bare()

    assert reply.asks_for != "email"
    assert "email" not in reply.offers


@requirement("disabling.reversible")
def test_email_can_be_enabled_again(alice: User, protected: Protected, disabling: Protected) -> None:
    """A change of mind must not cost the second factor for good."""
    before = alice.attempt(protected).challenge()
    alice.attempt(disabling).accept()
    alice.log_in()
    alice.enable_email()
    after = alice.attempt(protected).bare()

    assert isinstance(after, Challenged)
    assert after.asks_for == before.asks_for


@requirement("disabling.logged-out")
@pytest.mark.parametrize("credentials", STRANGERS)
def test_disabling_by_a_stranger_is_refused(
    alice: User, bob: User, protected: Protected, disabling: Protected, credentials: str
) -> None:
    """Nobody may change how others log in."""
    before = alice.attempt(protected).challenge()
    reply = alice.attempt(disabling).by_session(alice.session_without_rights(credentials, bob))
    after = alice.attempt(protected).bare()

    assert not isinstance(reply, Granted)
    assert isinstance(after, Challenged)
    assert after.asks_for == before.asks_for


@requirement("disabling.logged-out-status")
def test_disabling_by_a_stranger_has_status_401(alice: User, disabling: Protected) -> None:
    """Clients send their user to the login at this status."""
    reply = alice.attempt(disabling).by_session(None)

    assert reply.status == 401


@requirement("disabling.foreign-code")
def test_the_code_of_another_account_does_not_disable(alice: User, bob: User, disabling: Protected) -> None:
    """Whoever has an account of its own must not unlock those of others with its own codes. The control shows that a code
    that was never sent is refused here."""
    bob.attempt(disabling).code()
    attempt = alice.attempt(disabling)
    attempt.guess()
    reply = attempt.borrow(bob.inbox)

    assert not isinstance(reply, Granted)


@requirement("disabling.within-trust")
def test_disabling_is_challenged_though_a_success_is_remembered(
    alice: User, protected: Protected, disabling: Protected
) -> None:
    """A session that was left open for a moment must not cost the second factor."""
    alice.attempt(protected).accept_lasting()
    reply = alice.attempt(disabling).comparable_reply()

    assert isinstance(reply, Challenged)


@requirement("disabling.keeps-authenticator")
def test_disabling_leaves_the_authenticator(erin: User, protected: Protected, disabling: Protected) -> None:
    """Giving up one method must not give up the other."""
    erin.attempt(disabling).accept()
    erin.log_in()
    reply = erin.attempt(protected).bare()

    assert reply.asks_for == "totp"
