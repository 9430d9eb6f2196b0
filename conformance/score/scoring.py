"""Score the suites: a run for each faulty and each different server, some at a time; what was scored already is not again.

Scores are kept line by line as they come (`scores.jsonl`), so that a scoring that was cut goes on where it stood, as long as
the suites, the faults and the variants are the same.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import IO, Any, Final
from zlib import crc32

from conformance import resources
from conformance.catalogue import Catalogue, load
from conformance.lab import FAULTS, VARIANTS
from conformance.lab.editions import ruled
from conformance.model import EDITIONS
from conformance.score.card import Card, FaultScore, VariantScore, profile_for, score_fault, score_variant
from conformance.score.trial import report_on

SCORES: Final = "scores.jsonl"
_SEEDS: Final = 4
_LATE: Final = 3.0
"""Seconds."""
_RUNS_PER_CORE: Final = 5
"""A run waits more than it computes."""

_WAITING: Final = 16
"""Runs at once on servers that are slow or want fewer requests: they do nearly nothing but wait."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One server to be judged. ``kind`` is fault or variant."""

    kind: str
    id: str
    edition: str

    @property
    def key(self) -> str:
        return f"{self.kind} {self.id} {self.edition}"

    @property
    def waits(self) -> bool:
        """Whether the run waits for minutes: for mails that are late, or for a rate limiter."""
        faults, variants = ((self.id,), ()) if self.kind == "fault" else ((), (self.id,))
        rules = ruled(self.edition, faults, variants)
        return rules.mail_delay > _LATE or bool(rules.settings["API_Enable_Rate_Limiter"])


def trials(faults: str, variants: str, editions: str) -> list[Trial]:
    """What is to be scored: faults and variants whose ids match a pattern. ``editions``: "one" of those in which a deviation
    can be seeded, by turns, or "both"."""
    return [
        Trial(kind, deviation.id, edition)
        for kind, pattern, all_of_them in (("fault", faults, FAULTS), ("variant", variants, VARIANTS))
        for deviation in all_of_them.values()
        if fnmatchcase(deviation.id, pattern)
        for edition in _editions(deviation, editions)
    ]


def score(
    wanted: list[Trial],
    out: Path,
    first_run: Mapping[str, bool],
    told: Callable[[Trial, FaultScore | VariantScore], None],
    at_once: int | None = None,
    *,
    keeps_log: bool = False,
) -> Card:
    """Score all trials. ``first_run``: by the key of a fault's trial, whether it was detected when first scored. ``told`` hears
    of each score as it comes. ``keeps_log``: more is to come of these scores, so that they must not be taken again."""
    out.mkdir(parents=True, exist_ok=True)
    kept = kept_in(out / SCORES)
    missing = [trial for trial in wanted if trial.key not in kept]
    with (out / SCORES).open("w", encoding="utf-8") as log:
        note(log, {"of": digest()}, *({"trial": key, **row} for key, row in kept.items()))
        for trial, (report, seconds) in run_all(missing, at_once):
            kept[trial.key] = {"report": report, "seconds": seconds}
            note(log, {"trial": trial.key, **kept[trial.key]})
            told(trial, _score(trial, kept[trial.key], first_run))
    if not keeps_log:
        (out / SCORES).unlink()
    scores = [_score(trial, kept[trial.key], first_run) for trial in sorted(wanted, key=lambda trial: trial.key)]
    return Card(
        tuple(score for score in scores if isinstance(score, FaultScore)),
        tuple(score for score in scores if isinstance(score, VariantScore)),
    )


def run_all(wanted: list[Trial], at_once: int | None) -> Iterator[tuple[Trial, tuple[dict[str, Any], float]]]:
    """Each trial with what came of it, as they end: the part of a report that a score is made of, and seconds."""
    with workers(at_once or _RUNS_PER_CORE * cores()) as pool, workers(_WAITING) as room:
        running = {(room if trial.waits else pool).submit(_reported, trial): trial for trial in wanted}
        for done in as_completed(running):
            yield running[done], done.result()


def note(log: IO[str], *rows: Mapping[str, Any]) -> None:
    """Write rows to a log, so that they are there whatever happens next."""
    log.writelines(json.dumps(row) + "\n" for row in rows)
    log.flush()


def _editions(deviation: Any, editions: str) -> tuple[str, ...]:
    possible: tuple[str, ...] = EDITIONS if deviation.edition == "both" else (deviation.edition,)
    return possible if editions == "both" else (possible[crc32(deviation.id.encode()) % len(possible)],)


def _reported(trial: Trial) -> tuple[dict[str, Any], float]:
    began = time.monotonic()
    if trial.kind == "fault":
        broken = [_catalogue()[requirement] for requirement in FAULTS[trial.id].breaks]
        report = report_on(trial.edition, faults=(trial.id,), profile=profile_for(broken))
    else:
        seed = crc32(trial.id.encode()) % _SEEDS  # requests are generated once for each seed
        report = report_on(trial.edition, variants=(trial.id,), seed=seed)
    rows = [{name: row[name] for name in ("id", "profile", "verdict")} for row in report["requirements"]]
    return {"claim": report["claim"], "requirements": rows}, round(time.monotonic() - began, 1)


def _score(trial: Trial, kept: Mapping[str, Any], first_run: Mapping[str, bool]) -> FaultScore | VariantScore:
    report, seconds = kept["report"], kept["seconds"]
    if trial.kind == "variant":
        return score_variant(trial.id, trial.edition, report, seconds=seconds)
    first = first_run.get(f"{trial.id} {trial.edition}")
    breaks = FAULTS[trial.id].breaks
    return score_fault(trial.id, trial.edition, breaks, report, _catalogue(), first_run=first, seconds=seconds)


def _catalogue() -> Catalogue:
    return load(resources.catalogue_text())


def digest() -> str:
    """What scores depend on: the files of the engine, of the lab and of the suites."""
    files = sorted(path for name in (".", "suites") for path in _folder(name).rglob("*.py"))
    content = b"".join(path.read_bytes() for path in files) + resources.catalogue_text().encode()
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _folder(name: str) -> Path:
    return Path(__file__).parents[1] if name == "." else resources.folder(name)


def kept_in(log: Path) -> dict[str, dict[str, Any]]:
    """By the key of a trial, what an earlier scoring of the same things that was cut left; of other things nothing."""
    rows = list(_rows(log.read_text(encoding="utf-8").splitlines())) if log.exists() else []
    if not rows or rows[0] != {"of": digest()}:
        return {}
    return {row.pop("trial"): row for row in rows[1:]}


def _rows(lines: list[str]) -> Iterator[dict[str, Any]]:
    """The lines up to the first that was cut."""
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def cores() -> int:
    return len(os.sched_getaffinity(0))


@contextmanager
def workers(number: int) -> Iterator[ProcessPoolExecutor]:
    """So many processes that judge servers."""
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as shared:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = shared  # what all runs' generators work out alike
        pool = ProcessPoolExecutor(
            number, mp_context=context, initializer=prepare_process, initargs=(context.Value("i", 0),)
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def prepare_process(turns: Synchronized[int]) -> None:
    """A worker: an interrupt is for its parent; garbage is collected seldom, for runs leave little of it and end soon. It
    stays on one core, by ``turns``: threads that hand each other the interpreter from core to core cost a third more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)
    with turns.get_lock():
        turns.value += 1
        turn = turns.value
    mine = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {mine[turn % len(mine)]})
