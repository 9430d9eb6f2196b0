"""The journal of a run: what it changes on its target, on disk before it happens, so that somebody else can undo it.

It is journal.jsonl in the output directory, for its owner only, and stays there: a run that ended well says so in its last
line. One that was left open by a run that was killed is set aside by the next run (journal-RUN.jsonl), never written over.
Whoever writes in a journal holds a lock on it, which ends with the process.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

from conformance.changes import CLOSING, Change, Kind, Opening, Past, line, read

NAME: Final = "journal.jsonl"
_NOTHING: Final = Past()
_TRIES: Final = 3


class JournalInUse(Exception):
    """Another process writes in it: a run that is under way, or a cleanup."""


class Journal:
    """One that nobody keeps, unless it was begun or resumed: such a run changes things, and tells nobody."""

    def __init__(
        self, path: Path | None = None, descriptor: int | None = None, past: Past = _NOTHING, written: float = 0.0
    ) -> None:
        self.past = past
        """What it said when it was resumed."""
        self.written = written
        """When it was written in last, before it was resumed: seconds since the epoch."""
        self._path = path
        self._descriptor = descriptor
        self._writing = threading.Lock()

    @classmethod
    def begin(cls, folder: Path, name: str = NAME) -> Journal:
        """A new journal in an output directory. JournalInUse where another run writes there."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        descriptor = _locked(path)
        past = _past(path)
        if past.left:
            path.rename(folder / f"journal-{past.opening.run if past.opening else 'unknown'}.jsonl")
            os.close(descriptor)
            descriptor = _locked(path)
        os.ftruncate(descriptor, 0)
        _sync_folder(folder)
        return cls(path, descriptor)

    @classmethod
    def resume(cls, path: Path) -> Journal:
        """A journal that somebody else left. JournalInUse where that is too early."""
        descriptor, written = _locked(path), path.stat().st_mtime
        if not path.read_bytes().endswith(b"\n"):
            os.write(descriptor, b"\n")
        return cls(path, descriptor, _past(path), written)

    def open(self, opening: Opening) -> None:
        """Say whose journal it is, before anything else."""
        self._write(line(opening), durable=True)

    def announce(self, change: Change) -> None:
        """A change that is about to be made. It is on disk when this returns; OSError where that cannot be."""
        self._write(line(change), durable=True)

    def learn(self, change: Change) -> None:
        """More about a change that was announced."""
        self._write(line(change))

    def undone(self, kind: Kind, name: str, how: Literal["once", "wholly"] = "once") -> None:
        """A change is undone; ``wholly``, however often it was made. Were this line lost, somebody would look in vain: no harm."""
        self._write(line(Change(kind, name), undone=how))

    @property
    def left(self) -> bool:
        """Whether anything is left to be undone."""
        return self._path is not None and bool(_past(self._path).left)

    def close(self) -> None:
        """Write no more. A journal of which nothing is left says so."""
        if self._descriptor is None:
            return
        if not self.left:
            self._write(CLOSING, durable=True)
        os.close(self._descriptor)
        self._descriptor = None

    def discard(self) -> None:
        """Leave no file where nothing is left to be undone."""
        if self._path and not self.left:
            self._path.unlink(missing_ok=True)

    def _write(self, text: str, *, durable: bool = False) -> None:
        if self._descriptor is None:
            return
        with self._writing:
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        if durable:
            os.fsync(self._descriptor)


@contextmanager
def passing(folder: Path, opening: Opening) -> Iterator[Journal]:
    """A journal beside those of an output directory's runs. It goes at the end, with the folder that was made for it, unless
    something is left to be undone."""
    made = not folder.exists()
    journal = _begun(folder, f"journal-{opening.run}.jsonl")
    try:
        journal.open(opening)
        yield journal
    finally:
        journal.close()
        journal.discard()
        if made:
            with suppress(OSError):  # somebody else has begun to use it, or has removed it
                folder.rmdir()


def _begun(folder: Path, name: str) -> Journal:
    """A new journal, also where the folder is removed by whoever else has made it, between its making and its use."""
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return Journal.begin(folder, name)
    return Journal.begin(folder, name)


def journals(folder: Path) -> Iterator[tuple[Path, Past]]:
    """All journals of an output directory with what they say, the earliest first."""
    paths = [path for path in folder.glob("journal*.jsonl") if path.name == NAME or path.name.startswith("journal-")]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime):
        yield path, _past(path)


def _past(path: Path) -> Past:
    with path.open(encoding="utf-8", errors="replace") as lines:
        return read(lines)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise JournalInUse(f"{path}: another process writes in this journal: a run or a cleanup is under way") from None
    except OSError:
        return descriptor  # a file system that has no locks
    return descriptor


def _sync_folder(folder: Path) -> None:
    """The name of a file, too, is to outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
