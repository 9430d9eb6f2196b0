"""A scoring from the command line: progress, the files, the outcome."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final

from conformance import resources
from conformance.lab.unseeded import UNSEEDED
from conformance.score import document
from conformance.score.card import Card, FaultScore, VariantScore, to_json
from conformance.score.judging import Trial
from conformance.score.peer import Job, with_peer
from conformance.score.scoring import SCORES, score, trials

FIRST_RUN: Final = "first-run.json"
"""By fault and edition, whether the fault was detected when it was first scored."""

SURVIVORS: Final = "survivors.toml"
"""By fault, why it is not detected."""


def hold(faults: str, variants: str, editions: str, out: Path, at_once: int | None, *, peer: bool = False) -> int:
    """Score what matches, ``peer`` too where it is wanted, and write scorecard.json, scorecard.md and first-run.json. Returns
    0, or 1 where a fault that no reason is known for was not detected, or a correct server was accused or left open; 2 where
    nothing matches."""
    wanted = trials(faults, variants, editions)
    if not wanted:
        print(f"no fault matches {faults!r}, and no variant {variants!r}")
        return 2
    first_run = _first_run()
    card = score(wanted, out, first_run, Progress(len(wanted)), at_once, keeps_log=peer)
    if peer:
        card = with_peer(card, out, tell_of_peer, at_once)
        (out / SCORES).unlink()
    reasons = reasons_of_survivors()
    first_run |= {f"{one.id} {one.edition}": one.first_run for one in card.faults}
    _write(out / "scorecard.json", to_json(card))
    _write(out / FIRST_RUN, dict(sorted(first_run.items())))
    (out / "scorecard.md").write_text(document.render(card, reasons, UNSEEDED), encoding="utf-8")
    print(f"{', '.join(f'{number} {name}' for name, number in card.totals().items())}; {out / 'scorecard.md'}")
    return 0 if holds(card, reasons) else 1


def holds(card: Card, reasons: dict[str, str]) -> bool:
    """Whether every survivor is explained, and no correct server was accused or left open."""
    totals = card.totals()
    unexplained = [survivor for survivor in card.survivors if survivor.id not in reasons]
    return not unexplained and totals["false_alarms"] == totals["unproven"] == 0


def reasons_of_survivors() -> dict[str, str]:
    return tomllib.loads((resources.folder("reports") / SURVIVORS).read_text(encoding="utf-8"))


class Progress:
    """A line for each score as it comes."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._done = 0

    def __call__(self, trial: Trial, came: FaultScore | VariantScore) -> None:
        self._done += 1
        print(f"{self._done}/{self._number} {trial.id} ({trial.edition}) {_word(came)}, {came.seconds} s", flush=True)


def tell_of_peer(job: Job, failures: int, seconds: float) -> None:
    """A line for each run of the peer."""
    print(f"peer: {job.key}: {failures} failures, {seconds} s", flush=True)


def _word(came: FaultScore | VariantScore) -> str:
    if isinstance(came, VariantScore):
        return f"accused: {', '.join(came.false_alarms)}" if came.false_alarms else came.claim
    if not came.detected:
        return "survives"
    where = "" if came.at_right_requirement else " elsewhere"
    return f"detected{where}" + (f", beside it {', '.join(came.misattributed)}" if came.misattributed else "")


def _first_run() -> dict[str, bool]:
    file = resources.folder("reports") / FIRST_RUN
    known: dict[str, bool] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return known


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
