"""The same call with a wrong code (clause S10; E01, E06)."""

from conformance import Protected, Unintelligible, User, requirement


@requirement("refusal.json")
def test_a_refusal_is_valid_json(alice: User, protected: Protected) -> None:
    """A client that cannot parse the refusal cannot tell its user that the code was wrong."""
    reply = alice.attempt(protected).refused_or_garbled()

    assert not isinstance(reply, Unintelligible)


@requirement("refusal.error-type")
def test_a_refusal_is_of_type_totp_invalid(alice: User, protected: Protected) -> None:
    """Clients look at errorType to ask for the code once more."""
    reply = alice.attempt(protected).guess()

    assert reply.error_type == "totp-invalid"


@requirement("refusal.success")
def test_a_refusal_is_no_success(alice: User, protected: Protected) -> None:
    """A client that goes by success would believe that the call was carried out."""
    refused = alice.attempt(protected).refusal()

    assert refused.success is False


@requirement("refusal.error-text")
def test_the_text_of_a_refusal_carries_its_type(alice: User, protected: Protected) -> None:
    """Clients of the time before errorType find the type in the brackets."""
    refused = alice.attempt(protected).refusal()

    assert isinstance(refused.error, str)
    assert "[totp-invalid]" in refused.error


@requirement("refusal.method")
def test_a_refusal_names_the_method_that_was_tried(alice: User, protected: Protected) -> None:
    """The user has to know which code was wrong."""
    refused = alice.attempt(protected).refusal()

    assert refused.challenge.method == "email"


@requirement("refusal.available-methods")
def test_a_refusal_lists_the_available_methods(alice: User, protected: Protected) -> None:
    """A client offers another method after a wrong code."""
    names = alice.attempt(protected).refusal().challenge.available_methods

    assert isinstance(names, list)
    assert all(isinstance(name, str) for name in names)


@requirement("refusal.status")
def test_a_refusal_has_status_400(alice: User, protected: Protected) -> None:
    """The official client asks for another code at this status only."""
    refused = alice.attempt(protected).refusal()

    assert refused.status == 400


@requirement("refusal.status-class")
def test_a_refusal_has_a_client_error_status(alice: User, protected: Protected) -> None:
    """Proxies, caches and monitors know a reply by its status alone."""
    refused = alice.attempt(protected).refusal()

    assert 400 <= refused.status < 500
