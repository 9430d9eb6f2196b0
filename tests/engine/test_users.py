"""People at work: which code they take, which mail they read, and when they give up."""

from dataclasses import replace
from unittest.mock import ANY

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.calls import TOKEN_CREATION
from conformance.model import Code, Granted, Refused
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, LOGIN, Answered, Script, answer, challenge, granted, invalid, user

FIRST, SECOND, THIRD = (Code(f"{n}-{n}", f"{n}{n}") for n in ("111", "222", "333"))


def attempt(script: Script) -> Attempt:
    return user(script).attempt(UPDATE)


def test_the_code_comes_from_the_mail_that_the_challenge_announces() -> None:
    script = Script([challenge("111-111")])

    assert attempt(script).code() == FIRST


def test_a_code_that_is_out_and_unused_is_taken_again() -> None:
    script = Script([challenge("111-111"), challenge()])
    alice = user(script)

    assert alice.attempt(UPDATE).code() == FIRST
    assert alice.attempt(UPDATE).code() == FIRST


def test_the_code_of_the_latest_mail_is_the_one() -> None:
    script = Script([challenge("111-111"), challenge("222-222")])
    alice = user(script)
    alice.attempt(UPDATE).code()

    assert alice.attempt(UPDATE).code() == SECOND


def test_a_mail_that_is_announced_is_waited_for_even_if_another_code_is_unused() -> None:
    """The earlier code may have been replaced by the one that is on its way."""
    script = Script([challenge("111-111"), challenge(codeGenerated=True)], late=["222-222"])
    alice = user(script)
    alice.attempt(UPDATE).code()

    assert alice.attempt(UPDATE).code() == SECOND


def test_a_mail_that_came_late_does_not_pass_for_the_next_one() -> None:
    """A resend was in vain because the mail was slow: it must not be read as the next challenge's."""
    script = Script([challenge("222-222")], mails=["111-111"])

    assert attempt(script).code() == SECOND


def test_no_code_is_used_twice() -> None:
    script = Script([challenge("111-111"), granted(), challenge("222-222"), granted()])
    alice = user(script)
    alice.attempt(UPDATE).accept()
    alice.attempt(UPDATE).accept()

    assert script.codes == [None, "111-111", None, "222-222"]
    assert alice.inbox.unused == []


def test_a_used_code_is_not_taken_even_if_nothing_new_comes() -> None:
    """It would be refused, and an honest server blamed for it. A resend brings a new one instead."""
    script = Script([challenge("111-111"), granted(), challenge(), granted("222-222"), granted()])
    alice = user(script)
    alice.attempt(UPDATE).accept()
    alice.attempt(UPDATE).accept()

    assert script.paths[3] == "users.2fa.sendEmailCode"
    assert script.codes[-1] == "222-222"


def test_a_code_stays_unused_until_it_is_accepted() -> None:
    script = Script([challenge("111-111"), invalid(), granted()])
    alice = user(script)
    trial = alice.attempt(UPDATE)
    trial.answer(alice.inbox.guess(trial.code()))

    assert alice.inbox.unused == [FIRST]


def test_the_same_mail_twice_is_one_code() -> None:
    script = Script([challenge("111-111", "111-111")])
    alice = user(script)
    alice.attempt(UPDATE).code()
    alice.inbox.catch_up()

    assert alice.inbox.unused == [FIRST]
    assert list(alice.inbox.known.values()) == [FIRST]


def test_the_codes_of_a_user_have_names_in_order_of_their_coming() -> None:
    script = Script([challenge("111-111"), challenge("222-222"), challenge("333-333")])
    alice = user(script)
    for _ in range(3):
        alice.attempt(UPDATE).code()

    assert alice.inbox.known == {"alice.email#1": FIRST, "alice.email#2": SECOND, "alice.email#3": THIRD}


def test_codes_that_are_out_are_counted_and_awaited_no_longer_than_needed() -> None:
    script = Script([challenge("111-111", "222-222")])
    alice = user(script)
    alice.attempt(UPDATE).code()

    assert alice.inbox.count_out(at_least=2) == 2
    assert alice.inbox.count_out(at_least=5) == 2


def test_a_resend_is_asked_for_where_the_mail_does_not_come() -> None:
    script = Script([challenge(codeGenerated=True), granted("111-111")])

    assert attempt(script).code() == FIRST
    assert script.paths == ["users.update", "users.2fa.sendEmailCode"]
    assert script.requests[1].body == b'{"emailOrUsername":"twofa-alice"}'
    assert "X-Auth-Token" not in dict(script.requests[1].headers)


def test_a_resend_is_asked_for_as_a_form_where_json_is_refused() -> None:
    script = Script([challenge(codeGenerated=True), answer(400, {"success": False}), granted("111-111")])

    assert attempt(script).code() == FIRST
    assert script.requests[2].body == b"emailOrUsername=twofa-alice"


def test_a_login_may_ask_for_a_code() -> None:
    script = Script([challenge("111-111"), LOGIN])
    alice = user(script)
    alice.log_in()

    assert b'"code":"111-111"' in script.requests[1].body
    assert alice.session and alice.session.token == "token-of-alice-1"
    assert alice.proved == {"token-of-alice-1"}
    assert alice.inbox.unused == []


def test_a_login_that_fails_says_so() -> None:
    with pytest.raises(Inconclusive, match="alice cannot log in: status 401, 'Unauthorized'"):
        user(Script([answer(401, {"status": "error", "error": "Unauthorized"})])).log_in()


@pytest.mark.parametrize(("compact", "sent"), [(False, "111-111"), (True, "111111")])
def test_a_code_is_sent_in_the_form_that_the_target_takes(compact: bool, sent: str) -> None:
    script = Script([challenge("111-111"), granted()])
    user(script, replace(KNOWING, compact=compact)).attempt(UPDATE).accept()

    assert script.codes[-1] == sent


def test_a_user_is_named_by_id_address_or_a_username_that_is_no_plain_word() -> None:
    alice = user(Script([]))
    for words, named in (("u1", True), ("QA+alice@example.org", True), ("twofa-alice", True), ("alice", False)):
        assert alice.is_named_in(Refused(400, {"details": {words: 1}})) is named
    alice.account = replace(alice.account, username="user")
    assert not alice.is_named_in(Refused(400, {"user": "user"}))


@pytest.mark.parametrize(
    ("username", "words", "shown"),
    [
        ("twofa-alice", "A code was sent to QA+alice@example.org.", True),
        ("twofa-alice", "A code was sent to q***@example.org.", False),
        ("QA+alice@example.org", "A code was sent to qa+alice@example.org.", False),
    ],
)
def test_an_address_that_is_no_username_is_shown_in_any_words(username: str, words: str, shown: bool) -> None:
    alice = user(Script([]))
    alice.account = replace(alice.account, username=username)

    assert alice.is_shown_address_in(Granted(200, {"message": words})) is shown


def test_sessions_are_apart_where_a_success_is_remembered() -> None:
    forgetful = user(Script([]), replace(KNOWING, trust_window=False))
    trusting = user(Script([LOGIN, granted()] * 2), replace(KNOWING, trust_window=True))

    assert forgetful.sessions_apart(2) == [forgetful.session] * 2
    assert [session.token for session in trusting.sessions_apart(2)] == ["token-of-alice-1"] * 2


AT_NEW = granted(user={"emails": [{"address": "New@mail.invalid", "verified": True}]})
AT_OLD = granted(user={"emails": [{"address": "qa+alice@example.org", "verified": True}]})
UNVERIFIED = granted(user={"emails": [{"address": "new@mail.invalid", "verified": False}]})


def test_the_admin_gives_a_user_another_address() -> None:
    script = Script([granted(), AT_NEW, AT_NEW])
    user(script).oversight.move_to("new@mail.invalid")

    assert script.bodies[0] == {"userId": "u1", "data": {"email": "new@mail.invalid", "verified": True}}


@pytest.mark.parametrize("answers", [[invalid(), AT_OLD], [granted(), AT_OLD], [granted(), UNVERIFIED, UNVERIFIED]])
def test_an_address_that_is_not_given_as_asked_leaves_nothing_to_judge(answers: list[Answered]) -> None:
    with pytest.raises(NotApplicable, match="another address"):
        user(Script(answers)).oversight.move_to("new@mail.invalid")


TOKEN = "a-token-of-a-session-5"
BAKED = (("Set-Cookie", "sid=1; Path=/; HttpOnly"), ("set-cookie", "lang=en"))


def let_in(told: Answered, *answers: Answered) -> tuple[bool, Script]:
    script = Script([told, *answers])
    alice = user(script)
    return alice.sign_in().is_opened_by(alice.inbox.ask_for_code()), script


def test_a_reply_that_holds_no_token_lets_nobody_in() -> None:
    assert let_in(granted(emails=["qa+alice@example.org"], note="in the mail"), granted()) == (False, ANY)


def test_a_token_in_a_reply_lets_its_reader_in() -> None:
    opened, script = let_in(granted(data={"tokens": [TOKEN]}), granted(), granted())

    assert opened
    assert dict(script.requests[-1].headers)["X-Auth-Token"] == TOKEN
    assert script.secrets.redact(f"it is {TOKEN}") == "it is «alice.token#1»"
    assert not let_in(granted(id=TOKEN), granted(), answer(401))[0]


def test_cookies_of_a_reply_are_tried_as_a_browser_would() -> None:
    opened, script = let_in(answer(200, {"success": True}, headers=BAKED), granted(), granted())

    assert opened
    assert dict(script.requests[-1].headers)["Cookie"] == "sid=1; lang=en"
    assert "X-Auth-Token" not in dict(script.requests[-1].headers)


def test_without_a_call_that_shows_who_is_logged_in_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="GET /api/v1/me"):
        let_in(granted(), answer(404))


def test_a_login_that_asks_for_nothing_proves_nothing() -> None:
    alice = user(Script([LOGIN]))
    alice.log_in()

    assert alice.proved == set()


def test_a_call_may_name_somebody_else() -> None:
    script = Script([challenge()])
    alice, bob = user(script), user(script)
    bob.account = replace(bob.account, username="twofa-bob", user_id="u2")
    alice.attempt_on(bob, UPDATE).challenge()

    assert script.bodies[0]["userId"] == "u2"
    assert dict(script.requests[0].headers)["X-User-Id"] == "u1"
    with pytest.raises(NotApplicable, match="names no user"):
        alice.attempt_on(bob, TOKEN_CREATION)
