"""Resends by the dozen: when strangers stop, and when their user is shut out."""

import pytest

from conformance.outcomes import NotApplicable

from .script import Answered, Script, granted, throttled, user

LONG, SHORT = throttled("3000"), throttled("60")


def tokens(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_strangers_ask_until_the_target_has_enough() -> None:
    script = Script([granted(), granted(), LONG])
    user(script).flood.begin(30)

    assert tokens(script) == [None, None, None]
    assert script.waits == []


def test_strangers_ask_no_more_than_so_often() -> None:
    script = Script([granted()] * 3)
    user(script).flood.begin(3)

    assert script.answers == []


@pytest.mark.parametrize(
    ("reply", "shut_out"),
    [(granted(), False), (SHORT, False), (throttled("soon"), False), (LONG, True)],
    ids=["a code comes", "soon over", "nobody knows how long", "long"],
)
def test_a_user_is_shut_out_who_has_to_wait_for_long(reply: Answered, shut_out: bool) -> None:
    victim, other = Script([reply]), Script([granted()])

    assert user(victim).flood.shuts_out(user(other)) is shut_out
    assert tokens(victim) == ["token-of-alice-0"]
    assert tokens(other) == ([None] if shut_out else [])


def test_where_everybody_has_to_wait_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable):
        user(Script([LONG])).flood.shuts_out(user(Script([SHORT])))
