"""A target that says secrets back is redacted and judged like any other, in whatever form it says them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from conformance.canaries import Canaries

from .echoes import FORMS, echoing, secrets_in
from .proxy import honestly
from .suite import Outcome, run

ALWAYS = ("backwards",)
"""The others are tried in a soak."""
LONGEST = 300.0


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


def outcome(form: str) -> Outcome:
    answer = echoing(form) if form else honestly
    return run(answer, lambda number, path: True, "--seed", "1", timeout=15, chapters=("refusal",))


@pytest.fixture(scope="module")
def plain(worker: ProcessPoolExecutor) -> Outcome:
    return worker.submit(outcome, "").result(LONGEST)


@pytest.mark.parametrize("form", FORMS)
def test_an_echo_is_redacted_and_judged(worker: ProcessPoolExecutor, plain: Outcome, soak: bool, form: str) -> None:
    if not soak and form not in ALWAYS:
        pytest.skip("tried in soak")
    seen = worker.submit(outcome, form).result(LONGEST)
    canaries = Canaries()
    for secret in {secret for request in seen.requests for secret in secrets_in(request)}:
        canaries.add(secret, "a secret")

    assert "withheld" not in seen.report
    assert seen.exit_code == plain.exit_code
    assert seen.verdicts == plain.verdicts
    assert len(seen.written) == len(plain.written) == 5
    assert [name for name, text in seen.written.items() if canaries.in_text(text)] == []
    assert "X-You-Said" in seen.written["run.jsonl"]
