"""How many guesses a target puts up with (security profile): NIST allows a hundred in a row for an account."""

import pytest

from conformance import Granted, Protected, User, may_lock, requirement
from conformance.guesses import BLANKED

GUESSES = 101
SESSIONS = 4
SPELLINGS = 3
RESENDS = 4
MAILS = 30


@requirement("guessing.limit")
@may_lock
def test_guesses_of_mailed_codes_are_limited(alice: User, protected: Protected) -> None:
    """A million codes are tried in an hour."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.sessions")
@may_lock
def test_the_limit_of_guesses_is_the_account_s(alice: User, protected: Protected) -> None:
    """Whoever has the password opens as many sessions as it takes. The controls show that these are not open from the start,
    and that one session is limited."""
    sessions = [alice.another_session() for _ in range(SESSIONS)]
    attempt = alice.attempt(protected)
    attempt.need_closed(sessions[0])
    limited = attempt.exhaust(GUESSES, sessions)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.resend")
@may_lock
def test_a_resend_does_not_set_the_count_of_guesses_back(alice: User, protected: Protected) -> None:
    """Whoever may ask for a new code whenever the count runs out may guess for ever. The control shows that guesses
    without a resend are limited."""
    attempt = alice.attempt(protected)
    limited = [attempt.exhaust_after_resend(GUESSES // RESENDS) for _ in range(RESENDS)]
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=any(limited) or not isinstance(reply, Granted))

    assert any(limited) or not isinstance(reply, Granted)


@requirement("guessing.totp")
@may_lock
def test_guesses_of_an_authenticator_s_codes_are_limited(carol: User, protected: Protected) -> None:
    """A million codes are tried in an hour, and three of them are right at any time."""
    attempt = carol.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.password")
@may_lock
def test_guesses_of_the_password_are_limited(dave: User, protected: Protected) -> None:
    """The login limits them; a second way to try passwords must not be the open one."""
    attempt = dave.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.enforced")
@may_lock
def test_who_is_told_to_wait_does_not_get_in(alice: User, protected: Protected) -> None:
    """A limit that is only told of stops nobody who goes on guessing."""
    reply = alice.attempt(protected).right_while_told_to_wait(GUESSES)

    assert not isinstance(reply, Granted)


@requirement("guessing.addresses")
@may_lock
def test_the_limit_does_not_depend_on_where_a_guess_claims_to_come_from(alice: User, protected: Protected) -> None:
    """Any caller may write any address into these headers. The control shows that guesses without them are limited."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_by_way_of_proxies(GUESSES)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.at-once")
@may_lock
def test_guesses_at_the_same_time_are_all_counted(alice: User, protected: Protected) -> None:
    """A count that is read by many before one of them writes it lets many guess. The control shows that guesses one after
    another are limited."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_at_once(GUESSES)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.failing-call")
@may_lock
def test_guesses_on_a_call_that_fails_anyway_are_counted(alice: User, protected: Protected) -> None:
    """What is undone when a call fails may be the count, too. The control shows that guesses on a call that would not fail
    are limited."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_in_vain(GUESSES)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.spellings")
@may_lock
@pytest.mark.parametrize("kind", BLANKED)
def test_guesses_with_blanks_are_counted_as_others_are(alice: User, protected: Protected, kind: str) -> None:
    """Where the right code is taken with blanks in it, a wrong one with blanks is a guess. The control shows that guesses
    without blanks are limited."""
    sessions = alice.sessions_apart(SPELLINGS)
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_spelled(kind, GUESSES) or not attempt.takes_spelled(kind, sessions)
    attempt.need_a_limit(GUESSES, seen=limited)

    assert limited


@requirement("guessing.oracle")
@may_lock
def test_whose_guesses_are_limited_is_not_told_which_of_them_is_right(alice: User, protected: Protected) -> None:
    """Else the guessing goes on, and the right code is used when the limit is over."""
    right, wrong = alice.attempt(protected).outlines_when_limited(GUESSES)

    assert right == wrong


@requirement("guessing.mails")
@may_lock
def test_the_mails_of_an_account_are_limited(alice: User) -> None:
    """Anybody may ask for mails to anybody: a mailbox is filled in a minute."""
    mails = alice.inbox.flood(MAILS)

    assert mails < MAILS


@requirement("guessing.mails-victim")
@may_lock
def test_strangers_do_not_use_up_the_codes_of_a_user(alice: User, bob: User) -> None:
    """Else whoever knows a name keeps its owner out. The control shows that for another user strangers still get a code."""
    alice.flood.begin(MAILS)
    shut_out = alice.flood.shuts_out(bob)

    assert not shut_out
