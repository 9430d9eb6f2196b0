"""An explanation in its parts, and as text."""

from dataclasses import replace

from conformance.model import Level, Requirement
from conformance.render import explanation
from conformance.render.explanation import Part, Test

REQUIREMENT = Requirement(
    id="secret.short-lived",
    profile="security",
    level=Level.SHOULD,
    level_by="standard",
    text="A code expires within ten minutes.",
    clauses=("E15", "NIST 800-63B-4 3.1.3.2"),
    source="NIST",
    editions=("current",),
    when=("email", "settings"),
    passes="Any refusal after ten minutes.",
    fails="A code that is accepted then.",
)
TESTS = (
    Test("test_a_code_expires", "Old mails are read by others."),
    Test("test_all_replies", "Nobody looks at them.", alone=False),
)

WHOLE = """\
secret.short-lived

Requirement
  A code expires within ten minutes.

Level
  SHOULD: a breach is a warning of the profile security
  set by a standard

Source
  NIST

Clauses
  E15: how long it is trusted
  NIST 800-63B-4 3.1.3.2

Editions
  current

Applies where
  the mailbox of the test accounts can be read: [mailbox]
  settings of the target may be changed: limits.allow_settings

Why it matters
  Old mails are read by others. (test_a_code_expires)
  Nobody looks at them. (test_all_replies)

What passes
  Any refusal after ten minutes.

What fails
  A code that is accepted then.

What breaks it in the lab
  ti-never: Codes live for ever.

To run it alone
  twofa-conformance run --target FILE --profile security --edition current -k "test_a_code_expires"
"""


def explained() -> explanation.Explanation:
    return explanation.of_requirement(
        REQUIREMENT,
        tests=TESTS,
        clauses={"E15": "how long it is trusted"},
        faults={"ti-never": "Codes live for ever."},
    )


def test_a_requirement_is_explained_part_by_part() -> None:
    assert explanation.plain(explained()) == WHOLE


def test_no_part_is_empty() -> None:
    bare = replace(REQUIREMENT, when=())
    made = explanation.of_requirement(bare, tests=(), clauses={}, faults={})

    assert [part.title for part in made.parts] == [
        "Requirement",
        "Level",
        "Source",
        "Clauses",
        "Editions",
        "What passes",
        "What fails",
    ]


def test_what_judges_the_replies_of_others_cannot_run_alone() -> None:
    made = explanation.of_requirement(REQUIREMENT, tests=TESTS[1:], clauses={}, faults={})

    assert made.parts[-1] == Part("To run it alone", (explanation.TOGETHER,))


def test_a_test_a_clause_and_a_fault_name_their_requirements() -> None:
    made = [
        explanation.of_test(TESTS[0], [REQUIREMENT]),
        explanation.of_clause("E15", "how long it is trusted", [REQUIREMENT], ["email, classic: not said"]),
        explanation.of_fault("ti-never", "Codes live for ever.", ["current"], [REQUIREMENT]),
    ]
    texts = [explanation.plain(each) for each in made]

    assert all("secret.short-lived: A code expires within ten minutes." in text for text in texts)
    assert "email, classic: not said" in texts[1]
    assert "lab serve --edition current --fault ti-never" in texts[2]


def test_a_variant_breaks_nothing() -> None:
    made = explanation.of_variant("b-04", "More members than the page lists.", ["classic", "current"])

    assert made.parts[0] == Part("Legal difference of the lab", ("More members than the page lists.",))
    assert "lab serve --edition classic --variant b-04" in explanation.plain(made)
