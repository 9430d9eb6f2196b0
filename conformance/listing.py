"""The catalogues as rows: requirements, tests, faults and variants, joined by their ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final

from conformance import clauses, resources
from conformance.catalogue import load
from conformance.handles import RECORD
from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS
from conformance.record import documented
from conformance.risk import risks_of

Row = dict[str, Any]


def requirements() -> list[Row]:
    """Every requirement, with its tests and the faults that break it."""
    by_test, by_fault = tests(), faults()
    return [
        {
            "id": requirement.id,
            "profile": requirement.profile,
            "level": requirement.level.value,
            "level_by": requirement.level_by,
            "text": requirement.text,
            "passes": requirement.passes,
            "fails": requirement.fails,
            "clauses": list(requirement.clauses),
            "source": requirement.source,
            "editions": list(requirement.editions),
            "when": list(requirement.when),
            "untestable": requirement.untestable,
            "disagreement": requirement.disagreement,
            "tests": [row["id"] for row in by_test if row["requirement"] == requirement.id],
            "faults": [row["id"] for row in by_fault if requirement.id in row["breaks"]],
        }
        for requirement in load(resources.catalogue_text()).values()
    ]


def ledger() -> list[Row]:
    """Every clause by method and edition: the requirements that judge it, or why none does."""
    says = clauses.says(resources.clauses_text())
    cells = clauses.cells(clauses.load(resources.clauses_text()), load(resources.catalogue_text()))
    return [
        {
            "clause": cell.clause,
            "says": says[cell.clause],
            "method": cell.method,
            "edition": cell.edition,
            "requirements": list(cell.requirements),
            "reason": cell.reason,
            "judged": ", ".join(cell.requirements) or f"not judged: {cell.reason}",
        }
        for cell in cells
    ]


def tests() -> list[Row]:
    """Every test function of the suites with its risks, read from its source: nothing is run."""
    rows: list[Row] = []
    catalogue = load(resources.catalogue_text())
    for path in sorted(resources.folder("suites").glob("test_*.py")):
        for handles, needs, row in _tests_in(ast.parse(path.read_text(encoding="utf-8"))):
            rows.append(row | {"risks": list(risks_of(handles, {*needs, *catalogue[row["requirement"]].when}))})
    return rows


def faults() -> list[Row]:
    return [
        {"id": fault.id, "editions": _editions(fault.edition), "breaks": list(fault.breaks), "what": fault.what}
        for fault in FAULTS.values()
    ]


def breaking() -> dict[str, dict[str, str]]:
    """By requirement, the faults that break it, each with what it is."""
    found: dict[str, dict[str, str]] = {}
    for row in faults():
        for requirement in row["breaks"]:
            found.setdefault(requirement, {})[row["id"]] = row["what"]
    return found


def variants() -> list[Row]:
    return [
        {"id": variant.id, "editions": _editions(variant.edition), "what": variant.what}
        for variant in VARIANTS.values()
    ]


def _editions(edition: str) -> list[str]:
    return list(EDITIONS) if edition == "both" else [edition]


def _tests_in(module: ast.Module) -> Iterator[tuple[list[str], set[str], Row]]:
    """Each test with what it asks for by name, and the capabilities that its marks presuppose."""
    called = dict(_other_names(module))
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) if name.startswith("test_"):
                handles = [argument.arg for argument in node.args.args]
                marks = {called.get(mark, mark) for mark in map(_name, node.decorator_list)}
                needs = {capability for mark, capability in _PRESUPPOSED.items() if mark in marks}
                purpose = " ".join((ast.get_docstring(node) or "").split())
                for row in _marked(node) or documented():
                    told = {"id": name, "requirement": row, "purpose": purpose, "alone": RECORD not in handles}
                    yield handles, needs, told


_PRESUPPOSED: Final = {"settings": "settings", "may_lock": "lockout"}


def _other_names(module: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module calls a mark that several of its tests carry."""
    for node in module.body:
        if isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]), _name(node.value)


def _name(mark: ast.expr) -> str:
    return ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)


def _marked(test: ast.FunctionDef) -> list[str]:
    """The requirement that a test's mark names; none where each of its parameters brings its own: those of the document."""
    found: list[str] = []
    for mark in test.decorator_list:
        match mark:
            case ast.Call(func=ast.Name(id="requirement"), args=[ast.Constant(value=str(requirement))]):
                found.append(requirement)
    return found
