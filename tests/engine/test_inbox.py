"""Mail as a factor: codes that are none, codes that leak, and mails of earlier tests."""

from dataclasses import replace

import pytest

from conformance.binding import UPDATE
from conformance.mail import Layout
from conformance.model import Code
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, SILENCE, Answered, Script, answer, challenge, granted, invalid, throttled, user

FIRST, SECOND = Code("111-111", "111111"), Code("222-222", "222222")


def test_a_wrong_code_is_none_of_the_mailed_ones_and_each_kind_of_method_has_its_own() -> None:
    alice = user(Script([challenge("111-111")]))
    code = alice.attempt(UPDATE).code()
    guesses = alice.inbox.guesses(code, "unknown")

    assert [method for _, method in guesses] == ["nosuch", "none", "sms"]
    assert len({guess for guess, _ in guesses} - {code.displayed, code.compact}) == 3


def test_an_altered_code_is_a_secret_of_its_own() -> None:
    alice = user(Script([]))
    altered = alice.inbox.alter(Code("123-456", "123456"), "half of it")

    assert altered == [("123", "email"), ("456", "email")]
    assert alice.recorder.secrets.redact("123 456") == "«alice.wrong#1» «alice.wrong#2»"


def test_what_stands_in_for_a_code_is_never_the_code() -> None:
    alice = user(Script([challenge("111-111")]))
    alice.attempt(UPDATE).code()

    assert alice.inbox.stand_ins("codes of testers") == [("123456", "email"), ("424242", "email")]


def test_a_code_in_a_reply_is_a_leak() -> None:
    alice = user(Script([challenge("111-111"), granted(hint="111111")]))
    alice.attempt(UPDATE).code()

    assert not alice.inbox.leaked()
    alice.call("GET /api/v1/me")
    assert alice.inbox.leaked()


def test_what_came_before_a_test_of_a_given_account_is_left_unread() -> None:
    script = Script([challenge("222-222")], mails=["111-111"])
    alice = user(script)
    alice.inbox.begin()

    assert alice.attempt(UPDATE).code() == SECOND
    assert list(alice.inbox.known.values()) == [SECOND]


@pytest.mark.parametrize(("late", "code"), [(["111-111", "222-222"], SECOND), (["111-111"], FIRST)])
def test_a_second_copy_of_an_earlier_mail_does_not_pass_for_the_one_that_is_due(late: list[str], code: Code) -> None:
    script = Script([challenge("111-111"), granted(), challenge(codeGenerated=True)], late=late)
    alice = user(script)
    alice.attempt(UPDATE).accept_if_allowed()

    assert alice.attempt(UPDATE).code() == code


def test_a_second_copy_that_came_in_between_leaves_the_mail_that_is_due_to_come() -> None:
    script = Script([challenge("111-111"), challenge("111-111", codeGenerated=True)], late=["222-222"])
    alice = user(script)
    alice.attempt(UPDATE).code()

    assert alice.attempt(UPDATE).code() == SECOND


def test_mails_on_their_way_are_awaited_as_many_as_were_announced_or_asked_for() -> None:
    script = Script([challenge(codeGenerated=True), granted()], late=["111-111", "222-222", "333-333"])
    alice = user(script)
    alice.inbox.begin()
    alice.attempt(UPDATE).bare()
    alice.inbox.ask_for_code()
    alice.inbox.await_all()

    assert script.late == ["333-333"]


def test_a_code_in_a_reply_whose_mail_was_left_unread_gets_a_name() -> None:
    script = Script(
        [challenge(codeGenerated=True, hint="111111")], late=["111-111"], layout=Layout("your code is", "999-999")
    )
    alice = user(script)
    alice.attempt(UPDATE).bare()
    alice.name_codes()

    assert alice.recorder.secrets.redact("111111") == "«alice.email#1»"


def test_no_mail_is_waited_for_where_no_reply_shows_a_word_like_a_code() -> None:
    script = Script(
        [challenge(codeGenerated=True, hint="1111112")], late=["111-111"], layout=Layout("your code is", "999-999")
    )
    alice = user(script)
    alice.attempt(UPDATE).bare()
    alice.name_codes()

    assert script.late


def test_a_code_that_an_earlier_test_left_is_not_waited_for() -> None:
    """The challenge says that it sent no mail: the code that is out is one which this test has never seen."""
    script = Script([challenge(codeGenerated=False), granted("111-111")], late=["999-999"])
    alice = user(script)
    alice.account = replace(alice.account, given=True)
    challenged = alice.attempt(UPDATE).challenge()

    with pytest.raises(NotApplicable, match="a code of an earlier test is still out"):
        alice.inbox.got_mail()
    assert alice.inbox.code(challenged) == FIRST


@pytest.mark.parametrize("verb", ["got_mail", "mail"])
def test_without_any_mail_a_missing_one_is_inconclusive(verb: str) -> None:
    alice = user(Script([challenge(codeGenerated=True), granted()], proof=False))
    alice.attempt(UPDATE).challenge()

    with pytest.raises(Inconclusive):
        getattr(alice.inbox, verb)()


def test_the_mail_that_a_challenge_sent_is_handed_over_whatever_it_shows() -> None:
    alice = user(Script([challenge("")]))
    alice.attempt(UPDATE).challenge()
    receipt = alice.inbox.mail()

    assert (receipt.read, receipt.code) == (1, None)


def test_a_code_that_may_stand_there_and_cannot_be_read_is_not_the_target_s_fault() -> None:
    alice = user(Script([challenge("")]), replace(KNOWING, code_unread=True))
    alice.attempt(UPDATE).challenge()

    with pytest.raises(Inconclusive, match="a form that this suite cannot read"):
        alice.inbox.mail()


def test_a_notice_that_came_first_is_not_the_mail_that_is_due() -> None:
    script = Script([challenge("111-111"), challenge("", codeGenerated=True)], late=["222-222"])
    alice = user(script)
    attempt = alice.attempt(UPDATE)
    attempt.code()

    assert attempt.code() == SECOND


def test_where_each_wrong_code_is_followed_by_a_new_one_the_last_of_them_counts() -> None:
    """The mail of the second one may come when the first one's is read."""
    wrong = invalid(codeGenerated=True)
    script = Script([challenge("111-111"), wrong, wrong, challenge(codeGenerated=False)], late=["222-222", "333-333"])
    attempt = user(script).attempt(UPDATE)
    attempt.code()
    for guess in ("444-444", "555-555"):
        attempt.answer(Code(guess, guess.replace("-", "")))

    assert attempt.code() == Code("333-333", "333333")


def test_no_new_code_of_a_wrong_one_passes_for_that_of_a_resend() -> None:
    wrong = invalid(codeGenerated=True)
    script = Script([challenge("111-111"), wrong, wrong, granted()], late=["222-222", "333-333", "666-666"])
    alice = user(script)
    attempt = alice.attempt(UPDATE)
    attempt.code()
    for guess in ("444-444", "555-555"):
        attempt.answer(Code(guess, guess.replace("-", "")))

    assert alice.inbox.resend() == Code("666-666", "666666")


def test_expired_codes_are_forgotten() -> None:
    alice = user(Script([challenge("111-111")]))
    alice.attempt(UPDATE).code()
    alice.inbox.forget()

    assert alice.inbox.unused == []
    assert list(alice.inbox.known.values()) == [FIRST]


ODD = answer(400, {"success": False})


@pytest.mark.parametrize(("answers", "answered"), [([ODD, ODD], True), ([ODD, SILENCE, ODD, SILENCE, ODD], False)])
def test_a_name_that_is_not_answered_is_tried_twice_between_plain_resends(
    answers: list[Answered], answered: bool
) -> None:
    script = Script([*answers])

    assert user(script).inbox.answers("x" * 9) is answered
    assert script.bodies == [{}, {"emailOrUsername": "x" * 9}, {}, {"emailOrUsername": "x" * 9}, {}][: len(answers)]


def test_a_target_that_answers_no_resend_is_not_kept_busy_by_a_name() -> None:
    with pytest.raises(Inconclusive):
        user(Script([ODD, SILENCE, SILENCE])).inbox.answers("x")


def test_a_code_is_respelled_in_other_ways_than_the_one_in_which_it_was_sent() -> None:
    alice = user(Script([]))

    assert alice.inbox.respelled(Code("123-456", "123456"), "with and without groups") == [("123456", "email")]
    with pytest.raises(NotApplicable, match="no such spelling"):
        alice.inbox.respelled(Code("123456", "123456"), "in other letters")


def test_a_resend_under_another_host_says_so_and_its_mail_is_read() -> None:
    script = Script([granted("111-111")])
    alice = user(script)
    alice.inbox.resent_by_way_of("made-up.example")

    assert dict(script.requests[0].headers)["X-Forwarded-Host"] == "made-up.example"
    assert alice.inbox.latest == FIRST


def test_a_code_that_begins_with_a_zero_is_asked_for_until_one_comes() -> None:
    script = Script([granted("111-111"), granted("222-222"), granted("012-345")])

    assert user(script).inbox.resent_beginning_with("0", 9) == Code("012-345", "012345")
    assert len(script.requests) == 3


def test_who_is_mailed_no_more_codes_asks_for_them_in_a_session() -> None:
    """What strangers ask for need not use up what the user may ask for."""
    script = Script([granted("111-111"), throttled("60"), granted("012-345")])

    assert user(script).inbox.resent_beginning_with("0", 9) == Code("012-345", "012345")
    assert ["X-Auth-Token" in dict(request.headers) for request in script.requests] == [False, False, True]


@pytest.mark.parametrize(
    "answers",
    [
        [granted("111-111"), granted("222-222")],
        [granted("111-111"), throttled("60"), throttled("60")],
        [granted("111-111"), granted(), granted()],
        [granted("111-111"), granted("111-111"), granted("111-111")],
        [granted("K7QX-M2BD")],
    ],
    ids=["none in so many", "the target has enough", "it mails none", "it mails one again", "codes of letters"],
)
def test_a_target_that_mails_no_such_code_is_not_asked_for_ever(answers: list[Answered]) -> None:
    script = Script(answers)

    assert user(script).inbox.resent_beginning_with("0", 2) is None
    assert not script.answers
