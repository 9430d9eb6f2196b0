"""A run from its first request to its last file: open the target, survey it, perform the tests, clean up, report."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from conformance import preflight, resources
from conformance.accounts import Admin
from conformance.allowance import Allowance, affordable, allot
from conformance.attribution import attributed
from conformance.bill import PREFLIGHT, Part
from conformance.catalogue import digest, in_scope, load, to_rows
from conformance.changes import Opening
from conformance.configuration import Configuration
from conformance.connection import live_world, provider_of, recorded_provider
from conformance.embedded import embedded
from conformance.events import Event, Exchanged, Finished, Judged, Started, Surveyed
from conformance.given import Given
from conformance.journal import Journal
from conformance.ledger import DOCUMENTS, Ledger
from conformance.model import PROFILES, Edition, Requirement
from conformance.openapi import Document, routes
from conformance.options import Options
from conformance.outcomes import Ended
from conformance.phases import Phases
from conformance.probe import HOPEFUL
from conformance.record import Record
from conformance.recorder import Recorder
from conformance.redaction import redacted_message
from conformance.results import Report
from conformance.run_names import new_name, timestamp
from conformance.scene import Scene, Stage
from conformance.sharing import Sharing
from conformance.tape import Tape
from conformance.target import BindingTable, LimitsTable, Target
from conformance.target_settings import Phase
from conformance.world import Live

CLEANUP: Final = "cleanup"
SETTINGS: Final = "settings"
CONFIGURATION: Final = "configuration"


class Run:
    """Live, with a target; or on a tape, where the same tests judge recorded evidence."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._catalogue_text = resources.catalogue_text()
        self.catalogue = load(self._catalogue_text)
        self.surveyed: Surveyed | None = None
        documents = ["report.json"] if options.brief else DOCUMENTS
        self._ledger = Ledger(options.out, documents, texts=not options.verdicts_only)
        self._closing = ExitStack()
        self._began = time.monotonic()
        self._world: Live | Tape | None = None
        self._provider: Admin | Given | None = None
        self._started: Started | None = None
        self._complete, self._interrupted = True, False
        self._broken: str | None = None
        self._stuck: tuple[str, ...] = ()
        self._phases: Phases | None = None
        self._target: Target | None = None
        self._allowance = Allowance()
        self._mails = 0
        """What the preflight has provoked."""
        self._configuration: Configuration | None = None
        self._journal = Journal()

    def begin_journal(self) -> None:
        """Have a place for what is changed on the target. JournalInUse where another run has it."""
        if not self._options.tape:
            self._journal = Journal.begin(self._options.out)

    def open(self) -> bool:
        """Survey the target. False if there is no point in going on."""
        if self._options.tape:
            self._open_tape(self._options.tape)
        else:
            self._open_target(self._options.target or embedded(self._options.edition, self._closing))
        return self.passed

    @property
    def passed(self) -> bool:
        return self.surveyed is not None and preflight.passed(self.surveyed.findings)

    @property
    def at_once(self) -> int:
        return self._options.at_once or (self._target.limits if self._target else LimitsTable()).tests_at_once

    def covers(self, test: str, requirement: Requirement) -> bool:
        """Whether this run, whose edition is known now, performs a test."""
        return bool(
            self.surveyed
            and self.surveyed.edition in requirement.editions
            and requirement.profile in self._options.profiles
            and (self._options.tape is None or self._options.tape.covers(test))
        )

    def allot(self, parts: Iterable[Part]) -> None:
        """Share out the mails that the target's owner allows among the tests that will run."""
        if self._target:
            profiles, there = self._options.profiles, self._capabilities
            self._allowance = allot(self._target, profiles, self._edition, there, parts, spent=self._mails)

    def scene(self, part: Part, purpose: str | None) -> Scene:
        """Set the stage for one test."""
        assert self._world and self._provider and self._started and self.surveyed
        facts = self.surveyed.facts
        stage = Stage(
            self._world,
            self._provider,
            facts,
            self._capabilities,
            self._recorder,
            self._record,
            self._edition,
            self._judged,
            self._phases.obstacle if self._phases else None,
            self._allowance,
        )
        return Scene(part, purpose, stage)

    @property
    def _edition(self) -> Edition:
        return "current" if self.surveyed and self.surveyed.edition == "current" else "classic"

    @cached_property
    def _judged(self) -> frozenset[str]:
        return frozenset(in_scope(self.catalogue, self._edition, self._options.profiles))

    @cached_property
    def _record(self) -> Record:
        assert self._started and self.surveyed and self._world
        binding = BindingTable.model_validate(self._started.binding).binding()
        usual = binding.candidates[self.surveyed.facts.protected].route
        document = Document(resources.openapi_text(), self.surveyed.edition)
        return Record(self._ledger.exchanged, self._world.secrets, document, routes(binding), usual)

    def foresee(self, phases: Iterable[Phase]) -> None:
        """Look at the settings that phases will change."""
        if self._phases and "settings" in self._capabilities:
            self._phases.foresee(phases)

    def enter(self, phase: Phase) -> None:
        """Make the target's settings what the tests of a phase need. On a tape they were."""
        if phase and self._phases and "settings" in self._capabilities:
            self._phases.enter(phase)

    def leave(self) -> None:
        """Put back what the phase found."""
        if self._phases:
            self._phases.leave()

    @property
    def _capabilities(self) -> frozenset[str]:
        probed = self.surveyed.probed if self.surveyed else ()
        refused = self._phases is not None and self._phases.refused != ""
        return frozenset(probed) - ({"settings"} if refused else set())

    def attributed(self, scene: Scene, raised: BaseException | None, message: str) -> BaseException | None:
        """What a test has to say, in the light of what others have found. ``message``: what it raised, in words."""
        return attributed(raised, message, scene.requirement, scene.departure, self._ledger.events)

    def conclude(self, scene: Scene, raised: BaseException | None, message: str) -> list[Event]:
        """Write down what a test did and found. Returns that, and the exchanges of other tests that it cites."""
        written = self._ledger.write(scene.events(raised, message))
        seen = {event.seq for event in written if isinstance(event, Exchanged)}
        cited = {seq for event in written if isinstance(event, Judged) for seq in event.exchanges} - seen
        others = self._ledger.exchanged() if cited else []
        return [*(event for event in others if event.seq in cited), *written]

    def cleared(self, scene: Scene, text: str) -> str:
        """What pytest is to say of a test: without a secret in it, and not at all where one was overlooked."""
        return self._ledger.cleared(scene.redacted(text), f"pytest's report of {scene.test}")

    @property
    def begun(self) -> bool:
        """Whether there is anything to report."""
        return self._started is not None

    def interrupt(self, cause: BaseException | None) -> None:
        """Let no further request out; the tests under way end as untested. No cause: as many failures as were asked for."""
        self._complete, self._interrupted = False, isinstance(cause, KeyboardInterrupt)
        if isinstance(cause, Exception):
            self._broken = self._redacted(f"{type(cause).__name__}: {cause}")
        if isinstance(self._world, Live):
            self._world.stopping.set()

    def close(self) -> Report:
        """Remove what is left on the target, and write the report."""
        if isinstance(self._world, Live):
            self._world.try_again()
        self._put_back()
        left_over = (*self._clean_up(), *self._stuck)
        self._closing.close()
        self._journal.close()
        now = time.monotonic()
        self._ledger.write(
            [
                Finished(
                    finished=self._options.tape.ended if self._options.tape else timestamp(),
                    seconds=round(now - self._began, 3),
                    complete=self.passed and self._complete,
                    interrupted=self._interrupted,
                    broken=self._broken,
                    left_over=left_over,
                )
            ]
        )
        report = self._ledger.close(self.catalogue)
        if report.withheld:
            self._journal.discard()
        return report

    def _redacted(self, text: str) -> str:
        return redacted_message(text, self._world.secrets) if self._world else text

    def _put_back(self) -> None:
        try:
            self.leave()
            self._stuck = tuple(self._phases.stuck.values()) if self._phases else ()
            if self._configuration:
                self._stuck += self._configuration.put_back()
        except Ended as ended:
            self._broken = self._broken or f"settings may not be as they were: {ended.reason}"

    def _open_target(self, asked: Target) -> None:
        run = new_name()
        self._target, target = asked, affordable(asked)
        live = live_world(target, run, watched=not self._options.verdicts_only)
        self._closing.callback(live.close)
        sharing = Sharing(target.target.base_url, live.wait, self._options.say)
        self._closing.callback(sharing.leave)
        sharing.join(alone=self._options.configure)
        self._world = live
        seed = self._options.seed if self._options.seed is not None else secrets.randbelow(2**32)
        mailbox = target.mailbox
        self._started = Started(
            run=run,
            started=timestamp(),
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
            requirements=self._rows,
        )
        self._ledger.open(self._started, live.canaries)
        file = self._options.target_file
        self._journal.open(
            Opening(run, self._started.started, target.target.base_url, str(file.absolute()) if file else None)
        )
        self._provider = provider_of(target, live, run, self._journal)
        recorder = self._recorder(PREFLIGHT)
        if self._options.configure:
            self._configuration = Configuration(
                self._provider, self._recorder(CONFIGURATION), self._ledger.write, self._journal
            )
        try:
            survey = preflight.Preflight(target, live, self._provider, recorder, self._configuration)
            self.surveyed = survey.run(self._options.edition or target.target.edition)
        finally:
            self._ledger.write(recorder.evidence())
        self._mails = max(recorder.mails, live.postbox.arrived if live.postbox else 0)
        self._ledger.write([self.surveyed])
        brief = self.surveyed.facts.brief
        shared = None if self._options.configure else sharing
        self._phases = Phases(
            self._provider, self._recorder(SETTINGS), self._ledger.write, brief, self._journal, shared
        )

    @property
    def _rows(self) -> tuple[dict[str, Any], ...]:
        profiles = self._options.profiles
        return to_rows(row for row in self.catalogue.values() if row.profile in profiles)

    def _open_tape(self, tape: Tape) -> None:
        self._world, self.surveyed, self._complete = tape, tape.surveyed, tape.complete
        self._started = replace(
            tape.started,
            suite_version=resources.suite_version(),
            catalogue_digest=digest(self._catalogue_text),
            requirements=self._rows,
        )
        self._ledger.open(self._started)
        self._ledger.write(event for event in tape.events if isinstance(event, Exchanged) and event.test == PREFLIGHT)
        self._ledger.write([tape.surveyed, *tape.untested])
        self._provider = recorded_provider(tape)

    def _recorder(self, test: str) -> Recorder:
        assert self._world and self._started
        return Recorder(
            test,
            self._world,
            BindingTable.model_validate(self._started.binding).binding(),
            seed=self._started.seed,
            clock_offset=self.surveyed.facts.clock_offset if self.surveyed else 0.0,
            wrong_codes=self._started.wrong_codes,
            logged=not self._options.verdicts_only,
        )

    def _clean_up(self) -> tuple[str, ...]:
        """Leave the target as it was found. Returns what could not be put back."""
        if not isinstance(self._world, Live) or not self._provider:
            return ()
        recorder = self._recorder(CLEANUP)
        left_over = self._provider.clean_up(recorder, self.surveyed.facts if self.surveyed else HOPEFUL)
        self._ledger.write(recorder.evidence())
        return left_over
