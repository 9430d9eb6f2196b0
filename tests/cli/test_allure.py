"""`run --allure DIR`: the same verdicts and the same evidence, test by test, for those who read results there."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from conformance.lab import Lab

from .conftest import command, report, target_file
from .test_secrets import LIKE_A_CODE, forms, mailed_codes

WAITS = {"obtained", "missed", "counted", "waited"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of many tests at once has left."""

    folder: Path
    results: list[dict[str, Any]]
    log: list[dict[str, Any]]
    report: dict[str, Any]
    codes: set[str]
    passwords: tuple[str, ...]

    def texts(self, result: dict[str, Any]) -> dict[str, str]:
        """Its attachments by name."""
        return {row["name"]: (self.folder / row["source"]).read_text() for row in result.get("attachments", ())}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("run")
    with Lab(edition="classic", faults=["ch-error-no-bracket", "dl-http-leak-challenge"]) as lab:
        target = target_file(out / "target.toml", lab)
        command("run", "--target", target, "--out", out, "--allure", out / "allure", "-n", 20, "-k", "test_challenge")
        passwords = (lab.target()["provisioning"]["password"], lab.target()["mailbox"]["password"])
        codes = mailed_codes(lab)
    return Run(
        folder=out / "allure",
        results=[json.loads(path.read_text()) for path in (out / "allure").glob("*-result.json")],
        log=[json.loads(line) for line in (out / "run.jsonl").read_text().splitlines()],
        report=report(out),
        codes=codes,
        passwords=passwords,
    )


def labels(result: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in result["labels"]}


def test_every_test_has_the_verdict_of_the_report(run: Run) -> None:
    told = Counter((result["name"], labels(result)["verdict"]) for result in run.results)

    assert told == Counter((test["id"], test["verdict"]) for test in run.report["tests"])
    assert {labels(result)["verdict"]: result["status"] for result in run.results}.items() >= {
        ("pass", "passed"),
        ("fail", "failed"),
    }


def test_tests_at_once_have_their_own_attachments_each(run: Run) -> None:
    evidence: dict[str, list[str]] = defaultdict(list)
    waits = Counter(event["test"] for event in run.log if event["event"] in WAITS)
    for event in run.log:
        if event["event"] == "exchanged":
            evidence[event["test"]].append(f"#{event['seq']}")
    attached = {
        result["name"]: [name.split()[0] for name in run.texts(result) if name.startswith("#")]
        for result in run.results
    }

    assert len(run.results) > 20
    assert attached == {name: evidence[name] for name in attached}
    assert {name: len(run.texts(result).get("mails and waits", "").splitlines()) for name, result in by_name(run)} == {
        name: waits[name] for name, _ in by_name(run)
    }


def by_name(run: Run) -> list[tuple[str, dict[str, Any]]]:
    return [(result["name"], result) for result in run.results]


def test_an_attachment_is_the_exchange_that_it_is_called_by(run: Run) -> None:
    exchanges = {f"#{event['seq']}": event["exchange"] for event in run.log if event["event"] == "exchanged"}
    for result in run.results:
        for name, text in run.texts(result).items():
            if name.startswith("#"):
                exchange = exchanges[name.split()[0]]
                assert f"{exchange['request']['verb']} {exchange['request']['path']}" in text
                assert exchange["request"]["body"] in text
                assert f"HTTP status {exchange['response']['status']}" in text


def test_tests_ran_at_once_and_allure_shows_when(run: Run) -> None:
    times = sorted((result["start"], result["stop"]) for result in run.results if run.texts(result))

    assert all(start <= stop for start, stop in times)
    assert any(later[0] < earlier[1] for earlier, later in pairwise(times))


def test_no_secret_is_attached_or_told(run: Run) -> None:
    written = "".join(path.read_text() for path in run.folder.iterdir())

    assert len(run.codes) > 10
    for password in run.passwords:
        assert not [form for form in forms(password) if form in written]
    assert not run.codes & set(LIKE_A_CODE.findall(written))


def test_a_result_says_what_it_is_about(run: Run) -> None:
    failed = next(result for result in run.results if result["status"] == "failed")
    said = labels(failed)

    assert (said["feature"], said["story"], said["requirement"]) == ("challenge", *["challenge.error-text"] * 2)
    assert (said["level"], said["profile"], said["severity"], said["tag"]) == ("must", "base", "critical", "S02")
    assert "Why it matters" in failed["description"]
    assert "MUST by the page, S02" in failed["description"]
    assert "does not hold" in failed["statusDetails"]["message"]
    assert "trace" not in failed["statusDetails"], "nobody has redacted it"


def test_a_case_is_told_by_its_name_and_not_by_its_values(run: Run) -> None:
    told = {row["name"] for result in run.results for row in result.get("parameters", ())}

    assert told == {"case"}


def test_the_claim_is_on_the_first_page(run: Run) -> None:
    facts = (run.folder / "environment.properties").read_text()

    assert f"claim = {run.report['claim']}: " in facts
    assert "exit_code = 1 (not conformant)" in facts


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command("run", "--allure", tmp_path / "file", "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"--allure: {tmp_path / 'file'}: expected a folder to write to" in done.stderr
    assert not (tmp_path / "out").exists()
