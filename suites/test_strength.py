"""How hard a code is to guess (security profile)."""

import pytest

from conformance import Granted, Protected, User, requirement
from conformance.guesses import bits, steps

LONGEST = 600
"""Seconds: OWASP ASVS 5.0, 6.5.5."""

TOLERANCE = 5


@requirement("strength.lifetime")
def test_a_mailed_code_lives_for_ten_minutes_at_most(alice: User, protected: Protected) -> None:
    """A mail lies in a mailbox for years; the code in it must not."""
    attempt = alice.attempt(protected)
    attempt.code()
    seconds = attempt.says.seconds_to_expiry()

    assert max(seconds) <= LONGEST + TOLERANCE


@requirement("strength.length")
def test_a_mailed_code_has_six_digits_at_least(alice: User, protected: Protected) -> None:
    """A shorter one is guessed before anybody notices."""
    code = alice.attempt(protected).code()

    assert bits(code) >= bits("000000")


@requirement("strength.unpredictable")
def test_codes_in_a_row_follow_no_fixed_step(alice: User, protected: Protected) -> None:
    """Whoever gets one code by mail must not be able to tell the next one's."""
    codes = [alice.attempt(protected).code(), *(alice.inbox.resent() for _ in range(3))]

    assert len(steps(codes)) > 1


@requirement("strength.totp-window")
@pytest.mark.parametrize("away", [(-2, -3, -20), (3, 4, 20)], ids=["past", "future"])
def test_codes_of_other_times_are_refused(carol: User, protected: Protected, away: tuple[int, ...]) -> None:
    """Every further step that is accepted is one more code for a guesser to hit, and a longer time to steal one."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(carol.enrolled.at_other_times(away))

    assert not any(isinstance(reply, Granted) for reply in replies)
