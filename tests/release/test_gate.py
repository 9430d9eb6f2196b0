"""When the gate opens: never by mistake, and not without saying why it does not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import load
from conformance.differences import compare
from conformance.events import Finished
from conformance.gate import reasons
from conformance.policy import Policy
from conformance.results import Report, build

from .samples import ALL, BASE, CATALOGUE, FINISHED, NOW, PREFLIGHT_FAILED, ROW, expect, log, name_of, policy, report


def said(found: Report, *expected: Mapping[str, Any], **demands: Any) -> list[str]:
    """The reasons in words, none if the gate opens."""
    return [reason.what for reason in reasons(found, policy(*expected, **demands), NOW)]


def test_the_gate_opens_for_a_conformant_report() -> None:
    assert said(report(BASE)) == said(report(BASE), claim="no-unexpected") == []


# verdict of one requirement beside a MUST that passes:  unexpected  expected
#                                        claim policy:   conf  no-u  conf  no-u
TABLE = """
must    pass            open  open  -     -
must    inapplicable    open  open  open  open
must    untested        shut  shut  shut  open
must    inconclusive    shut  shut  shut  open
must    error           shut  shut  shut  shut
must    fail            shut  shut  shut  open
should  pass            open  open  -     -
should  inapplicable    open  open  open  open
should  untested        open  open  open  open
should  inconclusive    open  open  open  open
should  error           shut  shut  shut  shut
should  warn            open  open  open  open
may     pass            open  open  -     -
may     inapplicable    open  open  open  open
may     untested        open  open  open  open
may     inconclusive    open  open  open  open
may     error           shut  shut  shut  shut
may     note            open  open  open  open
"""
SUBJECT = {"must": "b.must", "should": "c.should", "may": "d.may"}
CELLS = [
    (level, verdict, claim, is_expected, found == "open")
    for level, verdict, *cells in map(str.split, TABLE.strip().splitlines())
    for (claim, is_expected), found in zip(
        [("conformant", False), ("no-unexpected", False), ("conformant", True), ("no-unexpected", True)],
        cells,
        strict=True,
    )
    if found != "-"
]


@pytest.mark.parametrize(("level", "verdict", "claim", "is_expected", "opens"), CELLS)
def test_the_truth_table_of_the_gate(level: str, verdict: str, claim: str, is_expected: bool, opens: bool) -> None:
    found = report(BASE | {SUBJECT[level]: verdict})
    expected = [expect(SUBJECT[level], verdict)] if is_expected else []

    assert (said(found, *expected, claim=claim) == []) is opens


OFF = [
    (level, verdict, other)
    for level, verdict, *_ in map(str.split, TABLE.strip().splitlines())
    for other in ["fail", "warn", "note", "inconclusive", "error", "inapplicable", "untested"]
    if other != verdict
]


@pytest.mark.parametrize("claim", ["conformant", "no-unexpected"])
@pytest.mark.parametrize(("level", "verdict", "other"), OFF)
def test_an_entry_that_is_not_exactly_true_shuts_the_gate(level: str, verdict: str, other: str, claim: str) -> None:
    found = report(BASE | {SUBJECT[level]: verdict})
    said_of_it = [what for what in said(found, expect(SUBJECT[level], other), claim=claim) if other in what]

    assert said_of_it


def test_a_failure_is_expected_test_by_test() -> None:
    """A second test of the same requirement that fails as well is not hidden by the first."""
    found = report(BASE | {"b.must": {"test_b[one]": "fail", "test_b[two]": "fail"}})
    first, second = expect("test_b[one]"), expect("test_b[two]")

    assert said(found, first, claim="no-unexpected") == ["b.must fails, a MUST of base: It holds."]
    assert said(found, first, second, claim="no-unexpected") == []


@pytest.mark.parametrize("left", ["inconclusive", "untested"])
def test_what_an_expected_failure_leaves_undecided_is_not_hidden_by_it(left: str) -> None:
    found = report(BASE | {"b.must": {"test_b[one]": "fail", "test_b[two]": left}})

    assert said(found, expect("test_b[one]"), claim="no-unexpected") == [f"{left} in base: b.must"]


def test_one_entry_does_not_stand_for_all_parameters() -> None:
    found = report(BASE | {"b.must": {"test_b[one]": "fail", "test_b[two]": "pass"}})
    (failure, unmatched) = reasons(found, policy(expect("test_b"), claim="no-unexpected"), NOW)

    assert failure.what.startswith("b.must fails")
    assert unmatched.what == "test_b is expected, but the report holds no such test"
    assert unmatched.remedy.endswith("test_b[one], test_b[two]")


def test_not_everything_can_be_set_aside() -> None:
    found = report({"a.must": "fail", "b.must": "fail", "c.should": "pass", "d.may": "pass"})
    whats = said(found, expect("a.must"), expect("b.must"), claim="no-unexpected")

    assert whats == ["no requirement of base was seen to hold"]


ENTRIES: list[tuple[dict[str, Any], str]] = [
    (expect("b.must", until=date(2026, 1, 1)), "test_b_must was expected until 2026-01-01 only"),
    (expect("a.must"), "test_a_must passed, though fail is expected"),
    (expect("test_gone"), "test_gone is expected, but the report holds no such test"),
    (expect("b.must", "inconclusive"), "test_b_must is fail, though inconclusive is expected"),
    (expect("b.must", owner="another"), "test_b_must is expected 2 times"),
]


@pytest.mark.parametrize(("entry", "reason"), ENTRIES, ids=[reason for _, reason in ENTRIES])
def test_an_entry_is_true_once_and_for_a_while(entry: dict[str, Any], reason: str) -> None:
    found = report(BASE | {"b.must": "fail"})

    assert said(found, expect("b.must"), claim="no-unexpected") == []
    assert reason in said(found, expect("b.must"), entry, claim="no-unexpected")


def test_an_entry_counts_through_its_last_day() -> None:
    found = report(BASE | {"b.must": "fail"})

    assert said(found, expect("b.must", until=NOW.date()), claim="no-unexpected") == []


def test_a_must_that_nobody_can_test_was_not_seen_to_hold() -> None:
    untestable = ROW.format(id="u.must", level="must", profile="base", when=[]) + 'untestable = "it cannot be seen"\n'
    found = build(log(BASE), CATALOGUE | load(untestable))

    assert said(found) == said(found, claim="no-unexpected") == ["untested in base: u.must"]


def test_an_entry_of_another_verdict_hides_nothing() -> None:
    found = report(BASE | {"b.must": "fail"})

    assert "b.must fails, a MUST of base: It holds." in said(found, expect("b.must", "warn"), claim="no-unexpected")


ENDS: list[tuple[dict[str, Any], str]] = [
    ({"end": None}, "the run was interrupted"),
    ({"end": replace(FINISHED, complete=False, interrupted=True)}, "the run was interrupted"),
    (
        {"end": replace(FINISHED, complete=False, broken="KeyError")},
        "the run ended with exit code 4, an error in the suite itself",
    ),
    ({"findings": PREFLIGHT_FAILED}, "the run ended with exit code 5: its preflight failed"),
]


@pytest.mark.parametrize("claim", ["conformant", "no-unexpected"])
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(("changes", "reason"), ENDS, ids=["cut", "interrupted", "broken", "preflight"])
def test_a_run_without_a_result_shuts_the_gate(
    changes: dict[str, Any], reason: str, complete: bool, claim: str
) -> None:
    assert reason in said(report(BASE, **changes), claim=claim, require_complete=complete)


@pytest.mark.parametrize("code", [4, 5, 130])
def test_an_exit_code_that_the_rows_do_not_explain_shuts_the_gate(code: int) -> None:
    assert said(replace(report(BASE), exit_code=code))


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("verdicts", [{}, dict.fromkeys(BASE, "untested")], ids=["none", "untested"])
def test_no_test_is_no_reason_to_go_on(verdicts: dict[str, str], complete: bool) -> None:
    whats = said(report(verdicts), claim="no-unexpected", require_complete=complete)

    assert "no test was performed" in whats


SELECTIONS: list[dict[str, Any]] = [{"selection": True}, {"end": replace(FINISHED, complete=False)}]


@pytest.mark.parametrize("changes", SELECTIONS, ids=["selection", "ended early"])
def test_a_part_of_a_run_is_enough_for_those_only_who_say_so(changes: dict[str, Any]) -> None:
    found = report({"a.must": "pass"}, **changes)

    assert said(found, claim="no-unexpected", require_complete=False) == []
    assert said(found, claim="no-unexpected")[0].startswith(
        "the run is not complete; no test was run for b.must, c.sho"
    )
    assert said(found, claim="conformant", require_complete=False)[0].startswith("the run is not complete")


def test_a_limit_is_no_reason_for_those_only_who_do_not_claim_conformance() -> None:
    found = report(BASE | {"b.must": "untested"})

    assert said(found, claim="no-unexpected", require_complete=False) == []
    assert said(found, claim="conformant", require_complete=False) == ["untested in base: b.must"]


def test_a_row_without_a_test_is_missed_even_if_the_run_says_that_it_is_complete() -> None:
    found = report({"a.must": "pass", "b.must": "pass", "d.may": "pass"})

    assert found.complete
    assert "the run is not complete; no test was run for c.should" in said(found, claim="no-unexpected")


PROFILES: list[tuple[dict[str, str], str | None]] = [
    (ALL, None),
    (ALL | {"s.should": "warn"}, None),
    (ALL | {"r.should": "inconclusive"}, None),
    (ALL | {"s.must": "fail"}, "s.must fails, a MUST of security: It holds."),
    (ALL | {"s.must": "inconclusive"}, "inconclusive in security: s.must"),
    (ALL | {"s.must": "inapplicable"}, "no requirement of security was seen to hold"),
    (BASE, "nothing of the profile security was run"),
]


@pytest.mark.parametrize("claim", ["conformant", "no-unexpected"])
@pytest.mark.parametrize(("verdicts", "reason"), PROFILES)
def test_a_profile_that_is_asked_for_must_hold(verdicts: dict[str, str], reason: str | None, claim: str) -> None:
    found = report(verdicts)

    assert said(found, claim=claim, profiles=["security"]) == ([reason] if reason else [])
    assert said(found, claim=claim) == []


def test_a_profile_without_a_must_stands_on_its_shoulds() -> None:
    assert said(report(ALL), profiles=["robustness"]) == []
    assert said(report(ALL | {"r.should": "inconclusive"}), profiles=["robustness"]) == [
        "inconclusive in robustness: r.should"
    ]


DEMANDS: list[tuple[dict[str, Any], str]] = [
    ({"target": "production"}, "the report is about the target 'staging', not 'production'"),
    ({"suite": ">=2"}, "suite 1.2.3 made the report; the policy trusts >=2"),
    ({"require_methods": ["email", "totp", "password"]}, "not tested: totp, password"),
    ({"max_age_hours": 8}, "the run finished at 2026-01-02T03:05:00Z, more than 8 hours ago"),
]


@pytest.mark.parametrize(("demands", "reason"), DEMANDS, ids=[next(iter(demands)) for demands, _ in DEMANDS])
def test_a_report_must_be_what_the_policy_asks_for(demands: dict[str, Any], reason: str) -> None:
    assert said(report(BASE), **demands) == [reason]


def test_a_report_that_is_what_the_policy_asks_for_goes_on() -> None:
    demands = {"target": "staging", "suite": ">=1.0,<2", "require_methods": ["email"], "max_age_hours": 24}

    assert said(report(ALL), **demands) == []


AGES = [
    ("2026-01-02T11:30:00Z", True),
    ("2026-01-02T12:30:00+01:00", True),
    ("2026-01-02T12:00:30Z", True),
    ("2026-01-02T10:59:59Z", False),
    ("2026-01-02T12:02:00Z", False),
    ("2027-01-02T12:00:00Z", False),
    ("yesterday", False),
    ("", False),
]


@pytest.mark.parametrize(("finished", "opens"), AGES)
def test_a_report_is_neither_too_old_nor_from_the_future(finished: str, opens: bool) -> None:
    found = report(BASE, end=Finished(finished, 1.0, complete=True))

    assert (said(found, max_age_hours=1) == []) is opens


def test_a_release_candidate_is_a_version_too() -> None:
    assert said(report(BASE, suite_version="1.3.0rc1"), suite=">=1.0") == []


@pytest.mark.parametrize("version", ["0.9", "2.0", "unknown", ""])
def test_a_suite_that_is_not_trusted_shuts_the_gate(version: str) -> None:
    assert said(report(BASE, suite_version=version), suite=">=1.0,<2")


def test_what_a_report_says_of_itself_is_not_believed() -> None:
    found = report(BASE | {"b.must": "fail"})
    edited = replace(found, claim="conformant", exit_code=0, rows=report(BASE).rows)

    assert said(edited) == ["b.must fails, a MUST of base: It holds."]


def test_an_error_that_a_report_keeps_quiet_about_shuts_the_gate() -> None:
    found = replace(report(BASE | {"c.should": "error"}), claim="conformant", exit_code=0)

    assert said(found, claim="no-unexpected")[0].startswith("the run ended with exit code 4")


def test_what_contradicts_itself_is_one_reason() -> None:
    (reason,) = reasons(report(BASE), policy(), NOW, doubts=["one", "two"])

    assert reason.what == "the report contradicts itself: one; two"


def worse(old: Report, new: Report) -> list[str]:
    return [reason.what for reason in reasons(new, policy(claim="no-unexpected"), NOW, baseline=compare(old, new))]


@pytest.mark.parametrize("now", ["note", "warn", "inapplicable", "untested", "inconclusive"])
def test_nothing_may_be_worse_than_in_the_baseline(now: str) -> None:
    level = "d.may" if now == "note" else "c.should"
    old, new = report(BASE), report(BASE | {level: now})

    assert worse(new, old) == worse(old, old) == worse(new, new) == []
    assert [what for what in worse(old, new) if what.startswith(f"pass in the baseline, {now} now (cause: ")]


def test_what_changed_alike_is_one_reason() -> None:
    old, new = report(ALL), report(ALL | {"c.should": "warn", "s.should": "warn", "d.may": "note"})

    assert worse(old, new) == [
        "pass in the baseline, warn now (cause: server): c.should, s.should",
        "pass in the baseline, note now (cause: server): d.may",
    ]


def test_an_expected_failure_may_not_be_new() -> None:
    old, new = report(BASE), report(BASE | {"b.must": "fail"})
    rules = policy(expect("b.must"), claim="no-unexpected")

    assert not reasons(new, rules, NOW, baseline=compare(new, new))
    assert reasons(new, rules, NOW, baseline=compare(old, new))


def test_what_the_baseline_judged_must_be_judged_again() -> None:
    gone = "judged in the baseline, and not any more (profile security was run in one of them only): s.must, s.should"

    assert worse(report(BASE | {"s.must": "pass", "s.should": "pass"}), report(BASE)) == [gone]
    assert worse(report(BASE), report(BASE | {"s.must": "pass", "s.should": "pass"})) == []


def test_what_the_suite_gave_up_or_nobody_saw_need_not_be_judged_again() -> None:
    old = report(BASE | {"c.should": "pass"})
    fewer = {name: requirement for name, requirement in CATALOGUE.items() if name != "c.should"}
    new = build(log(BASE, suite_version="2.0.0"), fewer)

    assert worse(old, new) == []
    assert worse(report(BASE | {"s.must": "warn", "s.should": "warn"}), report(BASE)) == []


OF_LEVEL = {"must": "fail", "should": "warn", "may": "note"}


@st.composite
def verdict_maps(draw: st.DrawFn) -> dict[str, dict[str, str]]:
    """Tests and their verdicts, as a run might have them: mostly passed, for else the gate would never open."""
    rare = draw(st.sampled_from([[], [], [], ["error"]]))
    found = {}
    for name, requirement in CATALOGUE.items():
        usual = ["pass"] * 9 + [OF_LEVEL[requirement.level.value], "inapplicable", "untested", "inconclusive", *rare]
        fewest = draw(st.sampled_from([1] * 9 + [0]))
        tests = draw(st.lists(st.sampled_from(usual), min_size=fewest, max_size=2))
        found[name] = {f"{name_of(name)}[{number}]": verdict for number, verdict in enumerate(tests)}
    return found


@st.composite
def policies(draw: st.DrawFn, verdicts: dict[str, dict[str, str]]) -> Policy:
    """Policies whose entries are mostly true, and mostly whole."""
    deviating = {test: word for tests in verdicts.values() for test, word in tests.items() if word != "pass"}
    named = [test for test in sorted(deviating) if draw(st.sampled_from([True] * 9 + [False]))]
    entries = [expect(test, draw(st.sampled_from([deviating[test]] * 19 + ["fail"]))) for test in named]
    claim = draw(st.sampled_from(["conformant", "no-unexpected", "no-unexpected"]))
    profiles = draw(st.lists(st.sampled_from(["security", "robustness"]), unique=True))
    return policy(*entries, claim=claim, profiles=profiles, require_complete=draw(st.booleans()))


@given(st.data())
def test_the_gate_never_opens_when_something_unexpected_is_there(data: st.DataObject) -> None:
    verdicts = data.draw(verdict_maps())
    rules = data.draw(policies(verdicts))
    if reasons(report(verdicts), rules, NOW):
        return
    foreseen = {(entry.test, entry.verdict) for entry in rules.expected}
    judged = [(name, test, word) for name, tests in verdicts.items() for test, word in tests.items()]
    asked = {"base", *rules.policy.profiles}
    musts = [row for row in judged if row[0].endswith(".must") and CATALOGUE[row[0]].profile in asked]
    strict = rules.policy.claim == "conformant"

    assert all(word != "error" for _, _, word in judged)
    assert foreseen <= {(test, word) for _, test, word in judged}
    assert all((test, word) in foreseen and not strict for _, test, word in musts if word in {"fail", "inconclusive"})
    assert any(word == "pass" and CATALOGUE[name].profile == "base" for name, _, word in musts)
    assert all(verdicts[name] for name in CATALOGUE if name.endswith(".must") and CATALOGUE[name].profile in asked) or (
        not rules.policy.require_complete and not strict
    )


@given(st.data())
def test_a_failure_that_nobody_expects_shuts_the_gate_whatever_else_is_there(data: st.DataObject) -> None:
    verdicts = data.draw(verdict_maps())
    rules = data.draw(policies(verdicts))
    name = data.draw(st.sampled_from(["a.must", "b.must"]))

    assert reasons(report(verdicts | {name: verdicts[name] | {"test_new": "fail"}}), rules, NOW)


@given(verdict_maps(), st.booleans())
def test_the_strict_claim_is_the_report_s_own(verdicts: dict[str, dict[str, str]], complete: bool) -> None:
    found = report(verdicts)

    assert (reasons(found, policy(require_complete=complete), NOW) == ()) is (found.exit_code == 0)


@given(verdict_maps())
def test_without_entries_both_claims_are_the_same(verdicts: dict[str, dict[str, str]]) -> None:
    found = report(verdicts)

    assert (said(found, claim="conformant") == []) is (said(found, claim="no-unexpected") == [])
