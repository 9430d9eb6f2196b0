"""How hard a code is to guess (security profile)."""

import pytest

from conformance import Granted, Protected, User, requirement
from conformance.guesses import bits, steps

LONGEST = 600
"""Seconds: OWASP ASVS 5.0, 6.5.5."""

TOLERANCE = 5

PAUSE = 3
"""Seconds, twice as many as dates may be off that count whole ones."""

FEW = 10
"""Codes at once: as many as guesses in one, for whoever is to find one of them."""


@requirement("strength.lifetime")
def test_a_mailed_code_lives_for_ten_minutes_at_most(alice: User, protected: Protected) -> None:
    """A mail lies in a mailbox for years; the code in it must not."""
    attempt = alice.attempt(protected)
    attempt.code()
    seconds = attempt.says.seconds_to_expiry()

    assert all(left <= LONGEST + TOLERANCE for left in seconds)


@requirement("strength.lifetime-fixed")
def test_a_challenge_does_not_prolong_the_life_of_a_code(alice: User, protected: Protected) -> None:
    """Whoever may ask for challenges must not keep a code alive for as long as it takes to guess it."""
    before, after = alice.attempt(protected).says.last_expiry_twice(PAUSE)

    assert after - before <= PAUSE / 2


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


@requirement("strength.not-the-clock")
def test_codes_do_not_go_on_as_the_clock_does(alice: User, protected: Protected) -> None:
    """Everybody has a clock, and whoever gets one code by mail can set it by that."""
    units = alice.attempt(protected).clock_units(resends=3)

    assert units == 0


@requirement("strength.few-codes")
def test_challenges_do_not_heap_up_codes_that_work(alice: User, protected: Protected) -> None:
    """Every code that lives is one more for a guesser to hit, and whoever guesses may ask for challenges."""
    codes = alice.attempt(protected).codes_at_once(FEW + 1)

    assert codes <= FEW


@requirement("strength.totp-window")
@pytest.mark.parametrize("away", [(-2, -3, -20), (3, 4, 20)], ids=["past", "future"])
def test_codes_of_other_times_are_refused(carol: User, protected: Protected, away: tuple[int, ...]) -> None:
    """Every further step that is accepted is one more code for a guesser to hit, and a longer time to steal one."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(carol.enrolled.at_other_times(away))

    assert not any(isinstance(reply, Granted) for reply in replies)
