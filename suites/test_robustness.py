"""What a good server does beyond what it must (robustness profile)."""

import pytest

from conformance import Answer, Granted, Protected, Replies, Unintelligible, User, may_lock, requirement
from conformance.guesses import ANSWERS, BODIES, LONG_NAMES, NAMES

GUESSES = 101


@requirement("robustness.odd-name")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_resend_for_an_odd_name_is_no_server_error(alice: User, name: object) -> None:
    """A server error is a fault that nobody has thought of, and often more than that."""
    reply = alice.inbox.send_resend({"emailOrUsername": name})

    assert reply.status < 500


@requirement("robustness.odd-body")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_call_with_an_odd_body_is_no_server_error(alice: User, protected: Protected, body: bytes) -> None:
    """A server error is a fault that nobody has thought of, and often more than that."""
    reply = alice.attempt(protected).bare_raw(body)

    assert reply.status < 500


@requirement("robustness.odd-code")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_call_with_odd_headers_is_no_server_error(alice: User, protected: Protected, answer: Answer) -> None:
    """A server error is a fault that nobody has thought of, and often more than that."""
    attempt = alice.attempt(protected)
    attempt.challenge()
    reply = attempt.send(answer)

    assert reply.status < 500


@requirement("robustness.content-type")
def test_replies_are_labelled_as_json(alice: User, protected: Protected) -> None:
    """Clients, proxies and browsers go by the label."""
    attempt = alice.attempt(protected)
    attempt.guess()
    attempt.accept()

    assert all("json" in label for label in alice.recorder.content_types)


@requirement("robustness.names-once")
def test_no_reply_names_a_member_twice(replies: Replies) -> None:
    """Of two members of one name some readers take the first, and some the last."""
    deviations = replies.deviations()

    assert not deviations


@requirement("robustness.verbs")
def test_a_verb_that_there_is_not_is_no_success(alice: User, protected: Protected) -> None:
    """A client that goes by the status would believe that something was done. What is a reply of the protocol may have any."""
    reply = alice.attempt(protected).bare_by("DELETE")

    assert not isinstance(reply, Unintelligible) or reply.status >= 300


@requirement("robustness.answered")
@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_a_resend_for_a_long_name_is_answered(alice: User, name: str) -> None:
    """An input that keeps a server busy for minutes keeps it from everybody else, too."""
    answered = alice.inbox.answers(name)

    assert answered


@requirement("robustness.at-once")
def test_calls_at_once_are_all_answered(alice: User, bob: User, protected: Protected) -> None:
    """Calls of one user that wait for each other wait for ever. What only got lost on the way does not get lost twice."""
    answered = (
        alice.attempt(protected).is_answered_twice_at_once() or bob.attempt(protected).is_answered_twice_at_once()
    )

    assert answered


@requirement("robustness.prompt")
def test_a_challenge_comes_in_time(alice: User, bob: User, protected: Protected) -> None:
    """A caller does not wait for ever, least of all for a mail to be delivered. What was only late once is not late twice."""
    in_time = alice.attempt(protected).is_challenged_in_time() or bob.attempt(protected).is_challenged_in_time()

    assert in_time


@requirement("robustness.prompt")
def test_the_refusal_of_a_wrong_code_comes_in_time(alice: User, bob: User, protected: Protected) -> None:
    """Whoever mistypes a code must not think that the server is gone. What was only late once is not late twice."""
    in_time = alice.attempt(protected).is_refused_in_time() or bob.attempt(protected).is_refused_in_time()

    assert in_time


@requirement("robustness.session-kept")
def test_a_wrong_code_does_not_end_the_session(alice: User, protected: Protected) -> None:
    """A slip of the finger must not cost what the user was about to do."""
    alice.attempt(protected).guess()
    reply = alice.visit()

    assert isinstance(reply, Granted)


@requirement("robustness.code-kept")
def test_the_right_code_works_after_a_wrong_one(alice: User, protected: Protected) -> None:
    """A slip of the finger must not cost the code that is in the mailbox."""
    reply = alice.attempt(protected).right_after_wrong()

    assert isinstance(reply, Granted)


@requirement("robustness.count-cleared")
@may_lock
def test_wrong_codes_from_before_a_success_no_longer_count(alice: User, bob: User, protected: Protected) -> None:
    """Whoever mistypes a code now and then must not be locked out some day for all of them together. How many are too many
    is tried with another user."""
    limit = alice.attempt(protected).guesses_before_limit(GUESSES)
    session, *_ = bob.sessions_apart(1)
    limited = bob.attempt(protected).limited_after_success(limit, session)

    assert not limited


@requirement("robustness.method-kept")
def test_equal_calls_are_challenged_by_the_same_method(erin: User, protected: Protected) -> None:
    """A client shows its user one form, not two in turn."""
    attempt = erin.attempt(protected)
    methods = [attempt.challenge().asks_for for _ in range(6)]

    assert len(set(methods)) == 1


@requirement("robustness.methods-once")
def test_no_method_is_offered_twice(erin: User, protected: Protected) -> None:
    """A client shows the list as it is."""
    methods = erin.attempt(protected).says.methods()

    assert len(set(methods)) == len(methods)


@requirement("robustness.mails-once")
def test_a_code_is_mailed_once(alice: User, bob: User) -> None:
    """A user with three mails does not know which is the one."""
    before = bob.inbox.mails_to(alice.account.email)
    alice.inbox.ask_for_code()
    mails = bob.inbox.mails_to(alice.account.email)

    assert mails <= before + 1


@requirement("robustness.no-notice")
def test_no_mail_tells_of_a_change_that_was_refused(alice: User, bob: User, protected: Protected) -> None:
    """A user who reads of a change that was not made looks for an intruder who is not there. Mail that is asked for later
    comes."""
    code = alice.attempt(protected).code()
    attempt = alice.attempt(protected)
    attempt.refuse(alice.inbox.guess(code))
    bob.inbox.resent()
    mails = attempt.told_by_mail()

    assert mails == 0


@requirement("robustness.no-mail-for-password")
def test_a_challenge_by_password_mails_no_code(dave: User, alice: User, protected: Protected) -> None:
    """A mail with a code that nobody asked for frightens its reader."""
    before = alice.inbox.mails_to(dave.account.email)
    dave.attempt(protected).challenge()
    mails = alice.inbox.mails_to(dave.account.email)

    assert mails == before


@requirement("robustness.password-text")
def test_the_digest_of_a_password_beyond_ascii_is_accepted(dave: User, protected: Protected) -> None:
    """Most people's languages have letters that ASCII has not. The login takes the password as it was set."""
    dave.oversight.give_password_beyond_ascii()
    reply = dave.attempt(protected).proven()

    assert isinstance(reply, Granted)
