"""Combinations of inputs, tried on the accounts of one test: what comes of each, and which values together are to blame.

A driver like attempt.py: it never asserts. A row that fails is tried again with fewer unusual values, until it is plain
whether one value alone explains it, or something that another requirement judges; then the test is blocked by that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.combinations import (
    FACTORS,
    NOBODY,
    NOTHING,
    ORDINARY,
    SHEETS,
    Combination,
    Result,
    allowed,
    away,
    simpler,
)
from conformance.model import Answer, Challenged, Code, Protected, Reply, Session, Unintelligible
from conformance.outcomes import Ended, Inconclusive
from conformance.ownership import LEGAL, owner
from conformance.pairwise import Item, culprit
from conformance.replies import carried_out

if TYPE_CHECKING:
    from conformance.attempt import Attempt
    from conformance.users import User

_HEADER: Final = {"absent": None, "empty": "", "unknown": "nosuch"}


class Combining:
    """The people of one test by the state of their accounts, one of each, and somebody else whose token can be mixed up."""

    def __init__(self, protected: Protected, people: Mapping[str, User]) -> None:
        self._protected = protected
        self._people = people
        self._results: dict[Combination, Result] = {}
        self._selected: dict[str, str] = {}
        self._open: set[str] = set()
        self._challenged: set[str] = set()
        self._others: dict[str, Session] = {}
        self._used: dict[str, Code] = {}

    def judge(self, sheet: str) -> str:
        """Which values together are answered as they must not be; nothing where all is well."""
        rows = [row for row in SHEETS[sheet] if row.session != "mixed" or self._can_mix]
        for factor in FACTORS[rows[0].account]:
            self._need(self._attempt(rows[0].account, factor))
        for row in rows:
            self._try(row)
        wrong = [row for row in rows if self._fails(row)]
        return self._name([failing for row in wrong for failing in self._explained(row)])

    @property
    def _can_mix(self) -> bool:
        return all(user.recorder.binding.sessions_name_their_user for user in self._people.values())

    def _need(self, attempt: Attempt) -> None:
        """Go on only where the method works at all: then what is right and what is wrong alone is known."""
        attempt.need_a_lasting_factor()
        attempt.need_right_answers_to_work()
        attempt.need_guesses_to_be_refused()

    def _fails(self, row: Combination) -> bool:
        return self._results[row] not in allowed(row, self._selected.get(row.account))

    def _explained(self, row: Combination) -> list[Combination]:
        """A row that fails, and the simpler ones that fail as it does. None where that is another requirement's, or legal."""
        opened = self._others.get(row.account) if row.session == "another" else None
        if opened and self._attempt(row.account).elsewhere(opened).excuse:
            return []
        self._need_the_same_account(row)
        self._learn_what_is_known()
        related = simpler(row, granted=self._results[row] == "granted")
        related.sort(key=lambda other: owner(other) is None)  # what excuses it first: wrong codes are few
        for other in related:
            with suppress(Ended):  # what cannot be made, or goes beyond a limit, tells nothing
                self._try(other)
            if owner(other) == LEGAL and other not in self._results:
                return []  # this row may fail for what a server is free to do: there is no telling
        failing = [other for other in (*related, row) if other in self._results and self._fails(other)]
        owners = [name for name in map(owner, failing) if name is not None]
        if LEGAL in owners:
            return []
        if owners:
            raise Inconclusive(f"{_words(away(failing[0]))}: that is another requirement's", blocked_by=owners[0])
        return failing

    def _learn_what_is_known(self) -> None:
        """What the preflight has found out about the right and the wrong code of each method alone."""
        for account, user in self._people.items():
            if account not in ORDINARY:
                continue
            right, wrong = ORDINARY[account]
            walk = user.factor(FACTORS[account][0]).walk
            if walk.right_works:
                self._results.setdefault(right, "granted")
            if walk.wrong_refused:
                self._results.setdefault(wrong, "refused")

    def _name(self, failing: list[Combination]) -> str:
        """The values to blame, and what came of them."""
        if not failing:
            return ""
        passed = [away(row) for row in self._results if not self._fails(row)]
        blamed = culprit(map(away, failing), passed)
        example = min(
            (row for row in failing if blamed <= away(row)), key=lambda row: len(away(row)), default=failing[0]
        )
        right = " or ".join(sorted(allowed(example, self._selected.get(example.account))))
        return f"fails whenever {_words(blamed)}: {self._results[example]}, not {right}"

    def _need_the_same_account(self, row: Combination) -> None:
        """Go on only if the account still has the factors that it had: a wrong code may have switched one off."""
        if row.session in NOBODY:
            return
        self._challenged.clear()
        self._settle(row.account)
        if self._selected[row.account] not in FACTORS[row.account]:
            raise Inconclusive("a code has changed the methods of the account", blocked_by="effect.factor-kept")

    def _try(self, row: Combination) -> None:
        """Send a row, unless it is known what comes of it."""
        if row in self._results:
            return
        user = self._people[row.account]
        code, session = self._code(row), self._session(row)
        if code is not None and session is not None:
            user.spare()
        answer = Answer(code, _HEADER.get(row.method, row.method))
        reply = user.recorder.send(replace(self._attempt(row.account).plain_call, session=session, answer=answer))
        user.note(answer, reply)
        if isinstance(reply, Challenged):
            user.inbox.expect(reply)
        self._results[row] = self._result(row, reply)
        if session and self._results[row] == "granted" and user.facts.trust_window is not False:
            self._open.add(session.token)

    def _result(self, row: Combination, reply: Reply) -> Result:
        if carried_out(reply):
            return "granted"
        if isinstance(reply, Unintelligible) and row.session not in NOBODY:
            raise Inconclusive(
                f"the reply cannot be read: {reply.why}",
                blocked_by=self._attempt(row.account).by.blockers.garbled_refusal,
            )
        return "challenged" if isinstance(reply, Challenged) else "refused"

    def _attempt(self, account: str, factor: str | None = None) -> Attempt:
        user = self._people[account]
        return user.attempt(self._protected, user.factor(factor) if factor else None)

    def _settle(self, account: str) -> None:
        """Be in a session that no success has opened, and that was challenged."""
        user = self._people[account]
        if user.session and user.session.token in self._open:
            user.inbox.await_all()  # a login takes the code of its own mail, not of one that is still on its way
            user.new_session()
        if user.session and user.session.token not in self._challenged:
            self._selected[account] = str(self._attempt(account).challenge().asks_for)
            self._challenged.add(user.session.token)

    def _session(self, row: Combination) -> Session | None:
        user = self._people[row.account]
        if row.session == "none" or not user.session:
            return None
        if row.session == "mixed":
            others = (other.session for other in self._people.values() if other is not user)
            return next((Session(other.token, user.session.user_id) for other in others if other), None)
        if row.session == "challenged":
            return user.session
        if row.account not in self._others or self._others[row.account].token in self._open:
            user.inbox.await_all()
            self._others[row.account] = user.another_session()
        return self._others[row.account]

    def _code(self, row: Combination) -> str | None:
        """What the row sends as a code, once the call was challenged."""
        if row.code == "used":
            self._use_a_code(row.account)
        self._settle(row.account)
        if row.code in NOTHING:
            return None if row.code == "absent" else ""
        user = self._people[row.account]
        match row.code:
            case "displayed" | "compact":
                code = self._mailed(row.account)
                return code.displayed if row.code == "displayed" else code.compact
            case "used":
                return user.inbox.answer(self._used[row.account]).code
            case "totp":
                return user.enrolled.code().compact
            case "digest":
                return user.passphrase.digest(user.account.password)
        return self._wrong(row)

    def _wrong(self, row: Combination) -> str | None:
        """A code of the form that the method asks for, or else the account's first one, and that was never given."""
        user, factors = self._people[row.account], FACTORS[row.account]
        factor = row.method if row.method in factors else factors[0]
        if factor != "email":
            return (user.enrolled.guess().compact) if factor == "totp" else user.passphrase.digest(user.recorder.word())
        like = user.inbox.unused[-1] if user.inbox.unused else self._attempt(row.account, "email").code()
        return user.inbox.answer(user.inbox.guess(like)).code

    def _mailed(self, account: str) -> Code:
        """The newest code that was mailed. Every challenge may have sent another one, which ends those before it."""
        inbox = self._people[account].inbox
        code = self._attempt(account, "email").code()
        inbox.await_all()
        return inbox.unused[-1] if inbox.unused else code

    def _use_a_code(self, account: str) -> None:
        """Carry the call out with a code from a mail, which is a used one from now on."""
        if account in self._used:
            return
        self._settle(account)
        user, attempt = self._people[account], self._attempt(account, "email")
        self._used[account] = self._mailed(account)
        attempt.accept(self._used[account])
        self._challenged.clear()
        if user.session and user.facts.trust_window is not False:
            self._open.add(user.session.token)


def _words(items: Iterable[Item]) -> str:
    return " with ".join(f"{name}={value}" for name, value in sorted(items))
