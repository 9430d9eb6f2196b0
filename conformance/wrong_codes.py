"""Codes that are not the right one: guesses, alterations and stand-ins, made of the codes that came by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.guesses import alterations, methods, respelled, stand_ins
from conformance.model import Answer, Code
from conformance.outcomes import NotApplicable

if TYPE_CHECKING:
    from conformance.users import User


class WrongCodes:
    """For one user, whose mails have shown the codes ``known``, by their names."""

    method: Final = "email"
    known: dict[str, Code]
    _user: User

    def answer(self, code: Code) -> Answer:
        """A code in the form in which this target takes it."""
        return Answer(code.compact if self._user.facts.compact else code.displayed, self.method)

    def near(self, like: Code, *others: Code) -> Code:
        """A code that is wrong in its last sign alone, and none of some others."""
        known = (*self.known.values(), *others)
        return self._user.recorder.near(like, known, self._user.account.name)

    def guess(self, like: Code) -> Code:
        """A code of the same form as a real one that was never sent."""
        return self._user.recorder.guess(like, self.known.values(), self._user.account.name)

    def alter(self, code: Code, kind: str) -> list[tuple[str, str]]:
        """Codes near to a right one, each to be sent with its method."""
        recorder = self._user.recorder
        altered = alterations(kind, code, recorder.other_sign)
        return [(recorder.hide(wrong, self._user.account.name), self.method) for wrong in altered]

    def stand_ins(self, kind: str) -> list[tuple[str, str]]:
        """What may stand in place of a code, each to be sent with its method."""
        return [(word, self.method) for word in self._user.recorder.far_from(self.known.values(), stand_ins(kind))]

    def respelled(self, code: Code, kind: str) -> list[tuple[str, str]]:
        """A code in other spellings than the one in which it was sent, each to be sent with its method."""
        recorder, sent = self._user.recorder, self.answer(code).code
        spellings = [text for text in respelled(kind, code) if text != sent]
        if not spellings:
            raise NotApplicable("codes of this form have no such spelling")
        return [(recorder.hide(text, self._user.account.name), self.method) for text in spellings]

    def guesses(self, like: Code, kind: str) -> list[tuple[str, str | None]]:
        """Codes that were never sent, each under another method."""
        return [(self.answer(self.guess(like)).code or "", method) for method in methods(kind)]
