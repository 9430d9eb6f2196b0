"""Accounts, tokens, settings and the order of checks."""

import hashlib

import pytest

from conformance.lab.legal_calls import limiter
from conformance.lab.messages import Request
from conformance.lab.rules import EDITIONS
from conformance.lab.server import ROUTES, admin_password
from conformance.lab.variants import VARIANTS

from .talk import SEED, Headers, Talk, by_password, code, other

RESEND = "users.2fa.sendEmailCode"
REMEMBER = "Accounts_TwoFactorAuthentication_RememberFor"


ADMIN = by_password(admin_password(SEED))


def test_the_admin_is_challenged_by_password(talk: Talk) -> None:
    admin = talk.admin()
    path = f"settings/{REMEMBER}"
    answer = talk.call("POST", path, {"value": 60}, admin)
    assert answer.details == {"method": "password", "codeGenerated": False, "availableMethods": []}
    wrong = talk.call("POST", path, {"value": 60}, (*admin, *by_password("guess")))
    assert (wrong.kind, wrong.details["method"]) == ("totp-invalid", "password")
    assert talk.call("POST", path, {"value": 60}, (*admin, *ADMIN)).status == 200
    assert talk.call("GET", path, headers=admin).body["value"] == 60


def test_settings_are_for_the_admin_and_keep_their_types(talk: Talk) -> None:
    who = talk.user("alice")
    assert talk.call("GET", "settings", headers=who).status == 403
    assert talk.call("POST", f"settings/{REMEMBER}", {"value": 60}, who).status == 403
    admin = (*talk.admin(), *ADMIN)
    assert talk.call("POST", f"settings/{REMEMBER}", {"value": "long"}, admin).status == 400
    many = {"settings": [{"_id": REMEMBER, "value": 9}]}
    assert talk.call("POST", "settings", many, admin).status == 200
    assert talk.state.settings[REMEMBER] == 9


def test_checks_come_in_the_product_s_order(current: Talk) -> None:
    who = current.user("alice")
    bob = current.create("bob")
    assert current.call("POST", "users.update", {"nonsense": 1}, code("123456")).status == 401
    assert current.call("POST", "users.update", {"nonsense": 1}, who).kind == "invalid-params"
    assert not current.mails
    foreign = {"userId": bob, "data": {"name": "Changed"}}
    assert current.call("POST", "users.update", foreign, who).kind == "totp-required"
    late = current.call("POST", "users.update", foreign, (*who, *code(current.shown())))
    assert late.kind == "error-action-not-allowed"
    unknown = {"userId": "nobody", "data": {"name": "Changed"}}
    assert current.call("POST", "users.update", unknown, who).kind == "totp-required"


def test_a_call_without_credentials_spends_no_code(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    body = {"userId": who[1][1], "data": {"name": "Changed"}}
    assert talk.call("POST", "users.update", body, code(talk.shown())).status == 401
    mismatched = (who[0], ("X-User-Id", "somebody"))
    assert talk.call("POST", "users.update", body, (*mismatched, *code(talk.shown()))).status == 401
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200


def test_disabling_needs_a_code_and_then_the_password_is_asked_for(talk: Talk) -> None:
    who = talk.user("alice")
    disable = "users.2fa.disableEmail"
    assert talk.call("POST", disable, headers=who).kind == "totp-required"
    assert talk.call("POST", disable, headers=(*who, *code(other(talk.shown())))).kind == "totp-invalid"
    assert talk.call("POST", disable, headers=(*who, *code(talk.shown()))).body == {"success": True}
    assert talk.rename(who, "Changed").details["method"] == "password"
    assert talk.rename(who, "Changed", *by_password("pw")).status == 200


def test_personal_access_tokens(talk: Talk) -> None:
    who = talk.user("alice")
    generate = "users.generatePersonalAccessToken"

    def made(name: str, bypass: bool) -> Headers:
        body = {"tokenName": name, "bypassTwoFactor": bypass}
        assert talk.call("POST", generate, body, who).kind == "totp-required"
        answer = talk.call("POST", generate, body, (*who, *code(talk.shown())))
        return (("X-Auth-Token", answer.body["token"]), who[1])

    plain, bypass = made("plain", False), made("free", True)
    tokens = talk.call("GET", "users.getPersonalAccessTokens", headers=who).body["tokens"]
    assert [(t["name"], t["bypassTwoFactor"]) for t in tokens] == [("plain", False), ("free", True)]
    assert tokens[0]["lastTokenPart"] == plain[0][1][-6:]
    assert talk.rename(plain, "Changed").kind == "totp-required"
    assert talk.rename(bypass, "Changed").status == 200
    taken = talk.call("POST", generate, {"tokenName": "free"}, bypass)
    assert taken.kind == "error-token-already-exists"
    remove = "users.removePersonalAccessToken"
    assert talk.call("POST", remove, {"tokenName": "plain"}, bypass).status == 200
    assert talk.call("GET", "me", headers=plain).status == 401
    renewed = talk.call("POST", "users.regeneratePersonalAccessToken", {"tokenName": "free"}, bypass)
    assert renewed.body["token"] != bypass[0][1]
    assert talk.call("GET", "me", headers=bypass).status == 401


def test_only_the_admin_makes_and_removes_users(talk: Talk) -> None:
    who = talk.user("alice")
    fields = {"name": "B", "email": "qa+b@lab.test", "username": "b", "password": "pw"}
    assert talk.call("POST", "users.create", fields, who).status == 403
    admin = talk.admin()
    assert talk.call("POST", "users.create", {**fields, "username": "alice"}, admin).kind == "error-field-unavailable"
    assert talk.call("POST", "users.create", {**fields, "email": "no address"}, admin).kind == "error-invalid-email"
    assert talk.call("POST", "users.delete", {"userId": who[1][1], "confirmRelinquish": True}, who).status == 403
    assert talk.call("POST", "users.delete", {"username": "alice"}, admin).status == 200
    assert talk.call("GET", "me", headers=who).status == 401
    assert [u["username"] for u in talk.call("GET", "users.list", headers=admin).body["users"]] == ["admin"]


def test_own_credentials_are_protected_and_the_rest_is_not(talk: Talk) -> None:
    who = talk.user("alice")
    path = "users.updateOwnBasicInfo"
    assert talk.call("POST", path, {"data": {"name": "Changed"}}, who).status == 200
    change = {"data": {"newPassword": "new"}}
    assert talk.call("POST", path, change, who).kind == "totp-required"
    assert talk.call("POST", path, change, (*who, *code(talk.shown()))).status == 200
    talk.call("POST", "login", {"user": "alice", "password": "new"})
    assert talk.login("alice", "new", code=talk.shown())


def test_logins_by_digest_address_and_token(talk: Talk) -> None:
    talk.create("alice")
    digest = {"digest": hashlib.sha256(b"pw").hexdigest(), "algorithm": "sha-256"}
    answer = talk.call("POST", "login", {"email": "qa+alice@lab.test", "password": digest})
    token = answer.body["data"]["authToken"]
    assert talk.call("POST", "login", {"resume": token}).body["data"]["authToken"] == token
    assert talk.call("POST", "login", {"user": "alice", "password": "wrong"}).status == 401
    headers = (("X-Auth-Token", token), ("X-User-Id", answer.body["data"]["userId"]))
    assert talk.call("POST", "logout", headers=headers).status == 200
    assert talk.call("GET", "me", headers=headers).status == 401


def test_a_welcome_is_mailed_on_request(talk: Talk) -> None:
    talk.create("alice", sendWelcomeEmail=True)
    assert b"Subject: Welcome" in talk.mails[0].content


def test_unknown_routes_and_verbs_are_not_found(talk: Talk) -> None:
    for verb, path in (("GET", "users.update"), ("POST", "users.Update"), ("POST", "users.update/"), ("PUT", "login")):
        assert talk.send(Request(verb, f"/api/v1/{path}")).status == 404


def test_a_trust_window_belongs_to_its_token(talk: Talk) -> None:
    trusting = Talk(VARIANTS["b-33"].apply(talk.rules))
    who = trusting.user("alice")
    trusting.rename(who, "One")
    assert trusting.rename(who, "Two", *code(other(trusting.shown()))).kind == "totp-invalid"
    assert trusting.rename(who, "Three", *code(trusting.shown())).status == 200
    assert trusting.rename(who, "Four").status == 200
    assert trusting.call("POST", "users.2fa.disableEmail", headers=who).kind == "totp-required"
    again = trusting.login("alice", "pw", code=trusting.shown())
    assert trusting.rename(again, "Five").kind == "totp-required"
    trusting.now += 1801
    assert trusting.rename(who, "Six").kind == "totp-required"


def test_a_new_password_ends_trust(talk: Talk) -> None:
    trusting = Talk(VARIANTS["b-33"].apply(talk.rules))
    who = trusting.user("alice")
    trusting.rename(who, "One")
    assert trusting.rename(who, "Two", *code(trusting.shown())).status == 200
    for password, status in (("pw", 200), ("new", 400)):
        update = {"userId": who[1][1], "data": {"password": password}}
        assert trusting.call("POST", "users.update", update, who).status == 200
        assert trusting.rename(who, "Three").status == status


def test_strangers_do_not_use_up_the_resends_of_a_user(talk: Talk) -> None:
    who, body = talk.user("alice"), {"emailOrUsername": "alice"}
    for count in range(2):
        statuses = [talk.call("POST", RESEND, body, (who, ())[count]).status for _ in range(talk.rules.resends[0] + 1)]
        assert (statuses[0], statuses[-1]) == (200, 429)


def test_a_user_who_is_deactivated_is_mailed_no_code(talk: Talk) -> None:
    who = talk.user("alice")
    update = {"userId": who[1][1], "data": {"active": False}}
    assert talk.call("POST", "users.update", update, (*talk.admin(), *ADMIN)).status == 200
    for name in ("alice", "nobody"):
        answer = talk.call("POST", RESEND, {"emailOrUsername": name})
        assert answer == talk.call("POST", RESEND, {"emailOrUsername": "nobody"})
    assert not talk.mails


def test_a_limiter_counts_calls_of_a_route(talk: Talk) -> None:
    limited = Talk(limiter(3, 1)(talk.rules))
    who = limited.user("alice")
    limited.now += 2
    answers = [limited.rename(who, "Changed") for _ in range(4)]
    assert [answer.status for answer in answers] == [400, 400, 400, 429]
    assert "[error-too-many-requests]" in answers[-1].body["error"]
    assert dict(answers[0].headers)["X-RateLimit-Remaining"] == "2"
    assert limited.call("GET", "me", headers=who).status == 200
    limited.now += 1
    assert limited.rename(who, "Changed").status == 400


ODD: tuple[bytes, ...] = (
    b"", b"null", b"[]", b'"text"', b"{", b"[" * 5000, b"9" * 5000, b"\xff\xfe", b'{"user":{"username":[]}}',
    b'{"user":"alice","password":"pw","code":123456}', b'{"user":"alice","password":"pw","code":{"$ne":null}}',
    b'{"userId":{"a":1},"data":[]}', b'{"userId":1,"data":{"email":"a\\r\\nBcc: b@c"}}', b'{"emailOrUsername":["a"]}',
    b'{"tokenName":{"a":1}}', b'{"settings":[1]}', b'{"value":{}}', b'{"data":{"roles":3}}',
    b'{"name":"\\ud800","email":"q@lab.test","username":"q","password":"\\ud800","sendWelcomeEmail":true}',
)  # fmt: skip


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_every_endpoint_answers_odd_bodies(talk: Talk, kind: str) -> None:
    talk.user("alice")
    for body in ODD:
        for verb, path in ROUTES:
            admin = (*talk.admin(), *ADMIN, ("content-type", kind))
            answer = talk.send(Request(verb, path.replace("*", REMEMBER), "count=x&offset=-1", admin, body))
            assert answer.status < 500 or path.endswith("login")


def test_editions_have_their_names() -> None:
    assert all(rules.edition == name for name, rules in EDITIONS.items())
