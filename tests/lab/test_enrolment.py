"""Enrolment of an authenticator, by method.call and by users.totp.*; method.call with a second factor; resets."""

import json
from typing import Any

import pytest

from conformance.lab.server import admin_password

from .talk import SEED, Headers, Talk, by_password, code, other, totp

GENERATE = "personalAccessTokens:generateToken"


@pytest.fixture
def who(talk: Talk) -> Headers:
    talk.create("alice")
    return talk.login("alice", "pw")


def failed(talk: Talk) -> int:
    """The status of a method that fails."""
    return 400 if talk.rules.edition == "current" else 200


def error(name: str) -> dict[str, Any]:
    return {"isClientSafe": True, "error": name, "message": f"[{name}]", "errorType": "Meteor.Error"}


def test_an_authenticator_protects_once_it_is_confirmed(talk: Talk, who: Headers) -> None:
    session = talk.login("alice", "pw")
    status, message = talk.method("2fa:enable", who=who)
    secret = message["result"]["secret"]
    assert status == 200
    assert message == {
        "msg": "result",
        "id": "7",
        "result": {"secret": secret, "url": f"otpauth://totp/Rocket.Chat:alice?secret={secret}"},
    }
    assert len(secret) == 52
    assert talk.rename(who, "Changed").details["method"] == "password"
    assert talk.rename(who, "Changed", *code(totp(secret, talk.now), "totp")).kind == "totp-invalid"
    wrong = talk.method("2fa:validateTempToken", other(totp(secret, talk.now)), who=who)
    assert wrong == (failed(talk), {"msg": "result", "id": "7", "error": error("invalid-totp")})
    right = totp(secret, talk.now)
    assert len(talk.method("2fa:validateTempToken", right, who=who)[1]["result"]["codes"]) == 12
    assert talk.rename(who, "Changed").details["method"] == "totp"
    assert talk.rename(session, "Changed", *code(right, "totp")).status == 200
    again = talk.method("2fa:enable", who=who)
    assert again == (failed(talk), {"msg": "result", "id": "7", "error": error("error-2fa-already-enabled")})


def test_the_outer_form_tells_the_edition(classic: Talk, current: Talk) -> None:
    for talk, status, success in ((classic, 200, True), (current, 400, False)):
        talk.create("alice")
        who = talk.login("alice", "pw")
        talk.method("2fa:checkCodesRemaining", who=who)
        assert (talk.answers[-1].status, talk.answers[-1].body["success"]) == (status, success)
        talk.method("2fa:enable", who=who)
        assert (talk.answers[-1].status, talk.answers[-1].body["success"]) == (200, True)


def test_starting_again_gives_another_secret(talk: Talk, who: Headers) -> None:
    first, second = (talk.method("2fa:enable", who=who)[1]["result"]["secret"] for _ in range(2))
    assert first != second
    assert "error" in talk.method("2fa:validateTempToken", totp(first, talk.now), who=who)[1]


def test_disabling_takes_a_code(talk: Talk, who: Headers) -> None:
    assert talk.method("2fa:disable", "123456", who=who)[1]["result"] is False
    secret, codes = talk.authenticator(who)
    status, message = talk.method("2fa:disable", other(totp(secret, talk.now)), who=who)
    assert (status, message["result"]) == (200, False)
    assert talk.method("2fa:disable", codes[0], who=who)[1]["result"] is True
    assert talk.rename(who, "Changed").details["method"] == "password"
    assert talk.method("2fa:checkCodesRemaining", who=who)[1]["error"] == error("invalid-totp")


def test_new_backup_codes_end_the_old_ones(talk: Talk, who: Headers) -> None:
    secret, old = talk.authenticator(who)
    status, message = talk.method("2fa:regenerateCodes", other(totp(secret, talk.now)), who=who)
    assert (status, message) == (200, {"msg": "result", "id": "7"})
    new = talk.method("2fa:regenerateCodes", old[0], who=who)[1]["result"]["codes"]
    assert talk.rename(who, "Changed", *code(old[1], "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(new[0], "totp")).status == 200
    assert talk.method("2fa:checkCodesRemaining", who=who)[1]["result"] == {"remaining": 11}


def test_current_has_routes_too(current: Talk) -> None:
    current.create("alice")
    who = current.login("alice", "pw")
    made = current.call("POST", "users.totp.enable", {}, who)
    assert set(made.body) == {"secret", "url", "success"}
    secret = made.body["secret"]
    assert current.call("POST", "users.totp.validate", {"code": "12345"}, who).kind == "invalid-totp"
    assert current.call("POST", "users.totp.validate", {}, who).kind == "invalid-params"
    assert current.call("POST", "users.totp.validate", {"code": 123456}, who).kind == "invalid-params"
    codes = current.call("POST", "users.totp.validate", {"code": totp(secret, current.now)}, who).body["codes"]
    assert current.call("GET", "users.totp.codesRemaining", headers=who).body == {"remaining": 12, "success": True}
    renewed = current.call("POST", "users.totp.regenerateCodes", {"code": codes[0]}, who).body["codes"]
    assert current.call("POST", "users.totp.regenerateCodes", {"code": codes[0]}, who).kind == "invalid-totp"
    assert current.call("POST", "users.totp.disable", {"code": "12345"}, who).body == {
        "disabled": False,
        "success": True,
    }
    gone = current.call("POST", "users.totp.disable", {"code": renewed[0]}, who)
    assert gone.body == {"disabled": True, "success": True}


def test_classic_has_none(classic: Talk) -> None:
    for verb, name in (("POST", "enable"), ("POST", "validate"), ("GET", "codesRemaining")):
        assert classic.call(verb, f"users.totp.{name}", {}).status == 404


def test_nobody_calls_methods_anonymously(talk: Talk) -> None:
    message = json.dumps({"msg": "method", "id": "1", "method": "2fa:enable", "params": []})
    assert talk.call("POST", "method.call/2fa:enable", {"message": message}).status == 401


def test_messages_that_are_none(talk: Talk, who: Headers) -> None:
    path = "method.call/2fa:enable"
    assert talk.call("POST", path, {}, who).kind == "invalid-params"
    assert talk.call("POST", path, {"message": {}}, who).kind == "invalid-params"
    for text in ("", "{", "[]", "7", '{"method":"2fa:enable","params":7}', "[" * 5000):
        answer = talk.call("POST", path, {"message": text}, who)
        assert (answer.status, answer.body["success"], answer.kind) == (400, False, None)
    status, message = talk.method("noSuchMethod", who=who)
    assert (status, message["error"]["error"]) == (failed(talk), 404)
    for parameters in ((), (7,), ({"code": "1"},)):
        assert talk.method("2fa:validateTempToken", *parameters, who=who)[1]["error"]["error"] == 400


def test_a_method_is_challenged_inside_its_message(talk: Talk) -> None:
    who = talk.user("alice")
    status, message = talk.method(GENERATE, {"tokenName": "one"}, who=who)
    assert status == failed(talk)
    challenge = message["error"]
    assert list(challenge) == ["isClientSafe", "error", "reason", "message", "errorType", "details"]
    assert (challenge["error"], challenge["reason"]) == ("totp-required", "TOTP Required")
    assert (challenge["message"], challenge["errorType"]) == ("TOTP Required [totp-required]", "Meteor.Error")
    assert (challenge["details"]["method"], challenge["details"]["codeGenerated"]) == ("email", True)
    again = talk.method(GENERATE, {"tokenName": "one"}, who=who)[1]["error"]["details"]["codeExpires"]
    date = {"$date": round((talk.now + 600) * 1000)}
    assert again == (date if talk.rules.edition == "current" else [date])
    assert len(talk.mails) == 1


def test_the_last_parameter_answers(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    wrong = {"twoFactorCode": other(talk.shown()), "twoFactorMethod": "email"}
    refused = talk.method(GENERATE, {"tokenName": "one"}, wrong, who=(*who, *code(talk.shown())))
    assert refused[1]["error"]["error"] == "totp-invalid"
    for nonsense in ({"$ne": None}, ["1"], True):
        sent = {"twoFactorCode": nonsense, "twoFactorMethod": "email"}
        assert talk.method(GENERATE, {"tokenName": "one"}, sent, who=who)[1]["error"]["error"] == "totp-required"
    right = {"twoFactorCode": talk.shown(), "twoFactorMethod": "email"}
    status, message = talk.method(GENERATE, {"tokenName": "one", "bypassTwoFactor": True}, right, who=who)
    assert (status, set(message)) == (200, {"msg", "id", "result"})
    bypass = (("X-Auth-Token", message["result"]), who[1])
    assert talk.rename(bypass, "Changed").status == 200
    renewed = talk.method("personalAccessTokens:regenerateToken", {"tokenName": "one"}, who=bypass)[1]["result"]
    token = (("X-Auth-Token", renewed), who[1])
    assert talk.method("personalAccessTokens:removeToken", {"tokenName": "one"}, who=token) == (
        200,
        {"msg": "result", "id": "7"},
    )
    assert talk.call("GET", "me", headers=token).status == 401


def test_both_headers_answer_and_one_alone_does_not(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    for alone in (code(talk.shown(), None), (("x-2fa-method", "email"),)):
        assert talk.method(GENERATE, {"tokenName": "one"}, who=(*who, *alone))[1]["error"]["error"] == "totp-required"
    assert "result" in talk.method(GENERATE, {"tokenName": "one"}, who=(*who, *code(talk.shown())))[1]


def test_parameters_are_checked_after_the_second_factor(talk: Talk) -> None:
    who = talk.user("alice")
    assert talk.method(GENERATE, 7, who=who)[1]["error"]["error"] == "totp-required"
    late = talk.method(GENERATE, 7, who=(*who, *code(talk.shown())))[1]["error"]
    assert (late["error"], late["reason"]) == (400, "Match failed")


def test_resetting_the_key_asks_even_who_is_trusted(talk: Talk) -> None:
    who = talk.user("alice")
    talk.setting("RememberFor", 60)
    talk.now += 61
    talk.rename(who, "Changed")
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200
    assert talk.call("POST", "users.resetE2EKey", headers=who).kind == "totp-required"
    assert talk.call("POST", "users.resetE2EKey", headers=(*who, *code(talk.shown()))).body == {"success": True}
    assert talk.call("POST", "users.resetE2EKey", {"more": 1}, who).kind == "invalid-params"


def test_a_reset_ends_every_factor_and_session(talk: Talk) -> None:
    who = talk.user("alice")
    secret, _ = talk.authenticator(who)
    assert talk.call("POST", "users.resetTOTP", headers=who).kind == "totp-required"
    answer = talk.call("POST", "users.resetTOTP", headers=(*who, *code(totp(secret, talk.now), "totp")))
    assert answer.body == {"success": True}
    assert talk.call("GET", "me", headers=who).status == 401
    again = talk.login("alice", "pw")
    assert talk.rename(again, "Changed").details["method"] == "password"


def test_the_admin_resets_others_and_nobody_else_does(talk: Talk) -> None:
    who, bob = talk.user("alice"), talk.user("bob")
    meant = {"userId": bob[1][1]}
    talk.rename(who, "Changed")
    foreign = talk.call("POST", "users.resetTOTP", meant, (*who, *code(talk.shown())))
    assert foreign.kind == "error-not-allowed"
    admin = (*talk.admin(), *by_password(admin_password(SEED)))
    assert talk.call("POST", "users.resetTOTP", {"userId": "nobody"}, admin).kind == "error-invalid-user-id"
    assert talk.call("POST", "users.resetTOTP", meant, admin).status == 200
    assert talk.call("GET", "me", headers=bob).status == 401
    assert talk.call("GET", "me", headers=who).status == 200


def own(talk: Talk, who: Headers, *more: tuple[str, str], **fields: object) -> str | None:
    """Another password of one's own: the error, if there is one."""
    answer = talk.call("POST", "users.updateOwnBasicInfo", {"data": {"newPassword": "new", **fields}}, (*who, *more))
    return None if answer.status == 200 else answer.kind


def test_the_current_password_answers_for_own_credentials(talk: Talk, who: Headers) -> None:
    _, sent = by_password("pw")[0]
    talk.setting("Enforce_Password_Fallback", False)
    assert own(talk, who) == "totp-required"
    assert own(talk, who, currentPassword="pw") == "totp-invalid"
    wrong = by_password("guess")[0][1]
    assert own(talk, who, *by_password("pw"), currentPassword=wrong) == "totp-invalid"
    assert own(talk, who, ("x-2fa-code", sent)) == "totp-required"
    assert own(talk, who, currentPassword=7) == "invalid-params"
    assert own(talk, who, currentPassword=sent.upper()) is None
    assert talk.login("alice", "new")


def test_the_current_password_does_not_replace_a_stronger_method(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    assert own(talk, who, currentPassword=by_password("pw")[0][1]) == "totp-invalid"
    assert own(talk, who, name="Sneaked") == "totp-required"
    assert talk.name(who) == "Alice"
    assert own(talk, who, *code(talk.shown(), None)) == "totp-required"
    assert own(talk, who, *code(talk.shown(), "nosuch"), currentPassword="") is None


def test_who_has_to_change_the_password_is_not_asked(talk: Talk) -> None:
    talk.create("alice", requirePasswordChange=True)
    who = talk.login("alice", "pw")
    assert own(talk, who) is None
    assert own(talk, who) == "totp-required"
