"""Where the two editions differ."""

from .talk import Talk, code, other


def test_classic_counts_its_live_codes_and_lists_their_dates(classic: Talk) -> None:
    who = classic.user("alice")
    classic.rename(who, "Changed")
    first = classic.shown()
    assert classic.rename(who, "Changed").details["codeCount"] == 1
    classic.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
    details = classic.rename(who, "Changed").details
    assert details["codeCount"] == 2
    assert len(details["codeExpires"]) == 2
    assert classic.rename(who, "Changed", *code(first)).status == 200
    assert classic.rename(who, "Changed").details["codeCount"] == 1
    assert classic.rename(who, "Changed", *code(classic.shown())).status == 200


def test_classic_keeps_the_five_newest_codes(classic: Talk) -> None:
    who = classic.user("alice")
    shown = []
    for _ in range(7):
        classic.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
        shown.append(classic.shown())
    assert classic.rename(who, "Changed").details["codeCount"] == 5
    assert [classic.rename(who, "Changed", *code(one)).status for one in shown] == [400] * 2 + [200] * 5


def test_classic_refusals_do_not_list_methods(classic: Talk) -> None:
    who = classic.user("alice")
    classic.rename(who, "Changed")
    refusal = classic.rename(who, "Changed", *code(other(classic.shown())))
    assert set(refusal.details) == {"method", "codeGenerated", "emailOrUsername", "codeCount", "codeExpires"}


def test_classic_never_tires_of_wrong_codes(classic: Talk) -> None:
    who = classic.user("alice")
    classic.rename(who, "Changed")
    kinds = {classic.rename(who, "Changed", *code(other(classic.shown()))).kind for _ in range(12)}
    assert kinds == {"totp-invalid"}


def test_current_keeps_one_code(current: Talk) -> None:
    who = current.user("alice")
    current.rename(who, "Changed")
    old = current.shown()
    details = current.rename(who, "Changed").details
    assert isinstance(details["codeExpires"], str)
    assert "codeCount" not in details
    assert details["emailOrUsername"] == "alice"
    current.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "alice"})
    assert current.rename(who, "Changed", *code(old)).details["availableMethods"] == ["email"]
    assert current.rename(who, "Changed", *code(current.shown())).status == 200


def test_current_gives_up_after_five_wrong_codes(current: Talk) -> None:
    who = current.user("alice")
    current.rename(who, "Changed")
    wrong = other(current.shown())
    kinds = [current.rename(who, "Changed", *code(wrong)).kind for _ in range(5)]
    assert kinds == ["totp-invalid"] * 4 + ["totp-max-attempts"]
    assert len(current.mails) == 1
    sixth = current.rename(who, "Changed", *code(wrong))
    assert (sixth.kind, sixth.details["codeGenerated"], len(current.mails)) == ("totp-invalid", True, 2)
    assert [current.rename(who, "Changed", *code(wrong)).kind for _ in range(4)][-1] == "totp-max-attempts"


def test_current_takes_the_old_code_once_more_after_giving_up(current: Talk) -> None:
    who = current.user("alice")
    current.rename(who, "Changed")
    old = current.shown()
    for _ in range(5):
        current.rename(who, "Changed", *code(other(old)))
    assert current.rename(who, "Changed", *code(old)).status == 200
    assert len(current.mails) == 2
    assert current.rename(who, "Changed", *code(current.shown())).kind == "totp-invalid"


def test_current_calls_a_code_out_for_five_minutes_after_it_expired(current: Talk) -> None:
    who = current.user("alice")
    current.rename(who, "Changed")
    current.now += 600 + 299
    assert current.rename(who, "Changed").details["codeGenerated"] is False
    assert current.rename(who, "Changed").details["codeGenerated"] is True


def test_classic_resend_lists_addresses_and_tells_unknown_users(classic: Talk) -> None:
    classic.user("alice")
    resend = "users.2fa.sendEmailCode"
    assert classic.call("POST", resend, {"emailOrUsername": "alice"}).body["emails"] == ["qa+alice@lab.test"]
    assert classic.call("POST", resend, {"emailOrUsername": "QA+alice@lab.test"}).status == 200
    assert classic.call("POST", resend, {}).kind == "error-parameter-required"
    assert classic.call("POST", resend, {"emailOrUsername": "nobody"}).kind == "error-invalid-user"


def test_current_resend_hides_who_exists(current: Talk) -> None:
    current.user("alice")
    resend = "users.2fa.sendEmailCode"
    known = current.call("POST", resend, {"emailOrUsername": "alice"})
    unknown = current.call("POST", resend, {"emailOrUsername": "nobody"})
    assert known == unknown
    assert known.body == {"success": True}
    assert len(current.mails) == 1
    assert current.call("POST", resend, {}).kind == "invalid-params"
    assert current.call("POST", resend, {"emailOrUsername": "alice", "more": 1}).kind == "invalid-params"


def test_current_resend_of_a_logged_in_caller_goes_to_the_caller(current: Talk) -> None:
    alice = current.user("alice")
    current.user("bob")
    current.call("POST", "users.2fa.sendEmailCode", {"emailOrUsername": "bob"}, alice)
    assert current.mails[-1].recipient == "qa+alice@lab.test"


def test_enabling_ends_other_sessions_in_current_alone(classic: Talk, current: Talk) -> None:
    for talk, status in ((classic, 200), (current, 401)):
        talk.create("alice")
        other_session, who = talk.login("alice", "pw"), talk.login("alice", "pw")
        talk.call("POST", "users.2fa.enableEmail", headers=who)
        assert talk.call("GET", "me", headers=who).status == 200
        assert talk.call("GET", "me", headers=other_session).status == status


def test_enabling_with_an_unverified_address(classic: Talk, current: Talk) -> None:
    for talk, status in ((classic, 200), (current, 400)):
        talk.create("alice", verified=False)
        who = talk.login("alice", "pw")
        assert talk.call("POST", "users.2fa.enableEmail", headers=who).status == status
        assert talk.rename(who, "Changed").details["method"] == "password"


def test_enabling_logged_out_is_refused(classic: Talk, current: Talk) -> None:
    assert "not-authorized" in classic.call("POST", "users.2fa.enableEmail").text
    answer = current.call("POST", "users.2fa.enableEmail")
    assert (answer.status, answer.body["success"]) == (401, False)


def test_the_login_is_challenged_with_the_bare_type(talk: Talk) -> None:
    talk.user("alice")
    answer = talk.call("POST", "login", {"user": "alice", "password": "pw"})
    assert answer.status == 401
    assert answer.body["error"] == "totp-required"
    assert answer.body["message"] == "TOTP Required"
    assert answer.details["emailOrUsername"] == "alice"
    assert ("success" in answer.body) is (talk.rules.edition == "current")
    wrong = talk.call("POST", "login", {"user": "alice", "password": "pw", "code": other(talk.shown())})
    assert (wrong.status, wrong.body["error"]) == (401, "totp-invalid")
    assert talk.login("alice", "pw", code=talk.shown())


def test_versions(classic: Talk, current: Talk) -> None:
    assert classic.call("GET", "info").body["version"] == "4.8.7"
    assert current.call("GET", "info").body["version"] == "8.6.1"
