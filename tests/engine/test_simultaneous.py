"""Calls at once, and calls that are answered late: what is sent, what is the control, and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import Exchange, Request
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, SILENCE, Script, answer, challenge, error, granted, invalid, user

MAILED = challenge("111-111")
ASKED = challenge()


@dataclass
class Paced(Script):
    """A script whose replies take so many seconds, one after the other."""

    paces: list[float] = field(default_factory=list)

    def exchange(self, test: str, request: Request) -> Exchange:
        return replace(super().exchange(test, request), elapsed=self.paces.pop(0))


def attempt(script: Script, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(UPDATE)  # type: ignore[arg-type]


def test_two_users_are_challenged_alone_and_then_together() -> None:
    script = Script([ASKED] * 8)
    own, foreign = attempt(script).challenges_beside(attempt(script))

    assert (len(own), len(foreign)) == (3, 3)
    assert not script.answers


def test_users_who_are_not_challenged_by_their_own_method_are_not_compared() -> None:
    script = Script([error("totp-required", method="totp", codeGenerated=False)])
    with pytest.raises(Inconclusive) as ended:
        attempt(script).challenges_beside(attempt(script))
    assert ended.value.blocked_by == "challenge.method"


def test_a_challenge_that_names_nobody_cannot_name_somebody_else() -> None:
    attempt(Script([challenge(emailOrUsername="twofa-alice")])).need_to_be_named()
    with pytest.raises(NotApplicable):
        attempt(Script([ASKED])).need_to_be_named()


@pytest.mark.parametrize(("second", "heard"), [(invalid(), True), (SILENCE, False)])
def test_a_wrong_answer_goes_out_twice_between_two_challenges(second: object, heard: bool) -> None:
    script = Script([MAILED, invalid(), second, ASKED])  # type: ignore[list-item]

    assert attempt(script).is_answered_twice_at_once() is heard
    assert script.codes[1] == script.codes[2] != "111-111"
    assert (script.codes[0], script.codes[3]) == (None, None)


def test_a_target_that_is_gone_is_not_one_that_does_not_answer_at_once() -> None:
    with pytest.raises(Inconclusive):
        attempt(Script([MAILED, SILENCE, SILENCE, SILENCE])).is_answered_twice_at_once()


@pytest.mark.parametrize(
    ("paces", "in_time"),
    [
        ([0.1, 0.1], True),
        ([0.1, 7.4], True),
        ([0.1, 7.6], False),
        ([1.0, 9.9], True),  # slow all through
    ],
)
def test_a_refusal_is_late_by_the_caller_s_patience_and_by_the_other_replies(
    paces: Sequence[float], in_time: bool
) -> None:
    script = Paced([MAILED, invalid()], paces=[*paces])

    assert attempt(script, patience=15.0).is_refused_in_time() is in_time


def test_a_challenge_is_late_beside_what_came_before_it() -> None:
    script = Paced([granted(), ASKED], paces=[0.1, 8.0])
    late = attempt(script)
    late.user.call("GET /api/v1/me")

    assert not late.is_challenged_in_time()


def test_a_reply_that_never_came_has_no_time() -> None:
    script = Script([answer(200, {}), SILENCE])
    acting = user(script).recorder
    acting.offer(attempt(script).plain_call)
    acting.offer(attempt(script).plain_call)

    assert acting.seconds == [0.5]
