"""Codes of which only some would show a fault: they are asked for until one comes."""

from conformance import Granted, Protected, User, requirement

RESENDS = 44
"""Of so many codes of digits one run in a hundred meets none that begins with a zero."""


@requirement("resend.newest-works")
def test_a_resent_code_that_begins_with_a_zero_works(alice: User, protected: Protected) -> None:
    """Whoever keeps codes as numbers turns one user in ten away."""
    attempt = alice.attempt(protected)
    attempt.challenge()
    reply = attempt.right_answer(alice.inbox.resent_beginning_with("0", RESENDS))

    assert isinstance(reply, Granted)
