"""Scenes about how calls are read: other names and letters for the headers, other verbs and writings, calls at once."""

from __future__ import annotations

import hashlib
import json

from conformance.lab.messages import Request

from .steps import digits, enrolled, method, newest, plain, raw, with_device
from .talk import Talk, code, other

UPDATE, OWN = "/api/v1/users.update", "users.updateOwnBasicInfo"


def headers_of_others(talk: Talk) -> None:
    """The right code under another name, in another script, in capitals, without its method, with its digest beside it."""
    who = enrolled(talk, "gil")
    for headers in (
        lambda right: (("X_2FA_CODE", right), ("x-2fa-method", "email")),
        lambda right: code("".join(chr(ord(digit) + 0xFEE0) for digit in right).encode().decode("latin-1")),
        lambda right: (("x-2fa-code", right), ("X-2FA-METHOD", "email")),
        lambda right: code(right, None),
    ):
        talk.rename(who, "Asked")
        talk.rename(who, "Odd", *headers(digits(talk, "gil")))
        talk.name(who)
    talk.rename(who, "Asked")
    wrong = other(digits(talk, "gil"))
    hashed = hashlib.sha256(wrong.encode()).hexdigest()
    body = {"userId": who[1][1], "data": {"name": "Hashed"}, "hash": hashed}
    talk.call("POST", "users.update", body, (*who, *code(wrong)))
    talk.name(who)


def writings(talk: Talk) -> None:
    """A body in UTF-16, and verbs that the route does not have."""
    who = enrolled(talk, "greta")
    body = json.dumps({"userId": who[1][1], "data": {"name": "Written"}})
    kind = ("Content-Type", "application/json; charset=utf-16")
    talk.send(Request("POST", UPDATE, "", (*who, kind), body.encode("utf-16")))
    for verb in ("OPTIONS", "DELETE"):
        raw(talk, who, body.encode(), verb)
        talk.name(who)


def factors_of_others(talk: Talk) -> None:
    """A second device beside the first, and the password for one's own data beside e-mail."""
    who, _, _ = with_device(talk, "hugo")
    method(talk, who, "2fa:enable")
    talk.call("POST", "users.totp.enable", {}, who)
    who = enrolled(talk, "ilse")
    for given in ({}, {"currentPassword": "pw"}):
        talk.call("POST", OWN, {"data": {"email": "qa+ilse2@lab.test", **given}}, who)
    talk.call("GET", "me", headers=who)


def at_once(talk: Talk) -> None:
    """Two users challenged at the same moment, two answers of one of them, and what comes a second later."""
    jules, jette = enrolled(talk, "jules"), enrolled(talk, "jette")
    for _ in range(2):
        for who in (jules, jette):
            talk.rename(who, "At once")
        talk.now += 1
    for sent in (other(digits(talk, "jules")), newest(talk, "jules")):
        talk.rename(jules, "Answered at once", *code(sent))
    talk.now += 1
    talk.name(jules)


def depths(talk: Talk) -> None:
    """A body that is nothing but brackets, and who is answered after it."""
    who = enrolled(talk, "kai")
    raw(talk, who, b"[" * 2000)
    talk.rename(who, "After")
    talk.now += 31
    talk.rename(plain(talk, "kira"), "After")


SCENES = (headers_of_others, writings, factors_of_others, at_once, depths)
