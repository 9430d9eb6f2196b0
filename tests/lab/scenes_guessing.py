"""Scenes of guesses that differ in one thing or another, and of what an account is told that is locked, or nearly so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.lab.accounts import change
from conformance.lab.messages import Request

from .steps import account, digits, enrolled, entered, newest, with_device
from .talk import Headers, Talk, code, other, totp

RESEND, ENABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail"
TURNS = 8
"""Guesses, for an account that has a few less left."""


def nearly_locked(talk: Talk, name: str) -> None:
    """An account for which many guesses were counted."""
    wrong = talk.rules.most_failures - TURNS + 2
    talk.state = change(talk.state, account(talk, name).id, wrong_in_a_row=wrong, locked_until=0.0)


def guess(who: Headers, sent: Headers, user: str = "") -> Request:
    body = {"userId": user or who[1][1], "data": {"name": "Guessed"}}
    headers = (*who, ("Content-Type", "application/json"), *sent)
    return Request("POST", "/api/v1/users.update", "", headers, json.dumps(body).encode())


def alternately(talk: Talk, name: str, ask: Callable[[Headers, str, bool], Request]) -> None:
    """Too many guesses, of two kinds in turn, and then the right code."""
    who = enrolled(talk, name)
    for turn in range(talk.rules.most_failures + 2):
        talk.send(ask(who, other(digits(talk, name)), turn % 2 == 1))
    talk.call("POST", RESEND, {"emailOrUsername": name})
    talk.send(ask(who, digits(talk, name), False))


def from_two_addresses(who: Headers, sent: str, second: bool) -> Request:
    asked = guess(who, code(sent))
    return replace(asked, client="192.0.2.8") if second else asked


def through_proxies(who: Headers, sent: str, second: bool) -> Request:
    return guess(who, (*code(sent), ("X-Forwarded-For", f"192.0.2.{int(second)}")))


def in_two_spellings(who: Headers, sent: str, second: bool) -> Request:
    return guess(who, code(f"{sent[:3]}.{sent[3:]}" if second else sent))


def with_blanks(who: Headers, sent: str, second: bool) -> Request:
    return guess(who, code(" ".join(sent)))


def in_vain(who: Headers, sent: str, second: bool) -> Request:
    return guess(who, code(sent), "nobody")


def counted(talk: Talk) -> None:
    for name, ask in (
        ("sina", from_two_addresses),
        ("theo", through_proxies),
        ("vera", in_two_spellings),
        ("wanda", with_blanks),
        ("xaver", in_vain),
    ):
        alternately(talk, name, ask)


def by_two_methods(talk: Talk) -> None:
    who, secret, _ = with_device(talk, "udo")
    talk.call("POST", ENABLE, headers=who)
    if not secret:
        return
    for turn in range(talk.rules.most_failures + 2):
        method = ("email", "totp")[turn % 2]
        talk.rename(who, "Guessed", *code(other(totp(secret, talk.now)), method))
    talk.now += 60
    talk.rename(who, "Right", *code(totp(secret, talk.now), "totp"))


def locked(talk: Talk) -> None:
    """A locked account: wrong and right codes, and a resend."""
    who = enrolled(talk, "yuri")
    nearly_locked(talk, "yuri")
    for _ in range(TURNS):
        talk.rename(who, "Guessed", *code(other(digits(talk, "yuri"))))
    talk.rename(who, "Wrong", *code(other(digits(talk, "yuri"))))
    talk.rename(who, "Right", *code(newest(talk, "yuri")))
    talk.call("POST", RESEND, {"emailOrUsername": "yuri"})
    talk.rename(who, "Resent", *code(newest(talk, "yuri")))


def locked_by_others(talk: Talk) -> None:
    """Wrong passwords at the login."""
    who = enrolled(talk, "zita")
    nearly_locked(talk, "zita")
    for _ in range(TURNS):
        talk.call("POST", "login", {"user": "zita", "password": "guessed"})
    talk.call("POST", RESEND, {"emailOrUsername": "zita"})
    talk.rename(who, "Right", *code(newest(talk, "zita")))


def cleared(talk: Talk) -> None:
    """A success between guesses, and guesses at once."""
    who, beside = enrolled(talk, "abel"), entered(talk, "abel")
    nearly_locked(talk, "abel")
    talk.call("POST", RESEND, {"emailOrUsername": "abel"})
    talk.rename(who, "Right", *code(newest(talk, "abel")))
    for turn in range(TURNS):
        talk.rename((who, beside)[turn % 2], "Guessed", *code(other(digits(talk, "abel"))))
    talk.call("POST", RESEND, {"emailOrUsername": "abel"})
    talk.rename(who, "Right", *code(newest(talk, "abel")))


SCENES = (counted, by_two_methods, locked, locked_by_others, cleared)
