"""A walk: one user goes through the protocol by moves that the run's seed has chosen, and the model says what may come.

A driver like attempt.py: it never asserts. It stops at the first step whose outcome is not allowed. Moves are drawn one by
one from the recorder's random numbers, among those that make sense by what has come so far: on a tape the same replies lead
to the same moves. A library that generates examples would draw others as soon as its version is another one, and one that
shrinks them would ask a live target, and use up its wrong codes, over and over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from conformance.departure import Departed, Departure
from conformance.model import Edition, Protected
from conformance.outcomes import Inconclusive
from conformance.strides import Strides

if TYPE_CHECKING:
    from conformance.users import User

Move = Callable[[], object]

_MOMENT: Final = 0.2
"""Seconds."""

_LONGEST: Final = 90.0
"""Seconds after which a walk makes no further move: a rate limiter puts off every call."""


class Walk:
    """One walk of one user, and what came of it."""

    def __init__(self, edition: Edition, judged: Collection[str]) -> None:
        """``judged`` are the requirements that this run is about."""
        self.departure: Departure | None = None
        self.kept: frozenset[str] = frozenset()
        self._edition = edition
        self._judged = frozenset(judged)

    def departs(
        self, user: User, protected: Protected, disabling: Protected, rules: frozenset[str], moves: int
    ) -> Departure | None:
        """Make so many moves. Where the target leaves the protocol, or None if it never does. ``rules`` are the
        requirements that this walk is about; what breaks any other one is allowed."""
        _need_the_usual(user, protected)
        user.spare()
        strides = Strides(user, protected, disabling, self._edition, rules & self._judged)
        try:
            with suppress(Departed):
                _go(strides, moves)
        finally:
            self.departure, self.kept = strides.departure, frozenset(strides.kept)
        return self.departure


def _need_the_usual(user: User, protected: Protected) -> None:
    """What a target does wrong at the first step would be found by every walk: other tests are about it."""
    attempt = user.attempt(protected)
    attempt.need_a_lasting_factor()
    attempt.need_right_answers_to_work()
    attempt.need_guesses_to_be_refused()
    facts = user.facts
    usual = {
        "challenge.required": facts.challenged and facts.challenged_again,
        "mail.arrives": facts.mail_arrives,
        "resend.mails": facts.resend_arrives,
    }
    for requirement, holds in usual.items():
        if not holds:
            raise Inconclusive("a walk cannot begin", blocked_by=requirement)


def _go(strides: Strides, moves: int) -> None:
    if strides.ask("session 1") != "challenged by email":
        raise Inconclusive("the first challenge does not ask for a code by mail", blocked_by="challenge.method")
    for number in range(moves):
        drawn = list(_moves(strides, number / moves))
        if not drawn or not strides.may_answer or strides.seconds > _LONGEST:
            return
        (move,) = strides.user.recorder.random.choices([one for _, one in drawn], [weight for weight, _ in drawn])
        move()
        _look(strides)


def _look(strides: Strides) -> None:
    """After what may have cost the second factor, see at once whether it has: then it is plain what did."""
    telling = sorted(strides.sessions, key=lambda session: session in strides.situation.trusted)
    if strides.situation.unsettled and telling:
        strides.ask(telling[0])


def _moves(strides: Strides, progress: float) -> Iterator[tuple[float, Move]]:
    """What the user may do next in one of the sessions, each with its weight: what only shows after other moves weighs
    more, and wrong codes, of which a target takes few, less, and at first hardly anything."""
    user, situation = strides.user, strides.situation
    if strides.may_log_in:
        yield (2 if len(strides.sessions) > 1 else 6), strides.log_in
    if not strides.sessions:
        return
    (session,) = user.recorder.random.choices(list(strides.sessions))
    yield 1, partial(strides.let_time_pass, _MOMENT)
    yield (1 if situation.email else 12), partial(strides.ask, session)
    yield (3 if situation.email else 12), partial(strides.enable, session)
    if situation.email:
        yield 4, strides.resend
        yield (12 if strides.good_code_is_tried else 4), partial(_right, strides, session)
        yield 2, partial(_right, strides, session, disabling=True)
        yield 1, partial(strides.ask, session, disabling=True)
        yield 2 * progress, partial(_guess, strides, session)
        yield 0.5 * progress, partial(_guess, strides, session, disabling=True)
        yield 6 * progress * len(strides.bad_codes(session)), partial(_misuse, strides, session)
    yield from _of_authenticator(strides, session)


def _of_authenticator(strides: Strides, session: str) -> Iterator[tuple[float, Move]]:
    """One right code at most: the next one would be half a minute away."""
    if not strides.situation.authenticator:
        if strides.user.facts.enrolment and not strides.user.account.given:
            yield 1, partial(strides.enrol, session)
    elif not strides.shown:
        yield 3, partial(_show, strides, session, "right")
    elif session not in strides.shown:
        yield 5, partial(_show, strides, session, "used")
    if strides.situation.authenticator:
        yield 1, partial(_show, strides, session, "wrong")


def _right(strides: Strides, session: str, *, disabling: bool = False) -> None:
    if not _is_asked_for_a_code(strides, session, disabling=disabling):
        return
    if not strides.has_good_code_for(session, disabling=disabling):
        strides.resend()
    if code := strides.good_code:
        strides.answer(session, code, disabling=disabling)


def _guess(strides: Strides, session: str, *, disabling: bool = False) -> None:
    if _is_asked_for_a_code(strides, session, disabling=disabling) and strides.user.inbox.known:
        strides.guess(session, disabling=disabling)


def _misuse(strides: Strides, session: str) -> None:
    (code,) = strides.user.recorder.random.choices(strides.bad_codes(session))
    if _is_asked_for_a_code(strides, session):
        strides.answer(session, code)


def _show(strides: Strides, session: str, kind: Literal["right", "used", "wrong"]) -> None:
    if strides.ask(session) == "challenged":
        strides.show(session, kind)


def _is_asked_for_a_code(strides: Strides, session: str, *, disabling: bool = False) -> bool:
    """Be challenged by email, and nothing else."""
    return strides.ask(session, disabling=disabling, by=strides.user.inbox) == "challenged by email"
