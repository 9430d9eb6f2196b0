"""Attempts with wrong answers, and whose requirement is named when one is accepted."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.events import Walk
from conformance.inbox import Inbox
from conformance.model import (
    Answer,
    Code,
    Granted,
    Protected,
    Refused,
    Unintelligible,
)
from conformance.outcomes import Ended, Inconclusive, Untested

from .script import KNOWING, Answered, Script, answer, challenge, error, granted, invalid, user

FIRST = Code("111-111", "111111")
MAILED = challenge("111-111")
DENIED = answer(403, {"success": False, "error": "unauthorized"})
HTML = answer(400, b"<html>")
GARBLED = answer(200, b"<html>")
WORKS = Walk(challenged=True, right_works=True, wrong_refused=True)


def attempt(script: Script, protected: Protected = UPDATE, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(protected)  # type: ignore[arg-type]


def test_a_misused_code_is_sent_where_guesses_are_refused_at_all() -> None:
    """Where any code will do, that of somebody else will do as well: that is one red row, not two."""
    script = Script([invalid()])

    assert isinstance(attempt(script).misuse(FIRST), Refused)
    assert script.codes == ["111-111"]
    for facts, blocker in (
        ({"guess_refused": False}, "code.random"),
        ({"refusal_trusted": True}, "effect.factor-kept"),
    ):
        with pytest.raises(Inconclusive) as ended:
            attempt(Script([]), **facts).misuse(FIRST)
        assert ended.value.blocked_by == blocker


def lender(*resent: str) -> Inbox:
    """Somebody whose last code is the first of alice's, too."""
    inbox = user(Script([granted(mail) for mail in resent])).inbox
    inbox.latest = FIRST
    return inbox


def test_a_borrowed_code_is_sent_as_it_is() -> None:
    script = Script([invalid()])

    assert isinstance(attempt(script).borrow(lender()), Refused)
    assert script.codes == ["111-111"]


@pytest.mark.parametrize("own", ["222-222", "333-333"])
def test_a_borrowed_code_that_is_the_borrower_s_own_is_followed_by_another(own: str) -> None:
    script = Script([MAILED, granted(own), invalid()])
    trial = attempt(script)
    trial.code()
    trial.borrow(lender("222-222"))

    assert script.codes[-1] == "222-222"


def test_where_codes_never_differ_a_borrowed_one_shows_nothing() -> None:
    trial = attempt(Script([MAILED, granted("111-111")]))
    trial.code()
    with pytest.raises(Inconclusive) as ended:
        trial.borrow(lender("111-111"))

    assert ended.value.blocked_by == "code.varies"


def test_codes_are_not_sent_when_as_many_were_refused_as_the_owner_allows() -> None:
    """A limit of the target file: the account might be locked, and its owner with it."""
    script = Script([MAILED, *[invalid()] * 9])
    trial = attempt(script)
    trial.guesses(3)

    with pytest.raises(Untested, match="wrong_codes_per_account is 3"):
        trial.send(Answer("111-111", "email"))
    assert len(script.requests) == 4


def test_only_refused_codes_count_to_that_limit() -> None:
    script = Script([MAILED, *[DENIED] * 9])

    assert len(attempt(script).guesses(9)) == 9


def test_guesses_are_all_different_and_none_is_right() -> None:
    script = Script([MAILED, *[error("error-x")] * 5])
    attempt(script).guesses(5)

    assert len(set(script.codes[1:]) - {"111-111"}) == 5


def test_the_right_code_after_a_wrong_one_is_still_the_first() -> None:
    script = Script([MAILED, invalid(), granted()])

    assert isinstance(attempt(script).right_after_wrong(), Granted)
    assert script.codes[2] == "111-111"
    assert script.codes[1] not in {None, "111-111"}


def test_the_right_code_after_a_wrong_one_is_the_newly_mailed_where_the_refusal_announces_it() -> None:
    """Some servers send a new code after a wrong one, and take the old one no longer."""
    script = Script([MAILED, invalid("222-222", codeGenerated=True), granted()])
    attempt(script).right_after_wrong()

    assert script.codes[2] == "222-222"


def test_an_announced_code_that_does_not_come_is_not_the_test_s_matter() -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([MAILED, invalid(codeGenerated=True)])).right_after_wrong()
    assert ended.value.blocked_by == "mail.arrives"


def test_a_wrong_code_that_is_accepted_is_another_requirement_s_matter() -> None:
    for reply in (granted(), GARBLED):
        with pytest.raises(Inconclusive) as ended:
            attempt(Script([MAILED, reply])).right_after_wrong()
        assert ended.value.blocked_by == "code.random"


def test_a_wrong_reply_is_for_the_test_to_judge_where_wrong_answers_are_refused_at_all() -> None:
    assert isinstance(attempt(Script([MAILED, HTML])).wrong_reply(), Unintelligible)
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([]), guess_refused=False).wrong_reply()
    assert ended.value.blocked_by == "code.random"


Drive = Callable[[Attempt], object]
PASSWORD_BLOCKED: list[tuple[str, Drive, list[Answered], Walk]] = [
    ("password.challenge", Attempt.challenge, [granted()], WORKS),
    ("password.challenge", Attempt.challenge, [HTML], WORKS),
    ("password.challenge", Attempt.first_reply, [HTML], WORKS),
    ("password.challenge", Attempt.challenge, [], replace(WORKS, challenged=False)),
    ("password.right-digest", Attempt.accept, [], replace(WORKS, right_works=False)),
    ("password.right-digest", Attempt.accept, [challenge(method="password"), GARBLED], WORKS),
    ("password.right-digest", Attempt.guess, [challenge(method="password")] * 2, replace(WORKS, right_works=False)),
    ("password.wrong-digest", Attempt.guess, [challenge(method="password"), granted()], WORKS),
    ("password.wrong-digest", Attempt.wrong_reply, [], replace(WORKS, wrong_refused=False)),
    ("password.refusal", Attempt.guess, [challenge(method="password"), HTML], WORKS),
    ("password.refusal", Attempt.refusal, [challenge(method="password"), DENIED], WORKS),
]


@pytest.mark.parametrize(("blocker", "drive", "answers", "walk"), PASSWORD_BLOCKED)
def test_what_stands_in_the_way_of_a_method_is_named_by_that_method_s_requirement(
    blocker: str, drive: Drive, answers: list[Answered], walk: Walk
) -> None:
    """Email works here: none of its rows may be what is to blame."""
    alice = user(Script(list(answers)), replace(KNOWING, password=walk))
    with pytest.raises(Ended) as ended:
        drive(alice.attempt(UPDATE, alice.passphrase))

    assert ended.value.blocked_by == blocker


def test_a_wrong_digest_is_not_answered_with_another_mail() -> None:
    """Only codes by mail may be asked for again."""
    script = Script([challenge(method="password"), invalid(method="password")])
    alice = user(script, replace(KNOWING, password=WORKS))

    with pytest.raises(Inconclusive) as ended:
        alice.attempt(UPDATE, alice.passphrase).accept()
    assert ended.value.blocked_by == "password.right-digest"
    assert script.paths == ["users.update", "users.update"]


def test_the_digest_of_a_wrong_code_comes_along_in_the_body() -> None:
    script = Script([invalid()])
    attempt(script).bring_digest(FIRST)

    assert script.codes == ["111-111"]
    assert script.bodies[0]["hash"] == script.bodies[0]["codeHash"] == hashlib.sha256(b"111111").hexdigest()
    assert "data" in script.bodies[0]


def test_a_used_code_must_be_refused_before_another_spelling_of_it_is_tried() -> None:
    attempt(Script([MAILED, invalid()])).refuse_used(FIRST)

    with pytest.raises(Inconclusive) as ended:
        attempt(Script([MAILED, granted()])).refuse_used(FIRST)
    assert ended.value.blocked_by == "code.used"
