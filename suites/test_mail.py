"""The mail that a challenge sends (clause S23)."""

from conformance import Granted, Protected, User, requirement


@requirement("mail.arrives")
def test_a_challenge_by_email_sends_a_mail(alice: User, bob: User, protected: Protected) -> None:
    """Without the mail nobody can answer the challenge. One user who gets it does not stand for another."""
    alice.attempt(protected).challenge()
    bob.attempt(protected).challenge()

    assert alice.inbox.got_mail()
    assert bob.inbox.got_mail()


@requirement("mail.shows-code")
def test_the_mail_shows_a_code(alice: User, protected: Protected) -> None:
    """A mail without the code is as good as none."""
    alice.attempt(protected).challenge()
    mail = alice.inbox.mail()

    assert mail.code is not None


@requirement("mail.as-displayed")
def test_the_code_is_accepted_as_the_mail_displays_it(alice: User, bob: User, protected: Protected) -> None:
    """People copy what they see. The control shows that a right code gets in at the first try."""
    bob.attempt(protected).accept_first()
    attempt = alice.attempt(protected)
    reply = attempt.answer_as_displayed(attempt.code())

    assert isinstance(reply, Granted)


@requirement("mail.own-code")
def test_users_who_are_challenged_at_once_get_codes_of_their_own(alice: User, bob: User, protected: Protected) -> None:
    """A mail that is written from what another one has left behind locks its reader out, and lets a stranger in."""
    own = alice.at_once(protected, bob).get_own_codes()

    assert own
