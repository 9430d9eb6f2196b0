"""Interrupts: when they are let through, and who handles signals afterwards."""

import os
import signal

import pytest

from conformance.interrupts import Interrupts, ignored

SIGNALS = [signal.SIGINT, signal.SIGTERM]


def raise_it(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_caught_signal_interrupts(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts().caught():
        raise_it(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_what_is_held_back_comes_at_the_end(number: signal.Signals) -> None:
    interrupts, done = Interrupts(), []
    with interrupts.caught(), pytest.raises(KeyboardInterrupt):
        with interrupts.held_back():
            raise_it(number)
            done.append("the bookkeeping")
        done.append("the next test")

    assert done == ["the bookkeeping"]


def test_what_comes_while_something_is_waited_for_ends_the_wait() -> None:
    interrupts, done = Interrupts(), []
    with interrupts.caught(), pytest.raises(KeyboardInterrupt), interrupts.held_back(), interrupts.let_through():
        raise_it(signal.SIGINT)
        done.append("the rest of the wait")

    assert not done


def test_what_was_held_back_does_not_begin_a_wait() -> None:
    interrupts, done = Interrupts(), []
    with interrupts.caught(), pytest.raises(KeyboardInterrupt), interrupts.held_back():
        raise_it(signal.SIGINT)
        with interrupts.let_through():
            done.append("a wait")

    assert not done


@pytest.mark.parametrize("number", SIGNALS)
def test_cleaning_up_is_not_interrupted_and_the_former_handlers_come_back(number: signal.Signals) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interrupts().caught(), ignored():
        raise_it(number)

    assert [signal.getsignal(number) for number in SIGNALS] == before
