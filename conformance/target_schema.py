"""The JSON Schema of a target file, for editors: what pydantic knows of its tables, and what stands in the file in its place.

`python -m conformance.target_schema > fixtures/target.schema.json` writes it anew; a test keeps the two in step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from conformance.config import SECRETS
from conformance.resources import template_text
from conformance.target import Target
from conformance.template import explained

_VARIABLE: Final = {
    "type": "string",
    "minLength": 1,
    "description": "the name of the environment variable that holds it",
}
_LIMITS: Final = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
_TABLES: Final = {
    "TargetTable": "target",
    "ProvisioningTable": "provisioning",
    "AccountTable": "account",
    "MailboxTable": "mailbox",
    "LimitsTable": "limits",
    "CapabilitiesTable": "capabilities",
    "BindingTable": "binding",
    "AuthTable": "binding.auth",
    "ProtectedTable": "binding.protected",
}


def schema() -> dict[str, Any]:
    """The schema, of draft 2020-12."""
    raw: dict[str, Any] = Target.model_json_schema()
    told, defs = explained(template_text()), raw["$defs"]
    for kind, table in defs.items():
        _describe(table["properties"], _TABLES[kind], told)
        if kind in _CHOICES:
            table["properties"] |= dict(_named(table["properties"]))
            table["required"] = [name for name in table.get("required", ()) if name not in SECRETS]
            table["allOf"] = [*_apart(table["properties"]), _CHOICES[kind]]
    headers = defs["TargetTable"]["properties"]["headers"]
    headers["description"] = f"{headers.get('description', '')} NAME_env names an environment variable".strip()
    defs["ProtectedTable"]["dependentRequired"] = {"read_back": ["path"], "path": ["read_back"]}
    whole = {
        "oneOf": [{"required": ["provisioning"]}, {"required": ["account"]}],
        "if": {"required": ["provisioning"], "properties": {"provisioning": {"required": ["email"]}}},
        "then": {"required": ["mailbox"]},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_plain(raw), **whole}


def _describe(properties: dict[str, Any], table: str, told: dict[str, str]) -> None:
    for name, spec in properties.items():
        if words := told.get(f"{table}.{name}") or told.get(f"{table}.{name}_env"):
            spec["description"] = words


def _named(properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each secret the key that names the variable it stands in."""
    for name in SECRETS & set(properties):
        yield f"{name}_env", _VARIABLE


def _apart(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """A secret is told or named, never both."""
    return [{"not": {"required": [name, f"{name}_env"]}} for name in sorted(SECRETS & set(properties))]


def _one_of(*names: str) -> dict[str, Any]:
    return {"anyOf": [{"required": [name]} for name in names]}


_PASSWORD, _TOKEN = _one_of("password", "password_env"), _one_of("token", "token_env")
_CHOICES: Final[dict[str, dict[str, Any]]] = {
    "AccountTable": _PASSWORD,
    "MailboxTable": {"oneOf": [_PASSWORD, _TOKEN]},
    "ProvisioningTable": {
        "oneOf": [
            {"allOf": [{"required": ["username"]}, _PASSWORD]},
            {"allOf": [{"required": ["user_id"]}, _TOKEN]},
        ]
    },
}
"""What has to be there, where it is one thing or another."""


def _plain(value: Any) -> Any:
    """Without the titles, which repeat the keys, and null, which TOML does not know."""
    match value:
        case {"anyOf": [only, {"type": "null"}], **others}:
            return _plain(only | {name: held for name, held in others.items() if (name, held) != ("default", None)})
        case dict():
            return {_LIMITS.get(name, name): _plain(held) for name, held in value.items() if not _is_title(name, held)}
        case list():
            return [_plain(held) for held in value]
    return value


def _is_title(name: str, held: Any) -> bool:
    return name == "title" and isinstance(held, str)


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
