"""What a policy file may hold: what a release gate asks of a report, and which failures are expected for a while.

Checked by pydantic, which also gives editors the schema in reports/policy.schema.json.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import ConfigDict, Field, field_validator

from conformance.model import Profile, Verdict
from conformance.target import Number, Table, Text

Method = Literal["email", "totp", "password"]
Deviation = Literal["fail", "warn", "note", "inconclusive", "error", "inapplicable", "untested"]


class Demands(Table):
    """The table [policy]."""

    claim: Literal["conformant", "no-unexpected"] = Field(
        "conformant",
        description="conformant: the report's own claim. no-unexpected: the same claim once the tests under [[expected]] are set aside.",
    )
    profiles: list[Profile] = Field([], description="Profiles that must hold as well as base.")
    max_age_hours: Annotated[Number, Field(gt=0, le=100_000)] | None = Field(
        None, description="How long ago the run may have finished."
    )
    require_methods: list[Method] = Field([], description="Methods that must have been tested.")
    require_complete: bool = Field(
        True, description="False: requirements that no test was run for are no reason. For no-unexpected alone."
    )
    suite: Text | None = Field(None, description='Versions of the suite to trust, such as ">=1.0" (PEP 440).')
    target: Text | None = Field(None, description="The target.name that the report must be about.")

    @field_validator("suite")
    @classmethod
    def _specifier(cls, value: str | None) -> str | None:
        try:
            SpecifierSet(value or "")
        except InvalidSpecifier:
            raise ValueError('versions as in ">=1.0" or ">=1.0,<2"') from None
        return value


class Expected(Table):
    """One [[expected]]: a test that does not pass for now, why, who sees to it, where, and until when."""

    test: Text = Field(description="The id of the test as report.json has it, with its parameters in brackets.")
    verdict: Deviation = Field(description="The verdict that the test has, no better and no worse.")
    reason: Text
    owner: Text
    issue: Text
    until: date = Field(description="The last day, by UTC, on which this is expected.")

    @property
    def found(self) -> Verdict:
        return Verdict[self.verdict.upper()]


class Policy(Table):
    """A whole policy file."""

    model_config = ConfigDict(title="policy.toml of twofa-conformance")

    policy: Demands
    expected: list[Expected] = Field([], description="Tests that do not pass for now, each by its id.")


def schema() -> dict[str, Any]:
    """The JSON Schema of a policy file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policy.model_json_schema()}
