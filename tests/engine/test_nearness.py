"""Near and far misses: how they are made, whose replies are compared, and what ends the comparison."""

from dataclasses import replace

import pytest

from conformance.attempt import Attempt
from conformance.binding import UPDATE
from conformance.model import Code
from conformance.outcomes import Inconclusive, NotApplicable

from .script import KNOWING, Answered, Script, answer, challenge, error, granted, invalid, throttled, user

MAILED = challenge("111-111")


def attempt(script: Script, **facts: object) -> Attempt:
    return user(script, replace(KNOWING, **facts)).attempt(UPDATE)  # type: ignore[arg-type]


def distances(script: Script) -> list[str]:
    codes = [code.replace("-", "") for code in script.codes if code]
    return ["near" if code[:5] == "11111" and code[5] != "1" else "far" for code in codes]


def test_misses_come_by_turns_and_for_the_other_user_in_the_other_order() -> None:
    one = Script([MAILED, invalid(told=1), invalid(told=2), invalid(told=3)])
    other = Script([MAILED, invalid(told=4), invalid(told=5), invalid(told=6)])
    near, far = attempt(one).misses(attempt(other))

    assert distances(one) == ["near", "far", "near"]
    assert distances(other) == ["far", "near", "far"]
    assert [said.details["told"] for said in near] == [1, 3, 5]  # type: ignore[index]
    assert [said.details["told"] for said in far] == [2, 4, 6]  # type: ignore[index]


def test_no_miss_is_sent_twice_and_none_is_the_right_code() -> None:
    script = Script([MAILED, *[invalid()] * 3])
    attempt(script).misses(attempt(Script([MAILED, *[invalid()] * 3])))

    assert len({*script.codes, "111-111"}) == 1 + 1 + 3  # the first call has no code


@pytest.mark.parametrize(
    ("reply", "blocker"),
    [(granted(), "code.altered"), (answer(400, b"<html>"), "refusal.json")],
)
def test_a_miss_that_is_taken_or_cannot_be_read_is_another_requirement_s(reply: Answered, blocker: str) -> None:
    with pytest.raises(Inconclusive) as ended:
        attempt(Script([MAILED, reply])).misses(attempt(Script([])))
    assert ended.value.blocked_by == blocker


@pytest.mark.parametrize("reply", [throttled("1"), error("totp-max-attempts"), invalid("222-222", codeGenerated=True)])
def test_where_misses_end_a_code_there_is_nothing_to_compare(reply: Answered) -> None:
    with pytest.raises(NotApplicable):
        attempt(Script([MAILED, reply])).misses(attempt(Script([])))


def test_each_code_is_missed_in_an_order_that_favours_neither() -> None:
    script = Script([MAILED, *[invalid()] * 4, granted("111-119"), *[invalid()] * 4])
    missing = attempt(script)
    missing.user.recorder.wrong_codes = 8
    near, far = missing.paces(codes=2)

    assert distances(script)[:4] == ["near", "far", "far", "near"]
    assert (near, far) == ([0.5] * 4, [0.5] * 4)
    assert script.paths[5] == "users.2fa.sendEmailCode"


def test_a_near_miss_of_a_code_in_groups_is_grouped_alike() -> None:
    recorder = user(Script([])).recorder
    near = recorder.near(Code("12-34-", "1234"), [Code("1235", "1235")], "alice")

    assert near.displayed[:4] + near.displayed[5:] == "12-3-"
    assert near.compact[:3] == "123"
    assert near.compact[3] == near.displayed[4]
    assert near.compact not in {"1234", "1235"}
    assert recorder.secrets.redact(near.compact) == "«alice.near#1»"
