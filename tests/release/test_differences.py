"""What changed between two reports, and who changed it."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import load
from conformance.differences import Cause, Differences, compare, worse
from conformance.events import UNCOVERED, Event, Judged
from conformance.model import Verdict
from conformance.results import Report, build

from .samples import ALL, BASE, CATALOGUE, FINISHED, ROW, Verdicts, log, name_of, report

WORDS = [verdict.word for verdict in Verdict]
NEWER = {"suite_version": "1.3.0"}


def steps(then: Verdicts, now: Verdicts, again: Verdicts | None = None) -> list[str]:
    """How b.must changed, step by step; ``again``: the old evidence judged by the newer suite of ``now``."""
    old, new = report(BASE | {"b.must": then}), report(BASE | {"b.must": now}, **NEWER)
    (change,) = compare(old, new, report(BASE | {"b.must": again}) if again else "no evidence").changes
    return [f"{step.cause.value}: {step.before.word} {step.after.word}" for step in change.steps]


def test_reports_with_the_same_verdicts_do_not_differ() -> None:
    found = compare(report(ALL), report(ALL))

    assert (found.changes, found.added, found.gone, found.contrasts) == ((), (), (), ())
    assert found.unchanged == {"pass": len(ALL)}


@pytest.mark.parametrize(("then", "now"), list(itertools.permutations(WORDS, 2)))
def test_the_same_suite_says_that_the_server_changed(then: str, now: str) -> None:
    found = compare(report(BASE | {"b.must": then}), report(BASE | {"b.must": now}))
    (change,) = found.changes
    cause = Cause.UNKNOWN if "untested" in {then, now} else Cause.SERVER

    assert found.same_suite and not found.unjudged
    assert [(step.cause, step.before.word, step.after.word) for step in change.steps] == [(cause, then, now)]


@pytest.mark.parametrize("change", [{"suite_version": "1.3.0"}, {"catalogue_digest": "sha256:01"}])
def test_without_evidence_nobody_knows_what_another_suite_changed(change: dict[str, str]) -> None:
    found = compare(report(BASE), report(BASE | {"b.must": "fail"}, **change), "no run.jsonl")

    assert not found.same_suite
    assert found.unjudged == "no run.jsonl"
    assert [step.cause for step in found.changes[0].steps] == [Cause.UNKNOWN]


def test_without_evidence_a_change_is_one_step() -> None:
    assert steps({"test_old": "pass"}, {"test_new": "fail"}) == ["unknown: pass fail"]


def test_of_the_same_suite_neither_report_is_the_suite_s_doing() -> None:
    """The old one is of evidence that was judged again, and did not cover everything."""
    (change,) = compare(report_of(uncovered("b.must")), report(BASE | {"b.must": "fail"})).changes

    assert Cause.SUITE not in {step.cause for step in change.steps}


STEPS: list[tuple[Verdicts | str, Verdicts | str, Verdicts | str, list[str]]] = [
    # then    now     the old evidence judged by the new suite
    ("fail", "pass", "pass", ["suite: fail pass"]),
    ("pass", "fail", "fail", ["suite: pass fail"]),
    ("pass", "fail", "pass", ["server: pass fail"]),
    ("fail", "pass", "fail", ["server: fail pass"]),
    ("pass", "fail", "inconclusive", ["suite: pass inconclusive", "server: inconclusive fail"]),
    ("inapplicable", "pass", "fail", ["suite: inapplicable fail", "server: fail pass"]),
    ({"test_b": "pass"}, {"test_b": "pass", "test_new": "fail"}, {"test_b": "pass"}, ["unknown: pass fail"]),
    ({"test_b": "pass", "test_old": "fail"}, {"test_b": "pass"}, {"test_b": "pass"}, ["suite: fail pass"]),
    (
        {"test_old": "pass"},
        {"test_new": "fail"},
        {"test_other": "pass"},
        ["suite: pass untested", "unknown: untested fail"],
    ),
    (
        {"test_b": "pass"},
        {"test_b": "fail", "test_new": "fail"},
        {"test_b": "inconclusive"},
        ["suite: pass inconclusive", "server: inconclusive fail"],
    ),
    (
        {"test_b": "pass", "test_c": "pass"},
        {"test_b": "pass", "test_c": "fail"},
        {"test_b": "pass"},
        ["unknown: pass fail"],
    ),
    ({"test_b": "fail"}, {"test_b": "untested"}, {"test_b": "pass"}, ["suite: fail pass", "unknown: pass untested"]),
]


@pytest.mark.parametrize(("then", "now", "again", "expected"), STEPS)
def test_the_old_evidence_tells_the_suite_s_part_from_the_server_s(
    then: Verdicts, now: Verdicts, again: Verdicts, expected: list[str]
) -> None:
    assert steps(then, now, again) == expected


def test_what_the_old_evidence_does_not_cover_is_nobody_s() -> None:
    judged = report_of(uncovered("b.must"))
    (change,) = compare(report(BASE), report(BASE | {"b.must": "fail"}, **NEWER), judged).changes

    assert [step.cause for step in change.steps] == [Cause.UNKNOWN]


def uncovered(requirement: str) -> list[Event]:
    """A log in which the evidence did not hold what the test of a requirement asks for."""
    return [
        replace(event, reason=f"{UNCOVERED} this request: POST /x")
        if isinstance(event, Judged) and event.requirement == requirement
        else event
        for event in log(BASE | {requirement: "inconclusive"})
    ]


def report_of(events: list[Event]) -> Report:
    return build(events, CATALOGUE)


@given(st.data())
def test_the_steps_lead_from_the_old_verdict_to_the_new_one(data: st.DataObject) -> None:
    maps = st.dictionaries(st.sampled_from(["test_1", "test_2", "test_3"]), st.sampled_from(WORDS), min_size=1)
    then, now, again = data.draw(maps), data.draw(maps), data.draw(maps)
    old, new = report(BASE | {"b.must": then}), report(BASE | {"b.must": now}, **NEWER)
    for change in compare(old, new, report(BASE | {"b.must": again})).changes:
        path = [(step.before, step.after) for step in change.steps]

        assert (path[0][0], path[-1][1]) == (change.before.verdict, change.after.verdict)
        assert all(before is not after for before, after in path)
        assert all(one[1] is other[0] for one, other in itertools.pairwise(path))


PAIRS = list(itertools.product(WORDS, WORDS))
PAIRED = load("".join(ROW.format(id=f"p.{n}", level="must", profile="base", when=["email"]) for n in range(len(PAIRS))))


def paired(side: int) -> Report:
    """One requirement for each pair of verdicts: its first one, or its second one."""
    judged = [Judged(name_of(f"p.{n}"), f"p.{n}", pair[side], None, None, 1) for n, pair in enumerate(PAIRS)]
    return build([*log({})[:2], *judged, FINISHED], PAIRED)


EVERY_PAIR = compare(paired(0), paired(1))


def test_every_change_stands_in_one_section() -> None:
    sections = [*EVERY_PAIR.newly_failing, *EVERY_PAIR.fixed, *EVERY_PAIR.other]

    assert len(EVERY_PAIR.changes) == len(WORDS) * (len(WORDS) - 1)
    assert sorted(map(id, sections)) == sorted(map(id, EVERY_PAIR.changes))
    assert EVERY_PAIR.unchanged == dict.fromkeys(WORDS, 1)


def test_what_fails_newly_comes_the_gravest_first() -> None:
    """Newly failing is whatever is broken now and was not, or was less so."""
    shown = [(change.after.verdict.word, change.before.verdict.word) for change in EVERY_PAIR.newly_failing]

    assert [word for word, _ in shown] == ["fail"] * 7 + ["warn"] * 6 + ["note"] * 5
    assert not {("warn", "fail"), ("note", "fail"), ("note", "warn")} & set(shown)


def test_fixed_is_what_was_broken_and_passes() -> None:
    assert {change.before.verdict.word for change in EVERY_PAIR.fixed} == {"fail", "warn", "note"}
    assert {change.after.verdict for change in EVERY_PAIR.fixed} == {Verdict.PASS}


BEST_FIRST = ["pass", "inapplicable", "untested", "note", "warn", "inconclusive", "error", "fail"]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(BEST_FIRST, 2)))
def test_nothing_is_as_good_as_a_pass(one: str, other: str) -> None:
    better, poorer = Verdict[one.upper()], Verdict[other.upper()]

    assert worse(better, poorer)
    assert not worse(poorer, better)
    assert not worse(better, better)


LONE: list[tuple[dict[str, Any], str, bool]] = [
    ({}, "profile security was run in one of them only", False),
    ({"profiles": ("base", "security"), "edition": "current"}, "the editions differ", False),
    ({"profiles": ("base", "security"), **NEWER}, "the suites differ", True),
    ({"profiles": ("base", "security")}, "one of them does not hold it, though the suite is the same", False),
]


@pytest.mark.parametrize(("changes", "why", "retired"), LONE, ids=[why for _, why, _ in LONE])
def test_a_requirement_that_one_of_them_is_not_about_is_told_with_the_cause(
    changes: dict[str, Any], why: str, retired: bool
) -> None:
    known = {name: requirement for name, requirement in CATALOGUE.items() if name != "s.must"}
    with_it, without = report(BASE | {"s.must": "fail"}), build(log(BASE, **changes), known)
    forth, back = compare(with_it, without), compare(without, with_it)

    assert [(lone.row.requirement.id, lone.why, lone.retired) for lone in _of(forth.gone)] == [("s.must", why, retired)]
    assert [(lone.row.requirement.id, lone.why, lone.retired) for lone in _of(back.added)] == [("s.must", why, retired)]


def _of(lones: tuple[Any, ...]) -> list[Any]:
    return [lone for lone in lones if lone.row.requirement.id == "s.must"]


CONTRASTS: list[tuple[dict[str, Any], list[tuple[str, str, str]]]] = [
    ({"target": "production"}, [("target", "staging", "production")]),
    ({"base_url": "https://x"}, [("address", "https://chat.example.org", "https://x")]),
    ({"edition": "current"}, [("edition", "classic", "current")]),
    ({"profiles": ("base", "robustness")}, [("profiles", "base", "base, robustness")]),
    ({"probed": ("totp", "login")}, [("found", "email, totp", "login, totp")]),
    ({"suite_version": "2"}, [("suite", "1.2.3", "2")]),
    ({"catalogue_digest": "sha256:01"}, [("catalogue", "sha256:00", "sha256:01")]),
    ({"end": None}, [("complete", "yes", "no")]),
    ({"seed": 8, "run": "r-2"}, []),
]


@pytest.mark.parametrize(("changes", "contrasts"), CONTRASTS)
def test_what_verdicts_depend_on_is_compared_too(
    changes: dict[str, Any], contrasts: list[tuple[str, str, str]]
) -> None:
    found: Differences = compare(report(BASE), report(BASE, **changes))

    assert [(item.what, item.old, item.new) for item in found.contrasts] == contrasts
