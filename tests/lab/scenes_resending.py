"""Scenes of resends, of switching on and off, of passwords and of trust that need other users, sessions or moments."""

from __future__ import annotations

import hashlib
from unicodedata import normalize

from .steps import account, digits, enrolled, entered, newest, plain, raw, setting, with_device
from .talk import Headers, Talk, by_password, code, totp

RESEND, ENABLE, DISABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail", "users.2fa.disableEmail"
MARKED = "pässwörd"


def named_oddly(talk: Talk) -> None:
    """An empty name, an address in the body and behind the question mark, users who are unverified or deactivated."""
    enrolled(talk, "gina")
    enrolled(talk, "gus")
    for name in ("", "qa+gina@lab.test", "qa+missing@lab.test"):
        talk.call("POST", RESEND, {"emailOrUsername": name})
    raw(talk, (), b"{}", query="emailOrUsername=qa%2Bgina@lab.test", path=RESEND)
    talk.create("hazel", verified=False)
    hazel = entered(talk, "hazel")
    talk.call("POST", RESEND, {"emailOrUsername": "hazel"})
    talk.call("POST", ENABLE, headers=hazel)
    talk.rename(hazel, "Verified by mail")
    fields = {"userId": account(talk, "gus").id, "data": {"active": False}}
    talk.call("POST", "users.update", fields, (*talk.admin(), *by_password_of_admin(talk)))
    talk.call("POST", RESEND, {"emailOrUsername": "gus"})


def by_password_of_admin(talk: Talk) -> Headers:
    admin = account(talk, "admin")
    return code(admin.password or "", "password")


def asked_often(talk: Talk) -> None:
    """Resends while the code of a challenge is out, and so many by strangers that the user's own comes late."""
    who = enrolled(talk, "inga")
    talk.rename(who, "Asked")
    for _ in range(2):
        talk.call("POST", RESEND, {"emailOrUsername": "inga"})
    talk.rename(who, "Asked")
    talk.rename(who, "Resent", *code(newest(talk, "inga")))
    for _ in range(20):
        talk.call("POST", RESEND, {"emailOrUsername": "inga"})
    talk.call("POST", RESEND, {"emailOrUsername": "inga"}, who)


def odd_passwords(talk: Talk) -> None:
    """A password beyond ASCII, one that has yet to be chosen, and that of the user who is to be changed."""
    talk.create("jens", password=MARKED)
    who = entered(talk, "jens", MARKED)
    for form in ("NFD", "NFC"):
        talk.rename(who, form, *by_password(normalize(form, MARKED)))
    who = plain(talk, "kaja", requirePasswordChange=True)
    talk.rename(who, "Any", *code("0" * 64, "password"))
    talk.create("leon", password="other")
    body = {"userId": account(talk, "leon").id, "data": {"name": "By his own"}}
    talk.call("POST", "users.update", body, (*who, *by_password("other")))
    talk.rename(who, "Asked")
    talk.rename(who, "Refused", *by_password("wrong"))
    talk.rename(who, "Done", *code(hashlib.sha256(b"pw").hexdigest(), "password"))
    talk.name(who)
    talk.now += 2
    talk.name(who)


def switched(talk: Talk) -> None:
    """On in one of two sessions, on twice, off and on again, left alone for a minute; off beside an authenticator."""
    who = plain(talk, "mona")
    beside, bystander = entered(talk, "mona"), plain(talk, "nico")
    talk.call("POST", ENABLE, headers=who)
    talk.rename(bystander, "Not asked for")
    for name in ("Once", "Twice"):
        talk.rename(beside, name)
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "Still on")
    talk.call("POST", DISABLE, headers=who)
    talk.call("POST", DISABLE, headers=(*who, *code(newest(talk, "mona"))))
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "On again")
    who = plain(talk, "olaf")
    talk.call("POST", ENABLE, headers=who)
    talk.now += 60
    talk.rename(who, "A minute later")
    who, secret, _ = with_device(talk, "petra")
    talk.call("POST", ENABLE, headers=who)
    talk.now += 60
    talk.call("POST", DISABLE, headers=(*who, *code(totp(secret, talk.now) if secret else "", "totp")))
    talk.rename(who, "Device alone")


def trusting(talk: Talk) -> None:
    """What a success opens: for other clients, for disableEmail, after a new login, after a new password."""
    who, beside = enrolled(talk, "rita"), enrolled(talk, "sven")
    setting(talk, "RememberFor", 1800)
    talk.now += 1801
    elsewhere = entered(talk, "rita")
    talk.rename(who, "Asked")
    talk.rename(who, "Right", *code(newest(talk, "rita")))
    for more in ((), (("User-Agent", "another"),), (("X-Real-IP", "192.0.2.7"),)):
        talk.rename(who, "Trusted", *more)
    talk.rename(elsewhere, "Elsewhere")
    talk.rename(beside, "Beside")
    talk.call("POST", DISABLE, headers=who)
    talk.call("POST", "users.update", {"userId": who[1][1], "data": {"password": "pw"}}, who)
    talk.call("POST", "users.update", {"userId": who[1][1], "data": {"password": "pw2"}}, who)
    talk.rename(who, "New password")
    talk.call("POST", RESEND, {"emailOrUsername": "sven"})
    talk.rename(beside, "Right", *code(digits(talk, "sven")))
    talk.call("POST", "logout", headers=beside)
    talk.rename(entered(talk, "sven"), "New login")
    setting(talk, "RememberFor", 0)


SCENES = (named_oddly, asked_often, odd_passwords, switched, trusting)
