"""Authenticators and passwords as factors: what is right, what is wrong, and that nothing is used twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.factors import Authenticator
from conformance.guesses import ALTERED_TOTP, DIGESTS
from conformance.model import Account, Answer, Call, Challenged
from conformance.otp import totp
from conformance.outcomes import NotApplicable
from conformance.secrecy import sha256_hex
from conformance.users import User

from .script import Script, user

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""That of RFC 6238. The scripted clock begins at 1000 s: in step 33, ten seconds after its beginning at 990 s."""
CHALLENGED = Challenged(400, {})
PASSWORDS = st.text(min_size=1, max_size=20)
MOMENTS = st.floats(1000, 2**31, allow_nan=False)


def authenticator(script: Script | None = None, *, offset: float = 0.0) -> Authenticator:
    alice = user(script or Script([]))
    alice.recorder.clock_offset = offset
    return Authenticator(alice, SECRET)


def shown(step: int) -> str:
    return totp(SECRET, step * 30)


def with_password(password: str, name: str = "alice") -> User:
    alice = user(Script([]))
    alice.account = replace(alice.account, name=name, password=password)
    return alice


def test_the_right_code_is_the_current_one_under_the_name_of_its_method() -> None:
    script = Script([])

    assert authenticator(script).right(CHALLENGED) == Answer(shown(33), "totp")
    assert script.waits == []


def test_no_step_is_used_twice() -> None:
    """A server takes a code once (RFC 6238, section 5.2), so the second answer waits for the next one."""
    script = Script([])
    device = authenticator(script)

    assert [device.code().compact for _ in range(3)] == [shown(33), shown(34), shown(35)]
    assert script.waits == [21.0, 30.0]


def test_a_code_that_has_grown_old_can_be_made_anew() -> None:
    device = authenticator()
    code = device.code()

    renewed = device._user.recorder.renewals.renewed(Call("POST /x", answer=Answer(code.compact, "totp")))

    assert renewed == Call("POST /x", answer=Answer(shown(34), "totp"))


def test_a_step_that_was_used_before_the_test_is_not_used_again() -> None:
    """An account that was given may have been proved by the test before."""
    device = Authenticator(user(Script([])), SECRET, used=35)

    assert device.code().compact == shown(36)


@pytest.mark.parametrize(("clock", "step"), [(1017.9, 33), (1018.5, 34), (1019.9, 34)])
def test_a_step_that_is_about_to_end_is_left_to_end(clock: float, step: int) -> None:
    """With less than two seconds left the call may arrive in the next step."""
    assert authenticator(Script([], clock=clock)).code().compact == shown(step)


@given(MOMENTS, st.integers(1, 4))
def test_a_code_has_always_two_seconds_left_and_its_step_has_begun_for_the_target_too(clock: float, times: int) -> None:
    script = Script([], clock=clock)
    device = authenticator(script)
    for _ in range(times):
        code = device.code().compact

        assert code == totp(SECRET, script.clock)
        assert 1 - 1e-6 <= script.clock % 30 <= 28


def test_a_code_is_of_the_target_s_time() -> None:
    assert authenticator(offset=3600).code().compact == totp(SECRET, 4600)
    assert [code.compact for code in authenticator(offset=-300).shown(0, 1)] == [totp(SECRET, 700), totp(SECRET, 730)]


def test_the_previous_code_is_the_one_before_and_leaves_the_current_one_unused() -> None:
    device = authenticator()

    assert device.previous().compact == shown(32)
    assert device.code().compact == shown(33)


def test_an_authenticator_is_confirmed_with_the_previous_code_and_if_need_be_with_the_current_one() -> None:
    assert [code.compact for code in authenticator().confirming()] == [shown(32), shown(33)]


def test_a_step_that_ends_while_an_authenticator_is_confirmed_does_not_use_up_the_next_one() -> None:
    """Else the test that follows would wait for half a minute."""
    script = Script([], clock=1019.9)
    codes = authenticator(script).confirming()
    tried = [next(codes).compact]
    script.clock += 0.2
    tried.append(next(codes).compact)

    assert tried == [shown(32), shown(33)]
    assert script.waits == []


def test_a_step_that_has_ended_for_the_target_alone_does_not_use_up_the_next_one_either() -> None:
    """Its clock is known to half a second."""
    script = Script([], clock=1019.6)
    codes = [code.compact for code in authenticator(script).confirming()]

    assert codes == [shown(32), shown(33), shown(34)]


def test_codes_of_other_times_are_two_steps_away_for_a_target_whose_clock_is_a_little_behind() -> None:
    """Its clock is known to half a second: at the begin of our step it may still be in the one before."""
    script = Script([], clock=990.2)
    (code, _), *_ = authenticator(script).at_other_times((-2,))

    assert code not in {totp(SECRET, script.clock - 0.4 + step * 30) for step in (-1, 0, 1)}


def test_codes_of_other_times_are_so_many_steps_away() -> None:
    assert list(authenticator().at_other_times((-20, -2, 3))) == [
        (shown(13), "totp"),
        (shown(31), "totp"),
        (shown(36), "totp"),
    ]


def test_a_code_of_later_stays_one_however_long_a_limiter_puts_it_off() -> None:
    """After a minute and a half the code of three steps later is the one of now, and a good server takes it."""
    script = Script([])
    device = authenticator(script)
    codes = device.at_other_times((3, 3))
    first, _ = next(codes)
    script.clock += 90
    late = device._user.recorder.renewals.renewed(Call("POST /x", answer=Answer(first, "totp"))).answer

    assert first == shown(36)
    assert late == Answer(shown(39), "totp")
    assert next(codes) == (shown(39), "totp")


@pytest.mark.parametrize(
    ("clock", "used", "moment", "step"),
    [(1000.0, -1, 1016.0, 33), (1017.0, -1, 1017.0, 33), (1018.5, -1, 1046.0, 34), (1000.0, 33, 1046.0, 34)],
)
def test_a_late_code_is_that_of_a_step_which_ends_and_leaves_time_for_a_call(
    clock: float, used: int, moment: float, step: int
) -> None:
    """The step ends at 1020. Whoever has no more than two seconds left takes the next one, and so does who has used it."""
    script = Script([], clock=clock)
    device = authenticator(script)
    device.used = used
    code = device.late()

    assert (script.clock, code.compact) == (moment, shown(step))


def test_a_machine_that_is_always_too_late_for_a_late_code_judges_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script([], clock=1000.0)
    monkeypatch.setattr(script, "wait", lambda seconds: setattr(script, "clock", script.clock + seconds + 3))

    with pytest.raises(NotApplicable):
        authenticator(script).late()


@given(MOMENTS, st.integers(0, 99))
def test_a_guess_is_no_code_of_the_steps_around_now(clock: float, seed: int) -> None:
    alice = user(Script([], clock=clock), seed=seed)
    wrong = Authenticator(alice, SECRET).guess().compact

    assert len(wrong) == 6
    assert wrong.isdigit()
    assert wrong not in {totp(SECRET, clock + 30 * step) for step in (-2, -1, 0, 1, 2)}


def test_a_wrong_answer_is_a_guess_and_leaves_the_current_code_unused() -> None:
    device = authenticator()
    wrong = device.wrong(CHALLENGED)

    assert wrong.method == "totp"
    assert wrong.code != shown(33)
    assert device.code().compact == shown(33)


def test_whoever_lends_a_code_does_not_use_it_again() -> None:
    device = authenticator()

    assert device.lend() == [(shown(33), "totp")]
    assert device.code().compact == shown(34)


@pytest.mark.parametrize("kind", ALTERED_TOTP)
def test_an_altered_code_is_no_other_code_of_the_authenticator(kind: str) -> None:
    """One of six digits might be what it shows next."""
    altered = authenticator().alter(kind)

    assert altered
    assert all(method == "totp" and len(code) != 6 for code, method in altered)


def test_an_altered_code_has_not_the_length_of_a_backup_code() -> None:
    """A server tells them apart by it, and takes the one for the other."""
    device = authenticator()
    before = {len(code) for code, _ in device.alter("as a number")}
    device.learn(["x" * max(before)])

    assert {len(code) for code, _ in device.alter("as a number")} == before - {max(before)} != set()


def test_every_code_that_it_shows_is_a_secret() -> None:
    alice = user(Script([]))
    device = Authenticator(alice, SECRET)
    sent = [device.previous().compact, device.code().compact, device.guess().compact, device.alter("as a number")[0][0]]
    text = alice.recorder.secrets.redact(" ".join(sent))

    assert text == "«alice.totp#1» «alice.totp#2» «alice.guess#1» «alice.wrong#1»"


def test_a_backup_code_is_used_once() -> None:
    device = authenticator()
    device.learn(["aaaabbbb", "ccccdddd"])

    assert {device.backup_answer().code, device.backup_answer().code} == {"aaaabbbb", "ccccdddd"}
    assert device.spare_code() is None
    with pytest.raises(NotApplicable, match="gives no backup codes"):
        device.backup_answer()


def test_new_backup_codes_stand_in_place_of_the_old_ones() -> None:
    device = authenticator()
    device.learn(["aaaabbbb"])
    device.learn(["ccccdddd"])

    assert device.backup_codes == ["ccccdddd"]


def test_backup_codes_are_secrets() -> None:
    alice = user(Script([]))
    Authenticator(alice, SECRET).learn(["aaaabbbb", "ccccdddd"])

    assert alice.recorder.secrets.redact("aaaabbbb") == "«alice.backup#1»"


def test_guesses_at_backup_codes_are_one_made_up_and_one_of_somebody_else() -> None:
    own, foreign = authenticator(), authenticator()
    own.learn(["aaaabbbb"])
    foreign.learn(["ccccdddd"])
    guesses = own.backup_guesses(foreign)

    assert [len(code) for code, _ in guesses] == [8, 8]
    assert guesses[0][0] not in {"aaaabbbb", "ccccdddd"}
    assert guesses[1] == ("ccccdddd", "totp")
    assert own.backup_codes == ["aaaabbbb"]


def test_the_right_answer_of_a_password_is_its_digest() -> None:
    alice = with_password("abc")

    assert alice.passphrase.right(CHALLENGED) == Answer(sha256_hex("abc"), "password")
    assert alice.recorder.secrets.redact(sha256_hex("abc")) == "«alice.digest»"


def test_the_wrong_answer_of_a_password_is_a_digest_of_something_else() -> None:
    alice = with_password("abc")
    wrong = [alice.passphrase.wrong(CHALLENGED) for _ in range(3)]

    assert {answer.method for answer in wrong} == {"password"}
    assert len({answer.code for answer in wrong} - {sha256_hex("abc")}) == 3
    assert all(len(answer.code or "") == 64 for answer in wrong)


@pytest.mark.parametrize("kind", DIGESTS)
@given(own=PASSWORDS, other=PASSWORDS)
def test_no_other_form_of_a_password_is_its_digest(kind: str, own: str, other: str) -> None:
    if own == other:
        other += "'"
    forms = with_password(own).passphrase.other_forms(kind, with_password(other, "bob"))

    assert forms
    assert all(method == "password" and code.lower() != sha256_hex(own) for code, method in forms)


def test_the_right_digest_may_be_sent_under_other_names() -> None:
    digest = sha256_hex("abc")

    assert with_password("abc").passphrase.under("email", "totp") == [(digest, "email"), (digest, "totp")]


def test_a_user_with_a_given_secret_has_an_authenticator_from_the_start() -> None:
    alice = user(Script([]))
    account = Account("carol", "carol", "pw", "", "u2", given=True, totp_secret=SECRET, totp_used=33)
    carol = User(account, alice.recorder, alice.facts, alice.provider)

    assert carol.by is carol.enrolled is carol.enrol()
    assert carol.enrolled.code().compact == shown(34)


@pytest.mark.parametrize(("begins", "waits"), [(1000.0, []), (990.2, [0.8]), (989.5, [1.5])])
def test_a_code_may_be_asked_for_early_and_with_the_older_one(begins: float, waits: list[float]) -> None:
    """Near the change of steps the target may be in another one."""
    script = Script([], clock=begins)
    device = authenticator(script)
    following, current = device.early()

    assert (following.compact, current.compact) == (shown(34), shown(33))
    assert script.waits == pytest.approx(waits)
    assert device.code().compact == shown(35)


def test_a_code_that_is_asked_for_early_was_not_used_before() -> None:
    script = Script([])
    device = Authenticator(user(script), SECRET, used=34)

    assert device.early()[0].compact == shown(35)
    assert script.waits == [21.0]
