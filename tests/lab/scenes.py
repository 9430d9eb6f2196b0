"""Scenes of the scripted conversation that are not about codes by mail alone: one for each kind of behaviour."""

from __future__ import annotations

import hashlib

from conformance.lab.authenticator import code_of

from .steps import account, digits, enrolled, entered, method, newest, plain, raw, setting, token_only, with_device
from .talk import Headers, Talk, by_password, code, other, totp

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
        for more in ((), code(other(digits(talk, "quin"))), code(newest(talk, "quin"))):
            answer = talk.call("POST", path, body, (*who, *more))
            for name in ("users.getPersonalAccessTokens", "me"):
                talk.call("GET", name, headers=who)
        made = account(talk, "quin").sessions[-1].token
        talk.rename(token_only(who, made), "By token")
        talk.now += 61
    assert answer


def settings_by_root(talk: Talk) -> None:
    """An administrator with e-mail 2FA writes a setting."""
    who = enrolled(talk, "root")
    admin = talk.admin()
    root = account(talk, "root")
    talk.call("POST", "users.update", {"userId": root.id, "data": {"roles": ["admin", "user"]}}, admin)
    promote(talk, root.id)
    talk.call("POST", "settings/Accounts_TwoFactorAuthentication_MaxDelta", {"value": 1}, who)


def promote(talk: Talk, ident: str) -> None:
    from dataclasses import replace

    from conformance.lab.accounts import put

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
    talk.call("POST", RESEND, {"emailOrUsername": "tom"})
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
    one = enrolled(talk, "ana")
    for _ in range(60):
        talk.rename(one, "Guessed", *code(other(digits(talk, "ana"))))
    who, secret, _ = with_device(talk, "ben")
    for _ in range(60):
        talk.rename(who, "Guessed", *code(other(code_of(secret, int(talk.now // 30))), "totp"))
    who = plain(talk, "cy")
    for _ in range(60):
        talk.rename(who, "Guessed", *by_password("wrong"))


SCENES = (
    passwords, devices, two_methods, switching, unverified, resends, logins, routes, settings_by_root, procedures, oddities,
    sessions, times, switches, limits,
)  # fmt: skip
