"""What a call looks like on the wire."""

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.binding import UPDATE, Binding, fill
from conformance.model import Answer, Call, Protected, Request, Session
from conformance.wire import encode
from conformance.writing import HeaderCase

PAGE = Binding()
OTHER = Binding(
    code_header="X-Second-Factor",
    method_header="X-Second-Kind",
    login="POST /auth/login",
    login_body={"name": "{username}", "secret": ["{password}"]},
    session_headers=(("Authorization", "Bearer {token}"), ("X-Who", "{user_id}:{token}")),
    disable_email="DELETE /2fa/email",
    protected=(Protected("PATCH /me", {"name": "{nonce}"}),),
)
ANSWER = Answer("123-456", "email")


def names(request: Request) -> list[str]:
    return [name for name, _ in request.headers]


def test_a_call_without_a_body_has_no_content_type() -> None:
    request = encode(PAGE, Call("GET /api/v1/me?x=1"))

    assert request == Request("GET", "/api/v1/me?x=1", (("Accept", "application/json"),), b"")


def test_a_body_is_sent_as_json_in_utf8() -> None:
    request = encode(PAGE, Call("POST /api/v1/x", {"name": "Zoë", "list": [1, None, True]}))

    assert ("Content-Type", "application/json") in request.headers
    assert request.body == '{"name":"Zoë","list":[1,null,true]}'.encode()


def test_a_body_is_sent_as_a_form_where_asked_for() -> None:
    request = encode(PAGE, Call("POST /api/v1/x", {"emailOrUsername": "a+b@example.org"}, form=True))

    assert ("Content-Type", "application/x-www-form-urlencoded") in request.headers
    assert parse_qs(request.body.decode()) == {"emailOrUsername": ["a+b@example.org"]}


def test_an_empty_object_is_a_body() -> None:
    request = encode(PAGE, Call("POST /api/v1/x", {}))

    assert request.body == b"{}"
    assert "Content-Type" in names(request)


def test_a_session_goes_in_two_headers() -> None:
    request = encode(PAGE, Call("GET /x", session=Session("secret", "u1")))

    assert request.headers[1:] == (("X-Auth-Token", "secret"), ("X-User-Id", "u1"))


def test_a_session_goes_where_the_binding_says() -> None:
    request = encode(OTHER, Call("GET /x", session=Session("secret", "u1")))

    assert request.headers[1:] == (("Authorization", "Bearer secret"), ("X-Who", "u1:secret"))


@pytest.mark.parametrize(
    ("case", "spelling"),
    [
        ("as-written", ["x-2fa-code", "x-2fa-method"]),
        ("upper", ["X-2FA-CODE", "X-2FA-METHOD"]),
        ("title", ["X-2Fa-Code", "X-2Fa-Method"]),
    ],
)
def test_the_headers_of_an_answer_are_spelt_as_asked_for(case: HeaderCase, spelling: list[str]) -> None:
    request = encode(PAGE, Call("POST /x", answer=ANSWER, header_case=case))

    assert request.headers[1:] == ((spelling[0], "123-456"), (spelling[1], "email"))


def test_the_headers_of_an_answer_have_the_names_of_the_binding() -> None:
    request = encode(OTHER, Call("POST /x", answer=ANSWER))

    assert names(request)[1:] == ["X-Second-Factor", "X-Second-Kind"]


def test_an_answer_does_not_change_the_body_of_an_ordinary_call() -> None:
    call = Call("POST /x", {"a": 1})

    assert encode(PAGE, Call("POST /x", {"a": 1}, answer=ANSWER)).body == encode(PAGE, call).body


def test_a_login_takes_the_code_in_its_body_as_well() -> None:
    call = PAGE.login_call("alice", "pa{username}ss")
    answered = Call(call.route, call.body, answer=ANSWER, answer_in_body=call.answer_in_body)

    assert json.loads(encode(PAGE, answered).body) == {"user": "alice", "password": "pa{username}ss", "code": "123-456"}
    assert json.loads(encode(PAGE, call).body) == {"user": "alice", "password": "pa{username}ss"}


def test_a_login_has_the_form_of_the_binding() -> None:
    call = OTHER.login_call("alice", "secret")

    assert call.route == "POST /auth/login"
    assert call.body == {"name": "alice", "secret": ["secret"]}


@pytest.mark.parametrize("binding", [PAGE, OTHER])
def test_a_login_is_told_by_its_name_and_not_by_a_part_of_its_password(binding: Binding) -> None:
    login = binding.login_call("alice", "with-m1-inside")

    assert binding.is_login_of("alice", login)
    assert not binding.is_login_of("m1", login)
    assert not binding.is_login_of("alice", Call("POST /x"))


def test_calls_that_may_be_challenged_end_with_the_one_that_is_in_any_case() -> None:
    assert PAGE.candidates == (UPDATE, Protected(route="POST /api/v1/users.2fa.disableEmail"))
    assert OTHER.candidates == (*OTHER.protected, Protected(route="DELETE /2fa/email"))


@given(st.text(), st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_values_without_placeholders_stay_as_they_are(text: str, table: dict[str, object]) -> None:
    template = [text.replace("{", "("), {key: value for key, value in table.items() if "{" not in str(value)}, 5, None]

    assert fill(template, nonce="x") == template


@given(st.text())
def test_a_placeholder_that_is_not_known_stays(value: str) -> None:
    assert fill("{nonce} {else} {} {a b}", nonce=value) == f"{value} {{else}} {{}} {{a b}}"


@given(st.text())
def test_what_a_value_holds_is_not_filled_again(value: str) -> None:
    assert fill({"{a}": ["{a}", {"deep": "-{a}-"}]}, a=value, b="never") == {"{a}": [value, {"deep": f"-{value}-"}]}


@given(st.text(), st.binary(max_size=8).map(bytes.hex), st.booleans())
def test_any_text_can_be_sent(value: str, token: str, form: bool) -> None:
    request = encode(PAGE, Call("POST /x", {"a": value}, session=Session(token, value), answer=ANSWER, form=form))

    sent = parse_qs(request.body.decode(), keep_blank_values=True)["a"][0] if form else json.loads(request.body)["a"]
    assert sent == value


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        (Answer("123-456", None), [("x-2fa-code", "123-456")]),
        (Answer(None, "email"), [("x-2fa-method", "email")]),
        (Answer("", ""), [("x-2fa-code", ""), ("x-2fa-method", "")]),
        (Answer(None, None), []),
    ],
)
def test_half_an_answer_is_one_header(answer: Answer, headers: list[tuple[str, str]]) -> None:
    assert list(encode(PAGE, Call("POST /x", answer=answer)).headers[1:]) == headers


def test_further_headers_come_last_and_as_they_are() -> None:
    request = encode(PAGE, Call("POST /x", answer=ANSWER, more_headers=(("X-2FA-Code", "1"), ("X-2FA-Code", "2"))))

    assert request.headers[-2:] == (("X-2FA-Code", "1"), ("X-2FA-Code", "2"))
    assert len(request.headers) == 5
