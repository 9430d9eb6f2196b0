"""The claim in words, and the order in which rows are shown."""

import dataclasses

import pytest

from conformance.catalogue import load
from conformance.events import Event, Judged, Started
from conformance.render import outline, statement
from conformance.results import build

from .samples import ONE_OF_EACH, log, report

SECURITY = """
[[requirement]]
id = "secret.short-lived"
profile = "security"
level = "must"
level_by = "standard"
clauses = ["NIST 800-63B-4 3.1.3.2"]
source = "NIST"
text = "A code expires within ten minutes."
passes = "All else."
fails = "A breach."

[[requirement]]
id = "challenge.required"
level = "must"
level_by = "page"
clauses = ["S01"]
source = "introduction"
text = "A call without a code is answered with a challenge."
passes = "All else."
fails = "A breach."
"""


def test_the_claim_counts_the_base_profile_alone() -> None:
    first, *others = log({"secret.short-lived": "fail", "challenge.required": "pass"})
    assert isinstance(first, Started)
    made = build([dataclasses.replace(first, profiles=("base", "security")), *others], load(SECURITY))

    assert made.profiles["security"] == "not-conformant"
    assert "1 MUST passed, 0 inapplicable" in statement.claim(made)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        (log(ONE_OF_EACH), "Methods that were not tested may behave in any way: totp, password."),
        (log(ONE_OF_EACH), "Nothing is said of profiles that were not run: security, robustness."),
        (log(ONE_OF_EACH), "An inapplicable requirement was not shown to hold: the target lacks what it is about."),
        (log({}), "The run is not complete: what it did not reach may behave in any way."),
    ],
)
def test_what_is_not_claimed_is_said(events: list[Event], words: str) -> None:
    assert words in list(statement.not_claimed(report(events)))


def test_a_profile_that_was_run_is_not_among_those_that_were_not() -> None:
    first, *others = log({"secret.short-lived": "pass", "challenge.required": "pass"})
    assert isinstance(first, Started)
    made = build([dataclasses.replace(first, profiles=("base", "security")), *others], load(SECURITY))

    assert "Nothing is said of profiles that were not run: robustness." in list(statement.not_claimed(made))


def test_the_exchanges_to_look_at_are_those_of_the_tests_that_gave_the_verdict() -> None:
    passing = Judged("test_other", "challenge.required", "pass", None, None, 1.0, exchanges=(7, 8))
    made = report([*log({"challenge.required": "fail"}), passing])

    assert outline.exchanges(made, made.rows[0]) == (1,)


def test_the_cause_that_keeps_most_from_being_tested_comes_first() -> None:
    events = log({"challenge.required": "untested", "mail.arrives": "untested"}, reason="limit")
    rest, limit = outline.groups(report(events))

    assert (rest.head, rest.reason) == ("6 untested", "not selected")
    assert (limit.head, limit.reason) == ("2 untested", "limit")
