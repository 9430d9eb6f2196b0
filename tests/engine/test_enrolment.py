"""Getting an authenticator: by the routes users.totp.* or by the methods before them, and which codes are shown for it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.binding import UPDATE
from conformance.enrolment import ROUTES, Enrolment
from conformance.events import Facts, Walk
from conformance.factors import Authenticator
from conformance.model import Refused
from conformance.otp import totp
from conformance.outcomes import Inconclusive, NotApplicable
from conformance.users import User

from .script import KNOWING, LOGIN, Answered, Script, answer, challenge, error, failed, granted, result, user

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
BACKUP = ["aaaabbbb", "ccccdddd"]
PREVIOUS, CURRENT, NEXT = (totp(SECRET, moment) for moment in (970, 1000, 1030))
"""By the scripted clock, which begins at 1000 s."""

BROKEN = answer(500, {"success": False, "error": "Internal server error"})

EACH = pytest.mark.parametrize("routes", ROUTES)
REFUSALS = {"users.totp": error("invalid-totp"), "method.call": failed("invalid-totp")}


def gives(routes: str, **members: Any) -> Answered:
    return result(members) if routes == "method.call" else granted(**members)


def enrolment(script: Script, routes: str) -> Enrolment:
    alice = user(script)
    return Enrolment(alice.recorder, alice.session, routes)


def enrolling(*answers: Answered, routes: str = "users.totp") -> User:
    return user(Script(list(answers)), replace(KNOWING, enrolment=routes))


def script_of(alice: User) -> Script:
    world = alice.recorder.world
    assert isinstance(world, Script)
    return world


def shown(alice: User) -> list[str]:
    """The codes that were shown for the authenticator."""
    return [body["code"] for body in script_of(alice).bodies if body]


def test_the_routes_are_called_one_by_one_in_the_user_s_session() -> None:
    script = Script([granted(secret=SECRET), granted(codes=BACKUP), granted(codes=BACKUP[:1])])
    way = enrolment(script, "users.totp")

    assert (way.begin("alice"), way.confirm("111111"), way.renew("222222")) == (SECRET, BACKUP, BACKUP[:1])
    assert script.paths == ["users.totp.enable", "users.totp.validate", "users.totp.regenerateCodes"]
    assert script.bodies == [None, {"code": "111111"}, {"code": "222222"}]
    assert {dict(request.headers)["X-Auth-Token"] for request in script.requests} == {"token-of-alice-0"}


def test_the_methods_are_called_one_by_one_in_the_user_s_session() -> None:
    script = Script([result({"secret": SECRET}), result({"codes": BACKUP}), result({"codes": BACKUP[:1]})])
    way = enrolment(script, "method.call")

    assert (way.begin("alice"), way.confirm("111111"), way.renew("222222")) == (SECRET, BACKUP, BACKUP[:1])
    assert script.paths == [
        "method.call/2fa:enable",
        "method.call/2fa:validateTempToken",
        "method.call/2fa:regenerateCodes",
    ]
    frames = [json.loads(body["message"]) for body in script.bodies]
    assert [frame["method"] for frame in frames] == ["2fa:enable", "2fa:validateTempToken", "2fa:regenerateCodes"]
    assert [frame["params"] for frame in frames] == [[], ["111111"], ["222222"]]
    assert {dict(request.headers)["X-Auth-Token"] for request in script.requests} == {"token-of-alice-0"}


@EACH
def test_a_secret_is_kept_secret(routes: str) -> None:
    alice = enrolling(gives(routes, secret=SECRET), routes=routes)
    alice.begin_enrolment()

    assert alice.recorder.secrets.redact(SECRET) == "«alice.secret#1»"


@EACH
@pytest.mark.parametrize("status", [400, 404, 501])
def test_what_is_refused_gives_nothing_and_says_why(routes: str, status: int) -> None:
    way = enrolment(Script([answer(status, {"success": False, "error": "No"})] * 3), routes)

    assert (way.begin("alice"), way.confirm("111111"), way.renew("111111")) == (None, None, None)
    assert isinstance(way.last, Refused)


@pytest.mark.parametrize("status", [200, 400])
def test_an_error_inside_a_message_is_a_refusal_whatever_its_status(status: int) -> None:
    way = enrolment(Script([failed("invalid-totp", status)] * 2), "method.call")

    assert (way.begin("alice"), way.confirm("111111")) == (None, None)
    assert isinstance(way.last, Refused)
    assert way.last.invalid


@EACH
@pytest.mark.parametrize("secret", [None, 5, ["GEZDGNBVGY3TQOJQ"]])
def test_a_secret_that_is_no_text_is_none(routes: str, secret: object) -> None:
    assert enrolment(Script([gives(routes, secret=secret)]), routes).begin("alice") is None


@EACH
def test_a_success_without_codes_is_none_and_an_odd_list_is_one_of_its_texts(routes: str) -> None:
    """An authenticator may be taken without backup codes: but a reply that has not even their name did not take it."""
    script = Script([gives(routes, other=1), gives(routes, codes=None), gives(routes, codes=["a", 5, None])])
    way = enrolment(script, routes)

    assert [way.confirm("111111") for _ in range(3)] == [None, [], ["a"]]


def test_a_reply_that_is_no_frame_gives_nothing() -> None:
    way = enrolment(Script([granted(message="no JSON"), granted(message='{"msg":"pong"}'), granted()]), "method.call")

    assert [way.begin("alice") for _ in range(3)] == [None, None, None]


@EACH
def test_the_previous_code_confirms_so_that_the_current_one_is_still_to_be_used(routes: str) -> None:
    alice = enrolling(gives(routes, secret=SECRET), gives(routes, codes=BACKUP), routes=routes)
    device = alice.enrol()

    assert alice.by is alice.enrolled is device
    assert device.backup_codes == BACKUP
    assert device.code().compact == CURRENT
    assert script_of(alice).waits == []


def test_the_code_that_confirms_is_the_previous_one() -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP))
    alice.enrol()

    assert shown(alice) == [PREVIOUS]


def test_where_the_previous_code_is_too_old_the_current_one_confirms_and_is_used() -> None:
    """A server may count it as used; the next proof then takes the next one."""
    alice = enrolling(granted(secret=SECRET), error("invalid-totp"), granted(codes=BACKUP))
    device = alice.enrol()

    assert shown(alice) == [PREVIOUS, CURRENT]
    assert device.code().compact == NEXT


@EACH
def test_an_authenticator_that_is_never_taken_is_another_requirement_s_matter(routes: str) -> None:
    alice = enrolling(gives(routes, secret=SECRET), REFUSALS[routes], REFUSALS[routes], routes=routes)

    with pytest.raises(Inconclusive, match="is not taken: status 400") as ended:
        alice.enrol()
    assert ended.value.blocked_by == "totp.challenge"
    assert alice.authenticator is None
    assert alice.by is alice.inbox


@EACH
def test_where_nobody_gets_a_secret_there_is_nothing_to_judge(routes: str) -> None:
    alice = enrolling(answer(404, {"success": False}), routes=routes)

    with pytest.raises(NotApplicable, match="lets nobody have an authenticator"):
        alice.begin_enrolment()


def test_without_an_authenticator_nothing_can_be_proved_with_it() -> None:
    with pytest.raises(Inconclusive, match="alice has no authenticator"):
        user(Script([])).factor("totp")


def test_backup_codes_are_renewed_with_the_current_code() -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), granted(codes=["eeeeffff"]))
    alice.enrol()
    alice.enrolled.renew_backup_codes()

    assert shown(alice) == [PREVIOUS, CURRENT]
    assert alice.enrolled.backup_codes == ["eeeeffff"]


@pytest.mark.parametrize(
    "reply", [answer(404, {"success": False}), error("error-not-allowed"), granted(), granted(codes=[])]
)
def test_where_backup_codes_are_not_renewed_there_is_nothing_to_judge(reply: Answered) -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), reply)
    alice.enrol()

    with pytest.raises(NotApplicable, match="does not renew"):
        alice.enrolled.renew_backup_codes()
    assert alice.enrolled.backup_codes == BACKUP


@pytest.mark.parametrize("reply", [error("invalid-totp"), BROKEN])
def test_two_right_codes_that_get_no_new_backup_codes_are_another_requirement_s_matter(reply: Answered) -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), reply, reply)
    alice.enrol()

    with pytest.raises(Inconclusive, match="no new backup codes") as ended:
        alice.enrolled.renew_backup_codes()
    assert ended.value.blocked_by == "totp.backup-codes-new"
    assert shown(alice) == [PREVIOUS, CURRENT, NEXT]
    assert alice.enrolled.backup_codes == BACKUP


def test_a_code_that_came_late_in_its_step_is_followed_by_the_next() -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), error("invalid-totp"), granted(codes=["eeeeffff"]))
    alice.enrol()

    assert alice.enrolled.renewed_backup_codes() == ["eeeeffff"]


def test_backup_codes_that_come_again_are_not_new_ones() -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), granted(codes=[BACKUP[0], "eeeeffff"]))
    alice.enrol()

    with pytest.raises(Inconclusive, match="no new backup codes"):
        alice.enrolled.renew_backup_codes()


@pytest.mark.parametrize(
    ("facts", "blocker"),
    [
        (KNOWING, "totp.right-code"),
        (replace(KNOWING, totp=Walk(challenged=True, right_works=True, wrong_refused=True)), "totp.backup-code"),
    ],
)
def test_new_backup_codes_are_not_judged_where_codes_do_not_work(facts: Facts, blocker: str) -> None:
    alice = user(Script([]), facts)
    with pytest.raises(Inconclusive) as ended:
        Authenticator(alice, SECRET).need_backup_codes_to_work()

    assert ended.value.blocked_by == blocker


@EACH
@pytest.mark.parametrize("first", [BROKEN, granted()])
def test_a_start_that_breaks_down_is_another_requirement_s_matter(routes: str, first: Answered) -> None:
    alice = enrolling(first, routes=routes)

    with pytest.raises(Inconclusive, match="gives no secret: status") as ended:
        alice.begin_enrolment()
    assert ended.value.blocked_by == "totp.enrolment"


@EACH
def test_the_start_of_an_enrolment_that_gives_a_secret_is_told(routes: str) -> None:
    assert enrolling(gives(routes, secret=SECRET)).start_enrolment(routes).status == 200


@EACH
def test_a_start_that_breaks_down_where_the_target_knows_what_it_does_not_have_is_told(routes: str) -> None:
    alice = enrolling(BROKEN, answer(404, {"success": False}))

    assert alice.start_enrolment(routes).status == 500
    begun, made_up = script_of(alice).paths
    assert made_up.rpartition("/")[0] == begun.rpartition("/")[0]
    assert made_up != begun


@EACH
@pytest.mark.parametrize(
    "answers",
    [
        [answer(404, {"success": False})],
        [answer(501, {"success": False})],
        [error("Method not found")],
        [answer(500, {"success": False, "errorType": "totp-required"})],
        [BROKEN, BROKEN],
        [granted(), granted()],
    ],
)
def test_a_target_that_knows_of_no_enrolment_is_not_judged(routes: str, answers: list[Answered]) -> None:
    """Some answer everything that they do not know with a server error, or with a success."""
    alice = enrolling(*answers)

    with pytest.raises(NotApplicable, match=f"begins no enrolment by {routes}"):
        alice.start_enrolment(routes)
    assert not script_of(alice).answers


def test_a_start_that_succeeds_without_a_secret_leaves_open_what_it_gives() -> None:
    with pytest.raises(Inconclusive, match="gives no secret"):
        enrolling(granted(), answer(404, {"success": False})).start_enrolment("users.totp")


def test_email_does_not_take_the_place_of_an_authenticator() -> None:
    """Who has both is challenged by the authenticator, unless it asks for the other."""
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), granted())
    alice.enrol()
    alice.enable_email()

    assert alice.by is alice.enrolled
    assert alice.factor("email") is alice.inbox
    assert alice.factor("password") is alice.passphrase


def test_a_target_may_want_to_see_the_authenticator_before_email_is_switched_on() -> None:
    alice = enrolling(granted(secret=SECRET), granted(codes=[]), challenge(method="totp"), granted())
    alice.enrol()
    alice.enable_email()

    assert script_of(alice).codes == [None, None, None, CURRENT]


@pytest.mark.parametrize(("works", "code"), [(True, "ccccdddd"), (False, CURRENT)])
def test_a_login_that_asks_for_an_authenticator_is_answered_with_a_backup_code_where_they_work(
    works: bool, code: str
) -> None:
    """So the code of this step is left for the call that the test is about."""
    login = granted(data={"authToken": "token-of-alice-1", "userId": "u1"})
    alice = enrolling(granted(secret=SECRET), granted(codes=BACKUP), challenge(method="totp"), login)
    alice.enrol()
    alice.facts = replace(alice.facts, backup_codes=works)
    alice.log_in()

    assert script_of(alice).bodies[-1]["code"] == code


def test_a_new_session_is_one_that_no_success_has_made_trusted() -> None:
    login = granted(data={"authToken": "token-of-alice-1", "userId": "u1"})
    alice = enrolling(login)
    alice.new_session()

    assert alice.session
    assert alice.session.token == "token-of-alice-1"


def test_a_session_beside_the_present_one_leaves_it_in_place() -> None:
    login = granted(data={"authToken": "token-of-alice-1", "userId": "u1"})
    alice = enrolling(login, granted())
    before = alice.session

    assert alice.another_session().token == "token-of-alice-1"
    assert alice.session is before


def test_there_is_no_session_beside_where_a_login_ends_the_one_before() -> None:
    alice = enrolling(LOGIN, answer(401, {"status": "error"}))
    with pytest.raises(NotApplicable, match="ends a user's session when the user logs in again"):
        alice.another_session()


@pytest.mark.parametrize(("window", "paths"), [(True, ["login"]), (False, []), (None, [])])
def test_a_session_that_a_code_made_trusted_is_left_for_a_new_one(window: bool | None, paths: list[str]) -> None:
    script = Script([challenge(method="totp"), granted(), *([LOGIN] if paths else [])])
    alice = user(script, replace(KNOWING, trust_window=window))
    alice.authenticator = Authenticator(alice, "GEZDGNBVGY3TQOJQ")
    alice.enable_email()

    assert script.paths == ["users.2fa.enableEmail", "users.2fa.enableEmail", *paths]


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ([error("error-2fa-already-enabled")], False),
        ([granted(secret=SECRET), *[error("invalid-totp")] * 2], False),
        ([granted(secret=SECRET), granted(codes=BACKUP), error("totp-invalid")], False),
        ([granted(secret=SECRET), granted(codes=BACKUP), granted()], True),
    ],
)
def test_another_authenticator_counts_if_its_code_answers_the_call(answers: list[Answered], taken: bool) -> None:
    works = Walk(challenged=True, right_works=True, wrong_refused=True)
    carol = user(Script([challenge(method="totp"), *answers]), replace(KNOWING, totp=works))
    carol.authenticator = carol.by = Authenticator(carol, "JBSWY3DPEHPK3PXP")

    assert carol.attempt(UPDATE).takes_another_authenticator() is taken
    assert not script_of(carol).answers


def test_a_given_account_keeps_its_authenticator() -> None:
    carol = user(Script([]))
    carol.account = replace(carol.account, given=True)
    with pytest.raises(NotApplicable):
        carol.attempt(UPDATE).takes_another_authenticator()
