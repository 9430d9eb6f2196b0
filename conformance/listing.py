"""The catalogues as rows: requirements, tests, faults and variants, joined by their ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from conformance import clauses, resources
from conformance.catalogue import load
from conformance.handles import RECORD
from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS
from conformance.record import documented

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
    """Every test function of the suites, read from its source: nothing is run."""
    rows: list[Row] = []
    for path in sorted(resources.folder("suites").glob("test_*.py")):
        rows += _tests_in(ast.parse(path.read_text(encoding="utf-8")))
    return rows


def faults() -> list[Row]:
    return [
        {"id": fault.id, "editions": _editions(fault.edition), "breaks": list(fault.breaks), "what": fault.what}
        for fault in FAULTS.values()
    ]


def variants() -> list[Row]:
    return [
        {"id": variant.id, "editions": _editions(variant.edition), "what": variant.what}
        for variant in VARIANTS.values()
    ]


def _editions(edition: str) -> list[str]:
    return list(EDITIONS) if edition == "both" else [edition]


def _tests_in(module: ast.Module) -> Iterator[Row]:
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) if name.startswith("test_"):
                alone = RECORD not in (argument.arg for argument in node.args.args)
                purpose = " ".join((ast.get_docstring(node) or "").split())
                for row in _marked(node) or documented():
                    yield {"id": name, "requirement": row, "purpose": purpose, "alone": alone}


def _marked(test: ast.FunctionDef) -> list[str]:
    """The requirement that a test's mark names; none where each of its parameters brings its own: those of the document."""
    found: list[str] = []
    for mark in test.decorator_list:
        match mark:
            case ast.Call(func=ast.Name(id="requirement"), args=[ast.Constant(value=str(requirement))]):
                found.append(requirement)
    return found
