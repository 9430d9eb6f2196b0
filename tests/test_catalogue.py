"""Requirement, test and fault belong together: a row in the catalogue, a function in the suites, a fault in the lab."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance import catalogue, clauses, resources
from conformance.lab import FAULTS, VARIANTS
from conformance.model import Level, Requirement
from conformance.protocol_model import ADVICE, MUSTS

SUITES: Path = resources.folder("suites")
CATALOGUE = catalogue.load(resources.catalogue_text())
SOURCES = [*SUITES.glob("*.py"), *Path(conformance.__file__).parent.rglob("*.py")]
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SUITES.glob("*.py"))}
BROKEN = {requirement for fault in FAULTS.values() for requirement in fault.breaks}

CLAUSES = (
    {f"S{number:02}" for number in range(1, 25)}
    | {f"D{number}" for number in range(1, 5)}
    | {f"E{number:02}" for number in range(1, 23)}
)
PUBLIC = {
    *("conformance", "conformance.calls", "conformance.combinations", "conformance.generated", "conformance.guesses"),
    "conformance.protocol_model",
    *("conformance.oddities", "conformance.writing"),
    *("pytest", "hypothesis", "schemathesis"),
}
"""What suites may import. calls, combinations, generated, guesses and oddities hold what parametrizes tests, writing its types."""

TESTABLE = [row for row in CATALOGUE.values() if not row.untestable]


def functions() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (path, node) for path, module in MODULES.items() for node in module.body if isinstance(node, ast.FunctionDef)
    ]


TESTS = [(path, node) for path, node in functions() if node.name.startswith("test_")]
EACH_TEST = pytest.mark.parametrize(("path", "test"), TESTS, ids=[node.name for _, node in TESTS])


def requirement_of(test: ast.FunctionDef) -> str | None:
    """The id that the mark of a test names; None where each of its parameters brings a mark of its own."""
    marks = [
        mark for mark in test.decorator_list if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "requirement"
    ]
    if not marks and any("marks=requirement(" in ast.unparse(mark) for mark in test.decorator_list):
        return None
    (mark,) = marks
    return str(ast.literal_eval(mark.args[0]))


MARKED = Counter(marked for _, test in TESTS if (marked := requirement_of(test)))


@pytest.mark.parametrize("row", TESTABLE, ids=lambda row: row.id)
def test_every_requirement_has_a_test_and_a_fault_that_breaks_it(row: Requirement) -> None:
    assert row.id in MARKED
    assert row.id in BROKEN


LEDGER = list(clauses.cells(clauses.load(resources.clauses_text()), CATALOGUE))


@pytest.mark.parametrize("cell", LEDGER, ids=lambda cell: f"{cell.clause}-{cell.method}-{cell.edition}")
def test_every_clause_is_judged_or_there_is_a_reason(cell: clauses.Cell) -> None:
    assert not cell.is_gap


@pytest.mark.parametrize("cell", LEDGER, ids=lambda cell: f"{cell.clause}-{cell.method}-{cell.edition}")
def test_a_reason_stands_where_nothing_is_judged_alone(cell: clauses.Cell) -> None:
    """A reason that outlived its cause would pass for one."""
    assert not cell.requirements or not cell.reason or cell.clause in JUDGED_BESIDE


JUDGED_BESIDE = {"E01", "E17"}
"""Clauses of which an edition judges a part: the reason speaks of the rest."""


def test_the_ledger_holds_every_clause_once() -> None:
    assert sorted(clause.id for clause in clauses.load(resources.clauses_text())) == sorted(CLAUSES)


def test_a_requirement_that_cannot_be_tested_has_no_test() -> None:
    assert [row.id for row in CATALOGUE.values() if row.untestable and row.id in MARKED] == []


def test_tests_and_faults_name_requirements_that_there_are() -> None:
    assert set(MARKED) - set(CATALOGUE) == set()
    assert BROKEN - set(CATALOGUE) == set()


def test_a_walk_calls_a_must_what_is_one() -> None:
    musts = {row.id for row in CATALOGUE.values() if row.level == Level.MUST and row.profile == "base"}

    assert MUSTS <= musts
    assert ADVICE <= set(CATALOGUE) - musts


@EACH_TEST
def test_a_test_stands_in_the_file_of_its_chapter(path: Path, test: ast.FunctionDef) -> None:
    marked = requirement_of(test)

    assert marked is None or path.name == f"test_{CATALOGUE[marked].chapter}.py"


@EACH_TEST
def test_a_test_says_why_it_matters(path: Path, test: ast.FunctionDef) -> None:
    assert len(ast.get_docstring(test) or "") > 20


BRANCHES = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.IfExp, ast.Match, ast.With, ast.Lambda)


@EACH_TEST
def test_a_test_does_not_branch(path: Path, test: ast.FunctionDef) -> None:
    assert [type(node).__name__ for node in ast.walk(test) if isinstance(node, BRANCHES)] == []


@EACH_TEST
def test_a_test_ends_with_its_assertions(path: Path, test: ast.FunctionDef) -> None:
    """Arrange and act come first: what is asserted early hides what would be seen later."""
    kinds = [isinstance(node, ast.Assert) for node in test.body]

    assert any(kinds)
    assert kinds == sorted(kinds)


def test_names_of_tests_are_unique() -> None:
    """They are the ids in a report."""
    assert [name for name, times in Counter(test.name for _, test in TESTS).items() if times > 1] == []


def test_suites_hold_tests_and_nothing_else() -> None:
    assert [node.name for _, node in functions() if not node.name.startswith("test_")] == []
    assert [path.name for path in MODULES if not path.name.startswith("test_")] == ["__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_suites_import_public_names_only(path: Path) -> None:
    imports: set[str] = set()
    for node in ast.walk(MODULES[path]):
        match node:
            case ast.Import(names=names):
                imports |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module)):
                imports.add(module)

    assert imports - PUBLIC == set()


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.id)
def test_a_requirement_is_a_sentence_with_clauses_that_there_are(row: Requirement) -> None:
    assert row.text.endswith(".")
    assert row.source
    assert {clause for clause in row.clauses if clause[:1] in "SDE" and clause[1:].isdigit()} <= CLAUSES
    assert row.clauses


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.id)
def test_a_requirement_says_what_passes_and_what_fails(row: Requirement) -> None:
    """Each of them says something of its own: a sentence that stands twice in a row tells nobody anything new."""
    sentences = [sentence for text in (row.text, row.passes, row.fails) for sentence in re.split(r"(?<=\.)\s+", text)]

    assert row.passes.endswith(".")
    assert row.fails.endswith(".")
    assert len(set(sentences)) == len(sentences)


def test_the_page_speaks_for_both_editions_or_for_classic() -> None:
    """What only today's product does is the product's word, not the page's."""
    assert [row.id for row in CATALOGUE.values() if row.level_by == "page" and "classic" not in row.editions] == []


GOOD: dict[str, Any] = {
    "id": '"a.b"',
    "level": '"must"',
    "level_by": '"page"',
    "text": '"It holds."',
    "passes": '"All else."',
    "fails": '"A breach."',
    "clauses": '["S01"]',
    "source": '"page"',
}


def table(**changes: str | None) -> str:
    row = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return "[[requirement]]\n" + "".join(f"{key} = {value}\n" for key, value in row.items())


def test_a_row_has_defaults() -> None:
    row = catalogue.load(table())["a.b"]

    assert (row.profile, row.editions, row.when, row.untestable) == ("base", ("classic", "current"), (), None)
    assert row.chapter == "a"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (table() + table(), "a.b: this id stands twice"),
        (table(colour='"red"'), "a.b: unknown key colour"),
        (table(text=None), "a.b: text is missing"),
        (table(passes=None), "a.b: passes is missing"),
        (table(fails=None), "a.b: fails is missing"),
        (table(id=None), "a row without id: id is missing"),
        (table(level='"MUST"'), "'MUST' is not a valid Level"),
        (table(level_by='"us"'), "a.b: unknown profile or level_by"),
        (table(profile='"extra"'), "a.b: unknown profile or level_by"),
        (table(explained_by='["a.c"]'), "a.b: explained_by names a.c"),
        (table(explained_by='["a.b"]'), "a.b: explained_by names a.b"),
    ],
)
def test_a_row_that_is_not_as_it_must_be_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        catalogue.load(text)


def test_a_digest_names_a_catalogue() -> None:
    assert catalogue.digest("") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    "path", sorted(path for path in SOURCES if path.parent.name != "lab"), ids=lambda path: path.stem
)
def test_no_suite_and_no_part_of_the_engine_names_a_fault(path: Path) -> None:
    """A test that knows what it is looking for would find it in the lab alone."""
    words = {
        word
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in node.value.split()
    }

    assert words & (set(FAULTS) | {id for id in VARIANTS if id.startswith("b-")}) == set()
