"""A fixed conversation that touches every behaviour which a fault or a variant may alter, and tells what came of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from conformance.lab.messages import Mail
from conformance.lab.rules import Rules
from conformance.lab.server import admin_password

from .scenes import SCENES
from .steps import digits, enrolled, entered, newest
from .talk import SEED, Answer, Headers, Talk, by_password, code, other

GENERATE = "users.generatePersonalAccessToken"
RESEND = "users.2fa.sendEmailCode"


@dataclass(frozen=True, slots=True)
class Transcript:
    answers: tuple[Answer, ...]
    mails: tuple[Mail, ...]

    @property
    def text(self) -> str:
        return "\n".join([*(str(answer) for answer in self.answers), *(str(mail.content) for mail in self.mails)])


def transcript(rules: Rules) -> Transcript:
    """The whole conversation."""
    parts = list(conversation(rules))
    return Transcript(
        tuple(chain.from_iterable(part.answers for part in parts)),
        tuple(chain.from_iterable(part.mails for part in parts)),
    )


def conversation(rules: Rules) -> Iterator[Transcript]:
    """What came of it act by act: who looks for one difference need not hear the rest."""
    talk = Talk(rules)
    for act in acts():
        answered, mailed = len(talk.answers), len(talk.mails)
        act(talk)
        yield Transcript(tuple(talk.answers[answered:]), tuple(talk.mails[mailed:]))


def differing(rules: Rules, known: Sequence[Transcript]) -> Transcript | None:
    """The first act that does not go as the known one; None if all do."""
    return next((mine for mine, other in zip(conversation(rules), known, strict=True) if mine != other), None)


def acts() -> tuple[Callable[[Talk], None], ...]:
    return (
        lambda talk: hints(talk, enrolled(talk, "alice")),
        lambda talk: guesses(talk, enrolled(talk, "bob")),
        lambda talk: life_of_a_code(talk, enrolled(talk, "carol")),
        lambda talk: tokens_and_profile(talk, enrolled(talk, "dora")),
        logins_and_enrolment,
        *SCENES,
    )


def hints(talk: Talk, who: Headers) -> None:
    """Calls without a code, with all kinds of things that are none."""
    for more in (
        (), (("Accept-Language", "de"),), (("X-Debug", "1"),), (("X-Forwarded-For", "127.0.0.1"),),
        (("X-HTTP-Method-Override", "PUT"),), (("x-2fa-method", "email"),), (("x-2fa-method", "totp"),),
        (("x-2fa-method", "nosuch"),), code(""), code("", None),
    ):  # fmt: skip
        talk.rename(who, "Hinted", *more)
    body = {"userId": who[1][1], "data": {"name": "Hinted"}, "cas": True}
    talk.call("POST", "users.update", body, who)
    talk.call("POST", GENERATE, {"tokenName": "one"}, who)
    talk.call("POST", GENERATE, {"nonsense": "one"}, who)
    talk.name(who)
    talk.now += 3
    talk.name(who)


def guesses(talk: Talk, who: Headers) -> None:
    """Wrong codes of every kind, each while a fresh code is out."""
    talk.rename(who, "Guessed", *code("123-456"))
    talk.rename(who, "Guessed", *code(digits(talk, "bob"), "totp"))
    for made in (
        lambda right: (other(right), "email"), lambda right: (other(right), None), lambda right: (right[:3], "email"),
        lambda right: (right[:3] + other(right)[3:], "email"), lambda right: (other(right)[:-3] + right[-3:], "email"),
        lambda right: ("9" + right + "9", "email"), lambda right: (right + "99", "email"),
        lambda right: ("null", "email"), lambda right: (f"{right}.0", "email"),
        lambda right: ("7" * 1200, "email"), lambda right: ("123456", "email"), lambda right: (other(right), "EMAIL"),
        lambda right: (other(right), "nosuch"), lambda right: (other(right), "__proto__"),
        lambda right: (right, "nosuch"), lambda right: (right, None),
        lambda right: (right[:3] + " " + right[3:], "email"),
        lambda right: (right.lower(), "email"),
    ):  # fmt: skip
        talk.call("POST", RESEND, {"emailOrUsername": "bob"})
        talk.rename(who, "Guessed", *code(*made(digits(talk, "bob"))))
        talk.name(who)
        talk.rename(who, "Guessed")
        talk.now += 61
    talk.name(who)


def life_of_a_code(talk: Talk, who: Headers) -> None:
    """Made, announced, used, used again, expired."""
    for _ in range(2):
        talk.rename(who, "Lived")
    used = digits(talk, "carol")
    talk.rename(who, "Lived", ("X-2fa-Code", newest(talk, "carol")), ("X-2fa-Method", "email"))
    talk.rename(who, "Lived", *code(digits(talk, "carol")))
    again = entered(talk, "carol")
    talk.rename(again, "Used", *code(used))
    for _ in range(3):
        talk.call("POST", RESEND, {"emailOrUsername": "carol"}, again)
    talk.rename(again, "Lived")
    used = digits(talk, "carol")
    talk.rename(again, "Lived", *code(newest(talk, "carol")))
    talk.rename(again, "Lived")
    talk.rename(again, "Used", *code(used))
    talk.rename(again, "Lived")
    talk.rename(again, "Failed", *code(newest(talk, "carol")))
    talk.now += 600 + 301
    for _ in range(2):
        talk.rename(again, "Lived")
    talk.name(again)


def tokens_and_profile(talk: Talk, who: Headers) -> None:
    """Effects: several fields at once, tokens, a call that fails late."""
    update = {"userId": who[1][1], "data": {"name": "Dora D.", "bio": "diver"}}
    talk.call("POST", "users.update", update, who)
    talk.call("POST", "users.update", update, (*who, *code(newest(talk, "dora"))))
    talk.call("POST", RESEND, {"emailOrUsername": "dora"})
    wrong = code(other(digits(talk, "dora")))
    talk.call("POST", "users.update", {**update, "data": {"name": "No", "bio": "none"}}, (*who, *wrong))
    talk.now += 3
    talk.name(who)
    talk.call("POST", GENERATE, {"tokenName": "plain"}, (*who, *code(newest(talk, "dora"))))
    made = re.search(r'"token": ?"(\w+)"', talk.answers[-1].text)
    token = (("X-Auth-Token", made.group(1) if made else ""), who[1])
    talk.rename(token, "By token")
    talk.call("GET", "users.getPersonalAccessTokens", headers=who)
    late = {"userId": "nobody", "data": {"name": "x"}}
    talk.call("POST", "users.update", late, who)
    talk.call("POST", "users.update", late, (*who, *code(newest(talk, "dora"))))
    talk.rename(who, "Later", *code(newest(talk, "dora")))
    talk.call("GET", "users.info", headers=who, query="username=dora")


def logins_and_enrolment(talk: Talk) -> None:
    """An unverified address, a resend for nobody, the administrator's password."""
    talk.create("eve", verified=False)
    eve = entered(talk, "eve")
    talk.call("POST", "users.2fa.enableEmail", headers=eve)
    admin = talk.admin()
    talk.call("POST", "users.create", {"name": "no", "email": "qa+fay@lab.test"}, admin)
    fay = {"name": "Fay", "email": "qa+fay@lab.test", "username": "fay", "password": "pw"}
    talk.call("POST", "users.create", fay, admin)
    talk.rename(admin, "Root")
    for _ in range(4):
        talk.call("POST", RESEND, {"emailOrUsername": "bob"}, admin)
    talk.call("POST", RESEND, {"emailOrUsername": "nobody"})
    (_, digest), _ = by_password(admin_password(SEED))
    talk.rename(admin, "Root", *code(digest.upper(), "password"))
    talk.create("finn")
    finn = entered(talk, "finn")
    talk.call("POST", "users.2fa.enableEmail", headers=finn)
    talk.rename(finn, "Young")
