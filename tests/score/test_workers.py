"""Processes that judge one server after another."""

from __future__ import annotations

import gc

from conformance.score.trial import report_on
from conformance.score.workers import workers

FEW = 2000
"""Objects. A short run leaves ten times as many."""


def run() -> tuple[bool, int]:
    """Whether garbage may be collected while a run goes on, and how many objects of it are left of one."""
    report_on("current", chapters=("challenge",), seed=1)
    return gc.isenabled(), gc.collect()


def test_a_run_is_not_stopped_by_the_garbage_of_others_and_leaves_none() -> None:
    with workers(1) as pool:
        collecting, left = pool.submit(run).result()

    assert not collecting
    assert left < FEW
