"""Challenge, wrong code, right code, used code: what both editions share."""

from datetime import UTC, datetime, timedelta

import pytest

from .talk import START, Talk, code, other, text_of


def test_a_call_without_a_code_is_challenged_and_mails_one(talk: Talk) -> None:
    who = talk.user("alice")
    answer = talk.rename(who, "Changed")
    assert answer.status == 400
    assert answer.body["error"] == "TOTP Required [totp-required]"
    assert answer.body["success"] is False
    assert answer.details["method"] == "email"
    assert answer.details["codeGenerated"] is True
    assert answer.details["availableMethods"] == ["email"]
    assert [mail.recipient for mail in talk.mails] == ["qa+alice@lab.test"]
    assert talk.name(who) == "Alice"


def test_a_second_challenge_reuses_the_code(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    answer = talk.rename(who, "Changed")
    assert answer.details["codeGenerated"] is False
    assert len(talk.mails) == 1


def test_a_wrong_code_is_refused(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    answer = talk.rename(who, "Changed", *code(other(talk.shown())))
    assert (answer.status, answer.kind) == (400, "totp-invalid")
    assert answer.body["error"] == "TOTP Invalid [totp-invalid]"
    assert answer.details["method"] == "email"
    assert talk.name(who) == "Alice"


@pytest.mark.parametrize("spelling", ["123-456", "123 456", "123456"])
def test_the_right_code_is_accepted_in_any_spelling(talk: Talk, spelling: str) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    shown = talk.shown()
    separator = spelling.replace("123", "").replace("456", "")
    answer = talk.rename(who, "Changed", *code(shown.replace("-", separator)))
    assert answer.status == 200
    assert answer.body["success"] is True
    assert talk.name(who) == "Changed"


def test_a_used_code_is_refused_in_another_session_and_a_new_one_mailed(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    used = talk.shown()
    talk.rename(who, "Changed", *code(used))
    talk.call("POST", "login", {"user": "alice", "password": "pw"})
    again = talk.login("alice", "pw", code=talk.shown())
    answer = talk.rename(again, "Again", *code(used))
    assert answer.kind == "totp-invalid"
    assert answer.details["codeGenerated"] is True
    assert len(talk.mails) == 3
    assert talk.rename(again, "Again", *code(talk.shown())).status == 200


def test_header_names_may_be_written_in_any_case(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    headers = (("X-2FA-Code", talk.shown()), ("X-2fa-METHOD", "email"))
    assert talk.rename(who, "Changed", *headers).status == 200


@pytest.mark.parametrize("method", [None, "foo", "EMAIL", "password"])
def test_an_unknown_method_is_as_none(talk: Talk, method: str | None) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    assert talk.rename(who, "Changed", *code(other(talk.shown()), method)).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(talk.shown(), method)).status == 200


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_code_is_none(talk: Talk, empty: str) -> None:
    who = talk.user("alice")
    assert talk.rename(who, "Changed", *code(empty)).kind == "totp-required"


def test_a_method_that_is_not_enabled_is_named_and_never_right(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    challenge = talk.rename(who, "Changed", ("x-2fa-method", "totp"))
    assert challenge.details == {"method": "totp", "codeGenerated": False, "availableMethods": ["email"]}
    assert talk.rename(who, "Changed", *code(talk.shown(), "totp")).kind == "totp-invalid"
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200


def test_repeated_code_headers_are_one_list(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    twice = (("x-2fa-code", talk.shown()), *code(talk.shown()))
    assert talk.rename(who, "Changed", *twice).kind == "totp-invalid"
    halves = (("x-2fa-code", talk.shown()[:3]), ("X-2fa-Code", talk.shown()[-3:]))
    assert talk.rename(who, "Changed", *halves).status == 200


def test_an_expired_code_is_refused(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    talk.now += 601 + 300
    assert talk.rename(who, "Changed", *code(talk.shown())).kind == "totp-invalid"


def test_a_code_of_another_user_is_refused(talk: Talk) -> None:
    alice, bob = talk.user("alice"), talk.user("bob")
    talk.rename(alice, "Changed")
    foreign = talk.shown()
    talk.rename(bob, "Changed")
    assert talk.rename(bob, "Changed", *code(foreign)).kind == "totp-invalid"


def test_the_mail_is_multipart_and_shows_the_code_in_both_parts(talk: Talk) -> None:
    talk.rename(talk.user("alice"), "Changed")
    mail = talk.mails[-1]
    assert mail.sender == "no-reply@lab.test"
    assert b"Subject: Authentication code\r\n" in mail.content
    assert talk.shown() in text_of(mail)
    assert f"<b>{talk.shown()}</b>".encode() in mail.content.replace(b"=\r\n", b"")


def test_a_code_works_for_ten_minutes(talk: Talk) -> None:
    who = talk.user("alice")
    talk.rename(who, "Changed")
    written = talk.rename(who, "Changed").details["codeExpires"]
    first = written[0] if isinstance(written, list) else written
    assert datetime.fromisoformat(first) == datetime.fromtimestamp(START, UTC) + timedelta(minutes=10)
    talk.now += 599
    assert talk.rename(who, "Changed", *code(talk.shown())).status == 200


def test_the_same_seed_gives_the_same_conversation(talk: Talk) -> None:
    twin = Talk(talk.rules)
    for one in (talk, twin):
        one.rename(one.user("alice"), "Changed")
    assert talk.mails == twin.mails
    assert talk.answers == twin.answers
