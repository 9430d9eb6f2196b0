"""A run from its first request to its last file: open the target, survey it, perform the tests, clean up, report."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from conformance import preflight, resources
from conformance.accounts import Admin
from conformance.catalogue import digest, load
from conformance.config import build as build_target
from conformance.events import Exchanged, Finished, Started, Surveyed
from conformance.ledger import Ledger
from conformance.mailbox import Postbox
from conformance.model import PROFILES, Profile, Requirement
from conformance.outcomes import Ended, Inconclusive
from conformance.recorder import Recorder
from conformance.results import Report
from conformance.scene import Scene, Stage
from conformance.settings import Phase, Settings
from conformance.target import BindingTable, ProvisioningTable, Target
from conformance.transport import Transport
from conformance.world import Live, Tape

PREFLIGHT: Final = "preflight"
CLEANUP: Final = "cleanup"
SETTINGS: Final = "settings"
MOST_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for. Without a target the embedded lab is run; with a tape nothing is."""

    out: Path
    target: Target | None = None
    tape: Tape | None = None
    edition: str | None = None
    profiles: frozenset[Profile] = frozenset({"base"})
    at_once: int | None = None
    seed: int | None = None
    selection: bool = False


class Run:
    """Live, with a target; or on a tape, where the same tests judge recorded evidence."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._catalogue_text = resources.catalogue_text()
        self.catalogue = load(self._catalogue_text)
        self.surveyed: Surveyed | None = None
        self._ledger = Ledger(options.out)
        self._closing = ExitStack()
        self._began = time.monotonic()
        self._world: Live | Tape | None = None
        self._admin: Admin | None = None
        self._started: Started | None = None
        self._complete, self._interrupted = True, False
        self._broken: str | None = None
        self._settings: Settings | None = None
        self._refused: str | None = None
        self._stuck: tuple[str, ...] = ()

    def open(self) -> bool:
        """Survey the target. False if there is no point in going on."""
        if self._options.tape:
            self._open_tape(self._options.tape)
        else:
            self._open_target(self._options.target or self._lab())
        return self.passed

    @property
    def passed(self) -> bool:
        return self.surveyed is not None and preflight.passed(self.surveyed)

    @property
    def at_once(self) -> int:
        return self._options.at_once or MOST_AT_ONCE

    def covers(self, test: str, requirement: Requirement) -> bool:
        """Whether this run, whose edition is known now, performs a test."""
        return bool(
            self.surveyed
            and self.surveyed.edition in requirement.editions
            and requirement.profile in self._options.profiles
            and (self._options.tape is None or self._options.tape.covers(test))
        )

    def scene(self, test: str, requirement: Requirement, purpose: str | None, needs: tuple[str, ...] = ()) -> Scene:
        """Set the stage for one test. ``needs``: capabilities beside those that its requirement is about."""
        assert self._world and self._admin and self._started and self.surveyed
        stage = Stage(self._world, self._admin, self.surveyed.facts, self._capabilities, self._recorder)
        return Scene(test, requirement, purpose, stage, needs)

    def enter(self, phase: Phase) -> None:
        """Make the target's settings what the tests of a phase need. On a tape they were."""
        if not phase or not isinstance(self._world, Live) or "settings" not in self._capabilities:
            return
        assert self._admin and self.surveyed
        recorder = self._recorder(SETTINGS)
        self._settings = Settings(self._admin, recorder, self.surveyed.facts.brief)
        try:
            self._settings.change(phase)
        except Inconclusive as refused:
            self._refused = refused.reason
        finally:
            self._ledger.write(recorder.evidence())

    def leave(self) -> None:
        """Put back what the phase found."""
        self._refused = None
        if self._settings and isinstance(self._world, Live):
            self._stuck = tuple(self._settings.put_back())

    @property
    def _capabilities(self) -> frozenset[str]:
        probed = self.surveyed.probed if self.surveyed else ()
        return frozenset(probed) - ({"settings"} if self._refused else set())

    def conclude(self, scene: Scene, raised: BaseException | None, message: str) -> None:
        """Write down what a test did and found."""
        self._ledger.write(scene.events(raised, message))

    @property
    def begun(self) -> bool:
        """Whether there is anything to report."""
        return self._started is not None

    def interrupt(self, cause: BaseException | None) -> None:
        """Let no further request out; the tests under way end as untested. No cause: as many failures as were asked for."""
        self._complete, self._interrupted = False, isinstance(cause, KeyboardInterrupt)
        if isinstance(cause, Exception):
            self._broken = f"{type(cause).__name__}: {cause}"
        if isinstance(self._world, Live):
            self._world.stopping.set()

    def close(self) -> Report:
        """Remove what is left on the target, and write the report."""
        if isinstance(self._world, Live):
            self._world.try_again()
        self._put_back()
        left_over = (*self._clean_up(), *self._stuck)
        self._closing.close()
        now = time.monotonic()
        self._ledger.write(
            [
                Finished(
                    finished=_timestamp(),
                    seconds=round(now - self._began, 3),
                    complete=self.passed and self._complete,
                    interrupted=self._interrupted,
                    broken=self._broken,
                    left_over=left_over,
                )
            ]
        )
        return self._ledger.close(self.catalogue)

    def _put_back(self) -> None:
        try:
            self.leave()
        except Ended as ended:
            self._broken = self._broken or f"settings may not be as they were: {ended.reason}"

    def _open_target(self, target: Target) -> None:
        live = live_world(target)
        self._closing.callback(live.close)
        self._world = live
        seed = self._options.seed if self._options.seed is not None else secrets.randbelow(2**32)
        run = _name()
        mailbox = target.mailbox
        self._started = Started(
            run=run,
            started=_timestamp(),
            suite_version=resources.suite_version(),
            catalogue_digest=digest(self._catalogue_text),
            target=target.target.name,
            base_url=target.target.base_url,
            seed=seed,
            profiles=tuple(profile for profile in PROFILES if profile in self._options.profiles),
            address=mailbox.address if mailbox else None,
            binding=target.binding.model_dump(mode="json"),
            wrong_codes=target.limits.wrong_codes_per_account,
            selection=self._options.selection,
        )
        self._ledger.open(self._started)
        self._admin = admin_of(target, run)
        recorder = self._recorder(PREFLIGHT)
        try:
            survey = preflight.Preflight(target, live, self._admin, recorder)
            self.surveyed = survey.run(self._options.edition or target.target.edition)
        finally:
            self._ledger.write(recorder.evidence())
        self._ledger.write([self.surveyed])

    def _open_tape(self, tape: Tape) -> None:
        self._world, self._started, self.surveyed = tape, tape.started, tape.surveyed
        self._complete = tape.complete
        self._ledger.open(tape.started)
        self._ledger.write(event for event in tape.events if isinstance(event, Exchanged) and event.test == PREFLIGHT)
        self._ledger.write([tape.surveyed])
        settings = ProvisioningTable.model_validate(
            {"kind": "rocketchat-admin", "username": "admin", "password": tape.password("admin.password")}, strict=False
        )
        self._admin = Admin(settings, tape.started.address or _NO_MAIL, tape.started.run)
        self._admin.resume(tape.surveyed.facts.admin_id)

    def _recorder(self, test: str) -> Recorder:
        assert self._world and self._started
        return Recorder(
            test,
            self._world,
            BindingTable.model_validate(self._started.binding).binding(),
            seed=self._started.seed,
            clock_offset=self.surveyed.facts.clock_offset if self.surveyed else 0.0,
            wrong_codes=self._started.wrong_codes,
        )

    def _lab(self) -> Target:
        """The embedded lab, as a target like any other."""
        from conformance.lab import Lab

        edition = self._options.edition or "classic"
        lab = self._closing.enter_context(Lab(edition="current" if edition == "current" else "classic"))
        content = lab.target()
        content["target"]["edition"] = edition
        return build_target(content, {})

    def _clean_up(self) -> tuple[str, ...]:
        """Remove every account that a test could not remove. Returns the names of those that would not go."""
        if not isinstance(self._world, Live) or not self._admin or not self._admin.session:
            return ()
        recorder = self._recorder(CLEANUP)
        for account in self._admin.remaining:
            try:
                self._admin.remove(recorder, account)
            except Ended:
                continue
        self._ledger.write(recorder.evidence())
        return tuple(account.username for account in self._admin.remaining)


def examine(target: Target) -> Surveyed:
    """The preflight alone. Nothing is written, and nothing is left on the target."""
    live = live_world(target)
    try:
        admin = admin_of(target, _name())
        allowed = target.limits.wrong_codes_per_account
        recorder = Recorder(PREFLIGHT, live, target.binding.binding(), seed=0, wrong_codes=allowed)
        return preflight.Preflight(target, live, admin, recorder).run(target.target.edition)
    finally:
        live.close()


def _name() -> str:
    """A name that no other run on the same target has."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))


_NO_MAIL: Final = "{tag}@example.invalid"


def live_world(target: Target) -> Live:
    """The world of a target file, its secrets known by name."""
    table, mailbox = target.target, target.mailbox
    live = Live(
        Transport(
            table.base_url,
            ca_file=table.ca_file,
            timeout=table.timeout,
            headers=tuple(table.headers.items()),
        ),
        Postbox(mailbox) if mailbox else None,
        per_second=target.limits.requests_per_second,
        mail_deadline=mailbox.deadline if mailbox else 0,
    )
    for name, value in table.headers.items():
        live.secrets.add(value, f"header.{name}")
    for owner, given in (("admin", target.provisioning), ("mailbox", mailbox)):
        for kind in ("password", "token", "totp_secret"):
            if secret := getattr(given, kind, None):
                live.secrets.add(secret.get_secret_value(), f"{owner}.{kind}")
    return live


def admin_of(target: Target, run: str) -> Admin:
    assert target.provisioning
    return Admin(target.provisioning, target.mailbox.address if target.mailbox else _NO_MAIL, run)


class Ensemble:
    """Tests that are performed at once, on threads, and looked at one after the other."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="test")
        self._performances: dict[str, Future[None]] = {}

    def start(self, performances: Iterable[tuple[str, Callable[[], None]]]) -> None:
        for test, perform in performances:
            self._performances[test] = self._pool.submit(perform)

    def wait(self, test: str) -> None:
        self._performances[test].result()

    def performed(self, test: str) -> bool:
        return test in self._performances and self._performances[test].done()

    def end(self) -> None:
        """Begin no more; wait for those under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
