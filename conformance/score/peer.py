"""A peer on the same servers: schemathesis alone, with the OpenAPI document, its own checks, and as much time as our own run.

It gets what somebody who knows it would give it: the document of the edition, with the account's own names as examples; the
session of a user with e-mail 2FA; all its phases and checks, and no end at the first failure. What it reports of the faultless
server is its baseline: a fault is noticed, and a variant accused, when it reports something else.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from conformance import resources
from conformance.lab import GivenAccount, Lab
from conformance.lab.target_file import write
from conformance.openapi import Document
from conformance.score.card import Card, Peer, PeerScore
from conformance.score.scoring import digest, kept_in, note
from conformance.score.workers import cores, workers

PEER_SCORES: Final = "peer.jsonl"
SEED: Final = 1

_RUNS_PER_CORE: Final = 8
"""As many as a core has of the suite's own at most (machine.py), so that a second is worth as much."""

_FAULTLESS: Final = 3
"""Runs for a baseline, of different seeds: what comes up by chance must not count as noticed."""

_THOROUGH: Final = 240
"""Seconds that each of them has, and other runs have at most: nothing may come up in these for lack of time in those."""

_REPORT: Final = "report.ndjson"
_PATIENCE: Final = 300
"""Seconds beyond its time after which a run is ended: it hangs."""

USER: Final = GivenAccount("peer", "the peer's password", "qa+peer@lab.test", email_factor=True, token="p" * 43)


@dataclass(frozen=True, slots=True)
class Job:
    """One run of the peer. ``kind`` is fault, variant or baseline; ``id`` of a baseline is its number."""

    kind: str
    id: str
    edition: str
    limit: int
    seed: int = SEED

    @property
    def key(self) -> str:
        return f"{self.kind} {self.id} {self.edition}"


def with_peer(card: Card, out: Path, told: Callable[[Job, int, float], None], at_once: int | None = None) -> Card:
    """The card with what the peer makes of the same servers. ``told`` hears of each run as it comes, with the number of
    failures. What a scoring that was cut had is not run again."""
    wanted = jobs(card)
    rows = kept_in(out / PEER_SCORES)
    with (out / PEER_SCORES).open("w", encoding="utf-8") as log:
        note(log, {"of": digest()}, *({"trial": key, **row} for key, row in rows.items()))
        for job, (failures, seconds) in run_all([job for job in wanted if job.key not in rows], at_once):
            rows[job.key] = {"failures": failures, "seconds": seconds}
            note(log, {"trial": job.key, **rows[job.key]})
            told(job, len(failures), seconds)
    (out / PEER_SCORES).unlink()
    return Card(card.faults, card.variants, peer_of(wanted, rows))


def jobs(card: Card) -> list[Job]:
    """The runs: each trial of a card with the time that it took, up to that of the baselines."""
    trials = [
        Job(kind, one.id, one.edition, min(_THOROUGH, max(1, math.ceil(one.seconds))))
        for kind, scores in (("fault", card.faults), ("variant", card.variants))
        for one in scores
    ]
    baselines = [
        Job("baseline", str(number), edition, _THOROUGH, SEED + number)
        for edition in sorted({job.edition for job in trials})
        for number in range(_FAULTLESS)
    ]
    return [*baselines, *trials]


def peer_of(wanted: Iterable[Job], rows: Mapping[str, Mapping[str, Any]]) -> Peer:
    """What is new in the failures of each run. ``rows``: failures and seconds by the key of the run."""
    known: dict[str, set[str]] = {}
    scores = []
    for job in wanted:
        failures = set(rows[job.key]["failures"])
        if job.kind == "baseline":
            known.setdefault(job.edition, set()).update(failures)
        else:
            scores.append((job, failures, rows[job.key]["seconds"]))
    return Peer(
        f"schemathesis {version('schemathesis')}",
        {edition: tuple(sorted(failures)) for edition, failures in known.items()},
        tuple(
            PeerScore(job.kind, job.id, job.edition, tuple(sorted(failures - known[job.edition])), seconds)
            for job, failures, seconds in scores
        ),
    )


def run_all(wanted: list[Job], at_once: int | None) -> Iterator[tuple[Job, tuple[list[str], float]]]:
    """Each run with its failures and seconds, as they end."""
    with workers(at_once or _RUNS_PER_CORE * len(cores())) as pool:
        running = {pool.submit(run, job): job for job in wanted}
        for done in as_completed(running):
            yield running[done], done.result()


def run(job: Job) -> tuple[list[str], float]:
    """One run against a server of its own: what the peer reports, and seconds. RuntimeError where the peer itself broke."""
    faults = (job.id,) if job.kind == "fault" else ()
    variants = (job.id,) if job.kind == "variant" else ()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        Lab(edition=job.edition, faults=faults, variants=variants, accounts=[USER]) as server,
    ):
        user_id = next(one.id for one in server.state.accounts.values() if one.username == USER.username)
        document = json.dumps(described(job.edition, user_id))
        Path(folder, "openapi.json").write_text(document, encoding="utf-8")
        credentials = {"auth.openapi.token": {"api_key": USER.token}, "auth.openapi.user": {"api_key": user_id}}
        write(credentials, Path(folder, "schemathesis.toml"))
        ended = _carry_out(job, server.base_url, folder)
        report = Path(folder, _REPORT).read_text(encoding="utf-8")
    found = failures_in(report) | (set() if ended else {"the run does not end"})
    return sorted(found), round(time.monotonic() - began, 1)


def described(edition: str, user_id: str) -> dict[str, Any]:
    """The document as the edition reads it, with the user's own names and password as examples."""
    content = Document(resources.openapi_text(), edition).content
    examples = {"userId": user_id, "password": USER.password, "tokenName": "peer"}
    examples |= dict.fromkeys(("user", "emailOrUsername"), USER.username)
    for operations in content["paths"].values():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name in body.get("properties", {}).keys() & examples.keys():
                body["properties"][name]["examples"] = [examples[name]]
    return content


def _carry_out(job: Job, address: str, folder: str) -> bool:
    """Whether the run came to its end."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", address]
    command += ["--seed", str(job.seed), "--max-time", str(job.limit), "--continue-on-failure"]
    command += ["--report", "ndjson", "--report-ndjson-path", _REPORT, "--generation-database", "none", "--no-color"]
    environment = {**os.environ, "NO_PROXY": "*"}  # the server is on this machine
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=job.limit + _PATIENCE,
            check=False,  # 1: there are failures
        )
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1):
        raise RuntimeError(f"schemathesis ended with {done.returncode} on {job.key}: {done.stdout[-2000:]}")
    return True


def failures_in(report: str) -> set[str]:
    """What a report (NDJSON) says is wrong: check, operation and status of each failure; and each error, by its kind. A last
    line that was cut says nothing."""
    found: set[str] = set()
    for line in report.split("\n")[:-1]:
        ((event, content),) = json.loads(line).items()
        if event == "ScenarioFinished":
            found |= set(_failed_checks(content["recorder"]))
        elif event == "NonFatalError":
            found.add(f"{content['value']['type']} {content['label']}")
        elif event == "FatalError":
            found.add(content["exception"]["type"])
    return found


def _failed_checks(recorder: Mapping[str, Any]) -> Iterator[str]:
    for case, checks in recorder.get("checks", {}).items():
        reply = recorder["interactions"].get(case, {}).get("response")
        status = reply["status_code"] if reply else "no reply"
        for check in checks:
            if check["status"] == "failure":
                yield f"{check['name']} {check['failure_info']['failure']['operation']} {status}"
