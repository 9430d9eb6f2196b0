"""The commands about the lab. Each imports what it needs when it is called, so that --help answers at once."""

from __future__ import annotations

import signal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from conformance.command import EditionChoice, number, refuse

lab = typer.Typer(help="The reference server and its mail stack.", no_args_is_help=True)


class EditionsChoice(StrEnum):
    ONE = "one"
    BOTH = "both"


@lab.command()
def serve(
    edition: Annotated[EditionChoice, typer.Option(help="Edition to serve.")] = EditionChoice.CLASSIC,
    fault: Annotated[list[str] | None, typer.Option(metavar="ID", help="A seeded fault; see `faults`.")] = None,
    variant: Annotated[list[str] | None, typer.Option(metavar="ID", help="A legal difference; see `variants`.")] = None,
    write_target: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a target file for it.")] = None,
) -> None:
    """Serve the reference server and its mail, with chosen faults or variants, until interrupted."""
    from conformance.lab import Lab
    from conformance.lab.target_file import write

    try:
        server = Lab(
            edition="current" if edition == "current" else "classic", faults=fault or (), variants=variant or ()
        )
    except (KeyError, ValueError) as error:
        refuse(f"lab serve: {error.args[0]}")
    with server:
        if write_target:
            write(server.target(), write_target)
        print(f"serving {server.base_url}; interrupt to end", flush=True)
        signal.pause()


@lab.command("score")
def score(
    faults: Annotated[str, typer.Option(metavar="GLOB", help="Faults by id; see `faults`.")] = "*",
    variants: Annotated[str, typer.Option(metavar="GLOB", help="Legal differences by id; see `variants`.")] = "*",
    editions: Annotated[
        EditionsChoice, typer.Option(help="Each in one of its editions, by turns, or in both.")
    ] = EditionsChoice.ONE,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Output directory.")] = Path("twofa-scorecard"),
    at_once: Annotated[str, typer.Option("-n", metavar="auto|N", help="Runs at once.")] = "auto",
    peer: Annotated[
        bool, typer.Option("--peer", help="Let schemathesis alone judge the same servers as well.")
    ] = False,
) -> None:
    """Score the suites on faulty and on different servers: scorecard.json and scorecard.md. One that was cut goes on."""
    from conformance.score.session import hold

    together = number(at_once) if at_once != "auto" else None
    raise typer.Exit(hold(faults, variants, editions, out, together, peer=peer))
