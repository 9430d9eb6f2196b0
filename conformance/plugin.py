"""The pytest side: options, the mark, the people of a test, and a call phase that performs many tests at once.

Tests wait rather than compute. So the test functions run on threads before pytest comes to them, and pytest's own loop goes
through the items in order and takes each result when it is there: setup, report and every plugin's hooks stay on the main
thread, as they would be without us. For that a test may ask for the handles of scene.py and for its parameters only.

Without a test that carries the requirement mark nothing here does anything.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.handles import HANDLES
from conformance.model import PROFILES, Verdict

if TYPE_CHECKING:
    from conformance.conductor import Conductor
    from conformance.results import Report


def requirement(id: str) -> pytest.MarkDecorator:
    """Mark a test as the test of a requirement of the catalogue."""
    return pytest.mark.requirement(id)


def settings(**needed: bool | int | str) -> pytest.MarkDecorator:
    """Mark a test as one that needs settings of the target otherwise than they are (setting_names.py knows them)."""
    return pytest.mark.settings(**needed)


may_lock: Final = pytest.mark.may_lock
"""Mark a test as one that may lock its own account: it runs only where limits.allow_lockout says so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("twofa-conformance", "conformance of a server with two-factor authentication")
    group.addoption("--target", metavar="FILE", help="target file; without it the embedded lab is tested")
    group.addoption("--out", metavar="DIR", default="twofa-report", help="output directory")
    group.addoption("--edition", choices=["classic", "current", "auto"], help="edition to judge by")
    group.addoption("--profile", choices=[*PROFILES, "all"], default="base", help="profile, besides base")
    group.addoption("--at-once", metavar="N", type=int, help="tests at once")
    group.addoption("--seed", metavar="N", type=int, help="seed of everything that is random")
    group.addoption("--brief", action="store_true", help="write no document for people beside report.json")
    group.addoption("--verdicts-only", action="store_true", help=VERDICTS_ONLY)
    group.addoption(
        "--rerun-failed",
        action="store_true",
        help="only tests that the report in the output directory finds no pass for",
    )
    group.addoption("--dry-run", action="store_true", help="print what a run would cost the target, and send nothing")
    group.addoption("--configure-target", action="store_true", help=CONFIGURE)
    group.addoption("--evidence", metavar="RUN.jsonl", help="judge recorded evidence instead of a target")


VERDICTS_ONLY: Final = (
    "keep no log, no document but report.json, and there no text that came from the target: a run that can be counted, "
    "and not explained"
)
CONFIGURE: Final = (
    "before the preflight, set on the target: API_Enable_Rate_Limiter to false, "
    "Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In to false, and "
    "Accounts_TwoFactorAuthentication_RememberFor to 0; put back at the end, also after an interrupt (takes an admin)"
)

_OURS: Final = pytest.StashKey[bool]()
SELECTION: Final = pytest.StashKey[bool]()
"""Whether only a selection of the tests runs."""

_CONDUCTOR: pytest.StashKey[Conductor] = pytest.StashKey()


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from conformance import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(id): the requirement of the catalogue that this test is about")
    config.addinivalue_line("markers", "settings(**needed): settings of the target that this test needs otherwise")
    config.addinivalue_line("markers", "may_lock: this test may lock its own account")
    config.stash[_OURS] = False


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """pytest-xdist would start a run of its own, with its own accounts and output, in each worker."""
    config = session.config
    if not getattr(config.option, "numprocesses", None):
        return
    from conformance import resources

    named = {Path(argument.partition("::")[0]).absolute() for argument in config.args}
    if (
        any(resources.folder("suites") in (path, *path.parents) for path in named)
        or "conformance.suites" in config.args
    ):
        pytest.exit(
            "the suites run many tests at once without pytest-xdist: use --at-once N in place of -n", returncode=2
        )


def _fixture(name: str, meaning: str) -> Any:
    @pytest.fixture(name=name)
    def handle() -> None:
        return None

    handle.__doc__ = meaning
    return handle


globals().update({name: _fixture(name, meaning) for name, meaning in HANDLES.items()})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marked = [item.get_closest_marker("requirement") for item in items]
    if any(marked) and not all(marked):
        raise pytest.UsageError("tests of requirements and other tests do not run in one session")
    config.stash[_OURS] = any(marked)
    if config.stash[_OURS] and config.option.rerun_failed:
        _leave_out_what_passed(config, items)


def _leave_out_what_passed(config: pytest.Config, items: list[pytest.Item]) -> None:
    from conformance.rerun import Earlier, NoReport

    try:
        earlier = Earlier.read(Path(config.option.out))
    except NoReport as error:
        pytest.exit(str(error), returncode=2)
    passed = [item for item in items if not earlier.calls_for(item.name)]
    items[:] = [item for item in items if earlier.calls_for(item.name)]
    if passed:
        config.hook.pytest_deselected(items=passed)
    if not items:
        print(f"nothing to rerun: by the report in {config.option.out} no test failed", file=sys.stderr)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        item.config.stash[SELECTION] = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    config = session.config
    if not config.stash[_OURS] or not session.items or config.option.collectonly or session.testsfailed:
        return None
    from conformance.conductor import Conductor

    config.stash[_CONDUCTOR] = conductor = Conductor(config)
    if config.option.dry_run:
        conductor.rehearse(session)
        return True
    if config.pluginmanager.has_plugin("allure_listener"):
        if config.option.verdicts_only:
            pytest.exit("--verdicts-only keeps nothing that Allure could show: leave out one of the two", returncode=2)
        from conformance.allure_results import AllureResults

        config.pluginmanager.register(AllureResults(config, conductor))
    conductor.conduct(session)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    conductor = pyfuncitem.config.stash.get(_CONDUCTOR, None)
    scene = conductor.performed(pyfuncitem) if conductor else None
    if scene is None:
        return None
    if scene.raised is not None:
        raise scene.raised
    return True


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and (conductor := item.config.stash.get(_CONDUCTOR, None)):
        conductor.conclude(item, call.excinfo.value if call.excinfo else None, report)
        if call.excinfo:
            call.excinfo = conductor.told(item, call.excinfo)
    return report


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    verdict: Verdict | None = getattr(report, "verdict", None)
    if report.when != "call" or verdict is None:
        return None
    return _CATEGORY.get(verdict, verdict.word), verdict.word[0], verdict.word.upper()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.config.stash[_OURS] and not session.config.option.collectonly:
        nothing_run = session.config.option.dry_run and exitstatus == pytest.ExitCode.OK
        session.exitstatus = 3 if nothing_run else _exit_code(report_of(session.config), exitstatus)


def report_of(config: pytest.Config) -> Report | None:
    """The report of the run that a session was, once it is over."""
    conductor = config.stash.get(_CONDUCTOR, None)
    return conductor.report if conductor else None


def bill_of(config: pytest.Config) -> str | None:
    """The bill of a dry run."""
    conductor = config.stash.get(_CONDUCTOR, None)
    return conductor.bill if conductor else None


def _exit_code(report: Report | None, exitstatus: int) -> int:
    """The contract's exit code. What pytest calls an internal error is an error in the suite here."""
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        return 4
    if report:
        return report.exit_code
    return 3 if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED else exitstatus


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    report = report_of(config)
    if bill := bill_of(config):
        terminalreporter.section("dry run")
        terminalreporter.write(bill)
    if not report:
        return
    from conformance.render import terminal

    terminalreporter.section("conformance")
    terminalreporter.write_line(terminal.plain(report))
    terminalreporter.write_line(f"report: {config.option.out}/{'report.json' if report.withheld else 'report.html'}")


_CATEGORY: Final = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.ERROR: "error"}
