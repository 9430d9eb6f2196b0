"""Whose a failure is, where a test stumbles over what another test has found."""

import pytest

from conformance.attribution import attributed
from conformance.departure import Departure
from conformance.events import Judged
from conformance.model import Level, Requirement
from conformance.outcomes import Inconclusive

DEPARTURE = Departure("code.used", "accepted", ("refused",), ("alice answers with a used code: accepted",))
FAILED = AssertionError("assert not departure")
MESSAGE = "not departure"


def requirement(level: Level = Level.MUST, explained_by: tuple[str, ...] = ()) -> Requirement:
    return Requirement("a.b", "base", level, "page", "", ("S01",), "", ("classic",), (), explained_by=explained_by)


WALK = requirement()


def judged(requirement: str, verdict: str) -> Judged:
    return Judged(test="t", requirement=requirement, verdict=verdict, reason=None, blocked_by=None, seconds=0.0)


def test_a_walk_that_leaves_the_protocol_is_a_finding_where_nothing_else_is() -> None:
    others = [judged("code.used", "pass"), judged("challenge.status", "warn"), judged("walks.protocol", "fail")]

    assert attributed(FAILED, MESSAGE, WALK, DEPARTURE, others) is FAILED


@pytest.mark.parametrize(
    ("failed", "cause"),
    [
        ({"effect.once": "fail", "code.used": "fail"}, "code.used"),
        ({"effect.once": "fail", "code.random": "warn"}, "effect.once"),
        ({"challenge.status": "warn", "code.used": "warn"}, "code.used"),
    ],
)
def test_a_walk_is_blocked_by_what_another_test_has_found(failed: dict[str, str], cause: str) -> None:
    ended = attributed(FAILED, MESSAGE, WALK, DEPARTURE, [judged(id, verdict) for id, verdict in failed.items()])

    assert isinstance(ended, Inconclusive)
    assert ended.blocked_by == cause
    assert "alice answers with a used code: accepted" in ended.reason


@pytest.mark.parametrize("raised", [None, Inconclusive("no mail"), ZeroDivisionError()])
def test_what_did_not_fail_stays_what_it_is(raised: BaseException | None) -> None:
    assert attributed(raised, MESSAGE, WALK, DEPARTURE, [judged("code.used", "fail")]) is raised
    assert (
        attributed(raised, MESSAGE, requirement(Level.MUST, ("code.used",)), None, [judged("code.used", "fail")])
        is raised
    )


def test_what_nothing_explains_fails_by_itself() -> None:
    explained = requirement(Level.MUST, ("code.random", "effect.once"))

    assert attributed(FAILED, MESSAGE, requirement(), None, [judged("code.used", "fail")]) is FAILED
    assert (
        attributed(FAILED, MESSAGE, explained, None, [judged("code.used", "fail"), judged("code.random", "pass")])
        is FAILED
    )


@pytest.mark.parametrize(
    ("level", "verdict", "blocked"),
    [
        (Level.MUST, "fail", True),
        (Level.MUST, "warn", False),
        (Level.MUST, "inconclusive", False),
        (Level.SHOULD, "fail", True),
        (Level.SHOULD, "warn", True),
        (Level.SHOULD, "note", True),
        (Level.SHOULD, "inconclusive", False),
        (Level.MAY, "warn", True),
    ],
)
@pytest.mark.parametrize("raised", [FAILED, BaseExceptionGroup("both", [FAILED, Inconclusive("no mail")])])
def test_a_failure_is_blocked_by_one_that_explains_it_and_is_as_grave(
    level: Level, verdict: str, blocked: bool, raised: BaseException
) -> None:
    found = [judged("code.random", "pass"), judged("effect.once", verdict)]
    ended = attributed(raised, MESSAGE, requirement(level, ("code.random", "effect.once")), None, found)

    assert (ended is raised) != blocked
    assert getattr(ended, "blocked_by", None) == ("effect.once" if blocked else None)
    assert not blocked or MESSAGE in str(ended)
