"""Behaviours against the suites: a run ends, its report is valid and true, and it leaves nothing that still runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import jsonschema_rs
import pytest

from conformance import resources

from . import framing
from .behaviours import BEHAVIOURS, Expected
from .suite import PATIENCE, Outcome, run

PREFLIGHT: Final = 60
"""More requests than the preflight makes of the lab."""

MODES: Final = {
    "always": (0, ""),
    "after-preflight": (PREFLIGHT, ""),
    "one-route": (0, "users.update"),
    "codes": (0, "sendEmailCode"),
}
"""From which request on, and on which route, a target is hostile."""

ALWAYS: Final = {
    *(("drips-body", "after-preflight"), ("closes-unsaid", "always")),
    *(("json-all-lists", "one-route"), ("json-texts-odd", "codes")),
}
"""The others are tried in a soak, and there on more chapters."""

FEW: Final = ("refusal",)
MANY: Final = ("refusal", "totp", "login", "resend", "password", "bytes", "code", "robustness")
LONGEST: Final = 900.0
"""Seconds in which any run ends: the deadlines of all its requests, one after the other, are not much more."""
MEMORY: Final = 512
"""Megabytes that a run may take: thirty-two tests at once, each with a reply as long as any may be, in a few copies."""
ENDED: Final = {0, 1, 3, 5}
ACCUSED: Final = ("fail", "warn", "note")

RUNS = [(name, mode) for name in BEHAVIOURS for mode in MODES]


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


def of_mode(mode: str) -> Callable[[int, str], bool]:
    first, route = MODES[mode]
    return lambda number, path: number > first and route in path


def outcome(name: str, mode: str, chapters: tuple[str, ...]) -> Outcome:
    behaviour = BEHAVIOURS[name]
    timeout = PATIENCE[behaviour.expected]
    return run(behaviour.answer, of_mode(mode), "--brief", "--seed", "1", timeout=timeout, chapters=chapters)


@pytest.mark.parametrize(("name", "mode"), RUNS, ids=[f"{name}-{mode}" for name, mode in RUNS])
def test_a_run_ends_with_a_true_report(worker: ProcessPoolExecutor, soak: bool, name: str, mode: str) -> None:
    if not soak and (name, mode) not in ALWAYS:
        pytest.skip("tried in soak")
    seen = worker.submit(outcome, name, mode, MANY if soak else FEW).result(LONGEST)
    schema = json.loads((resources.folder("reports") / "report.schema.json").read_text())
    verdicts = Counter(seen.verdicts.values())

    assert seen.exit_code in ENDED
    assert seen.report["exit_code"] == seen.exit_code
    assert jsonschema_rs.validator_for(schema).is_valid(seen.report)
    assert "withheld" not in seen.report
    assert seen.written.keys() == {"run.jsonl", "report.json", "journal.jsonl"}
    assert seen.threads == ()
    assert seen.megabytes < MEMORY
    assert not [line for request in seen.requests for line in request.headers if framing.COOKIE in line]
    assert verdicts["error"] == 0
    assert unexplained(seen, BEHAVIOURS[name].expected) == []


def unexplained(seen: Outcome, expected: Expected) -> list[str]:
    """What was said of the target that its behaviour does not bear out, with the reasons."""
    wrong = {"right": (*ACCUSED, "inconclusive", "untested"), "unsure": ACCUSED, "any": ()}[expected]
    return [f"{test['id']}: {test['reason']}" for test in seen.report["tests"] if test["verdict"] in wrong]
