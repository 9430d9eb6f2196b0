"""Several methods at once, and the caller's choice among them (clauses S07, S10)."""

import pytest

from conformance import Granted, Protected, User, requirement

BOTH = pytest.mark.parametrize("method", ["email", "totp"])


@requirement("choice.both-available")
def test_both_methods_are_available(erin: User, protected: Protected) -> None:
    """Whoever has lost one of them must be told of the other."""
    methods = erin.attempt(protected).says.methods()

    assert "email" in methods
    assert "totp" in methods


@requirement("choice.each-works")
@BOTH
def test_the_method_that_the_caller_names_accepts_its_code(erin: User, protected: Protected, method: str) -> None:
    """A method that is offered must work."""
    reply = erin.attempt(protected, by=erin.factor(method)).proven()

    assert isinstance(reply, Granted)


@requirement("choice.named")
@BOTH
def test_a_call_that_names_a_method_is_challenged_by_it(erin: User, protected: Protected, method: str) -> None:
    """Whoever has no authenticator at hand asks for a mail."""
    challenged = erin.attempt(protected, by=erin.factor(method)).challenge_named()

    assert challenged.asks_for == method


@requirement("choice.not-crossed")
def test_the_authenticator_s_code_is_refused_as_one_from_a_mail(erin: User, protected: Protected) -> None:
    """The name of the method says what the code has to prove."""
    attempt = erin.attempt(protected, by=erin.inbox)
    attempt.challenge()
    replies = attempt.wrong([(erin.enrolled.code().compact, "email")])

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("choice.not-crossed")
def test_the_code_from_a_mail_is_refused_as_the_authenticator_s(erin: User, protected: Protected) -> None:
    """The name of the method says what the code has to prove."""
    code = erin.attempt(protected, by=erin.inbox).code()
    replies = erin.attempt(protected, by=erin.enrolled).wrong([(code.compact, "totp")])

    assert not any(isinstance(reply, Granted) for reply in replies)


@requirement("choice.refusal")
@BOTH
def test_a_refusal_names_the_method_that_the_caller_chose(erin: User, protected: Protected, method: str) -> None:
    """The user has to know which of two codes was wrong."""
    refused = erin.attempt(protected, by=erin.factor(method)).refusal()

    assert refused.challenge.method == method
