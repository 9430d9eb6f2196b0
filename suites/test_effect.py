"""What a call does: nothing while it is challenged or refused, its own effect once when it is accepted (D1, D2)."""

from conformance import Challenged, Protected, User, requirement
from conformance.calls import SEVERAL


@requirement("effect.challenged")
def test_a_challenged_call_has_no_effect(alice: User, protected: Protected) -> None:
    """A server that acts first and asks afterwards has no second factor. The control shows that the effect can be seen."""
    attempt = alice.attempt(protected)
    before = attempt.effect.state()
    attempt.challenge()
    after = attempt.effect.later_state()
    alice.attempt(protected).carry_out()

    assert after == before


@requirement("effect.refused")
def test_a_refused_call_has_no_effect(alice: User, protected: Protected) -> None:
    """A server that acts and then says no has no second factor. The control shows that the effect can be seen."""
    code = alice.attempt(protected).code()
    attempt = alice.attempt(protected)
    before = attempt.effect.state()
    attempt.refuse(alice.inbox.guess(code))
    after = attempt.effect.later_state()
    alice.attempt(protected).carry_out()

    assert after == before


@requirement("effect.refused")
def test_a_refused_call_makes_none_of_several_changes(alice: User) -> None:
    """What is written field by field has to be refused as a whole. The control shows that all of them can be seen."""
    attempt = alice.attempt_documented(SEVERAL)
    attempt.challenge_where_known()
    before = attempt.effect.later_state()
    attempt.guesses(1)
    after = attempt.effect.later_state()
    attempt.accept_if_allowed()
    attempt.effect.need_all_to_show()

    assert after == before


@requirement("effect.refused")
def test_a_call_that_is_refused_beside_an_accepted_one_has_no_effect(alice: User, protected: Protected) -> None:
    """What one call has proved must not open the door to those beside it. The control shows that the effect can be seen."""
    done = alice.at_once(protected, alice, alice).wrong_beside_right()
    alice.attempt(protected).carry_out()

    assert not done


@requirement("effect.factor-kept")
def test_a_refused_call_leaves_the_second_factor_as_it_is(alice: User, protected: Protected) -> None:
    """Where a wrong code switches the factor off, guessing is the way in."""
    attempt = alice.attempt(protected)
    before = attempt.challenge()
    attempt.guess()
    after = attempt.bare_again()

    assert isinstance(after, Challenged)
    assert after.challenge.method == before.challenge.method


@requirement("effect.accepted")
def test_an_accepted_call_has_its_effect(alice: User, protected: Protected) -> None:
    """A success that did nothing is a lie that the user finds out later."""
    attempt = alice.attempt(protected)
    attempt.accept()

    assert attempt.effect.shows()


@requirement("effect.once")
def test_an_accepted_call_has_its_effect_once(alice: User, token_creation: Protected) -> None:
    """A call that was made twice, without and with the code, must not act twice."""
    attempt = alice.attempt(token_creation)
    attempt.accept_if_allowed()

    assert attempt.effect.times_listed() == 1
