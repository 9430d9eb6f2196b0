"""`init`: a commented target file, from questions at a terminal or from flags, and what the target says to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from conformance.command import refuse
from conformance.doctor import doctor

if TYPE_CHECKING:
    from conformance.template import Answers

_SCHEMA: Final = "target.schema.json"
_STAND_IN: Final = "A" * 16
"""What every variable holds while a file is checked: a password, a token, a secret in Base32."""


def _option(flag: str, metavar: str, meaning: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, metavar=metavar, help=meaning)
    return option


def init(
    target: Annotated[Path, _option("--target", "FILE", "Target file to write.")] = Path("target.toml"),
    base_url: Annotated[str, _option("--base-url", "URL", "The target, such as https://chat.example.org.")] = "",
    name: Annotated[str, _option("--name", "TEXT", "Its name in reports; default: its host.")] = "",
    edition: Annotated[str, _option("--edition", "EDITION", "auto, classic or current.")] = "",
    header: Annotated[
        list[str] | None,
        _option("--header", "NAME=VARIABLE", "A header of an access proxy; its value is the variable's."),
    ] = None,
    admin: Annotated[str, _option("--admin", "USERNAME", "The admin who makes test accounts.")] = "",
    admin_password_env: Annotated[str, _option("--admin-password-env", "VARIABLE", "Default: ADMIN_PASSWORD.")] = "",
    admin_totp_env: Annotated[
        str, _option("--admin-totp-env", "VARIABLE", "The secret of the admin's authenticator, if it has one.")
    ] = "",
    admin_email: Annotated[
        str, _option("--admin-email", "ADDRESS", "Where the admin's codes are mailed, if they reach the mailbox.")
    ] = "",
    admin_user_id: Annotated[str, _option("--admin-user-id", "ID", "Instead of --admin, with a token.")] = "",
    admin_token_env: Annotated[str, _option("--admin-token-env", "VARIABLE", "Default: ADMIN_TOKEN.")] = "",
    account: Annotated[
        list[str] | None,
        _option("--account", "USERNAME[,EMAIL]", "Instead of an admin: an account that is there; several are better."),
    ] = None,
    imap_host: Annotated[str, _option("--imap-host", "HOST", "The mailbox that the accounts' mail leads to.")] = "",
    imap_port: Annotated[int | None, _option("--imap-port", "N", "Default: 993.")] = None,
    imap_security: Annotated[str, _option("--imap-security", "HOW", "plain, starttls or tls (default).")] = "",
    imap_user: Annotated[str, _option("--imap-user", "USERNAME", "Its username.")] = "",
    imap_password_env: Annotated[str, _option("--imap-password-env", "VARIABLE", "Default: QA_MAIL_PASSWORD.")] = "",
    imap_token_env: Annotated[str, _option("--imap-token-env", "VARIABLE", "Instead of a password: XOAUTH2.")] = "",
    mail_address: Annotated[
        str, _option("--mail-address", "ADDRESS", "With {tag}, such as qa+{tag}@example.org.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write a commented target file, and have `doctor` look at the target. At a terminal it asks for what the flags leave open.
    No secret goes into the file: it names environment variables."""
    from conformance import resources
    from conformance.interview import Flags, Interview, Missing, Unfit, variables
    from conformance.template import filled

    if target.exists() and not force:
        refuse(f"init: {target} is there already: --force overwrites it, --target names another file")
    flags = Flags(
        base_url=base_url,
        name=name,
        edition=edition,
        header=tuple(header or ()),
        admin=admin,
        admin_password_env=admin_password_env,
        admin_totp_env=admin_totp_env,
        admin_email=admin_email,
        admin_user_id=admin_user_id,
        admin_token_env=admin_token_env,
        account=tuple(account or ()),
        imap_host=imap_host,
        imap_port=imap_port,
        imap_security=imap_security,
        imap_user=imap_user,
        imap_password_env=imap_password_env,
        imap_token_env=imap_token_env,
        mail_address=mail_address,
    )
    try:
        answers = Interview(flags, _ask if sys.stdin.isatty() else None).answers()
    except Missing as missing:
        refuse(f"init: there is no terminal to ask at, and these flags are missing: {missing}")
    except Unfit as unfit:
        refuse(f"init: {unfit}")
    except typer.Abort:
        raise typer.Exit(130) from None
    text = filled(resources.template_text(), answers, f"./{_SCHEMA}")
    _check(text, answers, target)
    _write(target, text, force=force)
    unset = [variable for variable in variables(answers) if not os.environ.get(variable)]
    if unset:
        print(f"next: set {', '.join(unset)}, then: twofa-conformance doctor --target {target}")
        return
    doctor(target)


def _ask(question: str, otherwise: str) -> str:
    answer: str = typer.prompt(question, default=otherwise, show_default=bool(otherwise))
    return answer.strip()


def _check(text: str, answers: Answers, target: Path) -> None:
    """What cannot be used is said now, with every variable taken to be set."""
    import tomllib

    from conformance.config import ConfigurationError, build
    from conformance.interview import variables

    try:
        environment = dict.fromkeys(variables(answers), _STAND_IN)
        build(tomllib.loads(text), environment, source=str(target), text=text)
    except ConfigurationError as error:
        refuse(f"init: {error}")


def _write(target: Path, text: str, *, force: bool) -> None:
    """The file, and beside it the JSON Schema that its first line names to editors."""
    from conformance import resources

    schema = target.parent / _SCHEMA
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
        if force or not schema.exists():
            schema.write_text(resources.target_schema_text(), encoding="utf-8")
    except OSError as error:
        refuse(f"init: {error.filename}: cannot be written: {error.strerror}")
    print(f"written: {target}, and {schema} for editors")
