"""Attempts that are made at the same time: of several users, or of one who wants several things.

A driver like attempt.py: it never asserts. What is sent at once is judged only when all of it is answered.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Final

from conformance.model import Answer, Challenged, Code, Granted, Refused, Reply
from conformance.outcomes import Inconclusive, NotApplicable

if TYPE_CHECKING:
    from conformance.attempt import Attempt


_BEHIND: Final = 0.005
"""Seconds between calls of which the first is to come first, and to be under way when the others come: at least."""

_OF_A_CALL: Final = 0.2
"""The same, as a part of what a call takes."""


class Together:
    """Some attempts by mail, each with an effect of its own. The first one's user is the one who is asked for limits."""

    def __init__(self, first: Attempt, *others: Attempt) -> None:
        self._first = first
        self._all = (first, *others)

    def get_own_codes(self) -> bool:
        """Be challenged at once, and answer each with the code in its user's mail: whether they are the users' own. A code that
        is refused, and is nobody else's either, is no fault of the mail."""
        self._challenged()
        codes = [_mailed(trial) for trial in self._all]
        replies = [trial.right_answer(code) for trial, code in zip(self._all, codes, strict=True)]
        refused = [code for code, reply in zip(codes, replies, strict=True) if not isinstance(reply, Granted)]
        if not refused:
            return True
        if any(codes.count(code) > 1 for code in refused) or (refused == codes and self._swapped(codes)):
            return False
        raise Inconclusive("a code is refused after another user was sent one", blocked_by="code.independent")

    def announced_codes_work(self) -> bool:
        """Be challenged at once, and answer with each code that was announced, in the order of their mails. Where a later
        challenge makes a new code although one is out, an earlier one need not work."""
        self._first.need_right_answers_to_work()
        codes = self._announced(self._challenged())
        if self._first.says.generated():
            raise NotApplicable("every challenge makes a new code here")
        return all(isinstance(self._first.answer(code), Granted) for code in codes)

    def wrong_beside_right(self) -> bool:
        """Answer the first with the right code and the others, right behind it, with codes that were never sent. Whether the
        target shows later what a refused one would have done."""
        self._first.need_a_lasting_factor()
        self._first.need_guesses_to_be_refused()
        user, others = self._first.user, self._all[1:]
        wrong = [trial.elsewhere(apart) for trial, apart in zip(others, user.sessions_apart(len(others)), strict=True)]
        code = self._first.code()
        user.spare(len(wrong))
        guesses = [user.inbox.answer(user.inbox.guess(code)) for _ in wrong]
        right, *replies = self._send([self._first, *wrong], [user.inbox.answer(code), *guesses])
        if any(isinstance(reply, Granted) for reply in replies):
            if user.facts.trust_window and isinstance(user.login, Challenged):
                raise NotApplicable("a login that was proved with a code opens its session")
            raise Inconclusive("a code that was never sent was accepted", blocked_by="code.random")
        done = wrong[0].effect.shows_later() or any(trial.effect.shows_now() for trial in wrong[1:])
        if not done and isinstance(right, Refused):
            raise NotApplicable("the right code was refused: a wrong one that came first makes it void here")
        return done

    def _challenged(self) -> list[Challenged]:
        """Be challenged at once, on a target whose challenges do mail codes."""
        if not self._first.user.facts.mail_arrives:
            raise Inconclusive("no mail follows a challenge", blocked_by="mail.arrives")
        for trial in self._all:
            trial.user.inbox.catch_up()
        replies = self._first.user.recorder.send_at_once([trial.plain_call for trial in self._all])
        return [trial.challenged_by(reply) for trial, reply in zip(self._all, replies, strict=True)]

    def _swapped(self, codes: list[Code]) -> bool:
        """Whether a user gets in with the code in another one's mail."""
        return any(isinstance(trial.misuse(codes[nth - 1]), Granted) for nth, trial in enumerate(self._all))

    def _announced(self, challenges: list[Challenged]) -> list[Code]:
        """The codes that challenges of one user have announced."""
        inbox = self._first.user.inbox
        before = len(inbox.unused)
        announced = sum(challenged.challenge.code_generated is True for challenged in challenges)
        if not announced:
            raise Inconclusive("no challenge announces a code", blocked_by="announcement.generated-first")
        if inbox.count_out(at_least=before + announced) < before + announced:
            raise Inconclusive("fewer codes were mailed than announced", blocked_by="mail.arrives")
        return inbox.unused[before:]

    def _send(self, trials: list[Attempt], answers: list[Answer]) -> list[Reply]:
        calls = [replace(trial.plain_call, answer=answer) for trial, answer in zip(trials, answers, strict=True)]
        recorder = self._first.user.recorder
        replies = recorder.send_at_once(calls, apart=max(_BEHIND, _OF_A_CALL * median(recorder.seconds)))
        for trial, answer, reply in zip(trials, answers, replies, strict=True):
            trial.user.note(answer, reply)
        return replies


def _mailed(trial: Attempt) -> Code:
    """The code in the mail that a challenge has sent."""
    code = trial.user.inbox.mail().code
    if not code:
        raise Inconclusive("the mail shows nothing that could be a code", blocked_by="mail.shows-code")
    return code
