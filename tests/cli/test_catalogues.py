"""The catalogues on the command line, the lab as a server, and what --help costs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import PATIENCE, PROGRAM, command

ROWS = {
    "requirements": {
        "id",
        "profile",
        "level",
        "level_by",
        "text",
        "clauses",
        "source",
        "editions",
        "when",
        "passes",
        "fails",
        "untestable",
        "disagreement",
        "tests",
        "faults",
    },
    "tests": {"id", "requirement", "purpose", "alone", "risks"},
    "faults": {"id", "editions", "breaks", "what"},
    "variants": {"id", "editions", "what"},
}


@pytest.mark.parametrize("catalogue", ROWS)
def test_a_catalogue_is_for_people_and_for_programs(catalogue: str) -> None:
    for_people = command(catalogue).stdout.partition("\n\n")[0].splitlines()
    rows = json.loads(command(catalogue, "--json").stdout)

    assert len(for_people) == len(rows) > 5
    assert all(set(row) == ROWS[catalogue] for row in rows)


def test_the_lab_serves_a_target_that_the_doctor_finds_well(tmp_path: Path) -> None:
    target = tmp_path / "target.toml"
    serving = [*PROGRAM, "lab", "serve", "--edition", "current", "--variant", "b-04", "--write-target", str(target)]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            assert process.stdout.readline().startswith("serving http://127.0.0.1:")
            done = command("doctor", "--target", target, "--json")
        finally:
            process.terminate()
            process.wait(PATIENCE)
    found = json.loads(done.stdout)

    assert done.returncode == 0
    assert {finding["verdict"] for finding in found["preflight"]} == {"pass"}
    assert found["edition"] == "current"


def test_an_unknown_fault_is_refused() -> None:
    done = command("lab", "serve", "--fault", "no-such-fault")

    assert done.returncode == 2
    assert "no-such-fault" in done.stderr


def test_a_requirement_is_explained_on_the_command_line() -> None:
    done = command("explain", "challenge.required")

    assert done.returncode == 0
    assert done.stdout.startswith("challenge.required\n\nRequirement\n  ")


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    done = command("explain", "chalenge.required")

    assert (done.returncode, done.stdout) == (2, "")
    assert "challenge.required" in done.stderr
