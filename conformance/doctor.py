"""`doctor`: the preflight alone, on the screen or as JSON."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer

from conformance.command import load_target

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
) -> None:
    """Run the preflight alone, and say what was found and what to do. Nothing is left on the target."""
    from conformance import results
    from conformance.examination import examine
    from conformance.preflight import passed
    from conformance.render import checkup

    described = load_target(target, configure=configure_target)
    try:
        with _patience(described.target.base_url):
            surveyed = examine(described, configure=configure_target)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        print(json.dumps(results.survey_to_json(surveyed), ensure_ascii=False, indent=2))
    else:
        print(checkup.text(surveyed, str(target), width=_width()), end="")
    raise typer.Exit(0 if passed(surveyed.findings) else 5)


def _patience(url: str) -> AbstractContextManager[object]:
    """At a terminal a sign of life: an authenticator's code serves once, and the next one may take half a minute."""
    from rich.console import Console

    screen = Console(stderr=True, markup=False, highlight=False)
    return screen.status(f"looking at {url}") if screen.is_terminal else nullcontext()


def _width() -> int:
    """Of the screen; a file or a pipe gets one line a thing."""
    from shutil import get_terminal_size

    return min(get_terminal_size().columns, _WIDEST) if sys.stdout.isatty() else sys.maxsize
