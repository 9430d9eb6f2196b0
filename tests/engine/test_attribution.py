"""Whose a failure is, where a walk stumbles over what another test has found."""

import pytest

from conformance.attribution import attributed
from conformance.departure import Departure
from conformance.events import Judged
from conformance.outcomes import Inconclusive

DEPARTURE = Departure("code.used", "accepted", ("refused",), ("alice answers with a used code: accepted",))
FAILED = AssertionError("assert not departure")


def judged(requirement: str, verdict: str) -> Judged:
    return Judged(test="t", requirement=requirement, verdict=verdict, reason=None, blocked_by=None, seconds=0.0)


def test_a_walk_that_leaves_the_protocol_is_a_finding_where_nothing_else_is() -> None:
    others = [judged("code.used", "pass"), judged("challenge.status", "warn"), judged("walks.protocol", "fail")]

    assert attributed(FAILED, DEPARTURE, others) is FAILED


@pytest.mark.parametrize(
    ("failed", "cause"),
    [
        ({"effect.once": "fail", "code.used": "fail"}, "code.used"),
        ({"effect.once": "fail", "code.random": "warn"}, "effect.once"),
        ({"challenge.status": "warn", "code.used": "warn"}, "code.used"),
    ],
)
def test_a_walk_is_blocked_by_what_another_test_has_found(failed: dict[str, str], cause: str) -> None:
    ended = attributed(FAILED, DEPARTURE, [judged(requirement, verdict) for requirement, verdict in failed.items()])

    assert isinstance(ended, Inconclusive)
    assert ended.blocked_by == cause
    assert "alice answers with a used code: accepted" in ended.reason


@pytest.mark.parametrize("raised", [None, Inconclusive("no mail"), ZeroDivisionError()])
def test_what_did_not_fail_stays_what_it_is(raised: BaseException | None) -> None:
    assert attributed(raised, DEPARTURE, [judged("code.used", "fail")]) is raised


def test_what_is_no_walk_fails_by_itself() -> None:
    assert attributed(FAILED, None, [judged("code.used", "fail")]) is FAILED
