"""Methods of the realtime API over REST: JSON inside JSON, on the way out and back; answers in the query; paths."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.binding import UPDATE, Binding, at_path, procedure, with_query
from conformance.calls import TOKEN_PROCEDURE
from conformance.model import (
    ABSENT,
    Answer,
    Call,
    Challenged,
    Granted,
    Refused,
    Reply,
    Request,
    Response,
    Said,
    Session,
    Throttled,
)
from conformance.outcomes import Untested
from conformance.wire import encode, read, result_of

from .script import Answered, Script, challenge, failed, granted, invalid, result, user

PAGE = Binding()
CALL = procedure("2fa:disable", "111111", {"deep": ["é"]})
ANSWER = Answer("123-456", "email")
DETAILS = {"method": "email", "codeGenerated": True, "codeCount": 1, "availableMethods": ["email"]}


def frame(request: Request) -> Any:
    body = json.loads(request.body)
    assert list(body) == ["message"]
    return json.loads(body["message"])


def answered(given: Answered) -> Reply:
    assert given.response
    return read(given.response)


def said(body: object, status: int = 200) -> Said:
    reply = read(Response(status, (), json.dumps(body).encode()))
    assert isinstance(reply, Said)
    return reply


def test_a_method_is_called_by_a_message_inside_the_body() -> None:
    request = encode(PAGE, CALL)

    assert (request.verb, request.path) == ("POST", "/api/v1/method.call/2fa:disable")
    assert ("Content-Type", "application/json") in request.headers
    assert frame(request) == {
        "msg": "method",
        "id": "1",
        "method": "2fa:disable",
        "params": ["111111", {"deep": ["é"]}],
    }


def test_a_method_without_parameters_has_an_empty_list_of_them() -> None:
    assert frame(encode(PAGE, procedure("2fa:enable")))["params"] == []


def test_an_answer_goes_in_the_headers_of_a_method_as_of_every_call() -> None:
    request = encode(PAGE, replace(CALL, answer=ANSWER, session=Session("t", "u")))

    assert request.body == encode(PAGE, CALL).body
    assert request.headers[-2:] == (("x-2fa-code", "123-456"), ("x-2fa-method", "email"))


def test_an_answer_may_be_the_last_parameter_and_is_then_nowhere_else() -> None:
    request = encode(PAGE, replace(CALL, answer=ANSWER, answer_in_body=True))

    assert frame(request)["params"] == [
        "111111",
        {"deep": ["é"]},
        {"twoFactorCode": "123-456", "twoFactorMethod": "email"},
    ]
    assert not any(name.startswith("x-2fa") for name, _ in request.headers)


def test_a_method_that_waits_for_its_answer_is_called_without_one() -> None:
    assert frame(encode(PAGE, replace(CALL, answer_in_body=True))) == frame(encode(PAGE, CALL))


@given(st.text(), st.lists(st.text() | st.integers() | st.none(), max_size=3))
def test_any_parameter_arrives_as_it_was_given(text: str, more: list[object]) -> None:
    assert frame(encode(PAGE, procedure("x", text, *more)))["params"] == [text, *more]


@pytest.mark.parametrize("status", [200, 400])
def test_a_challenge_inside_a_message_is_one(status: int) -> None:
    reply = answered(failed("totp-required", status, details=DETAILS))

    assert isinstance(reply, Challenged)
    assert (reply.asks_for, reply.offers) == ("email", ("email",))
    assert reply.challenge.code_generated is True
    assert reply.challenge.code_count == 1
    assert reply.challenge.code_expires is ABSENT


@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_inside_a_message_is_one(status: int) -> None:
    reply = answered(failed("totp-invalid", status, details={"method": "email"}))

    assert isinstance(reply, Refused)
    assert reply.invalid
    assert reply.challenge.method == "email"


def test_any_other_error_inside_a_message_is_a_refusal_for_another_reason() -> None:
    reply = answered(failed("error-not-allowed", 200))

    assert isinstance(reply, Refused)
    assert not reply.invalid


def test_a_limit_inside_a_message_is_a_limit() -> None:
    reply = answered(failed("too-many-requests", 200, reason="You must wait 12 seconds before trying again."))

    assert isinstance(reply, Throttled)


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}, {"token": "t"}, "token"])
def test_what_a_method_returned_is_its_result(value: object) -> None:
    reply = answered(result(value))

    assert isinstance(reply, Granted)
    assert result_of(reply) == value


@pytest.mark.parametrize(
    "body",
    [
        {"success": True},
        {"success": True, "message": "done"},
        {"success": True, "message": '{"msg":"result"}'},
        {"success": True, "message": '{"msg":"updated","result":5}'},
        {"success": True, "message": '{"msg":"result","result":5'},
        {"success": True, "message": "[1]"},
        {"success": True, "message": {"msg": "result", "result": 5}},
        {"success": True, "message": '{"a":' * 5000},
        {"success": True, "message": None},
    ],
)
def test_a_message_that_is_no_frame_holds_no_result_and_hides_no_success(body: object) -> None:
    reply = said(body)

    assert isinstance(reply, Granted)
    assert result_of(reply) is ABSENT


def test_an_error_that_is_no_object_is_no_error() -> None:
    reply = said({"success": True, "message": '{"msg":"result","error":null,"result":5}'})

    assert isinstance(reply, Granted)
    assert result_of(reply) == 5


def test_an_error_outside_of_a_message_is_read_as_of_every_call() -> None:
    """As with credentials that are none: the method was never reached."""
    assert isinstance(said({"success": False, "error": "totp-required"}, 400), Challenged)


def test_a_protected_method_is_asked_for_and_answered_like_every_call() -> None:
    script = Script([failed("totp-required", details=DETAILS), result("token")], late=["111-111"])
    alice = user(script)
    attempt = alice.attempt(TOKEN_PROCEDURE)

    assert isinstance(attempt.answer_as_parameter(), Granted)
    assert script.codes == [None, None]
    params = [frame(request)["params"] for request in script.requests]
    assert params[1] == [*params[0], {"twoFactorCode": "111-111", "twoFactorMethod": "email"}]
    assert params[0] == [{"tokenName": attempt.effect._values["nonce"], "bypassTwoFactor": False}]
    assert alice.inbox.unused == []


@pytest.mark.parametrize(("route", "mark"), [("POST /x", "?"), ("POST /x?a=1", "&")])
def test_an_answer_in_the_query_has_every_name_that_a_server_may_look_for(route: str, mark: str) -> None:
    call = with_query(replace(PAGE, code_header="X-Code"), Call(route, {"a": 1}), ANSWER)

    assert call.route.startswith(f"{route}{mark}X-Code=123-456&")
    asked = parse_qs(urlsplit(call.route.partition(" ")[2]).query)
    assert {name for name, values in asked.items() if values == ["123-456"]} == {"X-Code", "code", "twoFactorCode"}
    assert {name for name, values in asked.items() if values == ["email"]} == {
        "x-2fa-method",
        "method",
        "twoFactorMethod",
    }
    assert (call.body, call.answer) == ({"a": 1}, None)


@given(st.text())
def test_any_answer_can_stand_in_a_query(code: str) -> None:
    call = with_query(PAGE, Call("POST /x"), Answer(code, None))

    assert call.route.isascii()
    assert " " not in call.route.partition(" ")[2]
    assert parse_qs(urlsplit(call.route).query, keep_blank_values=True)["x-2fa-code"] == [code]


def test_an_answer_in_the_query_is_nowhere_else() -> None:
    script = Script([challenge()])
    user(script).attempt(UPDATE).in_query(ANSWER)

    assert "x-2fa-code=123-456" in script.paths[0]
    assert script.codes == [None]


TOKENS = {"tokens": [{"name": "a", "last": 1}, {"name": "b=c", "last": 2}, {"name": "a", "last": 3}, 5, {"id": "a"}]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tokens.[name=a]", {"name": "a", "last": 1}),
        ("tokens.[name=a].last", 1),
        ("tokens.[name=b=c].last", 2),
        ("tokens.[name=x].last", ABSENT),
        ("tokens.[last=1]", ABSENT),
        ("tokens.[name=]", ABSENT),
        ("tokens.[name]", ABSENT),
        ("[name=a]", ABSENT),
        ("tokens.3", 5),
        ("tokens.3.name", ABSENT),
        ("tokens.-1", ABSENT),
    ],
)
def test_an_element_of_a_list_is_found_by_a_member_or_by_its_number(path: str, found: object) -> None:
    assert at_path(TOKENS, path) == found


def test_a_refused_answer_as_a_parameter_counts_like_every_other() -> None:
    script = Script([challenge("111-111"), invalid(), granted()])
    alice = user(script)
    reply = alice.attempt(TOKEN_PROCEDURE).answer_as_parameter()

    assert isinstance(reply, Refused)
    assert len(alice.inbox.unused) == 1


def test_an_answer_as_a_parameter_keeps_to_the_limit_of_wrong_codes() -> None:
    script = Script([challenge("111-111"), *[invalid()] * 3, challenge()])
    trial = user(script).attempt(UPDATE)
    trial.guesses(3)

    with pytest.raises(Untested, match="wrong_codes_per_account"):
        trial.answer_as_parameter()
    assert script.codes[-1] is None
