"""What time does to a code (clauses S04 to S06, D3). The codes of this phase live for a few seconds, by the target's setting."""

from conformance import Granted, Protected, User, requirement, settings

brief = settings(code_expiration="brief")


@requirement("expiry.refused")
@brief
def test_a_code_is_refused_after_its_time(alice: User, protected: Protected) -> None:
    """Who finds the mail later must not get in with it."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.outlive()
    reply = attempt.misuse(code)

    assert not isinstance(reply, Granted)


@requirement("expiry.date-true")
@brief
def test_a_code_works_until_its_date(alice: User, protected: Protected) -> None:
    """Told that there is time left, the user goes and looks for the mail."""
    seconds, reply = alice.attempt(protected).answer_just_before_expiry()

    assert all(left > 0 for left in seconds)
    assert isinstance(reply, Granted)


@requirement("expiry.new-code")
@brief
def test_a_new_code_is_mailed_after_one_has_expired(alice: User, protected: Protected) -> None:
    """Whoever was too slow needs another one, and one that works."""
    attempt = alice.attempt(protected)
    attempt.code()
    attempt.outlive()
    code = attempt.code_after_expiry()

    assert code
    assert isinstance(attempt.answer_in_time(code), Granted)


@requirement("expiry.not-counted")
@brief
def test_an_expired_code_is_not_counted(alice: User, protected: Protected) -> None:
    """The user looks for a code that is still good, and tries one that is dead."""
    attempt = alice.attempt(protected)
    attempt.code()
    attempt.outlive()
    alice.inbox.forget()
    attempt.code_after_expiry()
    count = attempt.says.code_count()

    assert alice.inbox.bears_out(count)
