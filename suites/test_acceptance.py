"""The same call with the right code (clauses S08, S09, S17; E20)."""

import pytest

from conformance import ABSENT, Challenged, Granted, HeaderCase, Protected, Unintelligible, User, requirement


@requirement("acceptance.right-code")
def test_the_same_call_with_the_right_code_is_accepted(alice: User, protected: Protected) -> None:
    """Whoever holds the second factor must get in."""
    attempt = alice.attempt(protected)
    reply = attempt.first_answer(attempt.code())

    assert isinstance(reply, Granted)


@requirement("acceptance.json")
def test_the_reply_to_an_accepted_call_is_valid_json(alice: User, protected: Protected) -> None:
    """A client that cannot parse the reply does not know that its call was carried out."""
    reply = alice.attempt(protected).accepted_or_garbled()

    assert not isinstance(reply, Unintelligible)


@requirement("acceptance.own-response")
def test_an_accepted_call_is_answered_as_if_there_were_no_second_factor(alice: User, protected: Protected) -> None:
    """A client that still sees the error asks its user for another code."""
    granted = alice.attempt(protected).accept()

    assert 200 <= granted.status < 300
    assert granted.success in (True, ABSENT)
    assert granted.error_type in (None, ABSENT)
    assert granted.error in (None, ABSENT)


@requirement("acceptance.header-case")
@pytest.mark.parametrize("header_case", ["upper", "title"])
def test_the_header_names_are_read_in_any_letter_case(
    alice: User, bob: User, protected: Protected, header_case: HeaderCase
) -> None:
    """Proxies and HTTP libraries spell header names as they like. The control shows that the page's spelling works."""
    bob.attempt(protected).accept_first()
    attempt = alice.attempt(protected)
    reply = attempt.right_answer(attempt.code(), header_case)

    assert isinstance(reply, Granted)


@requirement("acceptance.code-alone")
def test_a_code_without_its_method_is_accepted_or_challenged(alice: User, bob: User, protected: Protected) -> None:
    """Whoever leaves the method out may be asked again, but must not be told that a right code is wrong. The control
    shows that a right code gets in at the first try."""
    bob.attempt(protected).accept_first()
    attempt = alice.attempt(protected)
    reply = attempt.answer_alone(attempt.code())

    assert isinstance(reply, Granted | Challenged)


@requirement("acceptance.code-alone-accepted")
def test_a_code_without_its_method_is_accepted(alice: User, bob: User, protected: Protected) -> None:
    """Clients of the first hour send the code alone; the method that was asked for is known. The control shows that a
    right code gets in at the first try."""
    bob.attempt(protected).accept_first()
    attempt = alice.attempt(protected)
    reply = attempt.answer_alone(attempt.code())

    assert isinstance(reply, Granted)
