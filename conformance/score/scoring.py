"""Score the suites: what they make of each faulty and each different server; what was scored already is not again.

Scores are kept line by line as they come (`scores.jsonl`), so that a scoring that was cut goes on where it stood, as long as
the suites, the faults and the variants are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any, Final
from zlib import crc32

from conformance import resources
from conformance.lab import FAULTS, VARIANTS
from conformance.model import EDITIONS
from conformance.score.card import Card, FaultScore, VariantScore, score_fault, score_variant
from conformance.score.judging import Trial, catalogue
from conformance.score.schedule import judge_all

SCORES: Final = "scores.jsonl"


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
        for trial, (report, seconds) in judge_all(missing, at_once):
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


def note(log: IO[str], *rows: Mapping[str, Any]) -> None:
    """Write rows to a log, so that they are there whatever happens next."""
    log.writelines(json.dumps(row) + "\n" for row in rows)
    log.flush()


def _editions(deviation: Any, editions: str) -> tuple[str, ...]:
    possible: tuple[str, ...] = EDITIONS if deviation.edition == "both" else (deviation.edition,)
    return possible if editions == "both" else (possible[crc32(deviation.id.encode()) % len(possible)],)


def _score(trial: Trial, kept: Mapping[str, Any], first_run: Mapping[str, bool]) -> FaultScore | VariantScore:
    report, seconds = kept["report"], kept["seconds"]
    if trial.kind == "variant":
        return score_variant(trial.id, trial.edition, report, seconds=seconds)
    first = first_run.get(f"{trial.id} {trial.edition}")
    breaks = FAULTS[trial.id].breaks
    return score_fault(trial.id, trial.edition, breaks, report, catalogue(), first_run=first, seconds=seconds)


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
