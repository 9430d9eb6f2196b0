"""Codes of an authenticator, its backup codes, and the guess limit of an account."""

from base64 import b32encode
from dataclasses import replace

import pytest

from conformance.lab.authenticator import LETTERS, code_of

from .talk import Headers, Talk, by_password, code, other, totp

RFC_SECRET = b32encode(b"12345678901234567890").decode()
RFC_VECTORS = {  # RFC 6238, appendix B, the last six of eight digits
    59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
    20000000000: "353130",
}  # fmt: skip


@pytest.fixture
def who(talk: Talk) -> Headers:
    talk.create("alice")
    return talk.login("alice", "pw")


def test_the_codes_are_those_of_the_rfc() -> None:
    assert {at: code_of(RFC_SECRET, at // 30) for at in RFC_VECTORS} == RFC_VECTORS


def test_a_call_is_challenged_by_totp_and_answered(talk: Talk, who: Headers) -> None:
    secret, _ = talk.authenticator(who)
    challenge = talk.rename(who, "Changed")
    assert (challenge.status, challenge.kind) == (400, "totp-required")
    assert challenge.details == {"method": "totp", "codeGenerated": False, "availableMethods": ["totp"]}
    refusal = talk.rename(who, "Changed", *code(other(totp(secret, talk.now)), "totp"))
    assert (refusal.kind, refusal.details["method"], refusal.details["codeGenerated"]) == (
        "totp-invalid",
        "totp",
        False,
    )
    assert talk.name(who) == "Alice"
    assert talk.rename(who, "Changed", *code(totp(secret, talk.now), "totp")).status == 200
    assert talk.name(who) == "Changed"
    assert not talk.mails


@pytest.mark.parametrize("method", [None, "TOTP", "nosuch"])
def test_the_method_need_not_be_named(talk: Talk, who: Headers, method: str | None) -> None:
    secret, _ = talk.authenticator(who)
    assert talk.rename(who, "Changed", *code(totp(secret, talk.now), method)).status == 200


@pytest.mark.parametrize(("delta", "accepted"), [(0, {0}), (1, {-1, 0, 1}), (2, {-2, -1, 0, 1, 2})])
def test_the_window_is_the_setting_s(talk: Talk, who: Headers, delta: int, accepted: set[int]) -> None:
    secret, _ = talk.authenticator(who)
    talk.setting("MaxDelta", delta)
    statuses = {
        steps: talk.rename(who, "Changed", *code(totp(secret, talk.now, steps), "totp")).status
        for steps in range(-4, 5)
    }
    assert {steps for steps, status in statuses.items() if status == 200} == accepted


def test_a_step_ends_at_its_last_second(talk: Talk, who: Headers) -> None:
    secret, _ = talk.authenticator(who)
    talk.now = 1_700_000_010.0
    shown = totp(secret, talk.now)
    talk.now += 59.9
    assert talk.rename(who, "Changed", *code(shown, "totp")).status == 200
    talk.now = 1_700_000_310.0
    shown = totp(secret, talk.now)
    talk.now += 60
    assert talk.rename(who, "Changed", *code(shown, "totp")).kind == "totp-invalid"


def test_a_code_ends_its_step_and_those_before_it(talk: Talk, who: Headers) -> None:
    secret, _ = talk.authenticator(who)
    now, later = (totp(secret, talk.now, steps) for steps in (0, 1))
    assert talk.rename(who, "One", *code(now, "totp")).status == 200
    assert talk.rename(who, "Two", *code(now, "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Three", *code(totp(secret, talk.now, -1), "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Four", *code(later, "totp")).status == 200
    talk.now += 30
    assert talk.rename(who, "Five", *code(later, "totp")).kind == "totp-invalid"


def test_without_that_rule_a_code_works_again(talk: Talk) -> None:
    talk = Talk(replace(talk.rules, totp_once=False))
    talk.create("alice")
    who = talk.login("alice", "pw")
    secret, _ = talk.authenticator(who)
    for name in ("One", "Two"):
        assert talk.rename(who, name, *code(totp(secret, talk.now), "totp")).status == 200


@pytest.mark.parametrize("shape", ["{}-{}", "{} {}", "{}{}0", "00{}{}", "٣{}{}", "a{}{}"])
def test_a_code_is_six_digits_and_nothing_else(talk: Talk, who: Headers, shape: str) -> None:
    secret, _ = talk.authenticator(who)
    right = totp(secret, talk.now)
    sent = shape.format(right[:3], right[3:])
    assert talk.rename(who, "Changed", *code(sent, "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(right, "totp")).status == 200


def test_backup_codes_work_once_and_in_their_letter_case(talk: Talk, who: Headers) -> None:
    _, codes = talk.authenticator(who)
    assert len(set(codes)) == 12
    assert all(len(one) == 8 and set(one) <= set(LETTERS) for one in codes)
    assert talk.rename(who, "Changed", *code(codes[0].swapcase(), "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(codes[0], "totp")).status == 200
    assert talk.rename(who, "Changed", *code(codes[0], "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(codes[1], None)).status == 200
    assert talk.method("2fa:checkCodesRemaining", who=who)[1]["result"] == {"remaining": 10}
    stored = talk.state.accounts[who[1][1]].authenticator.backup_codes
    assert len(stored) == 10
    assert not set(codes) & set(stored)


def test_codes_of_another_user_are_refused(talk: Talk, who: Headers) -> None:
    talk.authenticator(who)
    talk.create("bob")
    secret, codes = talk.authenticator(talk.login("bob", "pw"))
    for foreign in (totp(secret, talk.now), codes[0]):
        assert talk.rename(who, "Changed", *code(foreign, "totp")).kind == "totp-invalid"


def test_with_both_methods_the_call_chooses(talk: Talk) -> None:
    who = talk.user("alice")
    secret, _ = talk.authenticator(who)
    assert talk.rename(who, "Changed").details == {
        "method": "totp",
        "codeGenerated": False,
        "availableMethods": ["totp", "email"],
    }
    assert not talk.mails
    by_mail = talk.rename(who, "Changed", ("x-2fa-method", "email"))
    assert (by_mail.details["method"], by_mail.details["codeGenerated"]) == ("email", True)
    assert talk.rename(who, "Changed", *code(talk.shown(), "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(totp(secret, talk.now), "email")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(talk.shown(), "email")).status == 200
    assert talk.rename(who, "Changed", *code(totp(secret, talk.now), "totp")).status == 200


def test_the_login_asks_for_the_first_method(talk: Talk) -> None:
    who = talk.user("alice")
    secret, codes = talk.authenticator(who)
    ticket = {"user": "alice", "password": "pw"}
    challenge = talk.call("POST", "login", ticket)
    assert (challenge.status, challenge.body["error"], challenge.details["method"]) == (401, "totp-required", "totp")
    talk.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
    assert talk.call("POST", "login", {**ticket, "code": talk.shown()}).body["error"] == "totp-invalid"
    assert talk.login("alice", "pw", code=totp(secret, talk.now))
    assert talk.login("alice", "pw", code=codes[0])
    assert talk.call("POST", "login", ticket, code(codes[1], "email")).status == 200
    assert talk.call("POST", "login", {**ticket, "code": {"$ne": None}}).status == 500


def test_switches_take_effect_at_once(talk: Talk) -> None:
    who = talk.user("alice")
    talk.authenticator(who)

    def asked() -> str:
        answer = talk.rename(who, "Changed")
        return "" if answer.status == 200 else str(answer.details["method"])

    assert asked() == "totp"
    talk.setting("By_TOTP_Enabled", False)
    assert asked() == "email"
    talk.setting("By_Email_Enabled", False)
    assert asked() == "password"
    talk.setting("Enforce_Password_Fallback", False)
    assert asked() == ""
    talk.setting("By_TOTP_Enabled", True)
    assert asked() == "totp"
    talk.setting("Enabled", False)
    assert asked() == ""


def wrong_answers(talk: Talk, who: Headers, count: int, method: str = "email") -> set[int]:
    return {talk.rename(who, "Guessed", *code("abcdef", method)).status for _ in range(count)}


def test_fifty_wrong_answers_lock_an_account(talk: Talk) -> None:
    who = talk.user("alice")
    assert wrong_answers(talk, who, 50) == {400}
    locked = talk.rename(who, "Changed", *code(talk.shown()))
    assert (locked.status, locked.kind, locked.body["success"]) == (429, None, False)
    assert "[error-too-many-requests]" in locked.body["error"]
    assert dict(locked.headers)["Retry-After"] == "300"
    assert talk.rename(who, "Changed").kind == "totp-required"
    talk.now += 299
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 429
    assert talk.name(who) == "Alice"
    talk.now += 1
    talk.rename(who, "Changed")
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200
    assert wrong_answers(talk, who, 49) == {400}


def test_after_a_lock_one_more_wrong_answer_locks_again(talk: Talk) -> None:
    who = talk.user("alice")
    wrong_answers(talk, who, 50)
    talk.now += 300
    assert [talk.rename(who, "Guessed", *code("abcdef")).status for _ in range(2)] == [400, 429]


def test_the_count_is_the_account_s(talk: Talk) -> None:
    """Neither a new session, nor a resend, nor another method begins anew."""
    who = talk.user("alice")
    secret, _ = talk.authenticator(who)
    wrong_answers(talk, who, 20)
    talk.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
    wrong_answers(talk, who, 20, "totp")
    for _ in range(5):
        talk.call("POST", "login", {"user": "alice", "password": "pw", "code": "abcdef"})
        talk.method("2fa:disable", "abcdef", who=who)
    assert talk.call("POST", "login", {"user": "alice", "password": "pw", "code": totp(secret, talk.now)}).status == 429
    message = '{"msg":"method","id":"1","method":"2fa:disable","params":["abcdef"]}'
    assert talk.call("POST", "method.call/2fa:disable", {"message": message}, who).status == 429


def test_the_password_s_digest_is_limited_too(talk: Talk, who: Headers) -> None:
    assert wrong_answers(talk, who, 50, "password") == {400}
    assert talk.rename(who, "Changed", *by_password("pw")).status == 429


def test_a_right_answer_clears_the_count(talk: Talk, who: Headers) -> None:
    wrong_answers(talk, who, 49, "password")
    assert talk.rename(who, "Changed", *by_password("pw")).status == 200
    assert wrong_answers(talk, who, 49, "password") == {400}
    assert talk.rename(who, "Changed", *by_password("pw")).status == 200


def test_calls_without_an_answer_are_not_counted(talk: Talk) -> None:
    who = talk.user("alice")
    for _ in range(60):
        talk.rename(who, "Changed")
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200


def test_resends_are_limited_for_everybody_alike(talk: Talk) -> None:
    talk.user("alice")
    resend = "users.2fa.sendEmailCode"
    statuses = [talk.call("POST", resend, {"emailOrUsername": "alice"}).status for _ in range(30)]
    assert statuses == [200] * 20 + [429] * 10
    assert len(talk.mails) == 20
    if talk.rules.hides_unknown:
        unknown = [talk.call("POST", resend, {"emailOrUsername": "nobody"}).status for _ in range(21)]
        assert unknown == [200] * 20 + [429]
    talk.now += 60
    assert talk.call("POST", resend, {"emailOrUsername": "alice"}).status == 200


@pytest.mark.parametrize("ends", [True, False])
def test_a_mailed_code_ends_with_the_method(talk: Talk, ends: bool) -> None:
    talk = Talk(replace(talk.rules, codes_end_with_method=ends))
    who = talk.user("alice")
    token = {"tokenName": "free", "bypassTwoFactor": True}
    talk.rename(who, "Changed")
    made = talk.call("POST", "users.generatePersonalAccessToken", token, (*who, *code(talk.shown())))
    bypass = (("X-Auth-Token", made.body["token"]), who[1])
    talk.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
    kept = talk.shown()
    assert talk.call("POST", "users.2fa.disableEmail", headers=bypass).status == 200
    assert talk.call("POST", "users.2fa.enableEmail", headers=who).status == 200
    assert (talk.rename(who, "Changed", *code(kept)).status == 200) is not ends
