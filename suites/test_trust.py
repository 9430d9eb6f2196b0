"""How far a success reaches (clauses E15, E16)."""

from conformance import Challenged, Granted, Protected, User, requirement, settings


@requirement("trust.session")
def test_a_success_leaves_other_sessions_challenged(alice: User, protected: Protected) -> None:
    """A thief's session must not be opened by its owner's success."""
    other = alice.another_session()
    attempt = alice.attempt(protected)
    attempt.need_closed(other)
    attempt.accept_lasting()
    reply = attempt.by_session(other)

    assert isinstance(reply, Challenged)


@requirement("trust.user")
def test_a_success_leaves_other_users_challenged(alice: User, bob: User, protected: Protected) -> None:
    """Users behind one address must not open each other's accounts."""
    attempt = bob.attempt(protected)
    attempt.challenge()
    alice.attempt(protected).accept()
    reply = attempt.bare()

    assert isinstance(reply, Challenged)


@requirement("trust.length")
@settings(remember_for=2)
def test_a_success_is_remembered_for_as_long_as_the_setting_says(alice: User, protected: Protected) -> None:
    """Whoever finds the session open later must be asked. The account is older than the setting by then."""
    alice.grow_older(2.5)
    attempt = alice.attempt(protected)
    attempt.accept_lasting()
    attempt.be_remembered()
    alice.grow_older(2.5)
    reply = attempt.bare()

    assert isinstance(reply, Challenged)


@requirement("trust.newcomers")
def test_a_new_user_with_a_method_is_challenged_at_once(alice: User, page_call: Protected) -> None:
    """Whoever switches the second factor on wants it from the first day."""
    reply = alice.attempt(page_call).comparable_reply()

    assert isinstance(reply, Challenged)


@requirement("trust.logout")
@settings(remember_for=2)
def test_a_success_is_forgotten_at_the_logout(dave: User, protected: Protected) -> None:
    """Whoever logs out has done with it; who logs in next may be somebody else. The control shows that a login alone opens
    nothing, and that the success is remembered."""
    dave.grow_older(2.5)
    attempt = dave.attempt(protected)
    attempt.challenge_where_known()
    attempt.accept_lasting()
    attempt.be_remembered()
    dave.log_out()
    dave.log_in()
    reply = dave.attempt(protected).bare()

    assert isinstance(reply, Challenged)


@requirement("trust.password-changed")
@settings(remember_for=2)
def test_a_success_is_forgotten_when_the_password_is_changed(dave: User, protected: Protected) -> None:
    """An administrator who changes it, because somebody else knew it, wants that somebody out. The control shows that the
    success is remembered."""
    dave.grow_older(2.5)
    attempt = dave.attempt(protected)
    attempt.challenge_where_known()
    attempt.accept_lasting()
    attempt.be_remembered()
    dave.oversight.give_password()
    reply = attempt.bare()

    assert not isinstance(reply, Granted)
