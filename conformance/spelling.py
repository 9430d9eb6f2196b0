"""An attempt whose bytes are in question: the two headers as no client would write them, bodies of another type or length."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from conformance.binding import fill
from conformance.exhausting import Exhausting
from conformance.model import Answer, Call, Granted, Reply
from conformance.oddities import PLAIN, body_as, cut, in_full_width
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.replies import Unanswered
from conformance.wire import encode
from conformance.writing import Connection, Lines, Way, Writing

_BEYOND = 20
"""Bytes that are promised and never sent."""


class Spelling(Exhausting):
    """The ways to write a call."""

    def wrong_in(self, lines: Lines, connection: Connection = "fresh") -> Reply:
        """Be challenged, and give a wrong answer that is written so. The control shows that a server error is the answer to
        that, and not how every call is challenged."""
        reply = _heard(self.wrong_if_heard(lines, connection))
        if reply.status >= 500 and self.challenge().status >= 500:
            raise Inconclusive("every challenge has the status of a server error", blocked_by="challenge.status-class")
        return reply

    def wrong_if_heard(self, lines: Lines, connection: Connection = "fresh") -> Reply | Unanswered:
        """Be challenged, and give a wrong answer that is written so and need not be answered. A connection may break once
        for other reasons, so then it is given again; the control shows that a plain call is answered in between."""
        self.need_guesses_to_be_refused()
        codes = self._codes()
        reply = self._write(lines, codes, connection)
        if isinstance(reply, Unanswered):
            self.challenge()
            reply = self._write(lines, codes, connection)
        return reply

    def takes_wrong(self, lines: Lines) -> bool:
        """Be challenged, and give a wrong answer that is written so: is it taken, by the reply's own word, or by its effect
        where there is no reply?"""
        return self._taken(self.wrong_if_heard(lines))

    def takes_several(self, lines: Lines) -> bool:
        """Be challenged, and give the right answer beside wrong ones: is it taken?"""
        self.need_right_answers_to_work()
        self.need_guesses_to_be_refused()
        return self._taken(self._write(lines, self._codes()))

    def right_in(self, lines: Lines, *, first: bool = False) -> Reply:
        """Be challenged, and give a right answer that is written so, before or behind all other headers."""
        self.need_right_answers_to_work()
        return self.readable(_heard(self._write(lines, self._codes(), first=first)))

    def bare_as(self, kind: str) -> Reply:
        """Call without a code, with the body written so. The control shows that the like of it is challenged."""
        label, body = body_as(kind, self._body())
        self._alike().challenge()
        reply = _heard(self.user.recorder.offer(replace(self.plain_call, raw=body, writing=Writing(label=label))))
        self.user.inbox.expect(reply)
        return reply

    def changes(self, kind: str) -> bool:
        """Call without a code, with the body written so: does the target show what the call would do?"""
        self.bare_as(kind)
        return self.effect.shows_later()

    def changes_by(self, verb: str) -> bool:
        """Call without a code, with another verb, which need not be answered: does the target show what the call would do?
        The control shows that the like of it is challenged."""
        self._alike().challenge()
        path = self.plain_call.route.partition(" ")[2]
        self.user.recorder.offer(replace(self.plain_call, route=f"{verb} {path}"))
        return self.effect.shows_later()

    def takes_wide(self) -> bool:
        """Be challenged, and give the right answer in the full-width letters and digits of other scripts: is it taken?"""
        self.need_right_answers_to_work()
        self.need_guesses_to_be_refused()
        wide = self.user.recorder.hide(in_full_width(self.code().compact), self.user.account.name)
        return self._taken(self._write(PLAIN, {"right": wide}))

    def break_off(self) -> None:
        """Be challenged, give the right answer, and go before the body is as long as it is said to be."""
        self._answer_with(_BEYOND)

    def run_over(self) -> None:
        """Be challenged, give the right answer, and send more of a body than it is said to have: what is left of it is not
        what the call would do."""
        self._answer_with(-cut(encode(self.user.recorder.binding, self.plain_call).body, self._nonce))

    def _answer_with(self, unsent: int) -> None:
        if not self._nonce or self._nonce not in str(self._body()):
            raise NotApplicable(f"what {self.plain_call.route} does is not in its body")
        self.need_right_answers_to_work()
        answer = self.by.right(self._alike().challenge())
        self.user.spare()
        written = Writing(way=Way("fresh", unsent))
        reply = self.user.recorder.offer(replace(self.plain_call, answer=answer, writing=written))
        if not isinstance(reply, Unanswered):
            self.user.note(answer, reply)

    def _alike(self) -> Self:
        """The same call with another effect: where a challenge has one, that is not to be taken for this attempt's."""
        return type(self)(self.user, self.protected, self.user.recorder.word(), self.by, self.plain_call.session)

    def _taken(self, reply: Reply | Unanswered) -> bool:
        return self.effect.shows_later() if isinstance(reply, Unanswered) else isinstance(reply, Granted)

    def _body(self) -> object:
        if not self.plain_call.body:
            raise NotApplicable(f"{self.plain_call.route} has no body")
        return self.plain_call.body

    def _codes(self) -> dict[str, str]:
        inbox = self.user.inbox
        right = self.code()
        codes = {"right": right, "wrong": inbox.guess(right), "other": inbox.guess(right)}
        return {name: inbox.answer(code).code or "" for name, code in codes.items()}

    def _write(
        self, lines: Lines, codes: dict[str, str], connection: Connection = "fresh", *, first: bool = False
    ) -> Reply | Unanswered:
        self.user.spare()
        if connection == "kept":
            self._open_connection()
        filled = tuple((which, fill(text, method=self.by.method, **codes)) for which, text in lines)
        writing = Writing(filled, first=first, way=Way(connection))
        reply = self.user.recorder.offer(replace(self.plain_call, writing=writing))
        if not isinstance(reply, Unanswered):
            self.user.note(Answer(codes["right"], self.by.method), reply)
        return reply

    def _open_connection(self) -> None:
        """Have a connection that has carried a call, whatever came of that."""
        self.user.recorder.offer(
            Call(self.user.recorder.binding.me, session=self.plain_call.session, writing=Writing())
        )


def _heard(reply: Reply | Unanswered) -> Reply:
    if isinstance(reply, Unanswered):
        raise Inconclusive(f"there was no answer: {reply.why}", blocked_by="bytes.answered")
    return reply
