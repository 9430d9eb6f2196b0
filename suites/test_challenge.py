"""A call without a code, and what it is answered (clauses S01 to S03, S07; E01, E05)."""

import pytest

from conformance import Challenged, Granted, Protected, Unintelligible, User, requirement
from conformance.guesses import SPELLINGS

HEADERS = [
    ("x-2fa-method", "email"),
    ("x-2fa-method", "nosuch"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Debug", "1"),
    ("X-HTTP-Method-Override", "PUT"),
]


@requirement("challenge.required")
def test_a_call_without_a_code_is_challenged(alice: User, protected: Protected) -> None:
    """Where nothing asks for the second factor, or only the first time, there is none."""
    attempt = alice.attempt(protected)
    reply = attempt.first_reply()
    again = attempt.first_reply()

    assert isinstance(reply, Challenged)
    assert isinstance(again, Challenged)


@requirement("challenge.unconditional")
@pytest.mark.parametrize("header", HEADERS, ids=" ".join)
def test_no_header_of_the_caller_spares_the_challenge(
    alice: User, protected: Protected, header: tuple[str, str]
) -> None:
    """Headers are the caller's to write: what a proxy or a tester means by them proves nothing."""
    reply = alice.attempt(protected).bare_with(header=header)

    assert not isinstance(reply, Granted)


@requirement("challenge.unconditional")
def test_no_member_of_the_body_spares_the_challenge(alice: User, protected: Protected) -> None:
    """So is the body: a flag that stands for another way to log in proves nothing."""
    reply = alice.attempt(protected).bare_with(member=("cas", True))

    assert not isinstance(reply, Granted)


@requirement("challenge.unconditional")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_other_spelling_of_the_route_spares_the_challenge(alice: User, protected: Protected, spelling: str) -> None:
    """What one part of a server takes for another route, the next may take for the same."""
    reply = alice.attempt(protected).bare_at(spelling)

    assert not isinstance(reply, Granted)


@requirement("challenge.unconditional")
@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_no_other_verb_spares_the_challenge(alice: User, protected: Protected, verb: str) -> None:
    """A check that is bound to one verb does not see the others."""
    reply = alice.attempt(protected).bare_by(verb)

    assert not isinstance(reply, Granted)


@requirement("challenge.unconditional")
def test_options_does_not_carry_the_call_out(alice: User, protected: Protected) -> None:
    """Browsers ask by OPTIONS whether they may call at all. It may be answered as one likes, and must not act."""
    changed = alice.attempt(protected).changes_by("OPTIONS")

    assert not changed


@requirement("challenge.steady")
def test_every_challenge_has_the_same_form(alice: User, protected: Protected) -> None:
    """A client that worked once must work the next time."""
    forms = alice.attempt(protected).says.forms(times=7)

    assert all(form == forms[0] for form in forms)


@requirement("challenge.elsewhere")
def test_another_call_is_challenged_in_the_same_form(
    alice: User, protected: Protected, token_creation: Protected
) -> None:
    """A client has one place in its code that looks for challenges."""
    usual = alice.attempt(protected).challenge()
    challenged = alice.attempt(token_creation).challenge_if_any()

    assert challenged.error_type == usual.error_type
    assert challenged.success == usual.success
    assert challenged.challenge.method == usual.challenge.method


@requirement("challenge.own-reply")
def test_users_who_are_challenged_at_once_are_not_taken_for_each_other(
    alice: User, bob: User, protected: Protected
) -> None:
    """What one call leaves behind in a server must not get into the reply to another's."""
    attempt = alice.attempt(protected)
    attempt.need_to_be_named()
    to_alice, to_bob = attempt.challenges_beside(bob.attempt(protected))

    assert not any(bob.is_named_in(challenged) for challenged in to_alice)
    assert not any(alice.is_named_in(challenged) for challenged in to_bob)


@requirement("challenge.own-reply")
def test_users_who_are_challenged_at_once_are_asked_for_their_own_method(
    alice: User, carol: User, protected: Protected
) -> None:
    """Who is asked for the code of an authenticator that somebody else has cannot go on."""
    to_alice, to_carol = alice.attempt(protected).challenges_beside(carol.attempt(protected))

    assert not any(challenged.asks_for == "totp" for challenged in to_alice)
    assert not any(challenged.asks_for == "email" for challenged in to_carol)


@requirement("challenge.json")
def test_a_challenge_is_valid_json(alice: User, protected: Protected) -> None:
    """A client that cannot parse the challenge cannot ask its user for a code."""
    reply = alice.attempt(protected).provoke()

    assert not isinstance(reply, Unintelligible)


@requirement("challenge.error-type")
def test_a_challenge_is_of_type_totp_required(alice: User, protected: Protected) -> None:
    """Clients look at errorType to tell a challenge from every other error."""
    challenged = alice.attempt(protected).challenge()

    assert challenged.error_type == "totp-required"


@requirement("challenge.error-type")
@pytest.mark.parametrize("language", ["de", "ja"])
def test_the_type_of_a_challenge_is_the_same_in_every_language(
    alice: User, protected: Protected, language: str
) -> None:
    """The type is for programs; only texts are for people."""
    challenged = alice.attempt(protected).challenge_in(language)

    assert challenged.error_type == "totp-required"


@requirement("challenge.success")
def test_a_challenge_is_no_success(alice: User, protected: Protected) -> None:
    """A client that goes by success would believe that the call was carried out."""
    challenged = alice.attempt(protected).challenge()

    assert challenged.success is False


@requirement("challenge.error-text")
def test_the_text_of_a_challenge_carries_its_type(alice: User, protected: Protected) -> None:
    """Clients of the time before errorType find the type in the brackets."""
    challenged = alice.attempt(protected).challenge()

    assert isinstance(challenged.error, str)
    assert "[totp-required]" in challenged.error


@requirement("challenge.details")
def test_a_challenge_has_details(alice: User, protected: Protected) -> None:
    """Without details a client can only guess where its user should look for the code."""
    challenged = alice.attempt(protected).challenge()

    assert isinstance(challenged.details, dict)


@requirement("challenge.method")
def test_a_challenge_names_the_method_of_the_account(alice: User, protected: Protected) -> None:
    """The method tells the user where to look for the code."""
    challenge = alice.attempt(protected).says.details()

    assert challenge.method == "email"


@requirement("challenge.method-listed")
def test_the_method_of_a_challenge_is_available(alice: User, protected: Protected) -> None:
    """A method that is not available cannot be answered."""
    selected, available = alice.attempt(protected).says.selection()

    assert not available or selected in available


@requirement("challenge.available-methods")
def test_a_challenge_lists_the_available_methods(alice: User, protected: Protected) -> None:
    """A client offers its user these methods by name."""
    challenge = alice.attempt(protected).says.details()

    assert isinstance(challenge.available_methods, list)
    assert all(isinstance(name, str) for name in challenge.available_methods)


@requirement("challenge.available-methods-true")
def test_the_available_methods_are_those_of_the_account(alice: User, protected: Protected) -> None:
    """A method that is offered and cannot work locks the user out; one that is left out cannot be chosen."""
    methods = alice.attempt(protected).says.methods()

    assert "email" in methods
    assert "totp" not in methods


@requirement("challenge.email-or-username")
def test_a_challenge_by_email_names_the_user(alice: User, protected: Protected) -> None:
    """The web client asks for a new code under this name, and refuses to go on without it."""
    challenge = alice.attempt(protected).says.details()

    assert isinstance(challenge.email_or_username, str)


@requirement("challenge.status")
def test_a_challenge_has_status_400(alice: User, protected: Protected) -> None:
    """The official client takes no other status for a challenge."""
    challenged = alice.attempt(protected).challenge()

    assert challenged.status == 400


@requirement("challenge.status-class")
def test_a_challenge_has_a_client_error_status(alice: User, protected: Protected) -> None:
    """Proxies, caches and monitors know a reply by its status alone."""
    challenged = alice.attempt(protected).challenge()

    assert 400 <= challenged.status < 500


@requirement("challenge.undeliverable")
def test_who_cannot_be_sent_a_code_is_not_let_in(alice: User, protected: Protected) -> None:
    """Where mail fails nobody can answer, and that must not open the door. The control shows that another address does not
    open it either."""
    alice.oversight.move_to(alice.inbox.dead_address())
    reply = alice.attempt(protected).bare()
    alice.oversight.move_to(alice.inbox.strange_address())
    alice.attempt(protected).challenge()

    assert not isinstance(reply, Granted)
