"""What a user of a test wants to do: one call that needs a second factor, and every way to go about it.

The verbs are drivers: they never assert. Where a test cannot go on they end it as inconclusive and name the requirement
that stands in the way, so that one fault shows as one red row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.members import dates, present
from conformance.model import (
    ABSENT,
    Answer,
    Call,
    Challenge,
    Challenged,
    Code,
    Granted,
    HeaderCase,
    Json,
    Protected,
    Refused,
    Reply,
    Session,
    Throttled,
    Unintelligible,
)
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.wire import at_path, describe, fill

if TYPE_CHECKING:
    from conformance.users import User

_LOOKS: Final = 10
_BETWEEN_LOOKS: Final = 0.3
"""Seconds. What an accepted call has done may show a little later; after three of them nobody would call it done."""


class Attempt:
    """One call with one effect of its own, tried as often as it takes."""

    def __init__(self, user: User, protected: Protected, nonce: str) -> None:
        self.user = user
        self.protected = protected
        self._values = {"user_id": user.account.user_id, "username": user.account.username, "nonce": nonce}
        self._call = Call(
            fill(protected.route, **self._values),
            fill(protected.body, **self._values),
            session=user.session,
        )

    # ------------------------------------------------------------ without a code

    def first_reply(self) -> Reply:
        """Call without a code, when whether it is challenged is what is in question."""
        reply = self.bare()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the reply cannot be read: {reply.why}", blocked_by="challenge.json")
        return reply

    def bare(self) -> Reply:
        """Call without a code."""
        self.user.catch_up()
        reply = self.user.recorder.send(self._call)
        self.user.expect(reply)
        return reply

    def provoke(self) -> Challenged | Unintelligible:
        """Call without a code and be answered with something that may be a challenge."""
        if not self.user.facts.challenged:
            raise Inconclusive("no call of this target is challenged", blocked_by="challenge.required")
        reply = self.bare()
        if not isinstance(reply, Challenged | Unintelligible):
            raise Inconclusive(f"the call was not challenged: {describe(reply)}", blocked_by="challenge.required")
        return reply

    def challenge(self) -> Challenged:
        """Call without a code and be challenged."""
        reply = self.provoke()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the challenge cannot be read: {reply.why}", blocked_by="challenge.json")
        return reply

    def code(self) -> Code:
        """Be challenged, and find the code that answers it."""
        return self.user.code(self.challenge())

    # --------------------------------------------------------------- with a code

    def answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a code."""
        return self._answer(self.user.answer(code), code, header_case)

    def right_answer(self, code: Code, header_case: HeaderCase = "as-written") -> Reply:
        """The same call with a right code, by a way of writing that is in question: the plain way must work."""
        if not self.user.facts.code_works:
            raise Inconclusive("this target accepts no right code", blocked_by="acceptance.right-code")
        return self._readable(self.answer(code, header_case))

    def answer_as_displayed(self, code: Code) -> Reply:
        """The same call with a right code, written as its mail shows it."""
        if not self.user.facts.code_works:
            raise Inconclusive("this target accepts no right code", blocked_by="acceptance.right-code")
        return self._readable(self._answer(Answer(code.displayed, "email"), code))

    def first_answer(self, code: Code) -> Reply:
        """The same call with a right code, when that is what is in question."""
        return self._readable(self.answer(code))

    def accept(self, code: Code | None = None) -> Granted:
        """Carry the call out with this code; without one, with whatever code is right by now."""
        reply = self.accepted_or_garbled(code)
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the accepted call's reply cannot be read: {reply.why}", blocked_by="acceptance.json")
        return reply

    def accepted_or_garbled(self, code: Code | None = None) -> Granted | Unintelligible:
        """Carry the call out, and get a reply that need not be readable."""
        if not self.user.facts.code_works:
            raise Inconclusive("this target accepts no right code", blocked_by="acceptance.right-code")
        reply = self.answer(code) if code else self._step_up()
        if isinstance(reply, Granted | Unintelligible) and _granted(reply):
            return reply
        raise Inconclusive(f"the right code was refused: {describe(reply)}", blocked_by="acceptance.right-code")

    def accept_first(self) -> Granted:
        """Carry the call out with the code of its own challenge, at the first try."""
        return self.accept(self.code())

    def accept_if_allowed(self) -> Granted:
        """Carry out a call that the target may forbid, or leave without a second factor: then there is nothing to judge."""
        reply = self.bare()
        if not isinstance(reply, Challenged):
            raise NotApplicable(f"{self._call.route} needs no second factor here: {describe(reply)}")
        reply = self.answer(self.user.code(reply))
        if not isinstance(reply, Granted):
            raise NotApplicable(f"the account may not call {self._call.route}: {describe(reply)}")
        return reply

    def guess(self) -> Challenged | Refused:
        """Be challenged, and answer with a code that was never sent."""
        reply = self.refused_or_garbled()
        if isinstance(reply, Unintelligible):
            raise Inconclusive(f"the refusal cannot be read: {reply.why}", blocked_by="refusal.json")
        return reply

    def refused_or_garbled(self) -> Challenged | Refused | Unintelligible:
        """Answer with a code that was never sent, and get a reply that need not be readable."""
        return self.refuse(self.user.guess(self.code()))

    def refuse(self, code: Code) -> Challenged | Refused | Unintelligible:
        """Answer with a code that must be refused."""
        reply = self.answer(code)
        if isinstance(reply, Granted | Throttled) or _granted(reply):
            raise Inconclusive("a code that was never sent was accepted", blocked_by="code.random")
        return reply

    def wrong(self, answers: Iterable[tuple[str | None, str | None]]) -> list[Reply]:
        """Answer with several things that are not the code, each with its method; None leaves a header out.

        Where any code will do this shows nothing, so a code that was never sent must be refused.
        """
        if not self.user.facts.guess_refused:
            raise Inconclusive("a code that was never sent is accepted", blocked_by="code.random")
        return [self._answer(Answer(code, method), None) for code, method in answers]

    def bare_with(self, *headers: tuple[str, str]) -> Reply:
        """Call without a code, but with further headers."""
        self.challenge()
        return self.user.recorder.send(replace(self._call, more_headers=headers))

    def refusal(self) -> Refused:
        """Be refused for a wrong code."""
        reply = self.guess()
        if not isinstance(reply, Refused) or not reply.invalid:
            raise Inconclusive(
                f"the wrong code was not answered with totp-invalid: {describe(reply)}", blocked_by="refusal.error-type"
            )
        return reply

    # ------------------------------------------------------------ details, effects

    def details(self) -> Challenge:
        """Be challenged, with details."""
        challenged = self.challenge()
        if not isinstance(challenged.details, dict):
            raise Inconclusive("the challenge has no details", blocked_by="challenge.details")
        return challenged.challenge

    def methods(self) -> list[object]:
        """Be challenged: the list of available methods."""
        return self.selection()[1]

    def selection(self) -> tuple[object, list[object]]:
        """Be challenged: the selected method, and the list of available ones."""
        challenge = self.details()
        if not isinstance(challenge.available_methods, list):
            raise Inconclusive("availableMethods is no list", blocked_by="challenge.available-methods")
        return challenge.method, challenge.available_methods

    def says_generated(self) -> bool:
        """Be challenged, and be told whether a code was generated."""
        generated = self.details().code_generated
        if not isinstance(generated, bool):
            raise Inconclusive("codeGenerated is no boolean", blocked_by="announcement.generated")
        return generated

    def code_count(self) -> int:
        """Be challenged, and be told how many codes are out."""
        challenge = self.details()
        count = present(challenge.code_count, "codeCount")
        if not isinstance(count, int) or isinstance(count, bool):
            raise Inconclusive("codeCount is no whole number", blocked_by="announcement.count")
        return count

    def seconds_to_expiry(self) -> list[float]:
        """Be challenged, and be told when the codes expire: seconds from now by the target's clock, 2 s in its favour."""
        challenged = self.challenge()
        expiry = dates(present(challenged.challenge.code_expires, "codeExpires"))
        if expiry is None:
            raise Inconclusive("codeExpires holds something that is no date")
        return [date.timestamp() - challenged.at + 2 for date in expiry]

    def state(self) -> tuple[Json, ...]:
        """What the call would change, and what stands beside it, as the target shows it now."""
        if not self.protected.read_back or not self.protected.path:
            reply = self.user.recorder.send(self._call)
            return (isinstance(reply, Challenged) and reply.challenge.method == "email",)
        route = fill(self.protected.read_back, **self._values)
        reply = self.user.recorder.send(Call(route, session=self.user.admin.session))
        body = reply.body if isinstance(reply, Granted) else {}
        shown = at_path(body, self.protected.path)
        if shown is ABSENT:
            raise Inconclusive(f"{self.protected.path} cannot be read from {route}: {describe(reply)}")
        return shown, *(at_path(body, path) for path in self.protected.beside)

    def took_effect(self) -> bool:
        """Whether the target shows what the accepted call has done; some show it a little later."""
        effect = self._values["nonce"] if self.protected.read_back else False
        for _ in range(_LOOKS):
            if self.state()[0] == effect:
                return True
            self.user.recorder.world.wait(_BETWEEN_LOOKS)
        return False

    def carry_out(self) -> None:
        """Carry the call out and see its effect: the control of tests in which there must be none."""
        self.accept()
        if not self.took_effect():
            raise Inconclusive("an accepted call has no effect that could be seen", blocked_by="effect.accepted")

    def times_listed(self) -> int:
        """How often the token that the call created is in the user's list."""
        tokens = self._read("GET /api/v1/users.getPersonalAccessTokens", self.user.session, "tokens")
        if not isinstance(tokens, list):
            raise Inconclusive("the list of personal access tokens cannot be read")
        names = [token.get("name") for token in tokens if isinstance(token, dict)]
        times = names.count(self._values["nonce"])
        if not times:
            raise Inconclusive("the accepted call created no token", blocked_by="effect.accepted")
        return times

    def _answer(self, answer: Answer, code: Code | None, header_case: HeaderCase = "as-written") -> Reply:
        reply = self.user.recorder.send(replace(self._call, answer=answer, header_case=header_case))
        if code and isinstance(reply, Granted):
            self.user.use(code)
        return reply

    def _step_up(self) -> Reply:
        """From the bare call to the accepted one; with a new code if the first is no longer the right one."""
        reply = self.bare()
        if isinstance(reply, Challenged):
            reply = self.answer(self.user.code(reply))
        if isinstance(reply, Refused) and reply.invalid and (fresh := self.user.resend()):
            reply = self.answer(fresh)
        return reply

    def _readable(self, reply: Reply) -> Reply:
        if isinstance(reply, Unintelligible) and _granted(reply):
            raise Inconclusive(f"the accepted call's reply cannot be read: {reply.why}", blocked_by="acceptance.json")
        return reply

    def _read(self, route: str, session: Session | None, path: str) -> Json:
        reply = self.user.recorder.send(Call(fill(route, **self._values), session=session))
        shown = at_path(reply.body, path) if isinstance(reply, Granted) else ABSENT
        if shown is ABSENT:
            raise Inconclusive(f"{path} cannot be read from {route}: {describe(reply)}")
        return shown


def _granted(reply: Reply) -> bool:
    """Whether a call was carried out, also where its reply cannot be read."""
    return isinstance(reply, Granted) or (isinstance(reply, Unintelligible) and reply.status < 300)
