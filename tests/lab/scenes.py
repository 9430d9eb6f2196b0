"""Scenes of the scripted conversation that are not about codes by mail alone: one for each kind of behaviour."""

from __future__ import annotations

import hashlib

from . import scenes_codes, scenes_guessing, scenes_replies, scenes_resending
from .further_scenes import FURTHER
from .steps import digits, enrolled, entered, method, newest, plain, raw, token_only, with_device
from .talk import Headers, Talk, code, other, totp

RESEND, ENABLE, DISABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail", "users.2fa.disableEmail"
GENERATE = "users.generatePersonalAccessToken"


def passwords(talk: Talk) -> None:
    """Who has nothing but a password, and answers with all kinds of things."""
    talk.create("jo", password="other")
    who = plain(talk, "hank")
    talk.rename(who, "Asked")
    hashes = [hashlib.new(name, b"pw").hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
    more = [
        "pw",
        *hashes,
        hashlib.sha256(b"other").hexdigest(),
        hashlib.sha256(b"").hexdigest(),
        "0" * 64,
        hashes[2][:32],
    ]
    for sent in more:
        talk.rename(who, f"By {sent[:6]}", *code(sent, "password"))
        talk.name(who)
    talk.rename(who, "Cased", ("X-2fa-Code", hashes[2]), ("X-2FA-Method", "password"))
    talk.call("GET", "me", headers=(*who, *code("123456")))
    method(talk, who, "2fa:enable")
    talk.rename(who, "Begun")
    talk.call("POST", RESEND, {"emailOrUsername": "hank"})
    who = enrolled(talk, "ed")
    for by in ("password", "email"):
        talk.rename(who, f"By {by}", *code(hashes[2], by))


def devices(talk: Talk) -> None:
    """An authenticator: right, wrong, foreign, early and late codes, and backup codes."""
    _, foreign, theirs = with_device(talk, "jan")
    who, secret, backups = with_device(talk, "iris")
    if not secret or len(backups) < 2 or not theirs:
        return
    talk.rename(who, "Asked")
    now = totp(secret, talk.now)
    for sent in (
        other(now), now[:3], f"77{now}77", f"{now}7", f"0{now}", f"{now}.0", totp(foreign, talk.now), "ABCDEFGH", theirs[0],
        *(totp(secret, talk.now, steps) for steps in (-20, -3, 3, 20)), hashlib.sha256(b"pw").hexdigest(),
    ):  # fmt: skip
        talk.rename(who, f"By {sent[:4]}", *code(sent, "totp"))
        talk.name(who)
    talk.rename(who, "Digest", *code(hashlib.sha256(b"pw").hexdigest(), "password"))
    talk.now += 60
    now = totp(secret, talk.now)
    for sent in (now, now, backups[0], backups[0]):
        talk.rename(who, f"Right {sent[:2]}", ("X-2fa-Code", sent), ("X-2fa-Method", "totp"))
        talk.name(who)
    talk.now += 60
    method(talk, who, "2fa:regenerateCodes", totp(secret, talk.now))
    talk.rename(who, "Old", *code(backups[1], "totp"))
    talk.now += 60
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "Both", *code(totp(secret, talk.now), "totp"))


def two_methods(talk: Talk) -> None:
    """A choice between methods."""
    who, secret, _ = with_device(talk, "kim")
    talk.call("POST", ENABLE, headers=who)
    if not secret:
        return
    for more in ((), (), (("x-2fa-method", "email"),), (("x-2fa-method", "totp"),)):
        talk.rename(who, "Asked", *more)
    mailed, shown = digits(talk, "kim"), totp(secret, talk.now)
    for sent, by in ((other(mailed), "email"), (mailed, "totp"), (shown, "email"), (mailed, "email"), (shown, "totp")):
        talk.call("POST", RESEND, {"emailOrUsername": "kim"}) if by == "email" else None
        sent = digits(talk, "kim") if sent == mailed else sent
        talk.rename(who, f"By {by}", *code(sent, by))
        talk.name(who)
    talk.now += 60
    talk.call("POST", DISABLE, headers=(*who, *code(totp(secret, talk.now), "totp")))
    talk.rename(who, "Disabled")


def switching(talk: Talk) -> None:
    """On, off and on again; by the user, by strangers, for others."""
    mary = enrolled(talk, "mary")
    who = plain(talk, "lou")
    for stranger in ((), token_only(who, "made-up"), token_only(who, mary[0][1])):
        for path in (ENABLE, DISABLE):
            talk.call("POST", path, headers=stranger)
        talk.call("POST", "users.update", {"userId": who[1][1], "data": {"name": "Strange"}}, stranger)
        talk.call("POST", DISABLE, headers=token_only(mary, "made-up") if stranger else ())
        talk.call(
            "POST", "users.update", {"userId": mary[1][1], "data": {"name": "Strange"}}, token_only(mary, who[0][1])
        )
        talk.call("POST", DISABLE, headers=token_only(mary, who[0][1]))
        talk.rename(mary, "Kept")
    raw(talk, who, b"", "GET", path=ENABLE)
    talk.rename(who, "Plain")
    talk.call("POST", ENABLE, {"userId": who[1][1], "username": "lou"}, mary)
    talk.rename(who, "Plain")
    other_session = entered(talk, "lou")
    talk.call("POST", ENABLE, headers=who)
    talk.rename(other_session, "Elsewhere")
    disabled_and_back(talk, who, mary)


def disabled_and_back(talk: Talk, who: Headers, mary: Headers) -> None:
    """Off with all kinds of codes, then on again, and what became of the codes."""
    raw(talk, who, b"", "GET", path=DISABLE)
    talk.rename(who, "On")
    talk.rename(mary, "Mary", *code("000-000"))
    talk.call("POST", RESEND, {"emailOrUsername": "mary"})
    for sent in (other(digits(talk, "lou")), digits(talk, "mary")):
        talk.call("POST", DISABLE, headers=(*who, *code(sent)))
        talk.rename(who, "On")
        talk.rename(who, "Foreign", *code(sent))
    lost = digits(talk, "lou")
    talk.call("POST", RESEND, {"emailOrUsername": "lou"})
    talk.call("POST", DISABLE, headers=(*who, *code(newest(talk, "lou"))))
    talk.rename(who, "Off")
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "Again")
    talk.rename(who, "Lost", *code(lost))


def unverified(talk: Talk) -> None:
    who = plain(talk, "nan", verified=False)
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "Unverified")


SCENES = (
    passwords,
    devices,
    two_methods,
    switching,
    unverified,
    *FURTHER,
    *scenes_replies.SCENES,
    *scenes_codes.SCENES,
    *scenes_resending.SCENES,
    *scenes_guessing.SCENES,
)
