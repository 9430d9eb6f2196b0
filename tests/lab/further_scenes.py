"""Further scenes: resends, logins, routes, sessions, time, settings and limits."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.lab.accounts import put
from conformance.lab.authenticator import code_of
from conformance.lab.messages import Request

from .steps import account, digits, enrolled, entered, method, newest, plain, raw, setting, token_only, with_device
from .talk import Talk, by_password, code, other, totp

RESEND, ENABLE, DISABLE = "users.2fa.sendEmailCode", "users.2fa.enableEmail", "users.2fa.disableEmail"
UPDATE = "/api/v1/users.update"
GENERATE = "users.generatePersonalAccessToken"


def resends(talk: Talk) -> None:
    """Odd names, unknown ones, and far too many."""
    enrolled(talk, "olga")
    for name in (None, 5, [], {}, "x" * 5000, "a\0b", "nobody", "qa+strange@lab.test", "qa+olga@lab.test",
                 {"$eq": "olga"}, ["qa+olga@lab.test", "qa+strange@lab.test"]):  # fmt: skip
        talk.call("POST", RESEND, {"emailOrUsername": name})
    talk.call("POST", RESEND, {})
    raw(talk, (), b"", "GET", "emailOrUsername=olga", RESEND)
    for _ in range(30):
        talk.call("POST", RESEND, {"emailOrUsername": "olga"})


def logins(talk: Talk) -> None:
    enrolled(talk, "pat")
    talk.call("POST", "login", {"user": "pat", "password": "wrong"})
    talk.call("POST", "login", {"user": "pat", "password": "pw"})
    for sent in (other(digits(talk, "pat")), {"$ne": None}, True, digits(talk, "pat")):
        talk.call("POST", "login", {"user": "pat", "password": "pw", "code": sent})


def routes(talk: Talk) -> None:
    """Protected calls beside the usual one: without a code, with a wrong one, with the right one."""
    who = enrolled(talk, "quin")
    for path, body in (
        (GENERATE, {"tokenName": "one"}),
        ("users.regeneratePersonalAccessToken", {"tokenName": "one"}),
        ("users.removePersonalAccessToken", {"tokenName": "one"}),
        (GENERATE, {"tokenName": "two", "bypassTwoFactor": True}),
        ("users.updateOwnBasicInfo", {"data": {"email": "qa+quin2@lab.test"}}),
        ("users.resetE2EKey", {}),
        ("settings/Accounts_TwoFactorAuthentication_MaxDelta", {"value": 2}),
    ):
        for sent in (lambda: None, lambda: other(digits(talk, "quin")), lambda: newest(talk, "quin")):
            given = sent()
            talk.call("POST", path, body, (*who, *(code(given) if given else ())))
            for name in ("users.getPersonalAccessTokens", "me"):
                talk.call("GET", name, headers=who)
        for session in account(talk, "quin").sessions[-1:]:
            talk.rename(token_only(who, session.token), "By token")
        talk.now += 61


def settings_by_root(talk: Talk) -> None:
    """An administrator with e-mail 2FA writes a setting."""
    who = enrolled(talk, "root")
    admin = talk.admin()
    root = account(talk, "root")
    talk.call("POST", "users.update", {"userId": root.id, "data": {"roles": ["admin", "user"]}}, admin)
    promote(talk, root.id)
    talk.call("POST", "settings/Accounts_TwoFactorAuthentication_MaxDelta", {"value": 1}, who)


def promote(talk: Talk, ident: str) -> None:
    talk.state = put(talk.state, replace(talk.state.accounts[ident], roles=("admin", "user")))


def procedures(talk: Talk) -> None:
    """A method of the realtime API: bare, guessed at, answered in headers and by a parameter."""
    who = enrolled(talk, "rob")
    name = "personalAccessTokens:generateToken"
    body = {"tokenName": "one", "bypassTwoFactor": False}
    method(talk, who, name, body)
    method(talk, (*who, *code(other(digits(talk, "rob")))), name, body)
    talk.call("GET", "users.getPersonalAccessTokens", headers=who)
    method(talk, (*who, *code(digits(talk, "rob"))), name, {**body, "tokenName": "two"})
    method(talk, who, name, body)
    last = {"twoFactorCode": digits(talk, "rob"), "twoFactorMethod": "email"}
    method(talk, who, name, {**body, "tokenName": "three"}, last)


def oddities(talk: Talk) -> None:
    """Bodies, headers and queries that nobody sends."""
    who = enrolled(talk, "sam")
    for content in (b'{"data":', b"[]", b"null", b'"x"'):
        raw(talk, who, content)
    for more in (code("é123456"), code("9" * 6000), code("123456", "nosuch"), code("123456", "__proto__")):
        talk.rename(who, "Odd", *more)
    talk.now += 700
    talk.rename(who, "Odd")
    body = f'{{"userId": "{who[1][1]}", "data": {{"name": "By query"}}}}'.encode()
    raw(talk, who, body, query=f"code={digits(talk, 'sam')}")
    talk.name(who)
    raw(talk, who, body.replace(b"query", b"GET"), "GET")
    talk.name(who)


def sessions(talk: Talk) -> None:
    """A success in one session, and what others see of it; two at once with one code."""
    who, bystander = enrolled(talk, "tom"), enrolled(talk, "uma")
    elsewhere = entered(talk, "tom")
    talk.rename(bystander, "Asked")
    talk.now += 1
    talk.rename(who, "Asked")
    earlier = digits(talk, "tom")
    talk.call("POST", RESEND, {"emailOrUsername": "tom"})
    talk.rename(who, "Earlier", *code(earlier))
    right = digits(talk, "tom")
    talk.rename(who, "Right", *code(right))
    talk.rename(elsewhere, "At once", *code(right))
    talk.rename(elsewhere, "Freed")
    talk.rename(bystander, "Freed")
    talk.rename(bystander, "Still", *code(newest(talk, "uma")))


def times(talk: Talk) -> None:
    """Codes that live for seconds, and trust that does."""
    who = enrolled(talk, "vic")
    setting(talk, "By_Email_Code_Expiration", 4)
    talk.rename(who, "Brief")
    first = digits(talk, "vic")
    talk.now += 3
    talk.rename(who, "In time", *code(first))
    talk.rename(who, "Brief")
    late = digits(talk, "vic")
    talk.now += 5
    talk.rename(who, "Late", *code(late))
    for _ in range(3):
        talk.rename(who, "New")
    talk.rename(who, "New", *code(newest(talk, "vic")))
    setting(talk, "By_Email_Code_Expiration", 600)
    setting(talk, "RememberFor", 2)
    talk.rename(who, "Trusted")
    talk.rename(who, "Trusted", *code(newest(talk, "vic")))
    for seconds in (1, 2, 3):
        talk.now += seconds
        talk.rename(who, f"Trusted {seconds}")
    setting(talk, "RememberFor", 0)


def switches(talk: Talk) -> None:
    who, nobody = enrolled(talk, "wim"), plain(talk, "xena")
    for name in ("Enabled", "By_Email_Enabled", "Enforce_Password_Fallback"):
        setting(talk, name, False)
        talk.rename(who, f"No {name}")
        talk.rename(nobody, f"No {name}")
        setting(talk, name, True)


def limits(talk: Talk) -> None:
    """Far too many guesses: by mail, in two sessions, with resends, by an authenticator, by the password."""
    for name, resent in (("yan", False), ("zoe", True)):
        who = enrolled(talk, name)
        sides = [who, entered(talk, name)]
        for index in range(60):
            if resent and index % 20 == 0:
                talk.call("POST", RESEND, {"emailOrUsername": name})
            talk.rename(sides[index % 2 if resent is False else 0], "Guessed", *code(other(digits(talk, name))))
        talk.rename(who, "Guessed")
        talk.rename(who, "Guessed", *code(newest(talk, name)))
    one = enrolled(talk, "ada")
    talk.rename(one, "Guessed")
    for _ in range(5):
        talk.rename(one, "Guessed", *code(other(digits(talk, "ada"))))
    talk.rename(one, "Guessed")
    talk.rename(one, "Right", *code(newest(talk, "ada")))
    one = enrolled(talk, "ana")
    for _ in range(60):
        talk.rename(one, "Guessed", *code(other(digits(talk, "ana"))))
    who, secret, _ = with_device(talk, "ben")
    for _ in range(60):
        talk.rename(who, "Guessed", *code(other(code_of(secret, int(talk.now // 30))), "totp"))
    who = plain(talk, "cy")
    for _ in range(60):
        talk.rename(who, "Guessed", *by_password("wrong"))


def byways(talk: Talk) -> None:
    """A route in another spelling and with other verbs, odd names of tokens, an ended session, an unverified address."""
    who = enrolled(talk, "byron")
    body = {"userId": who[1][1], "data": {"name": "By another way"}}
    talk.call("POST", "users.update/", body, who)
    for verb in ("PUT", "PATCH"):
        talk.call(verb, "users.update", body, who)
    for odd in ({"tokenName": ""}, {"tokenName": "é"}, {"tokenName": "x", "more": 1}, {"tokenName": 5}, {}):
        talk.call("POST", GENERATE, odd, who)
    talk.call("POST", "logout", headers=who)
    talk.rename(who, "Logged out")
    talk.create("celia", verified=False)
    talk.call("POST", RESEND, {"emailOrUsername": "celia"})


def odd_bytes(talk: Talk) -> None:
    """Codes twice, in a list, among blanks, very long; bodies of other types, left incomplete, or with more behind them."""
    who, by = enrolled(talk, "dee"), ("x-2fa-method", "email")
    talk.rename(who, "Asked")
    right = digits(talk, "dee")
    wrong = other(right)
    for values in (
        (right, wrong),
        (wrong, right),
        (f"{wrong},{right}",),
        (f" {wrong}\t",),
        ("9" * 10_000,),
        (f"  {right} ",),
    ):
        talk.rename(who, "Odd", *(("x-2fa-code", value) for value in values), by)
    talk.rename(who, "Asked")
    right = newest(talk, "dee")
    talk.rename(who, "Ordered", by, ("x-2fa-code", right))
    body = json.dumps({"userId": who[1][1], "data": {"name": "Typed"}}).encode()
    form = f"userId={who[1][1]}&data[name]=Typed".encode()
    for kind, content in (("text/plain", body), ("application/x-www-form-urlencoded", form)):
        talk.send(Request("POST", UPDATE, "", (*who, ("Content-Type", kind)), content))
    asked = Request("POST", UPDATE, "", (*who, ("Content-Type", "application/json")))
    talk.send(replace(asked, body=body[:-9], beyond=body[-9:]))
    talk.send(replace(asked, body=body, whole=False))


def combined(talk: Talk) -> None:
    """Two unusual inputs in one call: codes with no name, another's or an unknown one, in sessions that are new or mixed up."""
    digest = by_password("pw")[0][1]
    who, stranger = enrolled(talk, "lea"), plain(talk, "ned")
    talk.rename(who, "Asked")
    talk.rename(who, "Compact", *code(digits(talk, "lea"), None))
    talk.rename(who, "Asked")
    used = digits(talk, "lea")
    talk.rename(who, "Used", *code(used))
    talk.rename(who, "Used", *code(used, "totp"))
    talk.rename(who, "Asked")
    talk.rename(token_only(who, stranger[0][1]), "Mixed", *code(digits(talk, "lea")))
    for name in ("email", ""):
        talk.rename(stranger, "Other", ("x-2fa-code", "000000"), ("x-2fa-method", name))
    who, _, _ = with_device(talk, "ora")
    talk.rename(who, "Unasked", *code("000000", "totp"))
    talk.rename(who, "Unknown", *code("000000", "nosuch"))
    talk.call("POST", ENABLE, headers=who)
    talk.rename(who, "Empty", ("x-2fa-code", "000000"), ("x-2fa-method", ""))
    talk.rename(who, "Digest", *code(digest, "password"))


def sequences(talk: Talk) -> None:
    """Old codes, and calls without any, once this and that has happened."""
    who = enrolled(talk, "flo")
    first = newest(talk, "flo") if talk.rename(who, "Flo A") else ""
    talk.rename(who, "Flo B", *code(first))
    talk.call("POST", RESEND, {"emailOrUsername": "flo"})
    talk.rename(who, "Flo C", *code(first))
    talk.call("POST", DISABLE, headers=who)
    beside = entered(talk, "flo")
    talk.rename(who, "Flo D")
    superseded = newest(talk, "flo")
    for _ in range(2):
        talk.call("POST", RESEND, {"emailOrUsername": "flo"})
    talk.rename(beside, "Flo E", *code(superseded))
    for number in range(2):
        talk.rename(who, "Flo F")
        talk.rename(who, f"Flo G{number}", *code(newest(talk, "flo")))
        talk.rename(beside, "Flo H")
    talk.rename(who, "Flo I")
    kept = newest(talk, "flo")
    talk.call("POST", RESEND, {"emailOrUsername": "flo"})
    talk.call("POST", DISABLE, headers=(*who, *code(newest(talk, "flo"))))
    talk.call("POST", ENABLE, headers=who)
    for old in (first, kept):
        beside = entered(talk, "flo")
        talk.rename(beside, "Flo J")
        talk.rename(beside, "Flo K", *code(old))
    talk.call("POST", ENABLE, headers=beside)
    talk.rename(beside, "Flo L")


def liberties(talk: Talk) -> None:
    """What servers may take or not: more than digits in a code, names in another spelling, codes of elsewhere, early ones."""
    who = enrolled(talk, "pia")
    beside = entered(talk, "pia")
    talk.rename(who, "Asked")
    talk.rename(who, "Adorned", *code(f"({newest(talk, 'pia')})"))
    for name in ("QA+Pia@Lab.test ", "PIA"):
        talk.call("POST", RESEND, {"emailOrUsername": name})
    form = ("Content-Type", "application/x-www-form-urlencoded")
    talk.send(Request("POST", f"/api/v1/{RESEND}", "", (form,), b"emailOrUsername=pia"))
    talk.rename(who, "Here")
    talk.rename(beside, "There", *code(newest(talk, "pia")))
    talk.rename(who, "Here")
    talk.call("POST", GENERATE, {"tokenName": "there"}, (*who, *code(newest(talk, "pia"))))
    off = plain(talk, "rex")
    talk.call("POST", RESEND, {"emailOrUsername": "rex"})
    talk.call("POST", DISABLE, headers=off)
    talk.call("POST", DISABLE, headers=who)
    talk.call("POST", DISABLE, headers=(*who, *code(newest(talk, "pia"))))
    talk.call("GET", "me", headers=beside)
    one, secret, _ = with_device(talk, "sol")
    for steps in (0, 1):
        talk.rename(one, f"Step {steps}", *code(totp(secret, talk.now, steps), "totp") if secret else ())


FURTHER = (
    resends, logins, routes, settings_by_root, procedures, oddities, sessions, times, switches, limits, byways,
    odd_bytes, combined, sequences, liberties,
)  # fmt: skip
