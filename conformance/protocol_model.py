"""The protocol as a machine: what may come of each step of a walk, by what came of those before it.

It reads like the page, and leaves open what the page leaves open: it answers with the outcomes that are not allowed, and
names for each the requirement that it breaks. Whatever it does not name is allowed. Codes are known by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from conformance.model import Edition

Outcome = Literal["accepted", "challenged by email", "challenged", "refused"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("accepted", "challenged by email", "challenged", "refused")
"""What a walk is about. Whatever else is answered (no session, an error of the server) says nothing here."""

Breaches = Mapping[Outcome, str]
"""The outcomes that are not allowed, each with the requirement that it breaks."""

LASTING: Final = 45.0
"""Seconds for which every server lets a code live. The page says none; a code that is older may have expired."""

Asked = tuple[str, bool]
"""A call by its session, and by whether it was disableEmail."""

SEVERAL: Final = "several"
"""In place of a requirement, where it may be one or the other: nobody judges it."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A code that was mailed. A good one has to work, a bad one must not, of an open one the page says nothing.

    ``breach`` is the requirement that a server breaks where it does not keep to that. ``asked`` is the call whose challenge
    sent it, and to which a server may bind it; None: it was asked for by a resend. ``used_among`` are the sessions that were
    there when the code was used: in them it may have been used at once, which is another requirement's.
    """

    standing: Literal["good", "open", "bad"]
    breach: str = ""
    at: float = 0.0
    asked: Asked | None = None
    used_among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What one user's account has come to. Sessions are known by their names.

    ``trusted`` are the sessions that a success may have opened; ``remembers`` says that this target is known to do so.
    ``unsettled`` is the requirement that is broken if the next call without a code is not challenged as before: by what
    has happened since the last one that was.
    """

    edition: Edition
    remembers: bool = False
    email: bool = True
    authenticator: bool = False
    codes: Mapping[str, Mailed] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    unsettled: str = ""

    # what may come of a step

    def asked(self, session: str, *, disabling: bool = False) -> Breaches:
        """A call without a code is challenged (S01); disableEmail even where a success is remembered (S21, E15)."""
        trusted = session in self.trusted
        if disabling and trusted:
            return {"accepted": "disabling.within-trust"} if self.email and self.remembers else {}
        if disabling:
            return {"accepted": "disabling.challenged"} if self.email else {}
        if not self.email:
            opened: Breaches = (
                {"accepted": "disabling.keeps-authenticator"} if self.authenticator and not trusted else {}
            )
            return {"challenged by email": "disabling.effective", **opened}
        lost: Breaches = {"challenged": self.unsettled} if self.unsettled and not self.authenticator else {}
        return lost if trusted else {"accepted": self.unsettled or "challenge.required", **lost}

    def answered(self, session: str, name: str, now: float, *, disabling: bool = False) -> Breaches:
        """A challenged call with a code that was mailed (S09, S11, D3). Which of two methods is taken is another question."""
        code = self.codes[name]
        here = code.asked in (None, (session, disabling))
        if code.standing == "good" and here and now - code.at <= LASTING and not self.authenticator:
            if disabling and code.breach not in ("acceptance.right-code", "resend.newest-works"):
                return {}
            breach = "disabling.success" if disabling else code.breach
            return dict.fromkeys(OUTCOMES[1:], breach)
        return {"accepted": code.breach} if session in self.closed_to(name, [session]) else {}

    def closed_to(self, name: str, sessions: Iterable[str]) -> list[str]:
        """The sessions in which a code must not work."""
        code = self.codes[name]
        return [other for other in sessions if code.standing == "bad" and other not in (code.used_among or ())]

    def guessed(self, *, disabling: bool = False) -> Breaches:
        """A challenged call with a code that was never sent (S10, D3)."""
        return {"accepted": "disabling.refused" if disabling else "code.random"}

    def shown(self, kind: Literal["right", "used", "wrong"]) -> Breaches:
        """A challenged call with a code of the authenticator; the right one has to work where it is the only method."""
        if kind == "right":
            return {} if self.email else dict.fromkeys(OUTCOMES[1:], "totp.right-code")
        return {"accepted": "replay.totp" if kind == "used" else "totp.wrong-code"}

    # what has become of the account

    def challenged(self, session: str, *, disabling: bool = False) -> Situation:
        """Nothing has happened, and the session is not trusted; that of disableEmail the next call has to show."""
        if disabling:
            return self._unsettled("disabling.no-effect")
        return replace(self, unsettled="", trusted=self.trusted - {session})

    def mailed(self, name: str, at: float, asked: Asked | None) -> Situation:
        """A new code is the one that works. An earlier one may, or may not (E04): after a resend it should not, today."""
        resent = asked is None
        ends = resent and self.edition == "current"
        codes = {other: _superseded(code, ends=ends) for other, code in self.codes.items()}
        spent = any(code.used_among is not None for code in codes.values())
        usual = "announcement.generated-after-use" if spent else "acceptance.right-code"
        codes[name] = Mailed("good", "resend.newest-works" if resent else usual, at, asked)
        return replace(self, codes=codes)

    def doubtful(self) -> Situation:
        """Something has happened of which nobody was told: no code has to work any more."""
        return replace(self, codes={name: _superseded(code, ends=False) for name, code in self.codes.items()})

    def accepted(self, session: str, name: str | None, there: Iterable[str], *, disabling: bool = False) -> Situation:
        """A code was accepted: it is used, others are doubtful, and this session alone may be trusted from now on."""
        after = replace(self.doubtful(), trusted=self.trusted | {session})._unsettled("trust.session")
        if name is not None:
            after = replace(after, codes={**after.codes, name: _used(there)})
        return after._without_email() if disabling else after

    def refused(self, *, disabling: bool = False) -> Situation:
        """A wrong code changes nothing (D1); that the right one still works is what robust servers do."""
        codes = {
            name: replace(code, breach="robustness.code-kept") if code.standing == "good" else code
            for name, code in self.codes.items()
        }
        return replace(self, codes=codes)._unsettled("disabling.no-effect" if disabling else "effect.factor-kept")

    def enabled(self, others: Iterable[str]) -> Situation:
        """Email 2FA is on (S18), and was before or was not. The page says nothing of codes that are out, nor of what other
        sessions are asked from now on (E12)."""
        after = replace(self.doubtful(), email=True, trusted=self.trusted.union(others))
        return after._unsettled("enabling.again" if self.email else "disabling.reversible")

    def enrolled(self) -> Situation:
        """There is an authenticator from now on."""
        return replace(self.doubtful(), authenticator=True)._unsettled("totp.challenge")

    def logged_in(self, session: str, used: Iterable[str], there: Iterable[str], *, proved: bool) -> Situation:
        """One more session, which is trusted maybe if the login was proved. A code that it took is used; else the account is
        as it was."""
        spent = [name for name in used if self.codes[name].used_among is None]
        after = self.doubtful() if spent else self
        after = replace(after, trusted=after.trusted | {session}) if proved else after
        return replace(after, codes={**after.codes, **{name: _used(there) for name in spent}})

    def _unsettled(self, requirement: str) -> Situation:
        """Something has happened that must not cost the second factor. After several such things nobody can tell which."""
        known = self.unsettled in ("", requirement)
        return replace(self, unsettled=requirement if known else SEVERAL)

    def _without_email(self) -> Situation:
        """The method is off, and what was mailed for it does not come back with it."""
        ended = Mailed("bad", "replay.method-switched")
        codes = {name: code if code.used_among is not None else ended for name, code in self.codes.items()}
        return replace(self, email=False, codes=codes, unsettled="")


def _used(there: Iterable[str]) -> Mailed:
    return Mailed("bad", "code.used", used_among=frozenset(there))


def _superseded(code: Mailed, *, ends: bool) -> Mailed:
    if code.standing == "bad":
        return code
    return Mailed("bad", "resend.earlier-refused") if ends else Mailed("open")


MUSTS: Final = frozenset(
    [
        *(
            "challenge.required",
            "acceptance.right-code",
            "code.random",
            "code.used",
            "effect.factor-kept",
            "trust.session",
        ),
        *("resend.newest-works", "announcement.generated-after-use"),
        *("disabling.challenged", "disabling.within-trust", "disabling.refused", "disabling.no-effect"),
        *("disabling.success", "disabling.effective", "disabling.keeps-authenticator", "disabling.reversible"),
        *("enabling.again", "totp.challenge", "totp.right-code", "totp.wrong-code"),
    ]
)
"""The requirements that a walk may find broken: what every server must do."""

ADVICE: Final = frozenset(["resend.earlier-refused", "robustness.code-kept", "replay.method-switched", "replay.totp"])
"""The others: what it should do, and what secure and robust servers do."""
