"""A campaign: mutants in a chance order, each in a process of its own, some at once, until enough of them were judged.

Outcomes are kept line by line as they come, so that a campaign that was cut goes on where it stood, as long as the lab and the
suites are the same.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from fnmatch import fnmatchcase
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from . import judging
from .judging import Judged
from .mutants import Mutant, all_mutants

PATIENCE: Final = 1800.0
"""Seconds for one mutant on a busy machine; whatever hangs for longer counts as killed."""

JUDGED: Final = {"killed", "survived", "hung"}
CONTEXT: Final = get_context("forkserver")
ROOT: Final = Path(__file__).parents[2]


def hold(
    out: Path, only: str, sample: int | None, seed: int, at_once: int, told: Callable[[str], None]
) -> dict[str, Judged]:
    """The outcomes of mutants by their ids, kept in a file: of those whose id matches a pattern. With a sample, as many as it
    takes to judge so many that the script sees. ValueError if what is kept there is of another lab or other suites."""
    CONTEXT.set_forkserver_preload(
        ["conformance.plugin", "schemathesis", "uvicorn", "trustme", "tests.mutation.judging"]
    )
    kept = Kept(out)
    honest = kept.honest or kept.note_honest(control())
    order = [mutant for mutant in all_mutants() if fnmatchcase(mutant.id, only)]
    random.Random(seed).shuffle(order)
    waiting = iter([mutant for mutant in order if mutant.id not in kept.outcomes])
    wanted = len(order) if sample is None else sample
    with ThreadPoolExecutor(at_once) as pool:
        running: dict[Future[Judged], Mutant] = {}
        while True:
            room = min(at_once, wanted - kept.judged) - len(running)
            for mutant in islice(waiting, max(0, room)):
                running[pool.submit(apart, judging.judge, mutant.module, mutant.source, honest)] = mutant
            if not running:
                return kept.outcomes
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                mutant = running.pop(future)
                kept.note(mutant, future.result())
                told(f"{kept.judged}/{wanted} {mutant.id} {word(kept.outcomes[mutant.id])}")


def word(outcome: Judged) -> str:
    return f"{outcome['status']} {' '.join(outcome.get('by', ())[:2])}".strip()


def control() -> dict[str, str]:
    """What the script comes to with the unchanged lab. RuntimeError if that is not conformant: then nothing can be judged."""
    found = apart(judging.control)
    if any(complaints for _, complaints in found.values()):
        raise RuntimeError(f"the suites hold something against the unchanged lab: {found}")
    return {edition: heard for edition, (heard, _) in found.items()}


def apart(target: Callable[..., None], *arguments: Any) -> dict[str, Any]:
    """What a process sends before it ends; that it hung, if nothing came in good time."""
    receiving, sending = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(*arguments, sending), daemon=False)
    process.start()
    sending.close()
    try:
        if receiving.poll(PATIENCE):
            sent: dict[str, Any] = receiving.recv()
            return sent
        return {"status": "hung", "by": ["no end in good time"]}
    except EOFError:
        process.join()
        if process.exitcode in {-24, -9}:  # SIGXCPU, SIGKILL: the limit of its CPU time
            return {"status": "hung", "by": ["no end of computing"]}
        raise RuntimeError(f"a process ended with {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        receiving.close()


class Kept:
    """The file of outcomes: a line about what they are of, then one for each mutant."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.honest: dict[str, str] = {}
        self.outcomes: dict[str, Judged] = {}
        for line in self._whole_lines():
            row = json.loads(line)
            if "of" in row and row["of"] != state_of_things():
                raise ValueError(f"{path} is about another lab, or other suites")
            if "of" in row:
                self.honest = row["honest"]
            else:
                self.outcomes[row.pop("mutant")] = row

    @property
    def judged(self) -> int:
        return sum(outcome["status"] in JUDGED for outcome in self.outcomes.values())

    def note_honest(self, honest: dict[str, str]) -> dict[str, str]:
        self._write({"of": state_of_things(), "honest": honest})
        return honest

    def note(self, mutant: Mutant, outcome: Judged) -> None:
        self.outcomes[mutant.id] = outcome
        self._write({"mutant": mutant.id, **outcome})

    def _whole_lines(self) -> Iterator[str]:
        """The last line may have been cut."""
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return (line for line in lines if line.endswith("}"))

    def _write(self, row: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def state_of_things() -> str:
    """What outcomes depend on: the files of the engine, of the lab and of the suites."""
    files = sorted(path for folder in ("conformance", "suites") for path in (ROOT / folder).rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
