"""The OpenAPI document: valid, written for both editions, and tied to the catalogue; and deviations from it."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from conformance import resources
from conformance.binding import Binding
from conformance.catalogue import load
from conformance.model import EDITIONS, Challenged, Exchange, Granted, Protected, Refused, Request, Response
from conformance.openapi import Document, read_exchange, routes

TEXT = resources.openapi_text()
UPDATE = "POST /api/v1/users.update"
CHALLENGE: dict[str, Any] = {
    "success": False,
    "error": "TOTP Required [totp-required]",
    "errorType": "totp-required",
    "details": {
        "method": "email",
        "codeGenerated": True,
        "codeCount": 1,
        "emailOrUsername": "alice",
        "availableMethods": ["email"],
    },
}
NOTHING = Request("POST", "/", (), b"")


def found(body: dict[str, Any], schema: str = "ChallengeByEmail", edition: str = "classic") -> dict[str, str]:
    return {deviation.requirement: str(deviation) for deviation in Document(TEXT, edition).deviations(schema, body)}


def with_details(**members: Any) -> dict[str, Any]:
    details = {**CHALLENGE["details"], **members}
    return {**CHALLENGE, "details": {name: value for name, value in details.items() if value is not None}}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_document_is_valid_in_each_edition(edition: str) -> None:
    validate(json.loads(TEXT))
    validate(Document(TEXT, edition).content)


@pytest.mark.parametrize("edition", EDITIONS)
def test_it_names_requirements_of_the_catalogue_alone(edition: str) -> None:
    catalogue = load(resources.catalogue_text())

    assert len(Document(TEXT, edition).requirements) > 20
    assert Document(TEXT, edition).requirements <= catalogue.keys()


def test_operations_are_named_by_their_routes() -> None:
    paths = json.loads(TEXT)["paths"]

    assert [
        path for path, verbs in paths.items() for verb in verbs.values() if not path.endswith(verb["operationId"])
    ] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_challenge_as_it_must_be_does_not_deviate(edition: str) -> None:
    assert found(CHALLENGE, edition=edition) == {}
    assert found({**CHALLENGE, "more": 1, "details": {**CHALLENGE["details"], "more": []}}, edition=edition) == {}


@pytest.mark.parametrize(
    ("body", "requirement", "said"),
    [
        ({**CHALLENGE, "success": "false"}, "challenge.success", "success: false was expected"),
        ({**CHALLENGE, "details": "none"}, "challenge.details", 'details: "none" is not of type "object"'),
        (with_details(codeCount="1"), "announcement.count", 'details.codeCount: "1" is not of type "integer"'),
        (with_details(codeGenerated=None), "announcement.generated", "details.codeGenerated: "),
        (with_details(availableMethods=["email", 1]), "challenge.available-methods", "details.availableMethods.1: "),
        ({**CHALLENGE, "error": "wrong"}, "challenge.error-text", "error: "),
    ],
)
def test_a_deviation_is_at_the_requirement_of_its_member(body: dict[str, Any], requirement: str, said: str) -> None:
    (told,) = found(body).items()

    assert told[0] == requirement
    assert told[1].startswith(said)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("date", ["2030-01-01T00:00:00Z", 1893456000, 1893456000000.0])
def test_a_date_is_a_text_or_a_number(edition: str, date: object) -> None:
    """No format is prescribed, and the tests of the members take all of these."""
    assert found(with_details(codeExpires=[date]), edition=edition) == {}


@pytest.mark.parametrize(("edition", "requirements"), [("classic", ["announcement.expires-list"]), ("current", [])])
def test_what_holds_in_one_edition_is_asked_of_that_one(edition: str, requirements: list[str]) -> None:
    assert list(found(with_details(codeExpires="2030-01-01T00:00:00Z"), edition=edition)) == requirements


def test_what_stands_for_a_secret_says_nothing_of_its_kind() -> None:
    assert found(with_details(codeCount="«alice.email#1»")) == {}


def test_a_missing_member_that_no_requirement_is_about_is_no_deviation() -> None:
    assert found({"success": True}, "POST /api/v1/users.generatePersonalAccessToken") == {}


@pytest.mark.parametrize(
    ("route", "reply", "method", "schema"),
    [
        (UPDATE, Challenged(400, {"details": {"method": "totp"}}), None, "ChallengeByTotp"),
        (UPDATE, Challenged(400, {"details": {"method": ["x"]}}), None, None),
        (UPDATE, Challenged(400, {}), None, "ChallengeByEmail"),
        (UPDATE, Refused(400, {"error": "[totp-max-attempts]"}, invalid=True), None, None),
        (UPDATE, Refused(400, {"details": {"method": "password"}}, invalid=True), "email", "RefusalByPassword"),
        (UPDATE, Refused(400, {}, invalid=True), "totp", "RefusalByTotp"),
        (UPDATE, Refused(400, {}), None, None),
        (UPDATE, Granted(200, {}), None, UPDATE),
        (UPDATE, Granted(204, {}), None, None),
        ("POST /api/v1/login", Challenged(401, {}), None, None),
        ("POST /elsewhere", Granted(200, {}), None, None),
    ],
)
def test_the_schema_goes_by_what_a_reply_is(route: str, reply: Any, method: str | None, schema: str | None) -> None:
    request = Request("POST", "/", (("X-2FA-Method", method),) if method else (), b"")

    assert Document(TEXT, "classic").schema_of(route, reply, request) == schema


def test_other_names_are_taken_for_the_page_s() -> None:
    binding = Binding(enable_email="POST /on", protected=(Protected("POST /change"),))

    assert routes(binding)["POST /on"] == "POST /api/v1/users.2fa.enableEmail"
    assert routes(binding)["POST /change"] == UPDATE


@pytest.mark.parametrize("response", [None, Response(200, (), b"<html>"), Response(204, (), b"")])
def test_what_is_no_document_is_not_looked_at(response: Response | None) -> None:
    assert read_exchange(Exchange(NOTHING, response, None, 0.0, 0.0)) is None
