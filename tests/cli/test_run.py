"""The main job: what it writes, how it ends, and that every way to start it is the same run."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from conformance import resources
from conformance.lab import Lab

from .conftest import PATIENCE, command, left_over, report, target_file, told, verdicts

DOCUMENTS = ("journal.jsonl", "junit.xml", "report.html", "report.json", "report.md", "run.jsonl")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> Path:
    """The output of one run."""
    folder = tmp_path_factory.mktemp("run")
    done = command("run", "--target", target_file(folder / "target.toml", lab), "--out", folder / "out", "--seed", 7)
    assert done.returncode == 0, told(done)
    return folder / "out"


def test_without_a_target_the_embedded_lab_is_run(tmp_path: Path) -> None:
    done = command("run", cwd=tmp_path)
    *_, claim, path = done.stdout.splitlines()

    assert done.returncode == 0, told(done)
    assert claim.startswith("conformant: ")
    assert path == "report: twofa-report/report.html"
    assert (tmp_path / "twofa-report" / "report.html").is_file()


def test_a_run_writes_its_documents_for_its_owner_only(out: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}

    assert modes == dict.fromkeys(DOCUMENTS, 0o600)


def test_log_and_report_are_as_their_schemas_say(out: Path) -> None:
    log, whole = (
        jsonschema_rs.validator_for(json.loads((resources.folder("reports") / f"{name}.schema.json").read_text()))
        for name in ("run", "report")
    )
    events = [json.loads(line) for line in (out / "run.jsonl").read_text().splitlines()]

    assert [event for event in events if not log.is_valid(event)] == []
    assert whole.is_valid(report(out))
    assert {event["event"] for event in events} >= {
        "started",
        "surveyed",
        "exchanged",
        "obtained",
        "counted",
        "finished",
    }


def test_evidence_is_judged_again_with_the_same_verdicts(out: Path, tmp_path: Path) -> None:
    done = command("judge", out / "run.jsonl", "--out", tmp_path)

    assert done.returncode == 0, told(done)
    assert verdicts(tmp_path) == verdicts(out)
    assert report(tmp_path)["run"]["id"] == report(out)["run"]["id"]


@pytest.mark.parametrize("suites", [["suites"], ["--pyargs", "conformance.suites"]], ids=["folder", "package"])
def test_pytest_is_the_same_run(out: Path, tmp_path: Path, lab: Lab, suites: list[str]) -> None:
    if suites[0] == "suites":
        suites = [str(resources.folder("suites"))]
    elif resources.folder("suites").parent.name != "conformance":
        pytest.skip("the suites are inside the package only where it is installed from a wheel")
    target = target_file(tmp_path / "target.toml", lab)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *suites,
            "--target",
            target,
            "--out",
            tmp_path / "out",
            "-p",
            "no:cacheprovider",
        ],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 0, told(done)
    assert verdicts(tmp_path / "out") == verdicts(out)


def test_a_selection_is_undetermined_even_if_nothing_in_it_failed(tmp_path: Path, lab: Lab) -> None:
    done = command("run", "--target", target_file(tmp_path / "target.toml", lab), "--out", tmp_path, "-k", "not mail")

    assert done.returncode == report(tmp_path)["exit_code"] == 3
    assert report(tmp_path)["claim"] == "undetermined"
    assert report(tmp_path)["counts"]["fail"] == 0


def test_a_selection_of_nothing_is_never_green(tmp_path: Path, lab: Lab) -> None:
    done = command("run", "--target", target_file(tmp_path / "t.toml", lab), "--out", tmp_path, "-k", "no_such_test")

    assert done.returncode == 3
    assert "no test was selected" in done.stderr


def test_a_faulty_server_is_red(tmp_path: Path) -> None:
    with Lab(edition="classic", faults=["vf-accept-any"]) as faulty:
        done = command("run", "--target", target_file(tmp_path / "target.toml", faulty), "--out", tmp_path)

    assert done.returncode == report(tmp_path)["exit_code"] == 1
    assert "FAIL code.random" in done.stdout
    assert "A code that was never sent is refused. (MUST by the page, D3, S10)" in " ".join(done.stdout.split())


def test_the_first_failure_may_end_a_run(tmp_path: Path) -> None:
    """pytest's own -x: the run is red for its failure, and not an error of the suite."""
    with Lab(edition="classic", faults=["ch-success-true"]) as faulty:
        target = target_file(tmp_path / "target.toml", faulty)
        suites = str(resources.folder("suites"))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                suites,
                "-x",
                "--target",
                target,
                "--out",
                tmp_path,
                "-p",
                "no:cacheprovider",
            ],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            cwd=tmp_path,
        )

        assert done.returncode == report(tmp_path)["exit_code"] == 1
        assert report(tmp_path)["run"]["complete"] is False
        assert not left_over(faulty)


def test_an_account_is_sent_no_more_wrong_codes_than_its_owner_allows(tmp_path: Path, lab: Lab) -> None:
    target = target_file(tmp_path / "target.toml", lab, limits={"wrong_codes_per_account": 1})
    command("run", "--target", target, "--out", tmp_path)
    refused = [test for test in report(tmp_path)["tests"] if test["verdict"] == "untested"]

    assert refused
    assert {test["reason"] for test in refused} == {"limit: wrong_codes_per_account is 1"}


def test_nothing_is_left_on_the_target(out: Path, lab: Lab) -> None:
    assert report(out)["run"]["complete"]
    assert not left_over(lab)
