"""What comes before an attempt, and how long one waits for its code to end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.calls import DOCUMENTED, TOKEN_CREATION
from conformance.cast import CAST
from conformance.events import Walk
from conformance.factors import Authenticator
from conformance.model import Code, Exchange, Granted, Protected, Refused, Request, Session
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, LOGIN, Answered, Script, answer, challenge, granted, invalid, user

SECOND = Code("222-222", "222222")
MAILED = challenge("111-111")
DENIED = answer(403, {"success": False, "error": "unauthorized"})


def attempt(script: Script, protected: Protected = UPDATE, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def sessions(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_what_has_to_come_first_is_carried_out_in_a_session_of_its_own() -> None:
    script = Script([MAILED, granted(), LOGIN, challenge()])
    alice = user(script)
    trial = alice.attempt_documented(DOCUMENTED["users.regeneratePersonalAccessToken"])
    trial.bare()

    assert script.paths == [
        "users.generatePersonalAccessToken",
        "users.generatePersonalAccessToken",
        "login",
        "users.regeneratePersonalAccessToken",
    ]
    assert script.bodies[0] == script.bodies[1] == script.bodies[3]
    assert sessions(script) == ["token-of-alice-0", "token-of-alice-0", None, "token-of-alice-1"]


def test_what_has_nothing_before_it_is_tried_as_it_is() -> None:
    script = Script([])
    trial = attempt(script, TOKEN_CREATION)

    assert trial.prepared() is trial
    assert script.requests == []


def test_where_what_has_to_come_first_is_not_allowed_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="the account may not call"):
        user(Script([MAILED, DENIED])).attempt_documented(DOCUMENTED["users.removePersonalAccessToken"])


def test_what_cannot_be_undone_is_not_done_to_a_given_account() -> None:
    alice = user(Script([]))
    alice.account = replace(alice.account, given=True)

    with pytest.raises(NotApplicable, match="cannot be undone"):
        alice.attempt_documented(DOCUMENTED["users.resetTOTP"])
    assert alice.attempt_documented(DOCUMENTED["users.update"])


def test_a_call_that_changes_the_password_has_a_new_one_which_is_a_secret() -> None:
    script = Script([MAILED])
    alice = user(script)
    alice.attempt(DOCUMENTED["users.updateOwnBasicInfo: password"]).bare()
    password = script.bodies[0]["data"]["newPassword"]

    assert password not in {"", alice.account.password}
    assert alice.recorder.secrets.redact(password) == "«alice.password#1»"


def test_a_call_that_changes_the_address_has_one_that_nobody_has() -> None:
    script = Script([MAILED])
    attempt(script, DOCUMENTED["users.updateOwnBasicInfo: email"]).bare()
    local, _, domain = script.bodies[0]["data"]["email"].partition("@")

    assert local.startswith("qa+alice.")
    assert domain == "example.org"


def test_codes_are_outlived_by_the_time_of_the_phase() -> None:
    script = Script([])
    attempt(script, brief=7).outlive()

    assert script.waits == [8.0]


def expiring(*seconds: float) -> Answered:
    """A challenge whose codes live so long from the end of its exchange, half a second after the clock's 1000 s."""
    return challenge(codeExpires=[datetime.fromtimestamp(1000.5 + each, UTC).isoformat() for each in seconds])


@pytest.mark.parametrize(
    ("lives", "waited"), [(7, 6.0), (8, 7.0), (60, 8.0), (600, 8.0), (1.5, 0.5), (0.5, 0.0), (-9, 0.0)]
)
def test_a_code_is_almost_outlived_by_its_own_date_as_far_as_anybody_would_wait(lives: float, waited: float) -> None:
    script = Script([MAILED, expiring(lives), granted()])
    attempt(script, brief=7).answer_just_before_expiry()

    assert script.waits == [pytest.approx(waited, abs=0.01)]


def test_of_several_codes_the_last_to_expire_is_the_one() -> None:
    script = Script([MAILED, expiring(2, 5, 3), granted()])
    attempt(script, brief=7).answer_just_before_expiry()

    assert script.waits == [pytest.approx(4.0, abs=0.01)]


def test_a_code_that_is_refused_before_its_date_is_so() -> None:
    seconds, reply = attempt(Script([MAILED, expiring(7), invalid()]), brief=7).answer_just_before_expiry()

    assert seconds == [pytest.approx(9.0, abs=0.01)]
    assert isinstance(reply, Refused)


def test_a_code_that_has_expired_before_it_was_told_of_is_followed_by_another() -> None:
    script = Script([MAILED, challenge("222-222"), challenge(), expiring(7), granted()])
    _, reply = attempt(script, brief=7).answer_just_before_expiry()

    assert isinstance(reply, Granted)
    assert script.codes[-1] == "222-222"


def test_a_code_that_is_refused_after_its_date_was_tried_too_late() -> None:
    script = Script([MAILED, expiring(0.3), invalid(), challenge(), expiring(0.3), invalid()])

    with pytest.raises(Inconclusive, match="no code was tried in time"):
        attempt(script, brief=7).answer_just_before_expiry()


def test_a_date_that_has_gone_by_is_told_whatever_becomes_of_the_code() -> None:
    seconds, _ = attempt(Script([MAILED, expiring(-9), invalid()]), brief=7).answer_just_before_expiry()

    assert max(seconds) < 0


def test_the_code_after_expiry_is_the_newly_mailed_one() -> None:
    script = Script([MAILED, challenge("222-222")])
    trial = attempt(script)
    trial.code()

    assert trial.code_after_expiry() == SECOND
    assert len(script.requests) == 2


def test_a_server_may_find_out_only_then_that_the_old_code_is_gone() -> None:
    script = Script([MAILED, challenge(), challenge("222-222")])
    trial = attempt(script)
    trial.code()

    assert trial.code_after_expiry() == SECOND
    assert len(script.requests) == 3


def test_a_new_code_that_is_not_announced_is_found_all_the_same() -> None:
    script = Script([MAILED, challenge("222-222", codeGenerated=False)])
    trial = attempt(script)
    trial.code()

    assert trial.code_after_expiry() == SECOND


def test_a_new_code_that_is_announced_is_waited_for() -> None:
    script = Script([MAILED, challenge(codeGenerated=True)], late=["222-222"])
    trial = attempt(script)
    trial.code()

    assert trial.code_after_expiry() == SECOND


LATER = ("222-222", "333-333", "444-444", "555-555")


class Slow(Script):
    """Every code is refused, seven seconds after it was asked for."""

    def exchange(self, test: str, request: Request) -> Exchange:
        self.clock += 7.0 if "x-2fa-code" in dict(request.headers) else 0.0
        return super().exchange(test, request)


def test_a_new_code_that_is_refused_in_time_is_refused() -> None:
    trial = attempt(Script([MAILED, challenge("222-222"), invalid()]), brief=4)
    trial.code()

    assert isinstance(trial.answer_in_time(trial.code_after_expiry()), Refused)


@pytest.mark.parametrize("late", [1, 2])
def test_a_new_code_that_was_tried_too_late_is_followed_by_another(late: int) -> None:
    """A rate limiter may have put the call off, and more than once."""
    tried = [answer for code in LATER[:late] for answer in (challenge(code), invalid())]
    script = Slow([MAILED, *tried, challenge(LATER[late]), granted()])
    trial = attempt(script, brief=4)
    trial.code()

    assert isinstance(trial.answer_in_time(trial.code_after_expiry()), Granted)
    assert script.codes[-1] == LATER[late]


def test_nobody_is_blamed_for_codes_that_are_tried_too_late() -> None:
    trial = attempt(Slow([MAILED, *(answer for mail in LATER for answer in (challenge(mail), invalid()))]), brief=4)
    trial.code()

    with pytest.raises(Inconclusive, match="may have expired"):
        trial.answer_in_time(trial.code_after_expiry())


def test_where_one_user_is_mailed_no_such_code_another_asks() -> None:
    alice = attempt(Script([MAILED, granted("K7QX-M2BD")]))
    bob = attempt(Script([MAILED, granted("012-345"), granted()]))

    assert isinstance(alice.answer_beginning_with("0", 9, otherwise=bob), Granted)


def test_where_nobody_is_mailed_such_a_code_nothing_can_be_told() -> None:
    alice, bob = (attempt(Script([MAILED, granted("K7QX-M2BD")])) for _ in range(2))

    with pytest.raises(NotApplicable, match="none is of digits and begins with 0"):
        alice.answer_beginning_with("0", 9, otherwise=bob)


def test_where_no_new_code_comes_there_is_none() -> None:
    script = Script([MAILED, challenge(), challenge(), challenge()])
    trial = attempt(script)
    trial.code()

    assert trial.code_after_expiry() is None
    assert script.answers == []


@pytest.mark.parametrize(("window", "token"), [(True, "t2"), (False, "token-of-alice-0"), (None, "token-of-alice-0")])
def test_a_second_answer_is_given_in_another_session_only_where_a_success_is_remembered(
    window: bool | None, token: str
) -> None:
    script = Script([granted()])
    attempt(script, trust_window=window).untrusted(Session("t2", "u1")).bare()

    assert sessions(script) == [token]


def test_an_address_that_counts_as_verified_whatever_was_asked_for_is_not_judged_as_unverified() -> None:
    frank = user(Script([LOGIN, granted(user={"emails": [{"verified": True}]})]))
    with pytest.raises(NotApplicable, match="takes every address for verified"):
        CAST["frank"].prepare(frank)


def test_where_enabling_ends_the_session_its_user_logs_in_again() -> None:
    script = Script([granted(), LOGIN])
    user(script, replace(KNOWING, enabling_ends_session=True)).enable_email()

    assert script.paths == ["users.2fa.enableEmail", "login"]


def test_a_session_that_is_logged_out_is_ended_on_the_target_too() -> None:
    script = Script([granted()])
    user(script).log_out(Session("t2", "u1"))

    assert (script.paths, sessions(script)) == (["logout"], ["t2"])


def test_where_there_is_no_logout_there_is_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="no logout that works"):
        user(Script([answer(404, {"success": False})])).log_out(Session("t2", "u1"))


def test_a_route_is_asked_in_another_spelling_once_it_is_challenged() -> None:
    script = Script([challenge(), challenge()])
    attempt(script).bare_at("a slash at the end")

    assert script.requests[1].path == script.requests[0].path + "/"


def test_a_route_is_asked_with_another_verb_once_it_is_challenged() -> None:
    script = Script([challenge(), challenge()])
    attempt(script).bare_by("PATCH")

    assert [request.verb for request in script.requests] == ["POST", "PATCH"]


@pytest.mark.parametrize(
    ("details", "blocker"),
    [
        ({"codeCount": "1", "codeExpires": []}, "announcement.count"),
        ({"codeCount": 1, "codeExpires": "soon"}, "announcement.expires-list"),
    ],
)
def test_dates_are_counted_where_both_are_as_they_must_be(details: dict[str, object], blocker: str) -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([challenge(codeCount=0), challenge(**details)])).says.codes_and_dates()

    assert ended.value.blocked_by == blocker


def test_dates_are_counted_beside_codes() -> None:
    script = Script([challenge(codeCount=0), challenge(codeCount=2, codeExpires=["2030-01-01T00:00:00Z"])])

    assert attempt(script).says.codes_and_dates() == (2, 1)


def test_a_padded_code_is_sent_where_not_every_code_of_that_length_is_taken() -> None:
    script = Script([invalid(), invalid()])
    carol = user(script, replace(KNOWING, totp=Walk(challenged=True, right_works=True, wrong_refused=True)))
    carol.authenticator = carol.by = Authenticator(carol, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    carol.attempt(UPDATE).padded()
    made_up, padded = script.codes

    assert padded == "00" + carol.authenticator.shown(0)[0].compact
    assert all(one != other for one, other in zip(made_up or "", padded, strict=True))


def test_where_every_code_of_that_length_is_taken_a_padded_one_shows_nothing() -> None:
    carol = user(Script([granted()]))
    carol.authenticator = carol.by = Authenticator(carol, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    with pytest.raises(Inconclusive) as ended:
        carol.attempt(UPDATE).padded()

    assert ended.value.blocked_by == "totp.backup-code-made-up"
