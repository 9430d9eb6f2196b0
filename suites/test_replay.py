"""Every code once (security profile)."""

from conformance import Granted, Protected, User, requirement

AT_ONCE = 4
THRICE = 3
"""Two wrong codes: whoever sends more might be locked out."""


@requirement("replay.totp")
def test_an_authenticator_s_code_is_accepted_once(carol: User, protected: Protected) -> None:
    """Whoever looks over the shoulder has half a minute. The control shows that the other session is challenged."""
    other = carol.another_session()
    attempt = carol.attempt(protected)
    attempt.challenge()
    answer = carol.enrolled.answer(carol.enrolled.code())
    attempt.accept_with(answer)
    again = attempt.elsewhere(other)
    again.challenge()
    reply = again.send(answer)

    assert not isinstance(reply, Granted)


@requirement("replay.totp")
def test_an_authenticator_s_code_is_accepted_once_before_its_step_begins(carol: User, protected: Protected) -> None:
    """Clocks differ, so most servers take the codes of the steps around: each of them is used up, too. The control shows
    that the other session is challenged."""
    other = carol.another_session()
    attempt = carol.attempt(protected)
    attempt.challenge()
    code, _ = carol.enrolled.early()
    attempt.accept_early(code)
    again = attempt.elsewhere(other)
    again.challenge()
    reply = again.send(carol.enrolled.answer(code))

    assert not isinstance(reply, Granted)


@requirement("replay.totp-older")
def test_an_older_code_is_refused_after_a_newer_one(carol: User, protected: Protected) -> None:
    """Whoever saw a code that its owner has not used has it for longer than the owner thinks. The control shows that the
    other session is challenged, and that the newer code is used up."""
    other = carol.another_session()
    attempt = carol.attempt(protected)
    attempt.challenge()
    newer, older = carol.enrolled.early()
    attempt.accept_early(newer)
    attempt.need_refused_again(carol.enrolled.answer(newer), other, blocked_by="replay.totp")
    reply = attempt.elsewhere(other).send(carol.enrolled.answer(older))

    assert not isinstance(reply, Granted)


@requirement("replay.totp-at-once")
def test_an_authenticator_s_code_is_accepted_once_though_it_is_sent_many_times_at_once(
    carol: User, protected: Protected
) -> None:
    """A check that takes a moment is a door that stands open for a moment."""
    sessions = carol.sessions_apart(THRICE)
    attempt = carol.attempt(protected)
    attempt.challenge()
    answer = carol.enrolled.answer(carol.enrolled.code())
    times = attempt.times_accepted(answer, sessions, blocked_by="replay.totp")

    assert times == 1


@requirement("replay.backup-code-at-once")
def test_a_backup_code_is_accepted_once_though_it_is_sent_many_times_at_once(carol: User, protected: Protected) -> None:
    """A check that takes a moment is a door that stands open for a moment."""
    sessions = carol.sessions_apart(THRICE)
    attempt = carol.attempt(protected)
    attempt.challenge()
    answer = carol.enrolled.backup_answer()
    times = attempt.times_accepted(answer, sessions, blocked_by="replay.backup-code")

    assert times == 1


@requirement("replay.backup-code")
def test_a_backup_code_is_accepted_once(carol: User, protected: Protected) -> None:
    """A list of them on paper is worth what is not crossed out. The control shows that the other session is challenged."""
    other = carol.another_session()
    attempt = carol.attempt(protected)
    attempt.challenge()
    answer = carol.enrolled.backup_answer()
    attempt.accept_with(answer)
    again = attempt.elsewhere(other)
    again.challenge()
    reply = again.send(answer)

    assert not isinstance(reply, Granted)


@requirement("replay.backup-codes-renewed")
def test_backup_codes_end_when_new_ones_are_made(carol: User, protected: Protected) -> None:
    """Whoever lost the list makes a new one so that the old one is worth nothing. The control shows that the new one works."""
    old = carol.enrolled.backup_answer()
    carol.enrolled.renew_backup_codes()
    attempt = carol.attempt(protected)
    attempt.challenge()
    reply = attempt.send(old)
    attempt.accept_with(carol.enrolled.backup_answer())

    assert not isinstance(reply, Granted)


@requirement("replay.at-once")
def test_a_code_is_accepted_once_though_it_is_sent_many_times_at_once(alice: User, protected: Protected) -> None:
    """A check that takes a moment is a door that stands open for a moment. A code may count in the session alone that was
    challenged, so that is one of them. The control shows that the others are challenged."""
    others = [alice.another_session() for _ in range(AT_ONCE - 1)]
    attempt = alice.attempt(protected)
    attempt.need_closed(others[0])
    answer = alice.inbox.answer(attempt.code())
    replies = attempt.answer_at_once(answer, [alice.session, *others])

    assert sum(isinstance(reply, Granted) for reply in replies) == 1


@requirement("replay.method-switched")
def test_a_code_ends_when_email_is_disabled(alice: User, protected: Protected, disabling: Protected) -> None:
    """Whoever switches the method off and on again, because a mail got lost, must not leave the lost code alive."""
    lost = alice.attempt(protected).code()
    alice.attempt(disabling).accept(alice.inbox.resent())
    alice.enable_email()
    attempt = alice.attempt(protected)
    attempt.challenge()
    reply = attempt.misuse(lost)

    assert not isinstance(reply, Granted)
