"""Scenes about codes: how they are made and mailed, what is left of a used one, and what calls at once do."""

from __future__ import annotations

import re

from .steps import digits, enrolled, entered, method, newest, plain, with_device
from .talk import Headers, Talk, code, other, text_of, totp

RESEND, ENABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail"
GENERATE = "users.generatePersonalAccessToken"


def resent(talk: Talk, name: str) -> str:
    """A code that was asked for by mail, a while after the last one."""
    talk.now += 4
    talk.call("POST", RESEND, {"emailOrUsername": name})
    return digits(talk, name)


def update(talk: Talk, who: Headers, data: dict[str, str], *more: tuple[str, str]) -> None:
    talk.call("POST", "users.update", {"userId": who[1][1], "data": data}, (*who, *more))


def outliving(talk: Talk) -> None:
    """A code that is challenged for again and again, and one that is left alone for longer than it lives."""
    who = enrolled(talk, "alma")
    for _ in range(3):
        talk.rename(who, "Prolonged")
        talk.now += 200
    talk.rename(who, "Prolonged")
    late = newest(talk, "alma")
    talk.now += 2000
    talk.rename(who, "Late", *code(late))
    first = newest(talk, "alma")
    for _ in range(2):
        talk.now += 1
        talk.rename(who, "Several")
    talk.rename(who, "First", *code(first))


def zeros(talk: Talk) -> None:
    """A code of a resend that begins with a zero, if one comes in good time."""
    who = enrolled(talk, "berta")
    for _ in range(80):
        if resent(talk, "berta").startswith("0"):
            break
    talk.rename(who, "Zero", *code(digits(talk, "berta")))


def used_again(talk: Talk) -> None:
    """A used code in another spelling, in another session; one of separators alone."""
    who = enrolled(talk, "clara")
    beside = entered(talk, "clara")
    talk.rename(who, "Empty", *code("-"))
    talk.rename(who, "Asked")
    used = newest(talk, "clara")
    talk.rename(who, "Used", *code(used))
    talk.rename(beside, "Elsewhere", *code(used))
    talk.rename(who, "Anew", *code(used.replace("-", "")))


def at_once(talk: Talk) -> None:
    """Challenges and resends at one moment, a wrong code behind a right one, and two users who are sent codes."""
    who, neighbour = enrolled(talk, "doris"), enrolled(talk, "dario")
    for _ in range(3):
        talk.rename(who, "At once")
    talk.rename(neighbour, "At once")
    talk.now += 1
    right = resent(talk, "doris")
    resent(talk, "dario")
    talk.rename(who, "Right", *code(right))
    talk.rename(who, "Wrong", *code(other(right)))
    talk.name(who)
    for _ in range(2):
        talk.call("POST", RESEND, {"emailOrUsername": "doris"})
    talk.rename(who, "Counted")


def strange_names(talk: Talk) -> None:
    """Users whose names are HTML, and headers; a forwarded host; a link in the mail; an address that nobody has."""
    who = enrolled(talk, "emma")
    for name in ("<b>Emma</b>", "Emma\r\nBcc: qa+emma.spy@lab.test"):
        resent(talk, "emma")
        talk.rename(who, name, *code(newest(talk, "emma")))
        resent(talk, "emma")
    talk.call("POST", RESEND, {"emailOrUsername": "emma"}, (("X-Forwarded-Host", "elsewhere.test"),))
    link = re.search(r"of=\w+", text_of(talk.mails[-1])) if talk.mails else None
    talk.call("GET", "users.2fa.confirm", query=link.group() if link else "of=nobody")
    talk.rename(who, "By link")
    lost = plain(talk, "felix", email="qa+felix@lab.invalid")
    talk.call("POST", ENABLE, headers=lost)
    talk.rename(lost, "Lost")


def changes(talk: Talk) -> None:
    """Several changes in one refused call, and a token that is challenged for first."""
    who = enrolled(talk, "gerda")
    update(talk, who, {"name": "Refused", "bio": "refused"}, *code("000-000"))
    talk.call("GET", "users.info", headers=who, query="username=greta")
    resent(talk, "gerda")
    talk.rename(who, "Gretchen", *code(newest(talk, "gerda")))
    talk.name(who)
    talk.call("POST", GENERATE, {"tokenName": "twice"}, who)
    talk.call("POST", GENERATE, {"tokenName": "twice"}, (*who, *code(newest(talk, "gerda"))))
    talk.call("GET", "users.getPersonalAccessTokens", headers=who)


def authenticators(talk: Talk) -> None:
    """An authenticator that is begun, and one by the second: late in a step, in the next one, after a later one."""
    begun = plain(talk, "heidi")
    method(talk, begun, "2fa:enable")
    talk.rename(begun, "Begun")
    _, foreign, _ = with_device(talk, "ilona")
    who, secret, backups = with_device(talk, "ines")
    if not secret or not foreign or not backups:
        return
    talk.rename(who, "Foreign", *code(totp(foreign, talk.now), "totp"))
    talk.rename(who, "Any", *code(other(totp(secret, talk.now)), "totp"))
    talk.rename(who, "Asked")
    talk.now += 3
    talk.name(who)
    for into in (1, 27):
        talk.now += 60 - talk.now % 30 + into
        for sent in (totp(secret, talk.now), totp(secret, talk.now)):
            talk.rename(who, "Long name", ("X-2FA-CODE", sent), ("X-2FA-METHOD", "totp"))
            talk.name(who)
    old = totp(secret, talk.now)
    talk.now += 30
    talk.rename(who, "Replayed", *code(old, "totp"))
    talk.now += 60
    for steps in (1, 0):
        talk.rename(who, f"By {steps}", *code(totp(secret, talk.now, steps), "totp"))
    for _ in range(2):
        talk.rename(who, "Backup", *code(backups[0], "totp"))


SCENES = (outliving, zeros, used_again, at_once, strange_names, changes, authenticators)
