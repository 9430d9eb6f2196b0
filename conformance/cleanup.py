"""Puts back what a run has left on its target, by the run's journal: after kill -9, a loss of power, a lost network.

Nothing is removed but what a journal names, and nothing is put back that somebody else has changed since. What is done is
marked in the journal, so that cleaning up can be cut, and done again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from conformance import config
from conformance.accounts import Admin, find
from conformance.changes import Opening, Past
from conformance.condition import from_details
from conformance.connection import live_world, provider_of
from conformance.given import Given
from conformance.imap import MailboxError
from conformance.journal import Journal, JournalInUse, journals
from conformance.model import Call, Granted, Json
from conformance.outcomes import Ended, Inconclusive
from conformance.probe import HOPEFUL
from conformance.recorder import Recorder
from conformance.replies import describe
from conformance.target import Target
from conformance.target_settings import put_back

Say = Callable[[str], None]

TEST: Final = "cleanup"
_UNDER_WAY: Final = 2.0
"""Seconds for which a call may still be carried out whose caller is gone."""


class Refusal(Exception):
    """There is nothing to go by: no journal, or one of another target."""


class NotReached(Exception):
    """The target, or its mailbox, does not let us in."""


def hold(folder: Path, target_file: Path | None) -> int:
    """Clean up, and tell what is done. Returns the contract's exit code."""
    try:
        whole = clean(folder, target_file, partial(print, flush=True))
    except (Refusal, JournalInUse, config.ConfigurationError) as error:
        print(f"cleanup: {error}", file=sys.stderr)
        return 2
    except NotReached as error:
        print(f"cleanup: {error}", file=sys.stderr)
        return 5
    return 0 if whole else 1


def clean(folder: Path, target_file: Path | None, say: Say) -> bool:
    """Undo what the journals of an output directory leave to be undone. Whether nothing is left.
    Raises Refusal, NotReached, JournalInUse or config.ConfigurationError."""
    found = list(journals(folder))[::-1]  # the last first: what it found may be what an earlier one had set
    if not found:
        raise Refusal(f"{folder}: no journal of a run is here; give a run's output directory with --run")
    pending = [(path, past) for path, past in found if past.left]
    if not pending:
        say(f"nothing is left to be undone, by {found[0][0]}")
    given = config.load(target_file) if target_file else None
    ours = [path for path, past in pending if given is None or _is_of(past, given)]
    if pending and not ours:
        wanted, present = _opening(*pending[0]).base_url, given.target.base_url if given else ""
        raise Refusal(
            f"{target_file}: target.base_url is {present}, but the run was on {wanted}: give that target's file"
        )
    for path, past in pending:
        if path not in ours:
            say(f"left: {path} is of another target, {_opening(path, past).base_url}")
    left = [path for path in ours if not _clean(path, given, say)]
    return not left and len(ours) == len(pending)


def offers(folder: Path) -> Iterator[str]:
    """What earlier runs, or this one, have left on their targets, by the journals of an output directory, and how to undo it."""
    return (_offer(folder, path, past) for path, past in journals(folder) if past.left)


def _offer(folder: Path, path: Path, past: Past) -> str:
    left = ", ".join(f"{change.kind} {change.name}" for change in past.left[:3])
    more = f" and {len(past.left) - 3} more" if len(past.left) > 3 else ""
    return (
        f"{path}: a run has left, or may have left: {left}{more}\nto undo it: twofa-conformance cleanup --run {folder}"
    )


def _is_of(past: Past, target: Target) -> bool:
    return past.opening is not None and _same_url(past.opening.base_url, target.target.base_url)


def _same_url(one: str, other: str) -> bool:
    return one.rstrip("/").lower() == other.rstrip("/").lower()


def _opening(path: Path, past: Past) -> Opening:
    if not past.opening:
        raise Refusal(f"{path}: its first line cannot be read, so it does not say whose journal it is")
    return past.opening


def _clean(path: Path, given: Target | None, say: Say) -> bool:
    """Undo what one journal leaves to be undone."""
    journal = Journal.resume(path)
    opening = _opening(path, journal.past)
    say(f"run {opening.run} on {opening.base_url}, begun {opening.started}")
    if journal.past.unread:
        say(f"{journal.past.unread} lines of its journal cannot be read: they were cut before anything was done")
    try:
        if not opening.target_file:
            _forget(journal, say)
        else:
            target = given or _described(Path(opening.target_file), opening)
            _undo(target, opening, journal, say)
    finally:
        journal.close()
    return not journal.left


def _described(file: Path, opening: Opening) -> Target:
    target = config.load(file)
    if not _same_url(target.target.base_url, opening.base_url):
        raise Refusal(f"{file}: it describes {target.target.base_url} now, and the run was on {opening.base_url}")
    return target


def _forget(journal: Journal, say: Say) -> None:
    for change in journal.past.left:
        journal.undone(change.kind, change.name, "wholly")
    say("its target was the embedded lab, which ended with it: nothing is left")


def _undo(target: Target, opening: Opening, journal: Journal, say: Say) -> None:
    live = live_world(target, opening.run)
    try:
        provider = provider_of(target, live, opening.run, journal)
        recorder = Recorder(TEST, live, target.binding.binding(), seed=0)
        try:
            recorder.wait(max(0.0, journal.written + _UNDER_WAY - live.now()), "calls that may still be under way")
            recorder.send(Call("GET /api/info"))
            if isinstance(provider, Admin):
                _log_in(provider, recorder)
            elif live.postbox:
                live.postbox.open()
        except (Inconclusive, MailboxError) as error:
            raise NotReached(f"{target.target.base_url}: {error}") from error
        for told in Undoing(provider, recorder, journal).told():
            say(told)
    finally:
        live.close()


def _log_in(admin: Admin, recorder: Recorder) -> None:
    reply = admin.log_in(recorder)
    if not admin.session or not isinstance(reply, Granted):
        raise Inconclusive(f"the admin's login is refused: {describe(reply)}")


class Undoing:
    """The changes of one journal, undone one by one. What is not undone stays in the journal."""

    def __init__(self, provider: Admin | Given, recorder: Recorder, journal: Journal) -> None:
        self._provider = provider
        self._recorder = recorder
        self._journal = journal

    def told(self) -> Iterator[str]:
        """Undo them, and tell what became of each: settings first, as they are everybody's."""
        changes = self._journal.past.left
        for change in sorted(changes, key=lambda change: ("setting", "account", "user").index(change.kind)):
            undo = {"setting": self._setting, "account": self._account, "user": self._user}[change.kind]
            try:
                yield undo(change.name, change.details)
            except Ended as stuck:
                yield f"left: {change.kind} {change.name}: {stuck.reason}"
            else:
                self._journal.undone(change.kind, change.name, "wholly")

    def _setting(self, name: str, details: Mapping[str, Json]) -> str:
        found, ours = details.get("found"), details.get("set")
        written = put_back(self._provider, self._recorder, name, found, ours if isinstance(ours, list) else [])
        return f"setting {name}: {'put back to' if written else 'is'} {found!r}{'' if written else ', as it was found'}"

    def _user(self, name: str, details: Mapping[str, Json]) -> str:
        known = details.get("id")
        query = f"userId={known}" if isinstance(known, str) else f"username={name}"
        user_id = find(self._provider, self._recorder, query)
        if not user_id:
            return f"user {name}: is not there"
        body = {"userId": user_id, "confirmRelinquish": True}
        reply = self._provider.call(self._recorder, "POST users.delete", body)
        if not isinstance(reply, Granted):
            raise Inconclusive(f"users.delete is refused: {describe(reply)}")
        return f"user {name}: removed"

    def _account(self, name: str, details: Mapping[str, Json]) -> str:
        if not isinstance(self._provider, Given):
            raise Inconclusive("the target file gives no [[account]] of this name")
        account = next((known for known in self._provider.accounts if known.username == name), None)
        if not account:
            raise Inconclusive("the target file gives no [[account]] of this name")
        self._provider.learn(account, user_id=str(details.get("id", "")))
        self._provider.remember(account, from_details(details))
        if failures := self._provider.restore(self._recorder, HOPEFUL, name):
            raise Inconclusive("; ".join(failures))
        return f"account {name}: is as it was found"
