"""Personal access tokens (clause E21)."""

from conformance import Challenged, Granted, Protected, User, requirement


@requirement("tokens.challenged")
def test_a_token_without_bypass_is_challenged(alice: User, protected: Protected) -> None:
    """A token that was made for less must not do more. The control shows that the session is challenged."""
    token = alice.personal_token(bypass=False)
    attempt = alice.attempt(protected)
    reply = attempt.by_session(token)

    assert isinstance(reply, Challenged)


@requirement("tokens.bypass")
def test_a_token_with_bypass_is_not_challenged(alice: User, protected: Protected) -> None:
    """A program has no mailbox and no authenticator: that is what such tokens are for."""
    token = alice.personal_token(bypass=True)
    attempt = alice.attempt(protected)
    reply = attempt.by_session(token)

    assert isinstance(reply, Granted)
