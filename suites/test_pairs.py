"""Inputs that are right each alone, together (clauses D3, S08): what a sheet holds stands in combinations.py."""

import pytest

from conformance import Protected, User, requirement
from conformance.combinations import sheets


@requirement("pairs.email")
@pytest.mark.parametrize("sheet", sheets("email"))
def test_inputs_are_judged_together_as_they_are_alone_with_email(
    alice: User, bob: User, protected: Protected, sheet: str
) -> None:
    """Whoever tries the doors of a server tries them in combinations that its makers did not think of."""
    failing = alice.combine(protected, sheet, stranger=bob)

    assert not failing


@requirement("pairs.authenticator")
@pytest.mark.parametrize("sheet", sheets("totp"))
def test_inputs_are_judged_together_as_they_are_alone_with_an_authenticator(
    carol: User, alice: User, protected: Protected, sheet: str
) -> None:
    """Code that was written for mails first may forget the authenticator in a branch that no client takes."""
    failing = carol.combine(protected, sheet, email=alice)

    assert not failing


@requirement("pairs.both")
@pytest.mark.parametrize("sheet", sheets("both"))
def test_inputs_are_judged_together_as_they_are_alone_with_both_methods(
    erin: User, alice: User, carol: User, protected: Protected, sheet: str
) -> None:
    """Where there are two checks a call may fall between them."""
    failing = erin.combine(protected, sheet, email=alice, totp=carol)

    assert not failing


@requirement("pairs.password")
@pytest.mark.parametrize("sheet", sheets("neither"))
def test_inputs_are_judged_together_as_they_are_alone_with_a_password(
    dave: User, alice: User, protected: Protected, sheet: str
) -> None:
    """The fallback is asked last, by whatever the other checks have left."""
    failing = dave.combine(protected, sheet, email=alice)

    assert not failing
