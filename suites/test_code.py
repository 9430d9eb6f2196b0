"""What a code proves (clause D3)."""

from conformance import Granted, Protected, User, requirement


@requirement("code.random")
def test_a_code_that_was_never_sent_is_refused(alice: User, protected: Protected) -> None:
    """Where any code will do there is no second factor. The control shows that the right one does get in."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.answer(alice.guess(code))
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("code.used")
def test_a_used_code_is_refused_in_another_session(alice: User, protected: Protected) -> None:
    """Who looks over a shoulder, or finds the mail later, must not get in with the same code.
    The control shows that the second session is not trusted for another reason."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.accept(code)
    alice.new_session()
    again = alice.attempt(protected)
    again.guess()
    reply = again.answer(code)

    assert not isinstance(reply, Granted)
