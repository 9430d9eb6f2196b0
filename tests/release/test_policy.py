"""A policy file that cannot be used: each complaint names the key, the file, the line, and what was expected."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance import config, resources
from conformance.policy import Policy, schema

POLICY = """[policy]
claim = "no-unexpected"
"""
ENTRY = """
[[expected]]
test = "test_a"
verdict = "fail"
reason = "it is known"
owner = "team-auth"
issue = "AUTH-1"
until = 2027-01-31
"""
PUBLISHED: dict[str, Any] = json.loads((resources.folder("reports") / "policy.schema.json").read_text(encoding="utf-8"))


def load(folder: Path, text: str) -> Policy:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    content, read = config.read(path)
    return config.checked(Policy, content, source="policy.toml", text=read)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(config.ConfigurationError) as refused:
        load(folder, text)
    return str(refused.value)


def test_the_shortest_policy_asks_for_conformance_and_a_whole_run(tmp_path: Path) -> None:
    demands = load(tmp_path, "[policy]\n").policy

    assert (demands.claim, demands.require_complete) == ("conformant", True)


def test_a_whole_policy_is_read(tmp_path: Path) -> None:
    asked = (
        'profiles = ["security"]\nmax_age_hours = 24\nrequire_methods = ["totp"]\nsuite = ">=1.0"\ntarget = "staging"\n'
    )
    found = load(tmp_path, POLICY + asked + ENTRY)

    assert (found.policy.max_age_hours, found.policy.suite) == (24, ">=1.0")
    assert str(found.expected[0].until) == "2027-01-31"


def test_the_policy_of_the_readme_can_be_used(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL) if "[policy]" in block]

    assert load(tmp_path, example).expected


WRONG: list[tuple[str, str]] = [
    ("", "policy.toml: policy: expected this key, which is required"),
    (POLICY + "claims = 1\n", "policy.toml:3: policy.claims: expected no such key"),
    ("[police]\n" + POLICY, "policy.toml:1: police: expected no such key"),
    ('[policy]\nclaim = "green"\n', "policy.toml:2: policy.claim: expected 'conformant' or 'no-unexpected'"),
    (POLICY + 'profiles = ["all"]\n', "policy.toml:3: policy.profiles: expected 'base', 'security' or 'robustness'"),
    (POLICY + "max_age_hours = 0\n", "policy.toml:3: policy.max_age_hours: expected greater than 0"),
    (POLICY + "max_age_hours = inf\n", "policy.toml:3: policy.max_age_hours: expected less than or equal to 100000"),
    (POLICY + "max_age_hours = nan\n", "policy.toml:3: policy.max_age_hours: expected greater than 0"),
    (POLICY + 'require_complete = "no"\n', "policy.toml:3: policy.require_complete: expected a valid boolean"),
    (POLICY + 'suite = "1.0"\n', 'policy.toml:3: policy.suite: expected versions as in ">=1.0"'),
    (POLICY + 'target = ""\n', "policy.toml:3: policy.target: expected"),
    (POLICY + ENTRY.replace("fail", "pass"), "policy.toml:6: expected.verdict: expected 'fail', 'warn', 'note'"),
    (POLICY + ENTRY.replace('"team-auth"', '""'), "policy.toml:8: expected.owner: expected"),
    (POLICY + ENTRY.replace("2027-01-31", '"2027-01-31"'), "policy.toml:10: expected.until: expected a valid date"),
    (
        POLICY + ENTRY.replace("2027-01-31", "2027-01-31T00:00:00"),
        "policy.toml:10: expected.until: expected a valid date",
    ),
    (POLICY + ENTRY + ENTRY.replace("issue", "isue"), "policy.toml:12: expected.issue: expected this key"),
    (POLICY + ENTRY + ENTRY.replace("issue", "isue"), "policy.toml:17: expected.isue: expected no such key"),
    (POLICY + ENTRY + ENTRY.replace("fail", "failed"), "policy.toml:14: expected.verdict: expected 'fail'"),
    ("claim = [\n", "policy.toml: no valid TOML"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[expected for _, expected in WRONG])
def test_a_wrong_key_is_named_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert [line for line in complaint(tmp_path, text).splitlines() if expected in line]


@pytest.mark.parametrize("key", ["test", "verdict", "reason", "owner", "issue", "until"])
def test_an_entry_must_say_all_of_it(tmp_path: Path, key: str) -> None:
    entry = "\n".join(line for line in ENTRY.splitlines() if not line.startswith(key))

    assert f"policy.toml:4: expected.{key}: expected this key, which is required" in complaint(tmp_path, POLICY + entry)


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match=r"none\.toml: cannot be read"):
        config.read(tmp_path / "none.toml")


def test_the_published_schema_is_that_of_the_model() -> None:
    """If not: write conformance.policy.schema() to reports/policy.schema.json."""
    assert schema() == PUBLISHED


def test_the_published_schema_takes_what_the_gate_takes() -> None:
    jsonschema_rs.meta.validate(PUBLISHED)
    good = tomllib.loads(POLICY + ENTRY.replace("2027-01-31", '"2027-01-31"'))
    validator = jsonschema_rs.Draft202012Validator(PUBLISHED)

    validator.validate(good)
    assert not validator.is_valid({**good, "claims": 1})
