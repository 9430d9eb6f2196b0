"""Attempts: what stands in the way of a test is named by the requirement that is about it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.calls import DOCUMENTED, SEVERAL, TOKEN_CREATION
from conformance.mail import Letter
from conformance.model import ABSENT, Challenged, Granted, Protected, Refused, Unintelligible
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, Answered, Script, answer, challenge, error, granted, invalid, user

DISABLE = Protected("POST /api/v1/users.2fa.disableEmail")
TOKENS = Protected("POST /api/v1/users.generatePersonalAccessToken", {"tokenName": "{nonce}"})
NONCE = user(Script([])).recorder.word()
"""The word that the first attempt of every scripted user writes: their seed is the same."""
CODE = "111-111"
HTML = answer(400, b"<html>")
GARBLED = answer(200, b"<html>")
MAILED = challenge(CODE)


def attempt(*answers: Answered, protected: Protected = UPDATE, **facts: bool) -> Attempt:
    return user(Script(list(answers)), replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def shown(name: str) -> Answered:
    return granted(user={"name": name, "username": "twofa-alice"})


Drive = Callable[[Attempt], object]

NO_DETAILS = answer(400, {"success": False, "errorType": "totp-required"}, CODE)

BLOCKED: list[tuple[str, Drive, Attempt]] = [
    ("challenge.required", Attempt.challenge, attempt(granted())),
    ("challenge.required", Attempt.challenge, attempt(answer(403, {"success": False}))),
    ("challenge.required", Attempt.challenge, attempt(challenged=False)),
    ("challenge.json", Attempt.challenge, attempt(HTML)),
    ("challenge.json", Attempt.first_reply, attempt(HTML)),
    ("challenge.json", Attempt.code, attempt(HTML)),
    ("challenge.details", lambda trial: trial.says.details(), attempt(NO_DETAILS)),
    ("challenge.details", lambda trial: trial.says.generated(), attempt(NO_DETAILS)),
    (
        "challenge.available-methods",
        lambda trial: trial.says.methods(),
        attempt(challenge(CODE, availableMethods="email")),
    ),
    ("announcement.generated", lambda trial: trial.says.generated(), attempt(challenge(CODE, codeGenerated="yes"))),
    ("announcement.count", lambda trial: trial.says.code_count(), attempt(challenge(CODE, codeCount="1"))),
    ("announcement.count", lambda trial: trial.says.code_count(), attempt(challenge(CODE, codeCount=True))),
    ("acceptance.right-code", Attempt.accept, attempt(MAILED, answer(403, {"success": False}))),
    ("acceptance.right-code", Attempt.accept, attempt(code_works=False)),
    ("acceptance.right-code", Attempt.accepted_or_garbled, attempt(code_works=False)),
    ("acceptance.right-code", Attempt.accept_first, attempt(MAILED, invalid())),
    ("acceptance.json", Attempt.accept, attempt(MAILED, GARBLED)),
    ("acceptance.json", lambda trial: trial.first_answer(trial.code()), attempt(MAILED, GARBLED)),
    ("acceptance.right-code", lambda trial: trial.right_answer(trial.code()), attempt(MAILED, code_works=False)),
    ("acceptance.right-code", lambda trial: trial.answer_as_displayed(trial.code()), attempt(MAILED, code_works=False)),
    ("code.random", Attempt.guess, attempt(MAILED, granted())),
    ("code.random", Attempt.refused_or_garbled, attempt(MAILED, GARBLED)),
    ("code.random", lambda trial: trial.wrong([("0", "email")]), attempt(guess_refused=False)),
    ("refusal.json", Attempt.guess, attempt(MAILED, HTML)),
    ("refusal.error-type", Attempt.refusal, attempt(MAILED, challenge())),
    ("refusal.error-type", Attempt.refusal, attempt(MAILED, error("totp-max-attempts"))),
    ("effect.accepted", Attempt.carry_out, attempt(MAILED, granted(), *[shown("as before")] * 50)),
]


@pytest.mark.parametrize(("blocker", "drive", "trial"), BLOCKED, ids=[f"{row[0]}-{n}" for n, row in enumerate(BLOCKED)])
def test_what_stands_in_the_way_is_named(blocker: str, drive: Drive, trial: Attempt) -> None:
    with pytest.raises(Inconclusive) as ended:
        drive(trial)

    assert ended.value.blocked_by == blocker
    assert ended.value.reason


ARRIVED: list[tuple[Drive, Attempt, type]] = [
    (Attempt.bare, attempt(granted()), Granted),
    (Attempt.first_reply, attempt(granted()), Granted),
    (Attempt.provoke, attempt(MAILED), Challenged),
    (Attempt.provoke, attempt(HTML), Unintelligible),
    (Attempt.accept, attempt(MAILED, granted()), Granted),
    (Attempt.accepted_or_garbled, attempt(MAILED, GARBLED), Unintelligible),
    (Attempt.guess, attempt(MAILED, invalid()), Refused),
    (Attempt.guess, attempt(MAILED, challenge()), Challenged),
    (Attempt.refused_or_garbled, attempt(MAILED, HTML), Unintelligible),
    (lambda trial: trial.first_answer(trial.code()), attempt(MAILED, invalid()), Refused),
    (lambda trial: trial.first_answer(trial.code()), attempt(MAILED, HTML), Unintelligible),
]


@pytest.mark.parametrize(("drive", "trial", "kind"), ARRIVED)
def test_what_is_in_question_is_handed_to_the_test(drive: Drive, trial: Attempt, kind: type) -> None:
    assert isinstance(drive(trial), kind)


def test_an_accepted_call_may_take_a_second_code() -> None:
    """Where an earlier challenge's code was replaced, the arranging step asks for a new one instead of giving up."""
    script = Script([MAILED, invalid(), granted("222-222"), granted()])
    user(script).attempt(UPDATE).accept()

    assert script.codes == [None, CODE, None, "222-222"]


def test_a_call_that_needs_no_second_factor_is_not_applicable() -> None:
    with pytest.raises(NotApplicable, match="needs no second factor here: status 200, granted"):
        attempt(granted()).accept_if_allowed()


def test_a_call_that_the_account_may_not_make_is_not_applicable() -> None:
    with pytest.raises(NotApplicable, match="may not call"):
        attempt(MAILED, answer(403, {"success": False})).accept_if_allowed()


@pytest.mark.parametrize("broken", [answer(500, {"success": False}), answer(502, {})])
def test_a_server_error_is_no_lack_of_permission(broken: Answered) -> None:
    assert attempt(MAILED, broken).reply_if_allowed().status >= 500
    with pytest.raises(Inconclusive, match="leads to a server error") as ended:
        attempt(MAILED, broken).accept_if_allowed()
    assert ended.value.blocked_by == "calls.once"


def test_a_status_that_challenges_have_too_tells_nothing() -> None:
    odd = replace(MAILED, response=replace(MAILED.response, status=500))
    with pytest.raises(NotApplicable, match="may not call"):
        attempt(odd, answer(500, {"success": False})).reply_if_allowed()


def test_what_is_not_implemented_is_not_judged() -> None:
    with pytest.raises(NotApplicable, match="may not call"):
        attempt(MAILED, answer(501, {"success": False})).reply_if_allowed()


@pytest.mark.parametrize("drive", [lambda trial: trial.says.code_count(), lambda trial: trial.says.seconds_to_expiry()])
def test_an_optional_member_that_is_absent_is_not_applicable(drive: Drive) -> None:
    with pytest.raises(NotApplicable, match="which is optional"):
        drive(attempt(MAILED))


def test_the_time_to_expiry_is_by_the_target_s_clock() -> None:
    """The scripted exchange ends at 1000.5 s since the epoch; two seconds are given for the way."""
    trial = attempt(challenge(CODE, codeExpires=["1970-01-01T00:17:10Z", "1970-01-01T00:16:30Z"]))

    assert trial.says.seconds_to_expiry() == [31.5, -8.5]


def test_an_expiry_that_is_no_date_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match="no date"):
        attempt(challenge(CODE, codeExpires="soon")).says.seconds_to_expiry()


def test_every_attempt_has_an_effect_of_its_own() -> None:
    script = Script([MAILED, challenge()])
    alice = user(script)
    alice.attempt(UPDATE).bare()
    alice.attempt(UPDATE).bare()

    assert script.requests[0].body != script.requests[1].body
    assert b'"userId":"u1"' in script.requests[0].body


def test_an_effect_is_what_the_admin_sees() -> None:
    script = Script([shown(NONCE)])

    assert user(script).attempt(UPDATE).effect.shows()
    assert script.paths == ["users.info?userId=u1"]
    assert dict(script.requests[0].headers)["X-Auth-Token"] == "token-of-admin"


def test_an_effect_may_show_a_little_later() -> None:
    script = Script([shown("old"), shown("old"), shown(NONCE)])

    assert user(script).attempt(UPDATE).effect.shows()
    assert script.waits == [0.3, 0.3]


ADDRESS = DOCUMENTED["users.updateOwnBasicInfo: email"]


@pytest.mark.parametrize(
    ("protected", "body"),
    [
        (ADDRESS, {"username": "alice"}),
        (ADDRESS, {"emails": []}),
        (DOCUMENTED["users.regeneratePersonalAccessToken"], {"tokens": [{"name": NONCE}]}),
    ],
)
def test_an_effect_that_the_target_does_not_show_is_not_judged(protected: Protected, body: dict[str, object]) -> None:
    with pytest.raises(NotApplicable, match="does not show"):
        attempt(answer(200, {"success": True, **body}), protected=protected).effect.state()


def test_an_element_that_is_not_in_a_list_is_not_there_yet() -> None:
    assert attempt(granted(tokens=[]), protected=TOKEN_CREATION).effect.state() == (ABSENT,)


def test_an_effect_that_cannot_be_read_is_inconclusive() -> None:
    with pytest.raises(Inconclusive, match=r"GET /api/v1/users\.info\?userId=u1 cannot be read: status 403"):
        attempt(answer(403, {"success": False})).effect.shows()


@pytest.mark.parametrize(
    ("reply", "gone"), [(MAILED, False), (granted(), True), (challenge(method="password"), True)], ids=str
)
def test_the_effect_of_disable_email_is_that_email_is_no_longer_asked_for(reply: Answered, gone: bool) -> None:
    assert attempt(*[reply] * 20, protected=DISABLE).effect.shows() is gone


@pytest.mark.parametrize("others", [[], [{"name": "x"}, {}, 5]])
@pytest.mark.parametrize("times", [1, 2])
def test_tokens_are_counted_by_their_name(others: list[object], times: int) -> None:
    trial = attempt(granted(tokens=[*others, *[{"name": NONCE}] * times]), protected=TOKENS)

    assert trial.effect.times_listed() == times


@pytest.mark.parametrize("tokens", [[], [{"name": "x"}], {}, None])
def test_tokens_that_are_not_listed_are_inconclusive(tokens: object) -> None:
    with pytest.raises(Inconclusive, match="created no token|cannot be read"):
        attempt(granted(tokens=tokens), protected=TOKENS).effect.times_listed()


def test_a_call_that_makes_several_changes_has_to_show_them_all() -> None:
    both = granted(user={"name": NONCE, "bio": NONCE})

    attempt(both, protected=SEVERAL).effect.need_all_to_show()
    with pytest.raises(NotApplicable, match="does not show all that the call writes"):
        attempt(*[granted(user={"name": NONCE})] * 10, protected=SEVERAL).effect.need_all_to_show()


def test_one_code_works_at_once_where_challenges_make_no_more() -> None:
    assert attempt(MAILED, challenge()).codes_at_once(3) == 1


@pytest.mark.parametrize(("reply", "count"), [(granted(), 3), (invalid(), 2)])
def test_codes_work_at_once_if_the_oldest_does(reply: Answered, count: int) -> None:
    trial = attempt(*[challenge(f"{number}11-111") for number in range(1, 4)], reply)

    assert trial.codes_at_once(3) == count


def test_codes_that_were_announced_and_not_mailed_do_not_count() -> None:
    announced = challenge(codeGenerated=True)

    assert attempt(MAILED, announced, announced).codes_at_once(3) == 1


def test_a_code_is_dated_by_the_call_that_made_it() -> None:
    script = Script([challenge("111-111"), granted("222-222"), granted("222-223"), granted("333-333")])

    assert user(script).attempt(UPDATE).clock_units(resends=3) == 0
    assert user(script).recorder.world is script


def test_codes_that_are_no_numbers_have_no_clock() -> None:
    with pytest.raises(NotApplicable, match="no numbers of one length"):
        attempt(challenge("AB3-D9K"), granted("111-111")).clock_units(resends=1)


def test_what_is_told_by_mail_is_what_the_call_would_do() -> None:
    notice = Letter(frozenset(), f"You are {NONCE}", parts=(("text/plain", f"You are {NONCE}"),))
    script = Script([], letters=[notice])

    assert user(script).attempt(UPDATE).told_by_mail() == 1
    assert user(Script([])).attempt(UPDATE).told_by_mail() == 0
    with pytest.raises(NotApplicable, match="is not in its body"):
        user(script).attempt(DISABLE).told_by_mail()
