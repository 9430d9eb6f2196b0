"""The step-up: at most one challenge is answered, and with what was asked for."""

from dataclasses import replace

import pytest

from conformance.flow import carry_out, step_up
from conformance.model import Answer, Call, Challenge, Challenged, Granted, Refused, Reply

CALL = Call("POST /x", {"a": 1})
ANSWER = Answer("123456", "email")
CHALLENGED = Challenged(400, {}, challenge=Challenge(method="email"))
GRANTED = Granted(200, {})
REFUSED = Refused(400, {}, invalid=True)


def walk(*replies: Reply) -> tuple[Reply, list[Call], list[Challenged]]:
    calls: list[Call] = []
    asked: list[Challenged] = []
    left = list(replies)

    def send(call: Call) -> Reply:
        calls.append(call)
        return left.pop(0)

    def answer(challenged: Challenged) -> Answer:
        asked.append(challenged)
        return ANSWER

    return carry_out(step_up(CALL), send, answer), calls, asked


@pytest.mark.parametrize("reply", [GRANTED, REFUSED])
def test_a_call_that_is_not_challenged_is_made_once(reply: Reply) -> None:
    assert walk(reply) == (reply, [CALL], [])


@pytest.mark.parametrize("reply", [GRANTED, REFUSED])
def test_a_challenge_is_answered_by_the_same_call_with_a_code(reply: Reply) -> None:
    assert walk(CHALLENGED, reply) == (reply, [CALL, replace(CALL, answer=ANSWER)], [CHALLENGED])


def test_a_second_challenge_is_the_result() -> None:
    """Else a server that challenges for ever would be called for ever."""
    result, calls, asked = walk(CHALLENGED, CHALLENGED)

    assert result == CHALLENGED
    assert len(calls) == 2
    assert len(asked) == 1
