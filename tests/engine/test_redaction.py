"""What of an exchange is written down: everything, with names in place of secrets."""

import json

import pytest

from conformance.model import Exchange, Headers, Request, Response
from conformance.redaction import redacted, redacted_message, with_redacted_reply
from conformance.secrecy import Secrets

TOKEN = "a-token-of-alice"


def secrets() -> Secrets:
    known = Secrets()
    known.add(TOKEN, "alice.token#1")
    known.add("pw", "alice.password")
    known.add_code("123-456", "123456", "alice.email#1")
    return known


def exchange(
    *,
    path: str = "/x",
    headers: Headers = (),
    body: bytes = b"",
    answer: Response | None = None,
    fault: str | None = None,
) -> Exchange:
    return Exchange(Request("POST", path, headers, body), answer, fault, 1.5, 0.25)


def written(body: bytes) -> str:
    """A response's body as it is written down."""
    answer = redacted(exchange(answer=Response(200, (), body)), secrets()).response
    assert answer
    return answer.body.decode("utf-8", "surrogateescape")


def test_names_stand_in_path_headers_and_body_of_a_request() -> None:
    seen = redacted(
        exchange(
            path=f"/x?token={TOKEN}",
            headers=(("X-Auth-Token", TOKEN), ("x-2fa-code", "123-456"), ("Accept", "application/json")),
            body=json.dumps({"password": "pw", "code": 123456}).encode(),
        ),
        secrets(),
    ).request

    assert seen.path == "/x?token=«alice.token#1»"
    assert seen.headers == (
        ("X-Auth-Token", "«alice.token#1»"),
        ("x-2fa-code", "«alice.email#1»"),
        ("Accept", "application/json"),
    )
    assert json.loads(seen.body) == {"password": "«alice.password»", "code": "«alice.email#1»"}


def test_names_may_stand_in_the_body_of_the_reply_alone() -> None:
    seen = exchange(body=TOKEN.encode(), answer=Response(200, (("x", TOKEN),), f'{{"new": "{TOKEN}"}}'.encode()))
    named = with_redacted_reply(seen, secrets())

    assert named.request == seen.request
    assert named.response == Response(200, (("x", TOKEN),), '{"new": "«alice.token#1»"}'.encode())
    assert with_redacted_reply(exchange(), secrets()).response is None


def test_names_stand_in_headers_and_body_of_a_response() -> None:
    answer = Response(200, (("x-new-token", TOKEN),), json.dumps({"data": {"authToken": TOKEN}}).encode())
    seen = redacted(exchange(answer=answer), secrets()).response

    assert seen == Response(
        200, (("x-new-token", "«alice.token#1»"),), '{"data": {"authToken": "«alice.token#1»"}}'.encode()
    )


def test_a_fault_may_quote_a_secret_as_well() -> None:
    seen = redacted(exchange(fault=f"the connection broke: bad header {TOKEN}"), secrets())

    assert seen.fault == "the connection broke: bad header «alice.token#1»"
    assert seen.response is None


def test_what_is_no_secret_stays_as_it_was() -> None:
    plain = exchange(path="/x?a=1", headers=(("a", "b"), ("a", "b")), body=b"{}", answer=Response(400, (), b"{}"))

    assert redacted(plain, secrets()) == plain


@pytest.mark.parametrize("name", ["Authorization", "PROXY-AUTHORIZATION", "cookie", "Set-Cookie"])
def test_credentials_and_cookies_go_whole(name: str) -> None:
    """Nobody told us which part of them is the secret."""
    answer = Response(200, ((name, "sid=unknown; Path=/"),), b"")
    seen = redacted(exchange(headers=((name, "Basic dTpw"),), answer=answer), secrets())

    assert seen.request.headers == ((name, "«redacted»"),)
    assert seen.response and seen.response.headers == ((name, "«redacted»"),)


@pytest.mark.parametrize("member", ["authToken", "token", "loginToken", "hashedToken", "password", "secret"])
def test_a_member_that_is_a_secret_by_its_name_goes_even_if_its_value_is_unknown(member: str) -> None:
    assert json.loads(written(json.dumps({"a": {member: "never seen before"}}).encode())) == {
        "a": {member: "«redacted»"}
    }


def test_such_a_member_keeps_the_name_of_a_secret_that_is_known() -> None:
    assert json.loads(written(json.dumps({"token": TOKEN, "password": ""}).encode())) == {
        "token": "«alice.token#1»",
        "password": "",
    }


def test_a_member_with_a_similar_name_stays() -> None:
    body = {"tokenName": "mine", "token": 5, "passwordChanged": "yes"}

    assert json.loads(written(json.dumps(body).encode())) == body


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\xffa-token-of-alice\xff", b"", b"\x80123-456"])
def test_bytes_that_are_no_text_stay_and_secrets_between_them_go(body: bytes) -> None:
    seen = written(body).encode("utf-8", "surrogateescape")

    expected = body.replace(TOKEN.encode(), "«alice.token#1»".encode()).replace(b"123-456", "«alice.email#1»".encode())
    assert seen == expected


def test_what_was_redacted_once_is_not_changed_again() -> None:
    once = redacted(exchange(path=f"/{TOKEN}", body=b'{"code":123456,"password":"pw","token":"new"}'), secrets())

    assert redacted(once, secrets()) == once


@pytest.mark.parametrize("escape", [r"\n", r"\r\n", r"\t", r"\\n", r"\x0b", r"\u000a"])
def test_a_code_behind_an_escaped_break_of_the_line_goes_too(escape: str) -> None:
    message = f"letter = Letter(text='Your code:{escape}123456{escape}')"
    nested = json.dumps({"message": json.dumps({"error": f"no code{escape}123456"})}).encode()

    assert "123456" not in redacted_message(message, secrets())
    assert "123456" not in written(nested)
