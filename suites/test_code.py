"""What a code proves (clause D3)."""

import pytest

from conformance import Granted, Protected, User, requirement
from conformance.guesses import ALTERED, METHODS, REPLACED, RESPELLED


@requirement("code.random")
def test_a_code_that_was_never_sent_is_refused(alice: User, protected: Protected) -> None:
    """Where any code will do there is no second factor. The control shows that the right one does get in."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.answer(alice.inbox.guess(code))
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("code.random")
def test_a_digest_in_the_body_does_not_make_a_wrong_code_right(alice: User, protected: Protected) -> None:
    """What a code is compared with is the server's to know. The control shows that the right one does get in."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    reply = attempt.bring_digest(alice.inbox.guess(code))
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("code.altered")
@pytest.mark.parametrize("alter", ALTERED)
def test_a_code_that_is_not_quite_right_is_refused(alice: User, protected: Protected, alter: str) -> None:
    """A server that compares only a part of the code is guessed sooner."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    replies = attempt.wrong(alice.inbox.alter(code, alter))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("code.replaced")
@pytest.mark.parametrize("stand_in", REPLACED)
def test_what_stands_in_for_a_code_is_refused(alice: User, protected: Protected, stand_in: str) -> None:
    """Empty values, words that a language takes for true, and codes left over from testing open many doors."""
    attempt = alice.attempt(protected)
    attempt.code()
    replies = attempt.wrong(alice.inbox.stand_ins(stand_in))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("code.any-method")
@pytest.mark.parametrize("methods", METHODS)
def test_a_wrong_code_is_refused_under_every_method(alice: User, protected: Protected, methods: str) -> None:
    """A method that the server does not know must not spare the caller the check."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    replies = attempt.wrong(alice.inbox.guesses(code, methods))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("code.used")
def test_a_used_code_is_refused_in_another_session(alice: User, protected: Protected) -> None:
    """Who looks over a shoulder, or finds the mail later, must not get in with the same code.
    The control shows that the second session is not trusted for another reason."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.accept(code)
    alice.new_session()
    again = alice.attempt(protected)
    again.guess()
    reply = again.misuse(code)

    assert not isinstance(reply, Granted)


@requirement("code.used-respelled")
@pytest.mark.parametrize("spelling", RESPELLED)
def test_a_used_code_is_refused_in_every_spelling(alice: User, protected: Protected, spelling: str) -> None:
    """Who remembers codes as they were sent, and compares what is left of them, forgets those that are written otherwise.
    The control shows that the code is refused as it was sent, and that the second session is not trusted."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.accept(code)
    alice.new_session()
    again = alice.attempt(protected)
    again.refuse_used(code)
    replies = again.wrong(alice.inbox.respelled(code, spelling))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("code.foreign")
def test_the_code_of_another_account_is_refused(alice: User, bob: User, protected: Protected) -> None:
    """Whoever has an account of its own must not open those of others with its own codes."""
    bob.attempt(protected).code()
    attempt = alice.attempt(protected)
    attempt.code()
    reply = attempt.borrow(bob.inbox)

    assert not isinstance(reply, Granted)


@requirement("code.independent")
def test_a_code_survives_the_code_of_another_account(alice: User, bob: User, protected: Protected) -> None:
    """Users who sign in at the same time must not take each other's codes away."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    bob.attempt(protected).code()
    reply = attempt.right_answer(code)

    assert isinstance(reply, Granted)


@requirement("code.varies")
def test_codes_differ_from_one_another(alice: User, protected: Protected) -> None:
    """A code that is always the same is a second password, and one that everybody knows."""
    codes = [alice.attempt(protected).code(), alice.inbox.resent(), alice.inbox.resent()]

    assert len(set(codes)) > 1


@requirement("code.secret")
def test_no_reply_shows_a_code(alice: User, protected: Protected) -> None:
    """A code that the caller is told proves nothing: whoever has the password alone reads it off the reply."""
    attempt = alice.attempt(protected)
    code = attempt.code()
    attempt.answer(alice.inbox.guess(code))
    alice.inbox.catch_up()
    alice.inbox.resent()

    assert not alice.inbox.leaked()
