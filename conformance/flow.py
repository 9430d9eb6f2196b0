"""The step-up, written once and without I/O: call, be challenged, answer, call again."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from conformance.model import Answer, Call, Challenged, Reply

StepUp = Generator[Call | Challenged, Reply | Answer, Reply]


def step_up(call: Call) -> StepUp:
    """Yields calls and receives their replies; yields a challenge and receives the answer to it. Returns the last reply."""
    reply = yield call
    if isinstance(reply, Challenged):
        answer = yield reply
        assert isinstance(answer, Answer)
        reply = yield replace(call, answer=answer)
    assert not isinstance(reply, Answer)
    return reply


def carry_out(flow: StepUp, send: Callable[[Call], Reply], answer: Callable[[Challenged], Answer]) -> Reply:
    """Run a flow with something that sends calls and something that answers challenges."""
    try:
        wanted = next(flow)
        while True:
            wanted = flow.send(send(wanted) if isinstance(wanted, Call) else answer(wanted))
    except StopIteration as end:
        reply: Reply = end.value
        return reply
