"""Every behaviour against the engine's mailbox alone: a code that was mailed is found, or the question stays open."""

import time

import pytest

from conformance import imap, mailbox, world
from conformance.model import Code
from conformance.outcomes import Inconclusive

from .behaviours import BEHAVIOURS
from .flow import ALICE, BOB, CAROL, Flow

LONGEST = 15.0
"""Seconds in which a flow ends, whatever the mail system does."""


@pytest.fixture(autouse=True)
def _in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's patience, a fraction of it."""
    for name, seconds in {"_EAGER": 0.2, "_IDLE": 0.3, "_RECENT": 0.6, "_GRACE": 0.8, "_OPENING": 10.0}.items():
        monkeypatch.setattr(mailbox, name, seconds)
    monkeypatch.setattr(mailbox, "_BACK_OFF", (0.03, 1.0))
    monkeypatch.setattr(world, "_SETTLE", 0.5)


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_code_is_found_or_the_question_stays_open(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    behaviour, began = BEHAVIOURS[name], time.monotonic()
    with Flow(behaviour) as flow:
        flow.open()
        if behaviour.expected != "right":
            monkeypatch.setattr(imap, "ANSWER", 0.5)
        first = flow.send(ALICE), flow.receive(ALICE)
        second = flow.send(ALICE), flow.receive(ALICE)
        learnt = flow.learn(ALICE, second[0])
        sent = [flow.send(BOB), flow.send(ALICE)]
        later = [(sent[1], flow.receive(ALICE)), (sent[0], flow.receive(BOB)), (None, flow.receive(CAROL, within=0.3))]
        came = flow.postbox.count(BOB)
    told = [one for one in (first, second, *later) if not isinstance(one[1], Inconclusive)]

    assert not [one for one in told if one[0] and not isinstance(one[1], Code)], "accused of sending none"
    assert not [one for one in told if one in later and one[0] != one[1]], "another code, or one that was never sent"
    assert behaviour.expected != "right" or (learnt and len(told) == 5)
    assert came == behaviour.mails or behaviour.mails is None
    assert time.monotonic() - began < LONGEST
