"""An attempt with wrong answers by the dozen: how many of them does the target put up with, whichever way they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

from conformance.binding import fill
from conformance.guesses import blanked
from conformance.guessing import Guessing
from conformance.model import Answer, Call, Challenged, Code, Granted, Headers, Refused, Reply, Session, Throttled
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import describe

_TRIES: Final = 3
_AT_ONCE: Final = 8
_BEFORE: Final = 2
_AFTER: Final = 4
"""Wrong codes: so many fewer than are too many before a success, and so many after it."""

_LONG: Final = 5.0
"""Seconds. Who is told to wait for less may be let in a moment later."""

Outline = tuple[str, int, str]


class Exhausting(Guessing):
    """The ways to guess until the target has enough of it."""

    def exhaust(self, times: int, sessions: Sequence[Session] = ()) -> bool:
        """Answer with so many wrong codes, in these sessions by turns. Whether the target asked for an end to it."""
        self.need_guesses_to_be_refused()
        challenged = self.challenge()
        for session in islice(cycle(sessions or [self.plain_call.session]), times):
            call = replace(self.plain_call, session=session, answer=self.by.wrong(challenged))
            if isinstance(self.user.recorder.send_once(call), Throttled):
                return True
        return False

    def exhaust_after_resend(self, times: int) -> bool:
        """Ask for a new code, then answer with so many wrong ones."""
        self.user.inbox.resent()
        return self.exhaust(times)

    def need_a_limit(self, times: int, *, seen: bool) -> None:
        """Go on only if so many wrong codes in one session are too many for this target, seen already or seen now: it asks
        for an end to it, or takes no right code after them."""
        if not seen and not self.exhaust(times) and isinstance(self.try_right(), Granted):
            raise self._unlimited(told=False)

    def try_right(self) -> Reply:
        """Give a right answer, and be told even if it is to wait. Wrong codes may have made the mailed one void."""
        challenged, inbox = self.challenge(), self.user.inbox
        if self.by is inbox:
            inbox.await_all()  # wrong codes bring new ones, too, and none of these mails is the resend's
            answer = inbox.answer(inbox.resent())
        else:
            answer = self.by.right(challenged)
        return self.user.recorder.send_once(replace(self.plain_call, answer=answer))

    def right_while_told_to_wait(self, times: int) -> Reply:
        """Answer with so many wrong codes, be told to wait, and give a right answer while wrong ones are told so, and not to
        wait for a moment only."""
        self._need_to_be_told(times)
        self.user.inbox.await_all()
        code = self.user.inbox.resent()
        for _ in range(_TRIES):
            reply = self._guess_once(code)
            if not isinstance(reply, Throttled) or (reply.wait or 0.0) < _LONG:
                raise NotApplicable(f"the limit is over by the time that a new code has come: {describe(reply)}")
        return self._answer_once(self.user.inbox.answer(code))

    def exhaust_by_way_of_proxies(self, times: int) -> bool:
        """Answer with so many wrong codes, each as if a proxy had passed it on for somebody else."""
        guesses = enumerate(self._wrong(times))
        return self._tire(replace(guess, more_headers=_passed_on(f"198.51.100.{nth}")) for nth, guess in guesses)

    def exhaust_at_once(self, times: int) -> bool:
        """Answer with so many wrong codes, eight at the same time."""
        return self._tire(self._wrong(times), at_once=_AT_ONCE)

    def exhaust_in_vain(self, times: int) -> bool:
        """Answer with so many wrong codes on a call that is bound to fail, as it is about a user whom there is not."""
        body = fill(self.protected.body, user_id=self.user.recorder.word())
        if body == self.protected.body:
            raise NotApplicable(f"{self.protected.route} names no user")
        named = replace(self.protected, body=body)
        vain = type(self)(self.user, named, self._nonce, self.by, self.plain_call.session)
        vain.challenge_where_known()
        return vain._tire(vain._wrong(times))

    def exhaust_spelled(self, kind: str, times: int) -> bool:
        """Answer with so many wrong codes with blanks in them, in each spelling of a kind by turns."""
        spellings = cycle(blanked(kind))
        self.need_guesses_to_be_refused()
        code = self.code()
        codes = (self.user.inbox.guess(code) for _ in range(times))
        return self._tire(replace(self.plain_call, answer=self._spelled(code, next(spellings))) for code in codes)

    def takes_spelled(self, kind: str, sessions: Sequence[Session]) -> bool:
        """Whether right codes get in, in each spelling of a kind, in sessions that no success has opened."""
        for spelling, session in zip(blanked(kind), sessions, strict=False):
            trial = self.elsewhere(session)
            trial.challenge()
            self.user.inbox.await_all()
            answer = self._spelled(self.user.inbox.resent(), spelling)
            if not isinstance(trial._answer_once(answer), Granted):
                return False
        return True

    def outlines_when_limited(self, times: int) -> tuple[set[Outline], set[Outline]]:
        """Answer with so many wrong codes, then with right and wrong ones by turns, of which none gets in: how right ones
        are answered, and how wrong ones are. The right one comes first, as wrong ones may make it void."""
        self.need_right_answers_to_work()
        told = self.exhaust(times)
        self.user.inbox.await_all()
        code = self.user.inbox.resent()
        right, wrong = set[Outline](), set[Outline]()
        for _ in range(_TRIES):
            reply = self._answer_once(self.user.inbox.answer(code))
            if isinstance(reply, Granted):
                raise self._unlimited(told=told)
            right.add(_outline(reply))
            wrong.add(_outline(self._guess_once(code)))
        if len(right) > 1 or len(wrong) > 1:
            raise NotApplicable("the replies vary from one time to the next")
        return right, wrong

    def guesses_before_limit(self, most: int) -> int:
        """How many wrong codes the target looks at before it tells the user to wait: up to so many, and not with a limit of
        calls, which would hold for those without a code, too."""
        for nth, call in enumerate(self._wrong(most)):
            if isinstance(self.user.recorder.send_once(call), Throttled):
                break
        else:
            raise NotApplicable("the target tells nobody to wait who guesses too often")
        plain, again, last = (self.user.recorder.send_once(asked) for asked in (self.plain_call, call, self.plain_call))
        if not isinstance(again, Throttled) or not isinstance(plain, Challenged) or not isinstance(last, Challenged):
            raise NotApplicable("it is calls that the target limits, and not guesses")
        if nth <= _AFTER + _BEFORE:
            raise NotApplicable(
                f"a limit of {nth} wrong codes leaves no room for some before a success and some after it"
            )
        return nth

    def limited_after_success(self, limit: int, session: Session) -> bool:
        """Answer with nearly as many wrong codes as are too many, then with a right one; then with a few wrong ones, which
        are too many only together with the first. Whether the target asks for an end to it."""
        for call in self._wrong(limit - _BEFORE):
            if isinstance(self.user.recorder.send_once(call), Throttled):
                raise NotApplicable("two users' guesses are limited differently, or together")
        if not isinstance(self.try_right(), Granted):
            raise NotApplicable("no right code is taken after so many wrong ones, before they are too many")
        return self.elsewhere(session).exhaust(_AFTER)

    def _need_to_be_told(self, times: int) -> None:
        """Answer with so many wrong codes; go on only if the target asks for an end to it."""
        if self.exhaust(times):
            return
        if isinstance(self.try_right(), Granted):
            raise self._unlimited(told=False)
        raise NotApplicable("the target tells nobody to wait who guesses too often")

    def _unlimited(self, *, told: bool) -> Inconclusive | NotApplicable:
        """That a right code gets in after very many wrong ones."""
        if told:
            return NotApplicable("the limit is over by the time that a new code has come")
        return Inconclusive("guesses are not limited at all", blocked_by="guessing.limit")

    def _wrong(self, times: int) -> Iterator[Call]:
        """Be challenged, and so many calls with wrong answers."""
        self.need_guesses_to_be_refused()
        challenged = self.challenge()
        return (replace(self.plain_call, answer=self.by.wrong(challenged)) for _ in range(times))

    def _tire(self, calls: Iterator[Call], at_once: int = 1) -> bool:
        """Make these calls with wrong answers, so many at once. Whether the target asked for an end to it. Where the first
        ones are not answered as wrong codes are, nothing is guessed by them."""
        first = True
        while some := list(islice(calls, at_once)):
            replies = self.user.recorder.send_at_once(some, patient=False)
            if any(isinstance(reply, Throttled) for reply in replies):
                return True
            if first and not any(isinstance(reply, Challenged) or _is_of_the_code(reply) for reply in replies):
                raise NotApplicable(f"no code is looked at that comes so: {describe(replies[0])}")
            first = False
        return False

    def _guess_once(self, like: Code) -> Reply:
        return self._answer_once(self.user.inbox.answer(self.user.inbox.guess(like)))

    def _spelled(self, code: Code, spelling: Callable[[str], str]) -> Answer:
        return Answer(self.user.recorder.hide(spelling(code.compact), self.user.account.name), self.user.inbox.method)

    def _answer_once(self, answer: Answer) -> Reply:
        return self.user.recorder.send_once(replace(self.plain_call, answer=answer))


def _outline(reply: Reply) -> Outline:
    """Kind, status and type of error of a reply."""
    return type(reply).__name__, reply.status, str(reply.error_type)


def _is_of_the_code(reply: Reply) -> bool:
    return isinstance(reply, Refused) and reply.invalid


def _passed_on(address: str) -> Headers:
    """What proxies say about whom they pass a call on for."""
    return (("X-Forwarded-For", address), ("X-Real-IP", address), ("Forwarded", f"for={address}"))
