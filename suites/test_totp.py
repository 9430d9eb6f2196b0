"""Codes of an authenticator (clauses S01 to S10 for the method totp; E18)."""

import pytest

from conformance import ABSENT, Challenged, Granted, HeaderCase, Protected, User, requirement
from conformance.guesses import ALTERED_TOTP


@requirement("totp.challenge")
def test_a_call_is_challenged_by_totp_once_an_authenticator_is_confirmed(carol: User, protected: Protected) -> None:
    """A second factor that is shown as on and not asked for is none."""
    reply = carol.attempt(protected).bare()

    assert isinstance(reply, Challenged)
    assert reply.error_type == "totp-required"
    assert reply.success is False
    assert "[totp-required]" in str(reply.error)
    assert reply.asks_for == "totp"


@requirement("totp.enrolment")
@pytest.mark.parametrize("routes", ["users.totp", "method.call"])
def test_whoever_asks_for_an_authenticator_is_given_a_secret(dave: User, routes: str) -> None:
    """Who is turned away by an error stays without the stronger method, and does not know why."""
    reply = dave.start_enrolment(routes)

    assert isinstance(reply, Granted)


@requirement("totp.unconfirmed")
def test_an_authenticator_that_is_not_confirmed_is_not_asked_for(dave: User, protected: Protected) -> None:
    """Whoever did not finish, or scanned the wrong thing, would be locked out."""
    dave.begin_enrolment()
    reply = dave.attempt(protected).bare()

    assert reply.asks_for != "totp"


@requirement("totp.available")
def test_totp_is_available_for_whoever_has_an_authenticator(carol: User, protected: Protected) -> None:
    """A method that is offered and cannot work locks the user out; one that is left out cannot be chosen."""
    methods = carol.attempt(protected).says.methods()

    assert "totp" in methods
    assert "email" not in methods


@requirement("totp.right-code")
def test_the_authenticator_s_code_is_accepted(carol: User, protected: Protected) -> None:
    """Whoever holds the second factor must get in."""
    reply = carol.attempt(protected).first_right()

    assert isinstance(reply, Granted)


@requirement("totp.right-code")
def test_the_authenticator_s_code_is_accepted_until_the_next_one_is_shown(carol: User, protected: Protected) -> None:
    """It takes time to read a code and to type it in, and the authenticator shows it for all of its step."""
    reply = carol.attempt(protected).right_late()

    assert isinstance(reply, Granted)


@requirement("totp.header-case")
@pytest.mark.parametrize("header_case", ["upper", "title"])
def test_the_header_names_are_read_in_any_letter_case_for_totp(
    carol: User, protected: Protected, header_case: HeaderCase
) -> None:
    """Proxies and HTTP libraries spell header names as they like."""
    reply = carol.attempt(protected).proven(header_case)

    assert isinstance(reply, Granted)


@requirement("totp.wrong-code")
def test_a_code_that_the_authenticator_never_showed_is_refused(carol: User, protected: Protected) -> None:
    """Where any code will do there is no second factor. The control shows that the right one does get in."""
    attempt = carol.attempt(protected)
    reply = attempt.first_wrong()
    attempt.accept()

    assert not isinstance(reply, Granted)


@requirement("totp.altered")
@pytest.mark.parametrize("alter", ALTERED_TOTP)
def test_a_code_that_is_not_quite_the_authenticator_s_is_refused(carol: User, protected: Protected, alter: str) -> None:
    """A server that compares only a part of the code is guessed sooner."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(carol.enrolled.alter(alter))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("totp.altered")
def test_a_code_with_leading_zeros_is_not_the_authenticator_s(carol: User, protected: Protected) -> None:
    """A server that reads numbers where codes are texts takes what no authenticator shows. The control shows that not
    everything of this length is taken."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.padded()

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("totp.foreign-code")
def test_the_code_of_another_authenticator_is_refused(carol: User, ida: User, protected: Protected) -> None:
    """Whoever has an account of its own must not open those of others with its own authenticator."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(ida.enrolled.lend())

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("totp.refusal")
def test_a_wrong_totp_is_refused_in_the_form_of_every_refusal(carol: User, protected: Protected) -> None:
    """A client has one place in its code that asks again."""
    reply = carol.attempt(protected).wrong_reply()

    assert reply.error_type == "totp-invalid"
    assert reply.success is False
    assert "[totp-invalid]" in str(reply.error)
    assert reply.method == "totp"


@requirement("totp.challenged-no-effect")
def test_a_call_that_is_challenged_by_totp_has_no_effect(carol: User, protected: Protected) -> None:
    """A server that acts first and asks afterwards has no second factor. The control shows that the effect can be seen."""
    attempt = carol.attempt(protected)
    before = attempt.effect.state()
    attempt.challenge()
    after = attempt.effect.later_state()
    carol.attempt(protected).carry_out()

    assert after == before


@requirement("totp.refused-no-effect")
def test_a_call_whose_totp_is_refused_has_no_effect(carol: User, protected: Protected) -> None:
    """A server that acts and then says no has no second factor. The control shows that the effect can be seen."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    before = attempt.effect.later_state()
    attempt.wrong_reply()
    after = attempt.effect.later_state()
    carol.attempt(protected).carry_out()

    assert after == before


@requirement("totp.effect")
def test_a_call_whose_totp_is_accepted_has_its_effect(carol: User, protected: Protected) -> None:
    """A success that did nothing is a lie that the user finds out later."""
    attempt = carol.attempt(protected)
    attempt.accept()

    assert attempt.effect.shows()


@requirement("totp.no-mail-fields")
def test_a_challenge_by_totp_tells_nothing_of_mails(carol: User, protected: Protected) -> None:
    """A client that is told of a mail sends its user to look for it."""
    challenge = carol.attempt(protected).says.details()

    assert challenge.code_count is ABSENT
    assert challenge.code_expires is ABSENT


@requirement("totp.status")
def test_challenge_and_refusal_by_totp_have_status_400(carol: User, protected: Protected) -> None:
    """The official client acts on no other status."""
    attempt = carol.attempt(protected)
    challenged = attempt.challenge()
    refused = attempt.guess()

    assert challenged.status == 400
    assert refused.status == 400


@requirement("totp.backup-code")
def test_a_backup_code_is_accepted_in_place_of_the_authenticator_s(carol: User, protected: Protected) -> None:
    """It is what a user has left who lost the authenticator."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    reply = attempt.send(carol.enrolled.backup_answer())

    assert isinstance(reply, Granted)


@requirement("totp.backup-codes-new")
def test_new_backup_codes_are_given_for_a_right_code_and_work(carol: User, protected: Protected) -> None:
    """Whoever has used them up, or lost the list, needs others."""
    carol.enrolled.need_backup_codes_to_work()
    old = carol.enrolled.backup_codes
    new = carol.enrolled.renewed_backup_codes()
    attempt = carol.attempt(protected)
    attempt.challenge()
    reply = attempt.send(carol.enrolled.backup_answer())

    assert new
    assert not set(new) & set(old)
    assert isinstance(reply, Granted)


@requirement("totp.backup-code-made-up")
def test_a_backup_code_that_was_never_given_is_refused(carol: User, ida: User, protected: Protected) -> None:
    """A code that everybody can make up is no second factor, nor is one that opens every account."""
    attempt = carol.attempt(protected)
    attempt.challenge()
    replies = attempt.wrong(carol.enrolled.backup_guesses(ida.enrolled))

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("totp.replacement")
def test_an_authenticator_is_not_replaced_unasked(carol: User, protected: Protected) -> None:
    """Whoever has got hold of a session, or of the password, would bring an authenticator along and be let in by it."""
    taken = carol.attempt(protected).takes_another_authenticator()

    assert not taken
