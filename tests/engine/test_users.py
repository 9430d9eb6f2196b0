"""People at work: which code they take, which mail they read, and when they give up."""

from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import Code
from conformance.outcomes import Inconclusive

from .script import KNOWING, LOGIN, Script, answer, challenge, granted, invalid, user

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
    assert alice.inbox.unused == []


def test_a_login_that_fails_says_so() -> None:
    with pytest.raises(Inconclusive, match="alice cannot log in: status 401, 'Unauthorized'"):
        user(Script([answer(401, {"status": "error", "error": "Unauthorized"})])).log_in()


@pytest.mark.parametrize(("compact", "sent"), [(False, "111-111"), (True, "111111")])
def test_a_code_is_sent_in_the_form_that_the_target_takes(compact: bool, sent: str) -> None:
    script = Script([challenge("111-111"), granted()])
    user(script, replace(KNOWING, compact=compact)).attempt(UPDATE).accept()

    assert script.codes[-1] == sent


@pytest.mark.parametrize(
    ("shown", "own"),
    [
        (
            {"emails": [{"address": "qa+alice@example.org"}, {"address": "QA+second@example.org"}]},
            {"qa+second@example.org"},
        ),
        ({"name": "Alice"}, set()),
    ],
    ids=["two addresses", "addresses are not shown"],
)
def test_a_user_s_addresses_are_those_that_the_target_shows(shown: dict[str, object], own: set[str]) -> None:
    assert user(Script([granted(**shown)])).addresses() == {"qa+alice@example.org", *own}  # type: ignore[arg-type]
