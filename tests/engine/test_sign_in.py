"""A login in question: it is answered in its body, and what is none of its codes is sent as it is."""

from dataclasses import replace

import pytest

from conformance.model import Challenged, Code, Granted, Refused, Session
from conformance.outcomes import Inconclusive, NotApplicable, Untested

from .script import KNOWING, LOGIN, Script, answer, challenge, invalid, user

CODE = Code("111-111", "111111")
DENIED = answer(401, {"status": "error", "error": "Unauthorized"})
PASSWORD = {"user": "twofa-alice", "password": "pw"}


def test_a_login_without_a_code_has_the_password_alone() -> None:
    script = Script([challenge("111-111")])

    assert isinstance(user(script).sign_in().bare(), Challenged)
    assert (script.paths, script.bodies) == (["login"], [PASSWORD])
    assert "X-Auth-Token" not in dict(script.requests[0].headers)


def test_the_code_of_a_login_is_that_of_its_own_mail() -> None:
    """One that came before is another challenge's."""
    script = Script([challenge("111-111")], mails=["999-999"])

    assert user(script).sign_in().code() == CODE


@pytest.mark.parametrize(("compact", "sent"), [(False, "111-111"), (True, "111111")])
def test_the_code_goes_in_the_body_in_the_form_that_the_target_takes(compact: bool, sent: str) -> None:
    script = Script([challenge("111-111"), LOGIN])
    login = user(script, replace(KNOWING, compact=compact)).sign_in()

    assert isinstance(login.answer(login.code()), Granted)
    assert script.bodies[-1] == {**PASSWORD, "code": sent}


def test_a_code_that_opened_a_login_is_used() -> None:
    script = Script([challenge("111-111"), LOGIN])
    alice = user(script)
    alice.sign_in().accept()

    assert alice.inbox.unused == []


def test_a_session_that_a_login_opened_is_one_of_the_user_s_and_a_secret() -> None:
    """Whoever tidies up has to know of it. The user goes on in the session that it had."""
    alice = user(Script([LOGIN]))
    alice.sign_in().bare()

    assert alice.sessions == [Session("token-of-alice-1", "u1")]
    assert alice.session == Session("token-of-alice-0", "u1")
    assert alice.recorder.secrets.redact("token-of-alice-1") == "«alice.token#1»"


def test_a_login_that_is_not_challenged_leaves_nothing_to_judge() -> None:
    for reply in (LOGIN, DENIED):
        with pytest.raises(NotApplicable, match="the login is not challenged: status"):
            user(Script([reply])).sign_in().challenge()


def test_where_no_right_code_works_another_requirement_says_so() -> None:
    with pytest.raises(Inconclusive) as ended:
        user(Script([]), replace(KNOWING, code_works=False)).sign_in().answer(CODE)
    assert ended.value.blocked_by == "acceptance.right-code"


def test_a_login_that_must_work_and_does_not_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="the login with the right code is refused: status 401"):
        user(Script([challenge("111-111"), DENIED])).sign_in().accept()


@pytest.mark.parametrize("code", [None, 5, True, [], {"$gt": ""}, ["111111"]])
def test_what_is_no_text_is_sent_as_the_json_that_it_is(code: object) -> None:
    script = Script([DENIED])

    assert isinstance(user(script).sign_in().misuse(code), Refused)
    assert script.bodies == [{**PASSWORD, "code": code}]


@pytest.mark.parametrize("code", ["", "999999", "null"])
def test_a_text_that_is_no_code_goes_where_a_code_would(code: str) -> None:
    script = Script([DENIED])
    user(script).sign_in().misuse(code)

    assert script.bodies == [{**PASSWORD, "code": code}]


def test_wrong_codes_of_a_login_count_like_all_others() -> None:
    script = Script([invalid()] * 4)
    login = user(script).sign_in()
    for _ in range(3):
        login.misuse("999999")

    with pytest.raises(Untested, match="wrong_codes_per_account is 3"):
        login.misuse("999999")
    assert len(script.requests) == 3


def test_another_password_is_sent_without_a_code() -> None:
    script = Script([DENIED])
    user(script).sign_in().with_password("other")

    assert script.bodies == [{"user": "twofa-alice", "password": "other"}]


def test_a_login_by_a_name_that_is_an_address_shows_no_more_than_it_was_told() -> None:
    alice = user(Script([challenge("111-111")]))

    assert isinstance(alice.sign_in().challenge_by_name(), Challenged)
    alice.account = replace(alice.account, username=alice.account.email)
    with pytest.raises(NotApplicable):
        alice.sign_in().challenge_by_name()
