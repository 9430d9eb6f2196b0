"""`doctor`: the preflight alone, on the screen or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from conformance.command import load_target

if TYPE_CHECKING:
    from conformance.changes import Opening
    from conformance.journal import Journal

OUT: Final = Path("twofa-report")
"""The output directory, unless another is asked for."""

_WIDEST: Final = 120

Configure = Annotated[
    bool,
    typer.Option(
        "--configure-target",
        help="Before anything else, set on the target: API_Enable_Rate_Limiter to false, "
        "Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In to false, "
        "Accounts_TwoFactorAuthentication_RememberFor to 0. Put back at the end, also after an interrupt. Takes an admin.",
    ),
]


def doctor(
    target: Annotated[Path, typer.Option("--target", metavar="FILE", help="Target file (TOML).")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    configure_target: Configure = False,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where its journal is while it works, for `cleanup` after a kill."),
    ] = OUT,
) -> None:
    """Run the preflight alone, and say what was found and what to do. Nothing is left on the target, and no file."""
    from conformance import results
    from conformance.changes import Opening
    from conformance.cleanup import offers
    from conformance.examination import examine
    from conformance.preflight import passed
    from conformance.render import checkup
    from conformance.run_names import new_name, timestamp

    described, run = load_target(target, configure=configure_target), new_name()
    opening = Opening(run, timestamp(), described.target.base_url, str(target.absolute()))
    try:
        with _journal(out, opening) as journal, _patience(described.target.base_url):
            surveyed = examine(described, configure=configure_target, run=run, journal=journal)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise typer.Exit(130) from None
    finally:
        for offer in offers(out):
            print(offer, file=sys.stderr)
    if as_json:
        print(json.dumps(results.survey_to_json(surveyed), ensure_ascii=False, indent=2))
    else:
        print(checkup.text(surveyed, str(target), width=_width()), end="")
    raise typer.Exit(0 if passed(surveyed.findings) else 5)


@contextmanager
def _journal(out: Path, opening: Opening) -> Iterator[Journal]:
    from conformance.journal import passing

    with ExitStack() as stack:
        try:
            journal = stack.enter_context(passing(out, opening))
        except OSError as error:
            print(
                f"--out {out}: nothing can be written there, and what is changed on the target must be: {error}",
                file=sys.stderr,
            )
            raise typer.Exit(2) from None
        yield journal


def _patience(url: str) -> AbstractContextManager[object]:
    """At a terminal a sign of life: an authenticator's code serves once, and the next one may take half a minute."""
    from rich.console import Console

    screen = Console(stderr=True, markup=False, highlight=False)
    return screen.status(f"looking at {url}") if screen.is_terminal else nullcontext()


def _width() -> int:
    """Of the screen; a file or a pipe gets one line a thing."""
    from shutil import get_terminal_size

    return min(get_terminal_size().columns, _WIDEST) if sys.stdout.isatty() else sys.maxsize
