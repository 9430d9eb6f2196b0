"""The password in place of a second factor (clauses S15, S16)."""

import pytest

from conformance import Granted, Protected, User, requirement
from conformance.calls import DOCUMENTED
from conformance.guesses import DIGESTS

OWN_DATA = ["users.updateOwnBasicInfo: email", "users.updateOwnBasicInfo: password"]


@requirement("password.challenge")
def test_a_challenge_by_password_has_the_form_of_every_challenge(dave: User, protected: Protected) -> None:
    """A client has one place in its code that looks for challenges."""
    reply = dave.attempt(protected).bare()

    assert reply.error_type == "totp-required"
    assert reply.success is False
    assert "[totp-required]" in str(reply.error)
    assert reply.asks_for == "password"


@requirement("password.right-digest")
def test_the_digest_of_the_password_is_accepted(dave: User, protected: Protected) -> None:
    """Whoever knows the password must get in."""
    reply = dave.attempt(protected).first_right()

    assert isinstance(reply, Granted)


@requirement("password.right-digest")
def test_the_digest_is_accepted_in_the_page_s_own_letters(dave: User, protected: Protected) -> None:
    """The page writes these two names in another letter case than elsewhere."""
    reply = dave.attempt(protected).proven("title")

    assert isinstance(reply, Granted)


@requirement("password.wrong-digest")
def test_the_digest_of_another_word_is_refused(dave: User, protected: Protected) -> None:
    """Where any digest will do the password is not asked for. The control shows that the right one does get in."""
    attempt = dave.attempt(protected)
    reply = attempt.first_wrong()
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("password.wrong-digest")
@pytest.mark.parametrize("kind", DIGESTS)
def test_what_is_not_the_digest_is_refused(dave: User, judy: User, protected: Protected, kind: str) -> None:
    """A server that takes the password in other forms, or that of others, takes more than the page says."""
    attempt = dave.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(dave.passphrase.other_forms(kind, judy))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("password.wrong-digest")
def test_the_digest_of_the_user_who_is_to_be_changed_is_a_wrong_one(
    dave: User, judy: User, page_call: Protected
) -> None:
    """It is the caller who has to prove who it is. Whether the caller may change others at all is another question: the
    control shows how any wrong digest is answered."""
    attempt = dave.attempt_on(judy, page_call)
    wrong = dave.passphrase.wrong(attempt.challenge_where_known())
    replies = attempt.wrong([(wrong.code, wrong.method), *judy.passphrase.under("password")])

    assert not any(isinstance(reply, Granted) for reply in replies)
    assert replies[1].error_type == replies[0].error_type


@requirement("password.wrong-digest")
def test_the_digest_of_the_user_who_is_changed_is_refused(ruth: User, dave: User, protected: Protected) -> None:
    """An administrator proves who it is, not whom it is about to change. The control shows that its own digest will do."""
    attempt = ruth.attempt(protected).upon(dave)
    attempt.challenge_where_known()
    replies = attempt.wrong(dave.passphrase.under("password"))
    attempt.accept_where_possible()

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("password.wrong-digest")
def test_no_other_digest_is_accepted_while_a_password_is_to_be_chosen(dave: User, protected: Protected) -> None:
    """A password that is to be changed is a password. The control shows that its digest does get in."""
    dave.oversight.demand_new_password()
    attempt = dave.attempt(protected)
    attempt.challenge_where_known()
    reply = attempt.wrong_reply()
    attempt.accept_where_possible()

    assert not isinstance(reply, Granted)


@requirement("password.refusal")
def test_a_wrong_digest_is_refused_in_the_form_of_every_refusal(dave: User, protected: Protected) -> None:
    """A client has one place in its code that asks again."""
    reply = dave.attempt(protected).wrong_reply()

    assert reply.error_type == "totp-invalid"
    assert reply.success is False
    assert "[totp-invalid]" in str(reply.error)
    assert reply.method == "password"


@requirement("password.challenged-no-effect")
def test_a_call_that_is_challenged_by_password_has_no_effect(dave: User, protected: Protected) -> None:
    """A server that acts first and asks afterwards asks in vain. The control shows that the effect can be seen."""
    attempt = dave.attempt(protected)
    before = attempt.effect.state()
    attempt.challenge()
    after = attempt.effect.later_state()
    dave.attempt(protected).carry_out()

    assert after == before


@requirement("password.refused-no-effect")
def test_a_call_whose_digest_is_refused_has_no_effect(dave: User, protected: Protected) -> None:
    """A server that acts and then says no has been fooled. The control shows that the effect can be seen."""
    attempt = dave.attempt(protected)
    attempt.challenge()
    before = attempt.effect.later_state()
    attempt.wrong_reply()
    after = attempt.effect.later_state()
    dave.attempt(protected).carry_out()

    assert after == before


@requirement("password.effect")
def test_a_call_whose_digest_is_accepted_has_its_effect(dave: User, protected: Protected) -> None:
    """A success that did nothing is a lie that the user finds out later."""
    attempt = dave.attempt(protected)
    attempt.accept()

    assert attempt.effect.shows()


@requirement("password.not-beside-email")
def test_the_digest_is_refused_beside_email(alice: User, protected: Protected) -> None:
    """The password is what the first factor was: taken for the second one, there is none."""
    attempt = alice.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(alice.passphrase.under("password", "email"))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("password.not-beside-email")
@pytest.mark.parametrize("call", OWN_DATA)
def test_no_call_asks_for_the_password_beside_email(alice: User, protected: Protected, call: str) -> None:
    """A call that has always asked for the password must not leave it at that once there is a second factor. The control shows
    that another call asks for the code."""
    alice.attempt(protected).challenge_by_own_method()
    attempt = alice.attempt_documented(DOCUMENTED[call])
    challenged = attempt.challenge_where_known()
    replies = attempt.wrong(alice.passphrase.under("password"))

    assert challenged.asks_for != "password"
    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("password.not-beside-authenticator")
def test_the_digest_is_refused_beside_an_authenticator(carol: User, protected: Protected) -> None:
    """The password is what the first factor was: taken for the second one, there is none."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(carol.passphrase.under("password", "totp"))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("password.status")
def test_challenge_and_refusal_by_password_have_status_400(dave: User, protected: Protected) -> None:
    """The official client acts on no other status."""
    attempt = dave.attempt(protected)
    challenged = attempt.challenge()
    refused = attempt.guess()

    assert challenged.status == 400
    assert refused.status == 400
