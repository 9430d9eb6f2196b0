"""Methods of the realtime API that are called over REST (clause E17)."""

from conformance import Challenged, Granted, Protected, User, requirement


@requirement("procedure.challenge")
def test_a_method_is_challenged_inside_its_message(alice: User, token_procedure: Protected) -> None:
    """Clients read the error where they read the result."""
    challenged = alice.attempt(token_procedure).comparable_reply()

    assert isinstance(challenged, Challenged)
    assert challenged.status == 400
    assert isinstance(challenged.body.get("message"), str)
    assert challenged.asks_for == "email"


@requirement("procedure.headers")
def test_the_two_headers_answer_a_method(alice: User, token_procedure: Protected) -> None:
    """A client has one place in its code that sends codes."""
    reply = alice.attempt(token_procedure).proven()

    assert isinstance(reply, Granted)


@requirement("procedure.parameter")
def test_a_last_parameter_answers_a_method(alice: User, token_procedure: Protected) -> None:
    """Clients of the realtime API know no headers."""
    reply = alice.attempt(token_procedure).answer_as_parameter()

    assert isinstance(reply, Granted)


@requirement("procedure.guess")
def test_a_wrong_code_does_not_answer_a_method(alice: User, token_procedure: Protected) -> None:
    """A second way to the same action must not be the open one."""
    attempt = alice.attempt(token_procedure)
    before = attempt.effect.state()
    challenged = attempt.challenge()
    replies = attempt.wrong([(alice.by.wrong(challenged).code, "email")])
    after = attempt.effect.later_state()

    assert not any(isinstance(reply, Granted) for reply in replies)
    assert after == before
