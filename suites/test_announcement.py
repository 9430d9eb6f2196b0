"""What a challenge by email says of the codes that are out (clauses S04 to S06; E02, E03)."""

from conformance import Granted, Protected, User, dates, requirement


@requirement("announcement.generated")
def test_a_challenge_says_whether_a_code_was_generated(alice: User, protected: Protected) -> None:
    """The user has to know whether to wait for a mail or to look for one that is there."""
    challenge = alice.attempt(protected).says.details()

    assert isinstance(challenge.code_generated, bool)


@requirement("announcement.generated-first")
def test_the_first_challenge_generates_a_code(alice: User, protected: Protected) -> None:
    """Told that a code exists already, the user searches the mailbox for a mail that never came."""
    generated = alice.attempt(protected).says.generated()

    assert generated


@requirement("announcement.generated-again")
def test_a_second_challenge_announces_only_a_code_that_it_mails(alice: User, protected: Protected) -> None:
    """Told that a code was generated, the user waits for a mail that does not come."""
    attempt = alice.attempt(protected)
    attempt.code()
    generated_again = attempt.says.generated()

    assert not generated_again or alice.inbox.got_mail()


@requirement("announcement.at-once")
def test_each_code_that_is_announced_works_though_the_challenges_came_at_once(
    alice: User, protected: Protected
) -> None:
    """A client that asks for several things at once gets several mails, and its user opens any of them."""
    worked = alice.at_once(protected, alice, alice).announced_codes_work()

    assert worked


@requirement("announcement.generated-after-use")
def test_a_challenge_after_the_only_code_is_used_generates_a_code(alice: User, protected: Protected) -> None:
    """Told that a code exists when all are used, or sent one that is dead, the user has no way on."""
    alice.attempt(protected).accept_generated()
    alice.new_session()
    attempt = alice.attempt(protected)
    generated = attempt.says.generated()
    got_mail = alice.inbox.got_mail()

    assert generated
    assert got_mail
    assert isinstance(attempt.newest_answer(), Granted)


@requirement("announcement.count")
def test_the_number_of_codes_is_a_number(alice: User, protected: Protected) -> None:
    """A client compares it, and shows it."""
    counts = alice.attempt(protected).says.twice("code_count")

    assert all(type(count) is int for count in counts)


@requirement("announcement.count-true")
def test_the_number_of_codes_is_that_of_the_mails(alice: User, bob: User, protected: Protected) -> None:
    """The user looks for as many mails as the number says."""
    bob.attempt(protected).code()
    attempt = alice.attempt(protected)
    attempt.code()
    count = attempt.says.code_count()
    borne_out = alice.inbox.bears_out(count)

    assert count >= 1
    assert borne_out


@requirement("announcement.count-after-use")
def test_a_used_code_is_not_counted(alice: User, protected: Protected) -> None:
    """The user looks for a code that is still good, and tries one that is used up."""
    alice.attempt(protected).accept_generated()
    alice.new_session()
    attempt = alice.attempt(protected)
    attempt.code()
    count = attempt.says.code_count()
    borne_out = alice.inbox.bears_out(count)

    assert count >= 1
    assert borne_out


@requirement("announcement.count-after-wrong")
def test_a_wrong_code_is_not_counted(alice: User, protected: Protected) -> None:
    """A slip of the finger must not send the user looking for another mail."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    before = attempt.says.true_code_count()
    attempt.refuse(alice.inbox.guess(code))
    after = attempt.says.code_count()

    assert after == before or alice.inbox.bears_out(after)


@requirement("announcement.count-after-wrong")
def test_a_code_that_outlives_a_wrong_one_is_still_counted(alice: User, protected: Protected) -> None:
    """Told that no code is left, the user waits for a mail that does not come."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.says.need_a_true_count()
    attempt.refuse(alice.inbox.guess(code))
    count = attempt.says.code_count()
    reply = attempt.right_answer(code)

    assert count > 0 or not isinstance(reply, Granted)


@requirement("announcement.expires-list")
def test_the_expiry_of_the_codes_is_a_list_of_dates(alice: User, protected: Protected) -> None:
    """A client tells its user how long each code is good."""
    told = alice.attempt(protected).says.twice("code_expires")

    assert all(isinstance(expires, list) and dates(expires) is not None for expires in told)


@requirement("announcement.expires-dates")
def test_the_expiry_of_the_codes_is_a_date(alice: User, protected: Protected) -> None:
    """A client tells its user how long the code is good."""
    told = alice.attempt(protected).says.twice("code_expires")

    assert all(dates(expires) is not None for expires in told)


@requirement("announcement.expires-each")
def test_each_code_has_its_date(alice: User, protected: Protected) -> None:
    """A client that shows the dates beside the codes runs out of one or the other."""
    attempt = alice.attempt(protected)
    attempt.code()
    alice.inbox.resent()
    count, listed = attempt.says.codes_and_dates()

    assert listed == count


@requirement("announcement.expires-ahead")
def test_the_codes_expire_in_the_future(alice: User, protected: Protected) -> None:
    """Told that the code has expired, the user throws away one that is good."""
    attempt = alice.attempt(protected)
    attempt.code()
    seconds = attempt.says.seconds_to_expiry()

    assert all(left > 0 for left in seconds)
