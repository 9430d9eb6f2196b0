"""The product's maximum of wrong codes (clause E07)."""

from conformance import Granted, Protected, User, may_lock, requirement


@requirement("attempts.maximum")
@may_lock
def test_the_maximum_of_wrong_codes_is_told_when_it_is_reached(alice: User, protected: Protected) -> None:
    """A user who goes on with a code that is dead has to be told."""
    attempt = alice.attempt(protected)
    attempt.code()
    maximum = alice.admin_setting("maximum")
    replies = attempt.reach_maximum(maximum)

    assert [reply.error_type for reply in replies] == ["totp-invalid"] * (maximum - 1) + ["totp-max-attempts"]


@requirement("attempts.new-code")
@may_lock
def test_a_new_code_is_mailed_after_the_maximum(alice: User, protected: Protected) -> None:
    """A few slips of the finger must not lock the user out."""
    attempt = alice.attempt(protected)
    attempt.code()
    attempt.reach_maximum(alice.admin_setting("maximum"))
    code = attempt.code_after_expiry()

    assert code
    assert isinstance(attempt.right_answer(code), Granted)
