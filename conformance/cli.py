"""The commands. Each imports what it needs when it is called, so that --help answers at once."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from conformance.command import EditionChoice
from conformance.command import load_target as _load
from conformance.command import number as _number
from conformance.command import refuse as _refuse
from conformance.commands_lab import lab
from conformance.doctor import OUT, Configure, doctor
from conformance.init import init

app = typer.Typer(
    name="twofa-conformance",
    help="Conformance test suite for servers with two-factor authentication over REST.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(lab, name="lab")


class ProfileChoice(StrEnum):
    BASE = "base"
    SECURITY = "security"
    ROBUSTNESS = "robustness"
    ALL = "all"


class FormatChoice(StrEnum):
    JSON = "json"
    HTML = "html"
    MD = "md"
    JUNIT = "junit"
    CTRF = "ctrf"
    SARIF = "sarif"


TargetFile = Annotated[Path | None, typer.Option("--target", metavar="FILE", help="Target file (TOML).")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Output directory.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command()
def run(
    target: TargetFile = None,
    out: Out = OUT,
    edition: Annotated[EditionChoice | None, typer.Option(help="Edition to judge by; beats the target file.")] = None,
    profile: Annotated[ProfileChoice, typer.Option(help="Profile to run, besides base.")] = ProfileChoice.BASE,
    keyword: Annotated[
        str | None, typer.Option("-k", metavar="EXPR", help="Only tests that match, as in pytest.")
    ] = None,
    at_once: Annotated[str, typer.Option("-n", metavar="auto|N", help="Tests at once.")] = "auto",
    seed: Annotated[int | None, typer.Option(help="Seed of everything that is random.")] = None,
    rerun_failed: Annotated[
        bool, typer.Option("--rerun-failed", help="Only what did not pass, by the report in the output directory.")
    ] = False,
    allure: Annotated[Path | None, typer.Option(metavar="DIR", help="Write Allure results as well.")] = None,
    configure_target: Configure = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what the run would cost the target, and send nothing; exit code 3.")
    ] = False,
) -> None:
    """Drive a target and write the report. Without --target: the embedded lab."""
    from conformance.session import hold

    if target:
        _load(target, configure=configure_target)
    options = ["--profile", profile, "--out", str(out)]
    options += ["--target", str(target)] if target else []
    options += ["--edition", edition] if edition else []
    options += ["--at-once", str(_number(at_once))] if at_once != "auto" else []
    options += ["--seed", str(seed)] if seed is not None else []
    options += ["-k", keyword] if keyword else []
    options += ["--rerun-failed"] if rerun_failed else []
    if allure:
        os.umask(0o077)  # its files are written by its own plugin: they are this user's only, like all others
        options += ["-p", "allure_pytest", "--alluredir", str(_folder(allure))]
    options += ["--configure-target"] if configure_target else []
    options += ["--dry-run"] if dry_run else []
    raise typer.Exit(hold(options, str(out)))


@app.command()
def judge(
    evidence: Annotated[Path, typer.Argument(metavar="RUN.jsonl", help="The log of an earlier run.")],
    out: Out = OUT,
) -> None:
    """Judge recorded evidence again, offline, with this version's suites."""
    from conformance.session import hold

    raise typer.Exit(hold(["--evidence", str(evidence), "--out", str(out)], str(out)))


app.command()(doctor)
app.command()(init)


@app.command()
def report(
    result: Annotated[Path, typer.Argument(metavar="RUN.jsonl|report.json", help="The result of a run.")],
    form: Annotated[FormatChoice, typer.Option("--to", help="Format of the document.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Where to write it.")],
) -> None:
    """Write the result of a run in another format. A report.json holds no exchanges, so its documents show none."""
    from conformance.documents import document
    from conformance.output import replace
    from conformance.report_file import UnreadableReport, read

    try:
        found, events = read(result)
        replace(out, document(form, found, events))
    except UnreadableReport as error:
        _refuse(f"report: {error}")
    except OSError as error:
        _refuse(f"report: {out}: it cannot be written: {error.strerror}")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier run.jsonl or report.json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later one.")],
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown.")] = False,
) -> None:
    """Say what changed between two reports, requirement by requirement, and whether the server or the suite changed it.

    Exit code 0 whatever the difference, 2 if there is no telling it; `gate --baseline` decides.
    """
    from conformance.comparison import of_files
    from conformance.render import comparison
    from conformance.report_file import UnreadableReport

    if as_json and as_markdown:
        _refuse("diff: --json or --markdown, not both")
    try:
        differences = of_files(old, new)
    except UnreadableReport as error:
        _refuse(f"diff: {error}")
    if as_json:
        print(json.dumps(comparison.to_json(differences), indent=2))
    else:
        print(comparison.markdown(differences) if as_markdown else comparison.text(differences), end="")


@app.command()
def gate(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The report.json or run.jsonl to decide on.")],
    policy: Annotated[Path, typer.Option("--policy", metavar="FILE", help="Policy file (TOML).")],
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="OLD", help="No requirement may be worse than in this one.")
    ] = None,
) -> None:
    """Decide by a policy whether a release may go on: exit code 0 or 1, and the reasons with what to do about each."""
    from conformance.config import ConfigurationError
    from conformance.release import decide
    from conformance.render import decision
    from conformance.report_file import UnreadableReport

    try:
        decided = decide(report, policy, baseline)
    except (ConfigurationError, UnreadableReport) as error:
        _refuse(f"gate: {error}")
    print(decision.text(decided.report, decided.reasons, decided.policy.policy.profiles), end="")
    raise typer.Exit(1 if decided.reasons else 0)


@app.command()
def cleanup(
    target: TargetFile = None,
    run: Annotated[Path, typer.Option("--run", metavar="DIR", help="Output directory of the run.")] = OUT,
) -> None:
    """Undo what an interrupted run left on its target, by the journal in its output directory."""
    from conformance.cleanup import hold

    raise typer.Exit(hold(run, target))


@app.command()
def requirements(as_json: AsJson = False) -> None:
    """The catalogue: every requirement with its level, its test and the faults that break it; then the ledger, which says
    for each clause, method and edition what judges it, or why nothing does."""
    from conformance.listing import ledger
    from conformance.listing import requirements as rows

    _show(rows(), as_json, "{id:34} {level:6} {clauses:12} {text}")
    if not as_json:
        print("\nclauses of the protocol, by method and edition")
        _show(ledger(), as_json, "{clause:4} {method:8} {edition:8} {judged}")


@app.command()
def tests(as_json: AsJson = False) -> None:
    """The tests, each with its requirement and what it is for."""
    from conformance.listing import tests as rows

    _show(rows(), as_json, "{requirement:34} {id}")


@app.command()
def faults(as_json: AsJson = False) -> None:
    """The seeded faults of the lab, each with the requirements that it breaks."""
    from conformance.listing import faults as rows

    _show(rows(), as_json, "{id:28} {breaks:50} {what}")


@app.command()
def variants(as_json: AsJson = False) -> None:
    """The legal differences that the lab can show."""
    from conformance.listing import variants as rows

    _show(rows(), as_json, "{id:28} {editions:18} {what}")


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="ID", help="A requirement, test, clause, fault or variant.")],
) -> None:
    """What is known of a requirement: its source, what passes, what fails, what breaks it; likewise of a test, a clause, a
    fault or a variant."""
    from conformance.glossary import Glossary, UnknownName
    from conformance.render.explanation import plain

    try:
        print("\n".join(plain(found) for found in Glossary().explain(name)), end="")
    except UnknownName as unknown:
        _refuse(f"explain: {unknown}")


def _show(rows: list[dict[str, Any]], as_json: bool, line: str) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        plain = {key: " ".join(value) if isinstance(value, list) else value for key, value in row.items()}
        print(line.format(**plain).rstrip())


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _refuse(f"--allure: {path}: expected a folder to write to: {error.strerror}")
    return path
