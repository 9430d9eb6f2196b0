"""The product's switches (settings of the target, changed for these tests and put back)."""

from conformance import Granted, Protected, User, requirement, settings


@requirement("switches.off")
@settings(enabled=False)
def test_nothing_is_challenged_while_two_factor_is_off(alice: User, protected: Protected) -> None:
    """An administrator who switches it off, because mail is down, lets everybody go on working."""
    reply = alice.attempt(protected).bare()

    assert isinstance(reply, Granted)


@requirement("switches.email-off")
@settings(email=False)
def test_nothing_is_challenged_by_email_while_the_method_is_off(alice: User, protected: Protected) -> None:
    """A method that the administrator gave up must not be asked for, nor offered."""
    reply = alice.attempt(protected).bare()

    assert reply.asks_for != "email"
    assert "email" not in reply.offers


@requirement("switches.fallback-off")
@settings(fallback=False)
def test_nothing_is_challenged_by_password_while_the_fallback_is_off(dave: User, protected: Protected) -> None:
    """Users of a single sign-on have a password that they do not know."""
    reply = dave.attempt(protected).bare()

    assert reply.asks_for != "password"
