"""Combinations at work: what excuses a row that is answered as it must not be."""

from dataclasses import replace

import pytest

from conformance.binding import UPDATE
from conformance.combinations import Combination
from conformance.combining import Combining
from conformance.model import Session

from .script import KNOWING, Script, challenge, granted, user

ROW = Combination("email", "email", "wrong", "another")


@pytest.mark.parametrize(("trusted", "excused"), [(True, True), (None, True), (False, False)])
def test_a_session_that_its_login_has_opened_shows_nothing(trusted: bool | None, excused: bool) -> None:
    alice = user(Script([challenge("111-111"), *[granted()] * 9]), replace(KNOWING, login_trusted=trusted))
    alice.proved = {"token-2"}
    combining = Combining(UPDATE, {"email": alice})
    combining._results[ROW] = "granted"
    combining._others["email"] = Session("token-2", "u1")

    assert (combining._explained(ROW) == []) is excused
