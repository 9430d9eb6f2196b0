"""The JSON Schema of target files: in step with what is taken, and every example fits it."""

import json
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance import resources
from conformance.config import SECRETS, ConfigurationError, build
from conformance.target import Target
from conformance.target_schema import schema
from conformance.template import explained

README = Path(__file__).parents[2] / "README.md"
SCHEMA = json.loads(resources.target_schema_text())
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
WHOLE: dict[str, Any] = {
    "target": {"name": "x", "base_url": "https://chat.example.org"},
    "provisioning": {"kind": "rocketchat-admin", "username": "admin", "password_env": "P"},
}


def test_what_is_kept_is_what_is_made() -> None:
    """Anew: python -m conformance.target_schema > fixtures/target.schema.json"""
    assert schema() == SCHEMA


def examples() -> dict[str, str]:
    """Each piece of a target file in the README, where other files have their examples, too; and each file in
    fixtures/targets."""
    readme = re.findall(r"^```toml\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    readme = [text for text in readme if "[policy]" not in text]
    files = (resources.folder("fixtures") / "targets").glob("*.toml")
    pieces = [text for text in readme if tomllib.loads(text).keys() & SCHEMA["properties"].keys()]
    assert len(pieces) >= 3
    return {f"README {number}": text for number, text in enumerate(pieces, start=1)} | {
        file.name: file.read_text(encoding="utf-8") for file in files
    }


@pytest.mark.parametrize("text", examples().values(), ids=examples())
def test_every_example_fits(text: str) -> None:
    content = tomllib.loads(text)
    ways_in = content.keys() & {"provisioning", "account"}
    missing = {name: table for name, table in WHOLE.items() if name == "target" or not ways_in}

    assert [error.message for error in VALIDATOR.iter_errors(missing | content)] == []


def test_editors_are_led_to_the_schema() -> None:
    folder = resources.folder("fixtures")
    (named,) = re.findall(r"^#:schema (.*)$", (folder / "targets" / "example.toml").read_text(), re.MULTILINE)

    assert (folder / "targets" / named).resolve() == (folder / "target.schema.json").resolve()


def test_the_example_has_every_key() -> None:
    text = (resources.folder("fixtures") / "targets" / "example.toml").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:# )?(?:auth\.)?(\w+?)(?:_env)? = ", text, re.MULTILINE))
    kinds = Target.model_json_schema()["$defs"].values()

    assert set(chain.from_iterable(kind["properties"] for kind in kinds)) - shown == {"auth", "protected"}


def test_what_explains_a_key_is_what_an_editor_shows() -> None:
    told = explained(resources.template_text())
    properties = SCHEMA["$defs"]["LimitsTable"]["properties"]

    assert properties["wrong_codes_per_account"]["description"] == told["limits.wrong_codes_per_account"]


def changed(table: str, **changes: Any) -> dict[str, Any]:
    content = WHOLE | {table: WHOLE.get(table, {}) | changes}
    return content | {table: {key: value for key, value in content[table].items() if value is not None}}


MAILBOX = {"host": "imap.example.org", "username": "qa", "address": "qa+{tag}@example.org"}
FITTING = [
    WHOLE,
    changed("provisioning", username=None, password_env=None, user_id="u", token_env="T"),
    changed("provisioning", totp_secret_env="T", password_env=None, password="p"),
    changed("target", headers={"A_env": "A", "B": "b"}, timeout=0.5),
    changed("mailbox", **MAILBOX, token_env="T"),
    changed("provisioning", email="a@b.c") | {"mailbox": MAILBOX | {"password_env": "P"}},
    {"target": WHOLE["target"], "account": [{"username": "a", "password_env": "A"}]},
]
UNFIT = [
    changed("target", nmae="x"),
    changed("target", timeout="15"),
    changed("target", timeout=0),
    changed("target", base_url="chat.example.org"),
    changed("provisioning", password="p"),
    changed("provisioning", password_env=None),
    changed("provisioning", user_id="u", token_env="T"),
    changed("provisioning", email="a@b.c"),
    changed("mailbox", **MAILBOX),
    changed("mailbox", **MAILBOX, password_env="P", token_env="T"),
    changed("mailbox", **{**MAILBOX, "address": "qa@example.org"}, password_env="P"),
    changed("binding", auth={"token_env": "T"}),
    changed("binding", protected=[{"call": "POST /x", "path": "y"}]),
    WHOLE | {"account": [{"username": "a", "password_env": "A"}]},
    {"target": WHOLE["target"]},
    {"target": WHOLE["target"], "account": [{"username": "a"}]},
]


@pytest.mark.parametrize("content", FITTING, ids=str)
def test_what_is_taken_fits(content: dict[str, Any]) -> None:
    assert build(content, dict.fromkeys("APT", "A" * 16))
    assert VALIDATOR.is_valid(content)


@pytest.mark.parametrize("content", UNFIT, ids=str)
def test_what_is_refused_does_not_fit(content: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="expected"):
        build(content, dict.fromkeys("APT", "A" * 16))
    assert not VALIDATOR.is_valid(content)


def test_each_secret_may_be_named_by_a_variable() -> None:
    kinds = ("ProvisioningTable", "AccountTable", "MailboxTable")
    held = [
        (kind, name)
        for kind in kinds
        for name in SECRETS & Target.model_json_schema()["$defs"][kind]["properties"].keys()
    ]

    assert all(f"{name}_env" in SCHEMA["$defs"][kind]["properties"] for kind, name in held)
    assert len(held) == 7
