"""What the model of a walk leaves open: what servers may do, though the product does not."""

from conformance.protocol_model import Situation

BEGUN = Situation("classic")


def test_a_code_may_be_bound_to_the_call_whose_challenge_sent_it() -> None:
    mailed = BEGUN.mailed("c1", 0.0, ("session 1", False))

    assert mailed.answered("session 1", "c1", 1.0)["refused"] == "acceptance.right-code"
    assert mailed.answered("session 2", "c1", 1.0) == {}
    assert mailed.answered("session 1", "c1", 1.0, disabling=True) == {}


def test_a_code_that_was_asked_for_by_a_resend_works_everywhere() -> None:
    mailed = BEGUN.mailed("c1", 0.0, None)

    assert mailed.answered("session 2", "c1", 1.0)["refused"] == "resend.newest-works"


def test_a_code_need_not_last() -> None:
    assert BEGUN.mailed("c1", 0.0, None).answered("session 1", "c1", 46.0) == {}


def test_a_login_that_was_proved_may_open_its_session_and_no_other() -> None:
    after = BEGUN.logged_in("session 2", [], ["session 1", "session 2"], proved=True)

    assert "accepted" not in after.asked("session 2")
    assert after.asked("session 1")["accepted"] == "challenge.required"


def test_a_login_without_a_code_opens_nothing() -> None:
    after = BEGUN.logged_in("session 2", [], ["session 1", "session 2"], proved=False)

    assert after.asked("session 2")["accepted"] == "challenge.required"
