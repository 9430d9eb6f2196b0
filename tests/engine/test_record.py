"""The record: each deviation once, at its requirement, with the exchanges that show it."""

import json
from typing import Any

import pytest

from conformance import resources
from conformance.events import Exchanged
from conformance.model import Exchange, Request, Response
from conformance.openapi import Document
from conformance.outcomes import NotApplicable
from conformance.record import ELSEWHERE, NAMES_ONCE, Record, documented
from conformance.secrecy import Secrets

from .test_openapi import CHALLENGE, TEXT, UPDATE, with_details

TOKEN = "POST /api/v1/users.generatePersonalAccessToken"
WRONG = with_details(codeCount="1")


def exchanged(seq: int, route: str, status: int, body: Any) -> Exchanged:
    verb, _, path = route.partition(" ")
    response = Response(status, (), json.dumps(body).encode())
    return Exchanged(seq, "test_x", Exchange(Request(verb, path, (), b""), response, None, 0.0, 0.0))


def record(
    *events: Exchanged, usual: str = UPDATE, names: dict[str, str] | None = None, secrets: Secrets | None = None
) -> Record:
    return Record(lambda: events, secrets or Secrets(), Document(TEXT, "classic"), names or {}, usual)


def test_a_deviation_is_told_once_with_the_first_exchange_that_shows_it() -> None:
    replies = record(*(exchanged(number, UPDATE, 400, WRONG) for number in (3, 5, 8))).of("announcement.count")

    assert replies.deviations() == [
        f'{UPDATE}: details.codeCount: "1" is not of type "integer" (exchange 3 and 2 more)'
    ]
    assert replies.cited == (3,)


def test_other_requirements_have_nothing_to_say_of_it() -> None:
    whole = record(exchanged(1, UPDATE, 400, WRONG))

    assert whole.of("challenge.success").deviations() == []
    assert whole.of("challenge.success").cited == ()


@pytest.mark.parametrize("shown", ["481592", "«alice.email#1»"])
def test_where_a_secret_stands_nothing_deviates(shown: str) -> None:
    """Whether its name stands in its place already, as in a log, or not: what its kind was, a log does not tell."""
    secrets, event = Secrets(), exchanged(1, UPDATE, 400, with_details(codeCount=shown))
    secrets.of("test_x").add_code("481592", "481592", "alice.email#1")

    assert record(event, secrets=secrets).of("announcement.count").deviations() == []


def test_what_deviates_in_other_calls_alone_is_a_challenge_of_another_form() -> None:
    whole = record(exchanged(1, UPDATE, 400, CHALLENGE), exchanged(2, TOKEN, 400, WRONG))

    assert whole.of("announcement.count").deviations() == []
    assert whole.of(ELSEWHERE).deviations()


def test_what_deviates_everywhere_is_told_where_it_belongs() -> None:
    whole = record(exchanged(1, UPDATE, 400, WRONG), exchanged(2, TOKEN, 400, WRONG))

    assert whole.of("announcement.count").deviations()
    assert whole.of(ELSEWHERE).deviations() == []


def test_a_kind_of_reply_that_never_came_is_not_judged() -> None:
    with pytest.raises(NotApplicable, match="no reply of this kind was seen"):
        record(exchanged(1, UPDATE, 400, CHALLENGE)).of("resend.success").deviations()


def test_routes_of_other_names_are_known() -> None:
    sent = exchanged(1, "POST /mail", 200, {"success": "yes"})
    whole = record(sent, names={"POST /mail": "POST /api/v1/users.2fa.sendEmailCode"})

    assert whole.of("resend.success").deviations() == ["POST /mail: success: true was expected (exchange 1)"]


def test_the_suites_ask_for_every_requirement_that_the_document_names() -> None:
    named = {name for edition in ("classic", "current") for name in Document(TEXT, edition).requirements}

    assert set(documented()) == named | {ELSEWHERE}
    assert resources.openapi_text() == TEXT


def test_a_member_that_stands_twice_is_told_whatever_the_call() -> None:
    twice = Response(400, (), b'{"errorType": "a", "errorType": "b"}')
    event = Exchanged(4, "test_x", Exchange(Request("GET", "/api/v1/odd?x=1", (), b""), twice, None, 0.0, 0.0))
    replies = record(exchanged(1, UPDATE, 400, CHALLENGE), event).of(NAMES_ONCE)

    assert replies.deviations() == ["GET /api/v1/odd: errorType stands twice in one object (exchange 4)"]
    assert replies.cited == (4,)
    assert record(exchanged(1, UPDATE, 400, CHALLENGE)).of(NAMES_ONCE).deviations() == []
