"""Who may know whom: the arrows between the files, kept true over their syntax trees."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ENGINE = Path(conformance.__file__).parent
ROOT = ENGINE.parent
FILES = {
    path.relative_to(ENGINE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in ENGINE.rglob("*.py")
    if "suites" not in path.relative_to(ENGINE).parts  # a wheel holds them inside the package
}

TOUCHES_THE_WORLD = {
    *("os", "time", "pathlib", "socket", "random", "secrets", "uuid", "tempfile", "threading", "asyncio", "subprocess"),
    *("httpx", "httpcore", "imap_tools", "imaplib", "smtplib", "pytest", "_pytest", "starlette", "uvicorn"),
    *("pydantic", "typer", "rich"),
}
LAB_SHELLS = {
    "lab/__init__.py": "imports its parts when they are asked for",
    "lab/apart.py": "starts a process",
    "lab/app.py": "serves HTTP",
    "lab/background.py": "runs an event loop in a thread",
    "lab/mail.py": "serves SMTP and IMAP",
    "lab/postman.py": "sends mail",
    "lab/target.py": "starts the servers, and knows the time",
    "lab/target_file.py": "writes a file",
}
PURE = {
    *("model.py", "wire.py", "otp.py", "flow.py", "verdicts.py", "catalogue.py", "events.py", "results.py"),
    *("report_json.py", "differences.py", "consistency.py", "expectations.py", "gate.py", "costs.py"),
    *("mail.py", "editions.py", "guesses.py", "binding.py", "replies.py", "calls.py", "handles.py", "setting_names.py"),
    *("clauses.py", "openapi.py", "writing.py", "oddities.py", "pairwise.py", "combinations.py", "ownership.py"),
    *("changes.py", "correlation.py"),
    *(
        "protocol_model.py",
        "inspection.py",
        "diagnosis.py",
        "limiter.py",
        "protocol_model.py",
        "departure.py",
        "mail_contents.py",
        "rendered.py",
        "score/card.py",
        "score/document.py",
    ),
    *(name for name in FILES if name.startswith("lab/") and name not in LAB_SHELLS),
    *(name for name in FILES if name.startswith("render/")),
}
NEARLY_PURE = {
    "secrecy.py": {"threading"},  # one set of secrets for all threads of a run
    "canaries.py": {"threading"},  # the same
    "render/terminal.py": {"rich"},  # tables
    "policy.py": {"pydantic"},  # checks what it holds
}

MAY_KNOW_PYTEST = {
    "plugin.py": "the hooks",
    "conductor.py": "goes between pytest and a run",
    "session.py": "starts pytest",
    "score/trial.py": "starts pytest",
    "hookspecs.py": "what other plugins may do in a run",
    "outcomes.py": "a test ends by an exception of pytest's own kind",
    "allure_results.py": "tells allure-pytest what a test is, from its report",
}
MAY_KNOW_THE_LAB = {
    "embedded.py": "the embedded default target",
    "listing.py": "the catalogues of faults and variants",
    "commands_lab.py": "lab serve",
    "score/trial.py": "starts the server that a run judges",
    "score/scoring.py": "the faults and variants to score",
    "score/session.py": "what is not seeded, for the card",
    "score/judging.py": "the servers that are judged",
    "score/schedule.py": "the servers that are compared",
    "score/company.py": "the rules that a variant changes",
    "score/recording.py": "what the faultless server was asked",
    "score/difference.py": "asks the same of others",
    "score/peer.py": "starts the server that the peer judges",
}
MAY_KNOW_THE_TIME = {
    "world.py": "the clock of a run, passwords",
    "tape.py": "codes that stand in for recorded ones",
    "transport.py": "deadlines at the socket",
    "connections.py": "for how long a connection has rested",
    "verbatim.py": "connections that are too old to be used again",
    "mailbox.py": "waits for mail",
    "breaker.py": "waits for a target that has stopped answering",
    "run.py": "seeds and durations of runs",
    "run_names.py": "names of runs, and when they were",
    "recorder.py": "random numbers from the run's seed, durations of tests",
    "scene.py": "durations of tests",
    "release.py": "the age of a report",
    "probe.py": "waits for a mail that is no code",
    "score/judging.py": "durations of runs",
    "score/company.py": "companies at random, from a seed",
    "score/peer.py": "durations of runs",
    "lab/app.py": "the time of a request",
    "lab/mail.py": "the time at which a mail arrived",
    "lab/target.py": "the time of the lab's beginning",
}
CHANCE_AND_TIME = {"time", "random", "secrets", "uuid"}
LONGEST = 330


def imports(tree: ast.AST) -> set[str]:
    """Every module that is imported anywhere in a file, also late, but not for the type checker alone."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=other):
                found |= {name for child in other for name in imports(child)}
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{alias.name}" for alias in names)}
            case _:
                found |= imports(node)
    return found


def packages(name: str) -> set[str]:
    return {module.partition(".")[0] for module in imports(FILES[name])}


def engine_modules(name: str) -> set[str]:
    """The files of the engine that a file imports."""
    modules = {module.removeprefix("conformance.").replace(".", "/") for module in imports(FILES[name])}
    return {module for module in modules if f"{module}.py" in FILES or f"{module}/__init__.py" in FILES}


@pytest.mark.parametrize("name", sorted(PURE | set(NEARLY_PURE)))
def test_pure_files_do_not_touch_the_world(name: str) -> None:
    assert packages(name) & TOUCHES_THE_WORLD - NEARLY_PURE.get(name, set()) == set()


@pytest.mark.parametrize("name", sorted(PURE & {name for name in FILES if "/" not in name}))
def test_pure_files_of_the_engine_know_pure_files_only(name: str) -> None:
    assert {f"{module}.py" for module in engine_modules(name)} - PURE - set(NEARLY_PURE) == set()


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.startswith("lab/")))
def test_the_lab_knows_nothing_of_the_engine(name: str) -> None:
    """If both sides shared a codec, a misreading would cancel out."""
    assert [module for module in engine_modules(name) if not module.startswith("lab")] == []


@pytest.mark.parametrize("name", sorted(name for name in FILES if not name.startswith("lab/")))
def test_the_engine_knows_the_lab_in_a_few_places_only(name: str) -> None:
    knows = any(module.startswith("lab") for module in engine_modules(name))

    assert not knows or name in MAY_KNOW_THE_LAB


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.startswith("render/")))
def test_documents_are_made_from_a_report_and_its_events_only(name: str) -> None:
    known = {module for module in engine_modules(name) if not module.startswith("render")}

    assert known <= {"model", "events", "results", "verdicts", "catalogue", "differences", "expectations"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_pytest_is_known_where_tests_are_run_only(name: str) -> None:
    assert not packages(name) & {"pytest", "_pytest"} or name in MAY_KNOW_PYTEST


@pytest.mark.parametrize("name", sorted(FILES))
def test_time_and_chance_come_from_the_world(name: str) -> None:
    """A run can be repeated, and judged again from its log, only if nobody else looks at a clock or throws dice."""
    calls = {ast.unparse(node.func) for node in ast.walk(FILES[name]) if isinstance(node, ast.Call)}
    looks = packages(name) & CHANCE_AND_TIME or calls & {
        "datetime.now",
        "datetime.utcnow",
        "date.today",
        "datetime.today",
    }

    assert not looks or name in MAY_KNOW_THE_TIME


@pytest.mark.parametrize("known", [LAB_SHELLS, MAY_KNOW_PYTEST, MAY_KNOW_THE_LAB, MAY_KNOW_THE_TIME, NEARLY_PURE])
def test_the_exceptions_are_files_that_there_are(known: dict[str, object]) -> None:
    assert set(known) - set(FILES) == set()


DRIVERS = [
    *("users.py", "inbox.py", "mails.py", "factors.py", "enrolment.py", "sign_in.py", "cast.py"),
    *(
        "trial.py",
        "asking.py",
        "answering.py",
        "guessing.py",
        "exhausting.py",
        "spelling.py",
        "simultaneous.py",
        "nearness.py",
        "attempt.py",
        "announcement.py",
        "effect.py",
        "together.py",
    ),
    *("combining.py", "strides.py", "walks.py"),
    *("accounts.py", "guard.py", "recorder.py", "target_settings.py", "survey.py"),
]


@pytest.mark.parametrize("name", DRIVERS)
def test_drivers_do_not_assert(name: str) -> None:
    """An assertion that fails says that the server is wrong, and whether it is wrong is for a test to say."""
    asserted = [ast.unparse(node.test) for node in ast.walk(FILES[name]) if isinstance(node, ast.Assert)]

    assert asserted == []


@pytest.mark.parametrize("path", [*ENGINE.rglob("*.py"), *(ROOT / "suites").glob("*.py")], ids=lambda path: path.stem)
def test_a_file_fits_in_a_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("name", sorted(name for name in FILES if name not in {"__main__.py", "lab/__main__.py"}))
def test_a_file_says_on_top_what_it_is_for(name: str) -> None:
    assert ast.get_docstring(FILES[name])


def test_no_public_name_is_a_file_s() -> None:
    """Once the file is imported the package has it under that name, and whoever asks for the other thing gets it."""
    assert {f"{name}.py" for name in conformance.__all__} & set(FILES) == set()


LATE = [
    "httpx",
    "httpcore",
    "pytest",
    "_pytest",
    "pydantic",
    "rich",
    "jinja2",
    "starlette",
    "uvicorn",
    "imap_tools",
    "hypothesis",
    "allure",
    "allure_commons",
]


@pytest.mark.parametrize("module", ["conformance", "conformance.cli"])
def test_the_command_line_answers_before_anything_heavy_is_imported(module: str) -> None:
    program = f"import sys, {module}; print(*({LATE!r} & sys.modules.keys()))".replace("[", "{").replace("]", "}")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert ran.stdout.split() == []
