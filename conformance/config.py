"""The target file: TOML to a checked Target. Every complaint names the key, the file and the line, and what was expected."""

from __future__ import annotations

import os
import re
import ssl
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from conformance.target import Target


class ConfigurationError(Exception):
    """The target file, or what it points to, cannot be used. The message says where and what to do."""


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Target:
    """Read a target file. ConfigurationError says what is wrong with it, and where."""
    content, text = read(path)
    return build(content, environment, source=str(path), text=text, folder=path.parent)


def read(path: Path) -> tuple[dict[str, Any], str]:
    """What a TOML file holds, and its text. ConfigurationError if that cannot be had."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: no valid TOML: {error}") from error


def need_admin(target: Target, source: object) -> None:
    """ConfigurationError where nobody may change the target's settings."""
    if target.provisioning is None:
        raise ConfigurationError(f"{source}: --configure-target takes an admin: expected [provisioning]")


def build(
    content: dict[str, Any],
    environment: Mapping[str, str] = os.environ,
    *,
    source: str = "target",
    text: str = "",
    folder: Path = Path(),
) -> Target:
    """A Target from the content of its file."""
    try:
        return checked(Target, _resolved(content, environment, folder), source=source, text=text)
    except _KeyProblem as problem:
        raise ConfigurationError(_complaint(source, text, problem.key, problem.expected)) from None


_File = TypeVar("_File", bound=BaseModel)


def checked(model: type[_File], content: dict[str, Any], *, source: str, text: str) -> _File:
    """The content of a file as what it must be. ConfigurationError names every key that is wrong, with its line."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        complaints = [
            _complaint(source, text, tuple(map(str, row["loc"])), _expectation(row)) for row in error.errors()
        ]
        raise ConfigurationError("\n".join(complaints)) from None


class _KeyProblem(Exception):
    def __init__(self, key: tuple[str, ...], expected: str) -> None:
        super().__init__(expected)
        self.key, self.expected = key, expected


SECRETS = {"password", "token", "totp_secret"}
"""Keys that a file gives by their name, or by name_env."""

_HOLDS_SECRETS = {"provisioning", "account", "mailbox"}


def _resolved(content: dict[str, Any], environment: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """The content with NAME_env replaced by what it names, and paths made independent of where we run."""
    resolved = dict(content)
    for section in _HOLDS_SECRETS & set(resolved):
        tables = resolved[section]
        if isinstance(tables, list):
            resolved[section] = [
                _with_secrets((section, str(number)), table, SECRETS, environment)
                for number, table in enumerate(tables)
            ]
        else:
            resolved[section] = _with_secrets((section,), tables, SECRETS, environment)
    if isinstance(target := resolved.get("target"), dict) and isinstance(headers := target.get("headers"), dict):
        names = {name.removesuffix("_env") for name in headers if name.endswith("_env")}
        found = _with_secrets(("target", "headers"), headers, names, environment)
        resolved["target"] = target | {"headers": {name: _bare(value) for name, value in found.items()}}
    for section in {"target", "mailbox"} & set(resolved):
        if isinstance(table := resolved[section], dict) and isinstance(ca_file := table.get("ca_file"), str):
            resolved[section] = table | {"ca_file": str(_readable(folder / ca_file, (section, "ca_file")))}
    return resolved


def _with_secrets(where: tuple[str, ...], table: Any, names: set[str], environment: Mapping[str, str]) -> Any:
    if not isinstance(table, dict):
        return table
    plain = dict(table)
    for name in sorted(names):
        variable = plain.pop(f"{name}_env", None)
        if variable is not None and name in plain:
            raise _KeyProblem((*where, name), f"{name} or {name}_env, not both")
        if variable is not None:
            plain[name] = _from_environment((*where, f"{name}_env"), variable, environment)
        if isinstance(plain.get(name), str):
            if not plain[name]:
                raise _KeyProblem((*where, name), "a secret that is not empty")
            plain[name] = SecretStr(plain[name])
    return plain


def _from_environment(key: tuple[str, ...], variable: Any, environment: Mapping[str, str]) -> str:
    if not isinstance(variable, str):
        raise _KeyProblem(key, "the name of an environment variable")
    if not (value := environment.get(variable)):
        raise _KeyProblem(key, f"the environment variable {variable} to hold the secret; it is not set, or empty")
    return value


def _bare(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _readable(path: Path, key: tuple[str, ...]) -> Path:
    if not path.is_file():
        raise _KeyProblem(key, f"a file with certificates in PEM form; there is none at {path}")
    try:
        ssl.create_default_context(cafile=str(path))
    except (ssl.SSLError, OSError) as error:
        raise _KeyProblem(key, f"a file with certificates in PEM form; {path} holds none: {error}") from None
    return path.resolve()


def _expectation(row: Any) -> str:
    match row["type"]:
        case "extra_forbidden":
            return "no such key: it is unknown here"
        case "missing":
            return "this key, which is required"
        case "value_error":
            return str(row["ctx"]["error"])
        case "string_pattern_mismatch":
            return _PATTERNS.get(str(row["loc"][-1]), str(row["msg"]))
    return str(row["msg"]).replace("Input should be", "").strip()


_ROUTE = "a verb and a path, such as POST /api/v1/users.update"
_PATH = "the way to a member of the reply, such as data.authToken"
_HEADER = "the name of a header, such as x-2fa-code"
_PATTERNS = {
    "correlation_header": "the name of a header, such as X-Test-Run",
    "[key]": _HEADER,
    "base_url": "a URL such as https://chat.example.org, with a path prefix if need be",
    "call": _ROUTE,
    "read_back": _ROUTE,
    "path": _PATH,
    "token": _PATH,
    "user_id": _PATH,
    "code_header": _HEADER,
    "method_header": _HEADER,
    "login": _ROUTE,
    "me": _ROUTE,
    "logout": _ROUTE,
    "send_email_code": _ROUTE,
    "enable_email": _ROUTE,
    "disable_email": _ROUTE,
    "email": "an address such as admin@example.org",
    "address": "an address that holds {tag}, such as qa+{tag}@example.org",
}


def _complaint(source: str, text: str, key: tuple[str, ...], expected: str) -> str:
    named = ".".join(part for part in key if not part.isdigit() and part != "[key]") or "the file"
    line = _line_of(text, key)
    return f"{source}{f':{line}' if line else ''}: {named}: expected {expected}"


def _line_of(text: str, key: tuple[str, ...]) -> int | None:
    """The line of a key, as far as it can be known: its own, else that of the nearest table which would hold it."""
    found, nearest = None, 0
    for number, path in _assignments(text):
        if nearest < len(path) <= len(key) and all(map(_names, path, key)):
            found, nearest = number, len(path)
    return found


def _assignments(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines that begin a table or give a value, each with its key's whole path; the tables of a list are counted."""
    table: tuple[str, ...] = ()
    counts: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            names = _parts(header[2])
            counts[names] += header[1] == "[["
            table = tuple(_counted(names, counts))
            yield number, table
        elif pair := re.match(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=", line):
            yield number, (*table, *_parts(pair[1]))


def _counted(names: tuple[str, ...], counts: Mapping[tuple[str, ...], int]) -> Iterator[str]:
    """The path of a table: behind the name of a list of tables stands the number of its latest one."""
    for depth, name in enumerate(names, start=1):
        yield name
        if counts.get(names[:depth]):
            yield str(counts[names[:depth]] - 1)


_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_NAME, name))


def _names(written: str, key: str) -> bool:
    """Whether a name in the file is this key, or names the variable that holds it."""
    return written.removesuffix("_env") == key.removesuffix("_env")
