"""The mutator makes what it says, and a mutant is judged as it should be: a few known ones."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from . import campaign, judging
from .mutants import HONEST, LAB, Mutant, mutants, source_of
from .summary import figures

SOURCE = '''"""A docstring."""

Kind = Literal["a"]


def fits(state: State, sent: str | None, *, most: int = 3) -> bool:
    """Another docstring."""
    if sent is None or len(sent) < most:
        return False
    state, right = verify(state, sent, strict=True)
    state = counted(state)
    return not right and (*sent, "é")[0] == "é"
'''


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process finds the lab's script, which is no part of the package."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


def made(source: str) -> set[tuple[str, str, str]]:
    return {(mutant.kind, mutant.before, mutant.after) for mutant in mutants("codes", source)}


def found(module: str, before: str, after: str) -> Mutant:
    (mutant,) = [m for m in mutants(module, source_of(module)) if (m.before, m.after) == (before, after)]
    return mutant


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("condition", "sent is None or len(sent) < most", "(False)"),
        ("logic", "sent is None or len(sent) < most", "(sent is None and len(sent) < most)"),
        ("logic", "sent is None or len(sent) < most", "(sent is None)"),
        ("relation", "len(sent) < most", "(len(sent) <= most)"),
        ("constant", "3", "4"),
        ("constant", '"é"', "'éx'"),
        ("keyword", "verify(state, sent, strict=True)", "(verify(state, sent))"),
        ("state", "state, right", "((_, right))"),
        ("statement", "state = counted(state)", "pass"),
        ("negation", "not right", "(right)"),
        ("member", '(*sent, "é")', "((*sent,))"),
        ("result", 'not right and (*sent, "é")[0] == "é"', "(not (not right and (*sent, 'é')[0] == 'é'))"),
    ],
)
def test_an_operator_changes_one_place(kind: str, before: str, after: str) -> None:
    assert (kind, before, after) in made(SOURCE)


def test_types_and_docstrings_stay_as_they_are() -> None:
    assert not [before for _, before, _ in made(SOURCE) if "ocstring" in before or before in ('"a"', "None")]


@pytest.mark.parametrize("module", HONEST)
def test_every_mutant_is_a_program_of_its_own(module: str) -> None:
    of_it = list(mutants(module, source_of(module)))

    assert all(ast.parse(mutant.source) for mutant in of_it[::10])
    assert len({mutant.id for mutant in of_it}) == len({mutant.source for mutant in of_it}) == len(of_it) > 0


def test_the_modules_are_those_of_the_honest_handler() -> None:
    """A new module of the lab is mutated, or it seeds, serves or describes."""
    others = {
        *("app", "apart", "background", "mail", "postman", "target", "target_file", "__init__", "gate", "parcels")
    }
    others |= {
        *("administrator", "alterations", "detours", "editions", "given", "names", "scopes", "unseeded", "witness")
    }
    others |= {*("fault", "faults", "variant", "variants")}
    rest = {path.stem for path in LAB.glob("*.py") if not path.stem.startswith(("faulty_", "legal_"))}

    assert rest - others - set(HONEST) == set()


def outcome(mutant: Mutant, honest: dict[str, str]) -> dict[str, Any]:
    return campaign.apart(judging.judge, mutant.module, mutant.source, honest)


def test_a_server_that_takes_every_code_is_killed() -> None:
    judged = outcome(found("codes", "bare(sent) == code.text", "(bare(sent) != code.text)"), {})

    assert judged["status"] == "killed"
    assert any(row.startswith(("acceptance.", "refusal.", "enabling.", "preflight")) for row in judged["by"])


def test_a_lab_that_does_not_start_is_not_judged() -> None:
    judged = outcome(found("rules", "field(default_factory=lambda: SETTINGS)", "(field())"), {})

    assert judged["status"] == "stillborn"


def test_figures_leave_out_what_is_no_gap() -> None:
    killed: dict[str, Any] = {"status": "killed", "raised": False, "by": ["refusal.wrong"]}
    outcomes: dict[str, dict[str, Any]] = {
        "a": killed,
        "b": {"status": "survived", "raised": False},
        "c": {"status": "unseen"},
    }

    text = figures(outcomes, 9, {"b": "open"})

    assert "| killed | 1 of 2 (50.0%) |" in text
    assert "| killed, survivors that are no gap left out | 1 of 1 (100.0%) |" in text
