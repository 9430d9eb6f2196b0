"""How a user proves who it is: an authenticator's code, the password's digest, or a code by mail (inbox.py).

Each factor gives right and wrong answers of its method, and knows which requirements a test is blocked by when the method
does not work at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self

from conformance.enrolment import Enrolment
from conformance.events import Walk
from conformance.guesses import alterations, digests
from conformance.model import Answer, Challenged, Code
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.secrecy import sha256_hex
from conformance.steps import BEGUN, LATE, LEFT, STEP, await_step, unused_step

if TYPE_CHECKING:
    from conformance.users import User

Method = Literal["email", "totp", "password"]

_TRIES: Final = 2

_NEAR: Final = range(-2, 3)
"""Steps around now whose codes a lenient server may take: no wrong code is one of them."""


@dataclass(frozen=True, slots=True)
class Blockers:
    """The requirements without which nothing can be said about a method. The last three are about replies that nobody
    can read; where a method has none of its own, those about the reply itself stand for them."""

    challenge: str
    right: str
    wrong: str
    refusal: str
    garbled_challenge: str
    garbled_success: str
    garbled_refusal: str

    @classmethod
    def of(cls, challenge: str, right: str, wrong: str, refusal: str) -> Self:
        """The requirements of a method that has none about replies that nobody can read."""
        return cls(challenge, right, wrong, refusal, challenge, right, refusal)


class Factor(Protocol):
    """One method of one user."""

    @property
    def method(self) -> Method: ...
    @property
    def blockers(self) -> Blockers: ...
    @property
    def walk(self) -> Walk: ...
    def right(self, challenged: Challenged) -> Answer: ...
    def wrong(self, challenged: Challenged) -> Answer: ...


class Passphrase:
    """The digest of the user's own password."""

    method: Final = "password"
    blockers: Final = Blockers.of(
        "password.challenge", "password.right-digest", "password.wrong-digest", "password.refusal"
    )

    def __init__(self, user: User) -> None:
        self._user = user

    @property
    def walk(self) -> Walk:
        return self._user.facts.password

    def right(self, challenged: Challenged) -> Answer:
        return Answer(self.digest(self._user.account.password), "password")

    def wrong(self, challenged: Challenged) -> Answer:
        return Answer(self.digest(self._user.recorder.word()), "password")

    def other_forms(self, kind: str, other: User) -> list[tuple[str, str]]:
        """What is near to the digest and is not, or is another user's; each to be sent with its method."""
        own = digests(kind, self._user.account.password, other.account.password)
        hidden = (self._user.recorder.hide(text, self._user.account.name) for text in own)
        return [(text, self.method) for text in hidden]

    def under(self, *methods: str) -> list[tuple[str, str]]:
        """The right digest, under the names of methods."""
        return [(self.digest(self._user.account.password), method) for method in methods]

    def digest(self, text: str) -> str:
        """The SHA-256 digest of a password, in hex, known as a secret."""
        return self._user.recorder.secrets.add(sha256_hex(text), f"{self._user.account.name}.digest")


class Authenticator:
    """Codes from a shared secret, and the backup codes that came with it."""

    method: Final = "totp"
    blockers: Final = Blockers.of("totp.challenge", "totp.right-code", "totp.wrong-code", "totp.refusal")

    def __init__(self, user: User, secret: str, used: int = -1) -> None:
        self.backup_codes: list[str] = []
        self._user = user
        self._secret = secret
        self.used = used

    @property
    def walk(self) -> Walk:
        return self._user.facts.totp

    def right(self, challenged: Challenged) -> Answer:
        return self.answer(self.code())

    def wrong(self, challenged: Challenged) -> Answer:
        return self.answer(self.guess())

    def answer(self, code: Code | str) -> Answer:
        return Answer(code if isinstance(code, str) else code.compact, self.method)

    def code(self) -> Code:
        """The current code: of a step that was not used yet, and that lasts long enough to use it."""
        recorder = self._user.recorder
        step = self.used = unused_step(recorder.time(), self.used)
        await_step(recorder, step, "the authenticator's code of this step")
        code = recorder.totp(self._secret, step * STEP, self._user.account.name)
        recorder.renewals.add(code, self.code)
        return code

    def late(self) -> Code:
        """The current code, shortly before the next one is shown."""
        recorder = self._user.recorder
        for _ in range(_TRIES):
            step = unused_step(now := recorder.time(), self.used)
            recorder.wait(max(0.0, (step + 1) * STEP - LATE - now), "the authenticator's step to come to its end")
            if unused_step(recorder.time(), self.used) == step:
                return self.code()
        raise NotApplicable("this machine is too slow to be in time with the code of a step that ends")

    def early(self) -> tuple[Code, Code]:
        """The code that it shows next, which most targets take already, and the current one. Both steps last long enough to
        use them, for the target, too."""
        recorder, owner = self._user.recorder, self._user.account.name
        step, into = divmod(recorder.time(), STEP)
        step = max(step + (STEP - into < LEFT), self.used)
        await_step(recorder, int(step), "the authenticator's step to begin for the target, too")
        self.used = int(step) + 1
        following, current = (recorder.totp(self._secret, (step + away) * STEP, owner) for away in (1, 0))
        return following, current

    def previous(self) -> Code:
        """The code that it showed before the current one."""
        return self.shown(-1)[0]

    def confirming(self) -> Iterator[Code]:
        """Codes to confirm the authenticator with, until one is taken. First the previous one, so that the current one is still
        to be used; once more if a step has ended on the way, or may have ended for the target; and the current one, where no
        earlier one is taken."""
        began = self._step
        yield self.previous()
        if self._step != began:
            yield self.previous()
        elif STEP - self._user.recorder.time() % STEP <= BEGUN:
            yield from self.shown(0)
        yield self.code()

    @property
    def _step(self) -> int:
        return int(self._user.recorder.time() // STEP)

    def shown(self, *steps: int) -> list[Code]:
        """The codes that it shows so many steps from now."""
        recorder, owner = self._user.recorder, self._user.account.name
        now = recorder.time()
        return [recorder.totp(self._secret, now + step * STEP, owner) for step in steps]

    def guess(self) -> Code:
        """A code that it never showed, and will not show in the next minute."""
        recorder = self._user.recorder
        now = recorder.time()
        near = [recorder.world.totp(self._secret, now + step * STEP) for step in _NEAR]
        return recorder.guess(Code(near[2], near[2]), [Code(code, code) for code in near], self._user.account.name)

    def alter(self, kind: str) -> list[tuple[str, str]]:
        """Codes near to the current one, each to be sent with its method."""
        recorder = self._user.recorder
        altered = alterations(kind, self.shown(0)[0], recorder.other_sign)
        backup = {len(code) for code in self.backup_codes}
        plain = [wrong for wrong in altered if len(wrong) not in backup]  # that length is another requirement's
        return [(recorder.hide(wrong, self._user.account.name), self.method) for wrong in plain]

    def lend(self) -> list[tuple[str, str]]:
        """The current code, for somebody else to send with its method."""
        return [(self.code().compact, self.method)]

    def at_other_times(self, away: Iterable[int]) -> Iterator[tuple[str, str]]:
        """The codes of so many steps from now, each to be sent with its method. A rate limiter may let minutes pass, in which
        a code of later becomes the one of now: so each is made when it is wanted, and made anew when it was put off."""
        return ((self._away(steps).compact, self.method) for steps in away)

    def _away(self, steps: int) -> Code:
        """The code of so many steps from now. Not at the very begin of a step: the target may be in the one before."""
        recorder = self._user.recorder
        into = recorder.time() % STEP
        if into < BEGUN:
            recorder.wait(BEGUN - into, "the authenticator's step to begin for the target, too")
        (code,) = self.shown(steps)
        recorder.renewals.add(code, lambda: self._away(steps))
        return code

    def backup_answer(self) -> Answer:
        """A backup code that was not used yet, as an answer."""
        code = self.spare_code()
        if code is None:
            raise NotApplicable("the target gives no backup codes")
        return self.answer(code)

    def backup_guesses(self, other: Authenticator) -> list[tuple[str, str]]:
        """A backup code that was never given, and one that somebody else was given."""
        foreign = other.spare_code() or ""
        made_up = self._user.recorder.made_up(len(foreign), self._user.account.name)
        return [(made_up, self.method), (foreign, self.method)]

    def spare_code(self) -> str | None:
        """A backup code that was not used yet."""
        return self.backup_codes.pop() if self.backup_codes else None

    def renewed_backup_codes(self) -> list[str]:
        """Ask for new backup codes, which take the place of the old ones. None if the target fails a right code twice: of one
        alone it might be said that it came late in its step."""
        user = self._user
        enrolment = Enrolment(user.recorder, user.session, user.facts.enrolment)
        for _ in range(_TRIES):
            if codes := enrolment.renew(self.code().compact):
                self.learn(codes)
                return codes
            if not enrolment.has_failed_right_code:
                raise NotApplicable("the target does not renew backup codes")
        return []

    def renew_backup_codes(self) -> None:
        """Go on with new backup codes in place of the old ones."""
        old = set(self.backup_codes)
        if old.intersection(new := self.renewed_backup_codes()) or not new:
            raise Inconclusive("there are no new backup codes to be had", blocked_by="totp.backup-codes-new")

    def need_backup_codes_to_work(self) -> None:
        """Go on only if right codes are accepted at all, backup codes among them."""
        if not self.walk.right_works:
            raise Inconclusive("this target accepts no right code", blocked_by=self.blockers.right)
        if not self._user.facts.backup_codes:
            raise Inconclusive("this target accepts no backup code", blocked_by="totp.backup-code")

    def learn(self, backup_codes: Iterable[str]) -> None:
        """Remember the codes that came with the enrolment, or with its renewal."""
        recorder, kind = self._user.recorder, f"{self._user.account.name}.backup"
        self.backup_codes = [recorder.keep_secret(code, kind) for code in backup_codes]
