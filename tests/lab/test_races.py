"""Faults between calls at once, by the handler's own clock."""

from __future__ import annotations

import pytest

from conformance.lab.editions import ruled

from .talk import Headers, Talk


def challenged(later: float, name: str) -> tuple[Talk, Headers]:
    """A user who is challenged, and again some seconds later when asking for this name."""
    talk = Talk(ruled("classic", ("cc-parallel-challenges",), ()))
    who = talk.user("alice")
    talk.rename(who, "One")
    talk.now += later
    talk.rename(who, name)
    return talk, who


@pytest.mark.parametrize("later", [0.0, 0.01, 0.25])
def test_calls_that_ask_for_different_things_at_once_get_a_code_each(later: float) -> None:
    talk, _ = challenged(later, "Two")

    assert [answer.details["codeGenerated"] for answer in talk.answers[-2:]] == [True, True]
    assert len(talk.mails) == 2


@pytest.mark.parametrize(("later", "name"), [(0.01, "One"), (0.31, "Two")])
def test_calls_behind_one_another_are_answered_as_by_a_good_server(later: float, name: str) -> None:
    """The same one again, however soon, or another one after a moment."""
    talk, _ = challenged(later, name)

    assert [answer.details["codeGenerated"] for answer in talk.answers[-2:]] == [True, False]


def test_what_is_asked_again_behind_calls_at_once_is_told_of_the_last_code() -> None:
    talk, who = challenged(0.01, "Two")
    talk.now += 0.01

    assert not talk.rename(who, "One").details["codeGenerated"]
