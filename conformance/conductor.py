"""Goes between pytest and a run: which items are ours, when they are performed, what becomes of their results."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pytest

from conformance import config as target_file
from conformance import dry_run
from conformance.bill import Part
from conformance.catalogue import load
from conformance.cleanup import offers
from conformance.effect import Effect
from conformance.ensemble import Ensemble
from conformance.events import Event, read_log
from conformance.handles import HANDLES, RECORD, WALK
from conformance.interrupts import Interrupts, ignored
from conformance.journal import JournalInUse
from conformance.model import PROFILES, Profile, Requirement, Verdict
from conformance.options import Options
from conformance.plugin import SELECTION
from conformance.rerun import Earlier
from conformance.resources import catalogue_text
from conformance.results import Report
from conformance.run import Run
from conformance.scene import Scene
from conformance.tape import Tape
from conformance.target_settings import Phase, phases

_OUTCOME: Final = {
    Verdict.PASS: "passed",
    Verdict.NOTE: "passed",
    Verdict.WARN: "passed",
    Verdict.INCONCLUSIVE: "skipped",
    Verdict.INAPPLICABLE: "skipped",
    Verdict.UNTESTED: "skipped",
    Verdict.ERROR: "failed",
    Verdict.FAIL: "failed",
}


class Conductor:
    """One for a pytest session that holds tests of requirements."""

    def __init__(self, config: pytest.Config) -> None:
        self.report: Report | None = None
        self.bill: str | None = None
        """What a dry run has to say."""
        self._config = config
        self._catalogue = load(catalogue_text())
        self._run: Run | None = None
        self._scenes: dict[str, Scene] = {}
        self._concluded: dict[str, list[Event]] = {}
        self._ensemble: Ensemble | None = None
        self._interrupts = Interrupts()

    def conduct(self, session: pytest.Session) -> None:
        """Perform the session's tests of requirements, and write the report whatever comes between."""
        self._run = run = Run(self._options())
        self._begin_journal(run)
        with self._interrupts.caught():
            try:
                if run.open():
                    session.config.hook.pytest_conformance_surveyed(session=session, surveyed=run.surveyed)
                    self._perform(run, session)
            except session.Failed:
                run.interrupt(None)
                raise
            except BaseException as cut:
                run.interrupt(cut)
                raise
            finally:
                if run.begun:
                    with ignored():
                        self._end(run)

    def _begin_journal(self, run: Run) -> None:
        try:
            run.begin_journal()
        except JournalInUse as busy:
            pytest.exit(f"{busy}; give another --out", returncode=2)
        except OSError as error:
            pytest.exit(f"--out {self._config.option.out}: nothing can be written there: {error}", returncode=2)
        self._offer_cleanup()

    def _offer_cleanup(self) -> None:
        for offer in offers(Path(self._config.option.out)):
            print(offer, file=sys.stderr)

    def rehearse(self, session: pytest.Session) -> None:
        """Say what the session's tests would cost, in place of performing them."""
        self.bill = dry_run.rehearsed(map(self._part, session.items), self._options())

    def performed(self, item: pytest.Item) -> Scene | None:
        """The scene of an item, once it is over. None for an item that is not ours."""
        scene = self._scenes.get(item.nodeid)
        if scene and self._ensemble:
            with self._interrupts.let_through():
                self._ensemble.wait(item.nodeid)
        return scene

    def conclude(self, item: pytest.Item, raised: BaseException | None, report: pytest.TestReport) -> None:
        """Turn what pytest saw into a verdict, in the log and in pytest's own report."""
        if (scene := self._scenes.get(item.nodeid)) and self._run:
            raised = self._run.attributed(scene, raised, _message(raised))
            self._concluded[item.nodeid] = self._run.conclude(scene, raised, _message(raised))
            verdict = scene.verdict(raised)
            report.outcome = _OUTCOME[verdict]  # type: ignore[assignment]  # one of the three words, by the table
            report.verdict = verdict  # type: ignore[attr-defined]  # for whoever shows progress
            self._clear(self._run, scene, report)

    def told(
        self, item: pytest.Item, raised: pytest.ExceptionInfo[BaseException]
    ) -> pytest.ExceptionInfo[BaseException]:
        """What other plugins are to see of what a test raised: its kind and its message, without a secret."""
        text = raised.exconly(tryshort=True)
        if not (scene := self._scenes.get(item.nodeid)) or not self._run or self._run.cleared(scene, text) == text:
            return raised
        kinds = (AssertionError, pytest.skip.Exception)
        kind = next((kind for kind in kinds if isinstance(raised.value, kind)), RuntimeError)
        message = kind(self._run.cleared(scene, str(raised.value)))
        return pytest.ExceptionInfo.from_exc_info((kind, message, raised.tb))

    def _clear(self, run: Run, scene: Scene, report: pytest.TestReport) -> None:
        """pytest shows the values that a test compared, and its plugins write them to files of their own."""
        text = report.longreprtext
        if text and (cleared := run.cleared(scene, text)) != text:
            where = report.longrepr[:2] if isinstance(report.longrepr, tuple) else None
            report.longrepr = (*where, cleared) if where else cleared  # that of a skip has three parts, for its readers

    def written(self, item: pytest.Item) -> tuple[Requirement, list[Event]] | None:
        """What the log says of an item that is concluded, and the requirement that it is about."""
        events = self._concluded.get(item.nodeid)
        return (self._scenes[item.nodeid].requirement, events) if events else None

    def _perform(self, run: Run, session: pytest.Session) -> None:
        """The tests stage by stage; those of one stage at once."""
        ours = [item for item in session.items if run.covers(item.name, self._requirement(item))]
        run.allot(map(self._part, ours))
        stages = list(_stages(ours, self._rank))
        ordered = [item for _, items in stages for item in items]
        following = dict(zip_longest((item.nodeid for item in ordered), ordered[1:]))
        run.foresee(phase for phase, _ in stages)
        self._ensemble = Ensemble(run.at_once)
        for phase, items in stages:
            run.enter(phase)
            self._scenes |= {item.nodeid: self._scene(run, item) for item in items}
            longest_first = sorted(items, key=lambda item: not (_waits(item) or WALK in _names(item)))
            self._ensemble.start((item.nodeid, self._performance(item)) for item in longest_first)
            for item in items:
                self._take(item, following[item.nodeid], session)
            run.leave()

    def _take(self, item: pytest.Item, following: pytest.Item | None, session: pytest.Session) -> None:
        with self._interrupts.held_back():
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    def _end(self, run: Run) -> None:
        """Nothing that was performed is lost: what pytest did not come to any more is concluded here."""
        if self._ensemble:
            self._ensemble.end()
            for nodeid in self._scenes.keys() - self._concluded.keys():
                if self._ensemble.performed(nodeid):
                    scene = self._scenes[nodeid]
                    message = _message(scene.raised)
                    run.conclude(scene, run.attributed(scene, scene.raised, message), message)
        self.report = run.close()
        if self.report.finished and self.report.finished.left_over:
            self._offer_cleanup()
        self._forget()

    def _forget(self) -> None:
        """Keep nothing of a run that is over but its report: pytest keeps us, until its own garbage is collected."""
        self._run = self._ensemble = None
        self._scenes.clear()
        self._concluded.clear()

    def _scene(self, run: Run, item: pytest.Item) -> Scene:
        return run.scene(self._part(item), inspect.getdoc(getattr(item, "obj", None)))

    def _part(self, item: pytest.Item) -> Part:
        """What a test asks for, by its parameters, its marks and its requirement."""
        requirement, phase = self._requirement(item), _phase(item)
        marked = {"settings": bool(phase), "lockout": item.get_closest_marker("may_lock") is not None}
        needs = (
            *requirement.when,
            *(name for name, needed in marked.items() if needed and name not in requirement.when),
        )
        handles = tuple(name for name in _names(item) if name in HANDLES)
        return Part(item.name, requirement, handles, needs, phase)

    def _performance(self, item: pytest.Item) -> Any:
        assert isinstance(item, pytest.Function)
        given = item.callspec.params if hasattr(item, "callspec") else {}
        names = [name for name in item.fixturenames if name in HANDLES or name in given]
        return partial(self._scenes[item.nodeid].perform, item.obj, names, given)

    def _rank(self, item: pytest.Item) -> int:
        """Tests whose failure another's explains are concluded after it, and walks after all."""
        return 2 if WALK in _names(item) else int(bool(self._requirement(item).explained_by))

    def _requirement(self, item: pytest.Item) -> Requirement:
        mark = item.get_closest_marker("requirement")
        assert mark
        return self._catalogue[mark.args[0]]

    def _options(self) -> Options:
        option = self._config.option
        try:
            tape = _tape(Path(option.evidence)) if option.evidence else None
            target = target_file.load(Path(option.target)) if option.target and not tape else None
            if target and option.configure_target:
                target_file.need_admin(target, option.target)
        except target_file.ConfigurationError as error:
            pytest.exit(str(error), returncode=2)
        chosen: set[str] = (
            set(tape.started.profiles)
            if tape
            else set(PROFILES)
            if option.profile == "all"
            else {"base", option.profile}
        )
        if option.rerun_failed:
            chosen |= Earlier.read(Path(option.out)).profiles
        return Options(
            out=Path(option.out),
            target=target,
            target_file=Path(option.target) if target else None,
            tape=tape,
            edition=option.edition,
            profiles=frozenset[Profile](profile for profile in PROFILES if profile in chosen),
            at_once=option.at_once,
            selection=tape.started.selection if tape else self._config.stash.get(SELECTION, False),
            seed=option.seed,
            brief=option.brief,
            verdicts_only=option.verdicts_only,
            say=partial(print, file=sys.stderr, flush=True),
            configure=option.configure_target,
        )


def _stages(ours: list[pytest.Item], rank: Callable[[pytest.Item], int]) -> Iterator[tuple[Phase, list[pytest.Item]]]:
    """The tests phase by phase, and last those that look at what all others were answered."""
    acting = [item for item in ours if RECORD not in _names(item)]
    needed = {item.nodeid: _phase(item) for item in acting}
    for phase in phases(needed):
        yield phase, sorted((item for item in acting if needed[item.nodeid] == phase), key=rank)
    yield (), [item for item in ours if RECORD in _names(item)]


def _names(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


def _waits(item: pytest.Item) -> bool:
    """Whether a test lets time pass to see that nothing happens: begun last, it would hold up the end of its stage."""
    waiting = {Effect.later_state.__name__, Effect.state_after_refusal.__name__}
    return isinstance(item, pytest.Function) and not waiting.isdisjoint(item.obj.__code__.co_names)


def _phase(item: pytest.Item) -> Phase:
    """The settings that a test needs."""
    mark = item.get_closest_marker("settings")
    return tuple(sorted(mark.kwargs.items())) if mark else ()


def _tape(path: Path) -> Tape:
    try:
        with path.open(encoding="utf-8") as lines:
            tape = Tape(read_log(lines))
        tape.need_a_survey()
        return tape
    except (OSError, ValueError) as error:
        raise target_file.ConfigurationError(f"{path}: no evidence of a run: {error}") from error


def _message(raised: BaseException | None) -> str:
    """What an assertion said: the comparison that did not hold, and where its values come from."""
    if isinstance(raised, BaseExceptionGroup):
        return "; ".join(_message(part) for part in raised.exceptions)
    lines = str(raised or "").splitlines()
    where = [line.strip(" +") for line in lines[1:] if line.lstrip(" +").startswith("where ")]
    return ", ".join([lines[0].removeprefix("assert ") if lines else "nothing", *where])
