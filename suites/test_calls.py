"""Every protected call of the product that a test account may make (clauses S24, D1, D2)."""

import pytest

from conformance import Challenged, Granted, Protected, User, requirement, settings
from conformance.calls import DOCUMENTED, SETTING, UNTRUSTING

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
    after = attempt.effect.state_after_refusal()

    assert after == before


@requirement("calls.once")
@EACH_CALL
def test_a_documented_call_acts_on_the_right_code(alice: User, call: Protected) -> None:
    """A success that did nothing is a lie that the user finds out later."""
    attempt = alice.attempt_documented(call)
    before = attempt.effect.visible_state()
    reply = attempt.reply_if_allowed()

    assert isinstance(reply, Granted)
    assert attempt.effect.changed(before)


@requirement("calls.once")
def test_a_documented_call_whose_effect_cannot_be_seen_is_accepted(alice: User) -> None:
    """Whoever lost the key of the messages gets no further than an error."""
    reply = alice.attempt_documented(DOCUMENTED["users.resetE2EKey"]).reply_if_allowed()

    assert isinstance(reply, Granted)


@requirement("calls.within-trust")
@pytest.mark.parametrize("call", UNTRUSTING.values(), ids=UNTRUSTING)
def test_what_changes_how_the_user_gets_in_is_challenged_though_a_success_is_remembered(
    alice: User, protected: Protected, call: Protected
) -> None:
    """A session that was left open for a moment must not cost the account. The control shows that the success is remembered."""
    attempt = alice.attempt(protected)
    attempt.accept_lasting()
    attempt.be_remembered()
    reply = alice.attempt_documented(call).reply_where_known()

    assert isinstance(reply, Challenged)


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
