"""The gate as a pipeline calls it: exit code 0, 1 or 2, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conformance import resources
from conformance.catalogue import digest, in_scope, load
from conformance.cli import app
from conformance.events import Event, Facts, Finished, Judged, Started, Surveyed, to_json
from conformance.results import build
from conformance.results import to_json as report_json

from .conftest import command

Document = dict[str, Any]
CATALOGUE = load(resources.catalogue_text())
BASE = list(in_scope(CATALOGUE, "classic", frozenset({"base"})))
POLICY = """
[policy]
claim = "conformant"
max_age_hours = 24
require_methods = ["email", "totp"]
require_complete = true
suite = ">=0.1"
target = "staging"
"""
EXPECTED = """
[[expected]]
test = "test_{}"
verdict = "fail"
reason = "it is known"
owner = "team-auth"
issue = "AUTH-1"
until = 2999-12-31
"""


def log(**deviating: str) -> list[Event]:
    """The log of a run of today that passed, but for some tests."""
    now = datetime.now(UTC).isoformat()
    started = Started(
        "r-1",
        now,
        resources.suite_version(),
        digest(resources.catalogue_text()),
        "staging",
        "https://chat.example.org",
        7,
        ("base",),
        None,
        {},
    )
    surveyed = Surveyed((), "classic", ("classic: a sign",), "4.8", (), ("email", "totp"), Facts())
    names = {name: f"test_{name}" for name in BASE}
    judged = [Judged(names[name], name, deviating.get(name, "pass"), None, None, 0.1) for name in BASE]
    return [started, surveyed, *judged, Finished(now, 1.0, complete=True)]


def written(
    folder: Path, events: list[Event], *, name: str = "report.json", edit: Callable[[Any], None] | None = None
) -> Path:
    """A run.jsonl or, by its name, a report.json."""
    path = folder / name
    if name.endswith(".jsonl"):
        path.write_text("".join(to_json(event) + "\n" for event in events))
        return path
    document = report_json(build(events, CATALOGUE))
    if edit:
        edit(document)
    path.write_text(json.dumps(document, indent=2))
    return path


def gate(folder: Path, report: Path, *options: object, policy: str = POLICY) -> Result:
    file = folder / "policy.toml"
    file.write_text(policy)
    return CliRunner().invoke(app, ["gate", str(report), "--policy", str(file), *map(str, options)])


@pytest.mark.parametrize("name", ["report.json", "run.jsonl"])
def test_a_conformant_report_passes(tmp_path: Path, name: str) -> None:
    done = gate(tmp_path, written(tmp_path, log(), name=name))

    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "gate: passed")
    assert "on staging says: conformant: " in done.stdout


def test_the_program_passes_its_exit_code_on(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(POLICY)
    found = written(tmp_path, log(**{BASE[0]: "fail"}))
    done = command("gate", found, "--policy", tmp_path / "policy.toml")

    assert done.returncode == 1
    assert f"1. {BASE[0]} fails, a MUST of base: " in done.stdout
    assert "   to do: repair the server" in done.stdout


def test_an_expected_failure_passes_and_is_missed_once_it_is_repaired(tmp_path: Path) -> None:
    rules = POLICY.replace("conformant", "no-unexpected") + EXPECTED.format(BASE[0])
    failed, repaired = log(**{BASE[0]: "fail"}), log()

    assert gate(tmp_path, written(tmp_path, failed), policy=rules).exit_code == 0
    done = gate(tmp_path, written(tmp_path, repaired), policy=rules)
    assert done.exit_code == 1
    assert (
        f"1. test_{BASE[0]} passed, though fail is expected\n   to do: it is repaired: remove the entry" in done.stdout
    )


def _edited(document: Document) -> None:
    row = next(row for row in document["requirements"] if row["verdict"] == "fail")
    row["verdict"] = "pass"
    document |= {"claim": "conformant", "exit_code": 0}


def test_an_edited_report_is_not_believed(tmp_path: Path) -> None:
    done = gate(tmp_path, written(tmp_path, log(**{BASE[0]: "fail"}), edit=_edited))

    assert done.exit_code == 1
    assert "1. the report contradicts itself: " in done.stdout
    assert f"{BASE[0]} fails, a MUST of base" in done.stdout


def test_a_log_that_was_cut_is_not_enough(tmp_path: Path) -> None:
    done = gate(tmp_path, written(tmp_path, log()[:-1], name="run.jsonl"))

    assert done.exit_code == 1
    assert "1. the run was interrupted" in done.stdout


def test_a_requirement_that_is_worse_than_before_fails(tmp_path: Path) -> None:
    should = next(name for name in BASE if CATALOGUE[name].level.value == "should")
    new = written(tmp_path, log(**{should: "warn"}))
    old = written(tmp_path, log(), name="old.json")
    edited = written(tmp_path, log(**{should: "warn", BASE[0]: "fail"}), name="edited.json", edit=_edited)

    assert gate(tmp_path, new).exit_code == 0
    assert gate(tmp_path, new, "--baseline", new).exit_code == 0
    worse, doubtful = gate(tmp_path, new, "--baseline", old), gate(tmp_path, new, "--baseline", edited)
    assert (worse.exit_code, doubtful.exit_code) == (1, 1)
    assert f"1. pass in the baseline, warn now (cause: server): {should}" in worse.stdout
    assert "1. the report contradicts itself: in the baseline, claim is conformant" in doubtful.stdout


def cut(text: str) -> str:
    return text[:-500]


def of_a_newer_format(text: str) -> str:
    return text.replace("twofa-conformance-report/1", "twofa-conformance-report/2")


@pytest.mark.parametrize(("edit", "why"), [(cut, "cut in the middle"), (of_a_newer_format, "of a newer format")])
@pytest.mark.parametrize("as_baseline", [False, True], ids=["report", "baseline"])
def test_a_report_that_cannot_be_used_is_refused(
    tmp_path: Path, edit: Callable[[str], str], why: str, as_baseline: bool
) -> None:
    good, bad = written(tmp_path, log()), tmp_path / "bad.json"
    bad.write_text(edit(good.read_text()))
    done = gate(tmp_path, good, "--baseline", bad) if as_baseline else gate(tmp_path, bad)

    assert done.exit_code == 2
    assert done.stderr.startswith("gate: ")
    assert why in done.stderr


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    done = gate(tmp_path, written(tmp_path, log()), policy=POLICY + "colour = 1\n")

    assert done.exit_code == 2
    assert "policy.toml:9: policy.colour: expected no such key" in done.stderr


def test_without_a_policy_nothing_is_decided(tmp_path: Path) -> None:
    good = written(tmp_path, log())

    assert CliRunner().invoke(app, ["gate", str(good)]).exit_code == 2
    assert CliRunner().invoke(app, ["gate", str(good), "--policy", str(tmp_path / "none.toml")]).exit_code == 2
    assert gate(tmp_path, tmp_path / "none.json").exit_code == 2


def test_a_failing_profile_that_nobody_asked_for_is_mentioned(tmp_path: Path) -> None:
    secure = in_scope(CATALOGUE, "classic", frozenset({"security"}))
    started, *events, finished = log()
    assert isinstance(started, Started)
    broken = {"must": "fail", "should": "warn", "may": "note"}
    events += [Judged(f"test_{row.id}", row.id, broken[row.level.value], None, None, 0.1) for row in secure.values()]
    found = written(tmp_path, [replace(started, profiles=("base", "security")), *events, finished])

    assert gate(tmp_path, found).exit_code == 0
    assert "does not ask for the profile security, which is not-conformant" in gate(tmp_path, found).stdout
    assert gate(tmp_path, found, policy=POLICY + 'profiles = ["security"]\n').exit_code == 1
