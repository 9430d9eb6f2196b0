"""Attempts with a right answer: where and how it is sent, and what stands in the way of judging it."""

from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.events import Walk
from conformance.factors import Authenticator
from conformance.model import (
    Answer,
    Code,
    Granted,
    Protected,
    Refused,
    Session,
    Unintelligible,
)
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, Answered, Script, answer, challenge, granted, invalid, user

MAILED = challenge("111-111")
GARBLED = answer(200, b"<html>")
WORKS = Walk(challenged=True, right_works=True, wrong_refused=True)
SESSIONS = [Session("token-1", "u1"), Session("token-2", "u1")]


def attempt(script: Script, protected: Protected = UPDATE, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def sessions(script: Script) -> list[str | None]:
    return [dict(request.headers).get("X-Auth-Token") for request in script.requests]


def test_a_right_answer_that_is_not_in_question_has_to_work() -> None:
    script = Script([MAILED, granted()])

    assert isinstance(attempt(script).proven("upper"), Granted)
    assert dict(script.requests[1].headers)["X-2FA-CODE"] == "111-111"
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([]), code_works=False).proven()
    assert ended.value.blocked_by == "acceptance.right-code"


def test_a_refused_code_is_nobody_s_fault_where_several_words_may_be_the_code() -> None:
    def trial(reply: Answered) -> Attempt:
        return attempt(Script([MAILED, reply]), code_works=False, code_doubtful=True)

    assert isinstance(trial(granted()).first_right(), Granted)
    with pytest.raises(Inconclusive):
        trial(invalid()).first_right()
    with pytest.raises(Inconclusive):
        trial(invalid()).first_answer(Code("111-111", "111111"))


def test_a_right_answer_that_is_refused_is_for_the_test_to_judge() -> None:
    assert isinstance(attempt(Script([MAILED, invalid()])).proven(), Refused)


def test_a_garbled_success_is_the_matter_of_the_row_about_it_where_there_is_one() -> None:
    """Methods without such a row are judged by the one about right answers: it must not be blocked by itself."""
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([MAILED, GARBLED])).first_right()
    assert ended.value.blocked_by == "acceptance.json"

    alice = user(Script([challenge(method="password"), GARBLED]), replace(KNOWING, password=WORKS))
    assert isinstance(alice.attempt(UPDATE, alice.passphrase).first_right(), Unintelligible)


def test_a_code_may_be_sent_without_a_word_of_its_method() -> None:
    script = Script([MAILED, granted()])
    trial = attempt(script)
    trial.answer_alone(trial.code())

    assert script.codes == [None, "111-111"]
    assert "x-2fa-method" not in dict(script.requests[1].headers)


def test_the_newest_answer_is_the_code_of_the_latest_mail() -> None:
    script = Script([MAILED, challenge("222-222"), granted()])
    trial = attempt(script)
    trial.code()
    trial.code()
    trial.newest_answer()

    assert script.codes[-1] == "222-222"


def test_an_answer_at_once_goes_out_from_every_session() -> None:
    script = Script([granted(), invalid()])
    replies = attempt(script).answer_at_once(Answer("111-111", "email"), SESSIONS)

    assert sorted(type(reply).__name__ for reply in replies) == ["Granted", "Refused"]
    assert sorted(filter(None, sessions(script))) == ["token-1", "token-2"]
    assert script.codes == ["111-111", "111-111"]


def test_a_success_that_is_not_remembered_leaves_nothing_to_judge() -> None:
    with pytest.raises(NotApplicable, match="does not remember a success"):
        attempt(Script([MAILED])).be_remembered()
    attempt(Script([granted()])).be_remembered()


def test_a_code_that_was_not_mailed_in_answer_to_the_first_challenge_blocks_what_takes_it() -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([challenge("111-111", codeGenerated=False)])).accept_generated()
    assert ended.value.blocked_by == "announcement.generated-first"
    assert isinstance(attempt(Script([MAILED, granted()])).accept_generated(), Granted)


def test_the_factor_itself_is_not_switched_off_where_it_is_needed_again() -> None:
    with pytest.raises(NotApplicable, match="switches email 2FA off"):
        attempt(Script([]), Protected("POST /api/v1/users.2fa.disableEmail")).accept_lasting()


def carol(script: Script, **facts: object) -> Attempt:
    alice = user(script, replace(KNOWING, totp=WORKS, trust_window=False, **facts))  # type: ignore[arg-type]
    alice.authenticator = alice.by = Authenticator(alice, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    return alice.attempt(UPDATE)


TOTP = Answer("123456", "totp")


def test_how_often_an_answer_is_accepted_at_once_is_counted() -> None:
    once = carol(Script([granted(), invalid()]))
    twice = carol(Script([granted(), granted(), challenge(), invalid()]))

    assert once.times_accepted(TOTP, SESSIONS, blocked_by="replay.totp") == 1
    assert twice.times_accepted(TOTP, SESSIONS, blocked_by="replay.totp") == 2


@pytest.mark.parametrize(
    ("blocker", "answers"),
    [("totp.right-code", [invalid(), invalid()]), ("replay.totp", [granted(), granted(), challenge(), granted()])],
)
def test_an_answer_that_is_refused_or_accepted_in_any_case_shows_nothing_at_once(
    blocker: str, answers: list[Answered]
) -> None:
    with pytest.raises(Inconclusive) as ended:
        carol(Script(answers)).times_accepted(TOTP, SESSIONS, blocked_by="replay.totp")

    assert ended.value.blocked_by == blocker


def test_a_target_need_not_take_codes_before_their_step() -> None:
    carol(Script([granted()])).accept_early(Code("123456", "123456"))
    with pytest.raises(NotApplicable, match="before its step begins"):
        carol(Script([invalid()])).accept_early(Code("123456", "123456"))
