"""Every protected call of the product that a test account may make (clauses S24, D1, D2)."""

import pytest

from conformance import Challenged, Protected, User, requirement, settings
from conformance.calls import DOCUMENTED, SETTING

EACH_CALL = pytest.mark.parametrize("call", DOCUMENTED.values(), ids=DOCUMENTED)


@requirement("calls.challenged")
@EACH_CALL
def test_a_documented_call_is_challenged(alice: User, call: Protected) -> None:
    """One way that is left open is enough."""
    reply = alice.attempt_documented(call).reply_where_known()

    assert isinstance(reply, Challenged)


@requirement("calls.challenged")
@settings(max_delta=1)
def test_writing_a_setting_is_challenged(root: User) -> None:
    """Whoever holds an administrator's session must not switch the second factor off for everybody."""
    reply = root.attempt_documented(SETTING).reply_where_known()

    assert isinstance(reply, Challenged)


@requirement("calls.no-effect")
@EACH_CALL
def test_a_documented_call_has_no_effect_without_the_right_code(alice: User, call: Protected) -> None:
    """A server that acts first and asks afterwards has no second factor."""
    attempt = alice.attempt_documented(call)
    before = attempt.effect.visible_state()
    attempt.challenge_where_known()
    attempt.guesses(1)
    after = attempt.effect.later_state()

    assert after == before


@requirement("calls.once")
@EACH_CALL
def test_a_documented_call_acts_on_the_right_code(alice: User, call: Protected) -> None:
    """A success that did nothing is a lie that the user finds out later."""
    attempt = alice.attempt_documented(call)
    before = attempt.effect.visible_state()
    attempt.accept_if_allowed()

    assert attempt.effect.changed(before)


@requirement("calls.once")
@settings(max_delta=1)
def test_writing_a_setting_acts_on_the_right_code_alone(root: User) -> None:
    """A setting that is written before the code is checked, or never, is not what the administrator sees."""
    attempt = root.attempt_documented(SETTING)
    before = attempt.effect.visible_state()
    attempt.challenge_where_known()
    attempt.guesses(1)
    refused = attempt.effect.visible_state()
    attempt.accept_if_allowed()

    assert refused == before
    assert attempt.effect.changed(before)
