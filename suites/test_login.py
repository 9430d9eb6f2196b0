"""Logging in with a second factor (clauses E14, E19)."""

import pytest

from conformance import Challenged, Granted, User, requirement, says


@requirement("login.challenged")
def test_the_login_is_challenged_as_the_mobile_client_reads_it(alice: User) -> None:
    """The mobile client knows this form and no other."""
    reply = alice.sign_in().bare()

    assert reply.status == 401
    assert reply.error == "totp-required"
    assert says(reply, " ")
    assert reply.asks_for == "email"


@requirement("login.code")
def test_the_login_with_the_right_code_is_accepted(alice: User) -> None:
    """Whoever holds the second factor must get in."""
    sign_in = alice.sign_in()
    reply = sign_in.answer(sign_in.code())

    assert isinstance(reply, Granted)


@requirement("login.wrong-code")
def test_the_login_with_a_wrong_code_is_answered_with_totp_invalid(alice: User) -> None:
    """The mobile client asks for another code at this word."""
    sign_in = alice.sign_in()
    reply = sign_in.misuse(alice.inbox.guess(sign_in.code()).displayed)

    assert reply.error == "totp-invalid"


@requirement("login.form")
def test_the_challenge_of_a_login_says_so_and_names_the_method(alice: User) -> None:
    """The user has to know that the password was right, and where to look for the code."""
    challenged = alice.sign_in().challenge()

    assert says(challenged, "totp-required")
    assert challenged.asks_for == "email"


@requirement("login.answer")
def test_the_right_code_in_the_body_answers_the_login(alice: User) -> None:
    """Whoever holds the second factor must get in."""
    sign_in = alice.sign_in()
    reply = sign_in.answer(sign_in.code())

    assert isinstance(reply, Granted)


@requirement("login.guess")
def test_a_login_with_a_wrong_code_is_not_carried_out(alice: User) -> None:
    """Where any code will do the password is enough. The control shows that the right one does get in."""
    sign_in = alice.sign_in()
    code = sign_in.code()
    reply = sign_in.misuse(alice.inbox.guess(code).displayed)
    sign_in.accept()

    assert not isinstance(reply, Granted)


@requirement("login.guess")
@pytest.mark.parametrize("value", [{"$ne": None}, {"$exists": True}, [], True], ids=str)
def test_a_login_with_a_code_that_is_no_text_is_not_carried_out(alice: User, value: object) -> None:
    """A code that is handed to the database as a question is always right."""
    sign_in = alice.sign_in()
    sign_in.challenge()
    reply = sign_in.misuse(value)

    assert not isinstance(reply, Granted)


@requirement("login.password-first")
def test_a_login_with_a_wrong_password_is_not_challenged(alice: User, bob: User) -> None:
    """A stranger must not be told that there is a second factor, nor fill the user's mailbox."""
    before = bob.inbox.mails_to(alice.account.email)
    reply = alice.sign_in().with_password(alice.recorder.word())
    mails = bob.inbox.mails_to(alice.account.email)

    assert not isinstance(reply, Granted | Challenged)
    assert mails == before
