"""How many guesses a target puts up with (security profile): NIST allows a hundred in a row for an account."""

from conformance import Granted, Protected, User, requirement

GUESSES = 101
SESSIONS = 4
RESENDS = 4
MAILS = 30


@requirement("guessing.limit")
def test_guesses_of_mailed_codes_are_limited(alice: User, protected: Protected) -> None:
    """A million codes are tried in an hour."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.sessions")
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
def test_a_resend_does_not_set_the_count_of_guesses_back(alice: User, protected: Protected) -> None:
    """Whoever may ask for a new code whenever the count runs out may guess for ever. The control shows that guesses
    without a resend are limited."""
    attempt = alice.attempt(protected)
    limited = [attempt.exhaust_after_resend(GUESSES // RESENDS) for _ in range(RESENDS)]
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=any(limited) or not isinstance(reply, Granted))

    assert any(limited) or not isinstance(reply, Granted)


@requirement("guessing.totp")
def test_guesses_of_an_authenticator_s_codes_are_limited(carol: User, protected: Protected) -> None:
    """A million codes are tried in an hour, and three of them are right at any time."""
    attempt = carol.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.password")
def test_guesses_of_the_password_are_limited(dave: User, protected: Protected) -> None:
    """The login limits them; a second way to try passwords must not be the open one."""
    attempt = dave.attempt(protected)
    limited = attempt.exhaust(GUESSES)
    reply = attempt.try_right()

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.enforced")
def test_who_is_told_to_wait_does_not_get_in(alice: User, protected: Protected) -> None:
    """A limit that is only told of stops nobody who goes on guessing."""
    reply = alice.attempt(protected).right_while_told_to_wait(GUESSES)

    assert not isinstance(reply, Granted)


@requirement("guessing.addresses")
def test_the_limit_does_not_depend_on_where_a_guess_claims_to_come_from(alice: User, protected: Protected) -> None:
    """Any caller may write any address into these headers. The control shows that guesses without them are limited."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_by_way_of_proxies(GUESSES)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.at-once")
def test_guesses_at_the_same_time_are_all_counted(alice: User, protected: Protected) -> None:
    """A count that is read by many before one of them writes it lets many guess. The control shows that guesses one after
    another are limited."""
    attempt = alice.attempt(protected)
    limited = attempt.exhaust_at_once(GUESSES)
    reply = attempt.try_right()
    attempt.need_a_limit(GUESSES, seen=limited or not isinstance(reply, Granted))

    assert limited or not isinstance(reply, Granted)


@requirement("guessing.mails")
def test_the_mails_of_an_account_are_limited(alice: User) -> None:
    """Anybody may ask for mails to anybody: a mailbox is filled in a minute."""
    mails = alice.inbox.flood(MAILS)

    assert mails < MAILS


@requirement("guessing.mails-victim")
def test_strangers_do_not_use_up_the_codes_of_a_user(alice: User, bob: User) -> None:
    """Else whoever knows a name keeps its owner out. The control shows that for another user strangers still get a code."""
    alice.flood.begin(MAILS)
    shut_out = alice.flood.shuts_out(bob)

    assert not shut_out
