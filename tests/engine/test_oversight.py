"""What the administrator does to an account for a test, and what there is to judge where the target does not let it."""

import pytest

from conformance.binding import UPDATE
from conformance.model import Granted, Session
from conformance.outcomes import NotApplicable
from conformance.secrecy import sha256_hex

from .script import LOGIN, Script, answer, challenge, error, granted, user

REFUSED = error("error-not-allowed")


def test_an_account_is_deactivated_if_the_target_says_so_afterwards() -> None:
    script = Script([granted(), granted(user={"active": False})])
    user(script).oversight.deactivate()

    assert script.bodies == [{"userId": "u1", "data": {"active": False}}, None]
    assert script.paths == ["users.update", "users.info?userId=u1"]


@pytest.mark.parametrize("shown", [granted(user={"active": True}), granted(user={}), REFUSED])
def test_where_an_account_stays_active_there_is_nothing_to_judge(shown: object) -> None:
    with pytest.raises(NotApplicable):
        user(Script([granted(), shown])).oversight.deactivate()  # type: ignore[list-item]


def test_where_the_administrator_may_not_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="requirePasswordChange"):
        user(Script([REFUSED])).oversight.demand_new_password()


def test_a_password_that_was_given_is_the_user_s_from_then_on() -> None:
    script = Script([granted()])
    alice = user(script)
    alice.oversight.give_password()

    assert script.bodies == [{"userId": "u1", "data": {"password": "secret of alice.password#1"}}]
    assert alice.account.password == "secret of alice.password#1"


def test_the_digest_of_a_password_beyond_ascii_is_that_of_its_bytes_as_they_were_set() -> None:
    script = Script([granted(), LOGIN])
    alice = user(script)
    alice.oversight.give_password_beyond_ascii()

    assert script.bodies[1]["password"] == script.bodies[0]["data"]["password"] == "secret of alice.password#1é"
    assert alice.passphrase.under("password") == [(sha256_hex("secret of alice.password#1é"), "password")]


def test_what_the_login_does_not_take_for_a_password_is_none() -> None:
    with pytest.raises(NotApplicable, match="beyond ASCII"):
        user(Script([granted(), answer(401, {"status": "error"})])).oversight.give_password_beyond_ascii()


def test_an_administrator_s_call_names_the_other_account() -> None:
    script = Script([challenge()])
    ruth, other = user(script), user(Script([]))
    other.account = type(other.account)("dave", "twofa-dave", "pw", "qa+dave@example.org", "u2")
    ruth.attempt(UPDATE).upon(other).challenge()

    assert script.bodies[0]["userId"] == "u2"


def test_a_call_that_names_nobody_is_done_to_nobody_else() -> None:
    alice = user(Script([]))
    with pytest.raises(NotApplicable):
        alice.attempt(type(UPDATE)("POST /api/v1/users.2fa.disableEmail")).upon(alice)


def test_whoever_logs_out_leaves_the_present_session_or_another() -> None:
    script = Script([granted(), granted()])
    alice = user(script)
    alice.log_out()
    alice.log_out(Session("another", "u1"))

    assert [dict(request.headers)["X-Auth-Token"] for request in script.requests] == ["token-of-alice-0", "another"]


def test_a_control_that_the_target_forbids_leaves_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable):
        user(Script([REFUSED])).attempt(UPDATE).accept_where_possible()


def test_a_control_that_is_carried_out_lets_the_test_go_on() -> None:
    script = Script([challenge("111-111"), granted(), granted()])
    attempt = user(script).attempt(UPDATE)
    attempt.accept_where_possible()

    assert isinstance(attempt.bare(), Granted)
