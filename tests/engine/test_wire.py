"""What a response says: the vectors of fixtures/replies.toml, and laws that hold for any bytes."""

import codecs
import json
import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance import resources
from conformance.binding import Binding, at_path, session_of
from conformance.model import ABSENT, Challenge, Granted, Refused, Reply, Response, Session, Throttled, Unintelligible
from conformance.replies import describe
from conformance.wire import parse, read, repeated_names

VECTORS: list[dict[str, Any]] = tomllib.loads((resources.folder("fixtures") / "replies.toml").read_text())["reply"]
EACH = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])

HEADERS = st.lists(st.tuples(st.sampled_from(["Retry-After", "X-RateLimit-Reset", "Date"]), st.text("0123456789 -x.")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["error", "message"]), inner),
    max_leaves=12,
)


def response(vector: dict[str, Any]) -> Response:
    body = bytes.fromhex(vector["body_hex"]) if "body_hex" in vector else vector["body"].encode()
    return Response(vector["status"], tuple((name, value) for name, value in vector.get("headers", [])), body)


def said(status: int, body: object, *headers: tuple[str, str]) -> Reply:
    return read(Response(status, headers, json.dumps(body).encode()))


def refused_by_python(raw: bytes) -> bool:
    """Whether a reader that is less strict than ours takes this for no JSON."""
    try:
        json.loads(raw.removeprefix(codecs.BOM_UTF8).decode())
    except ValueError:
        return True
    return False


@EACH
def test_a_response_is_of_the_kind_that_it_says(vector: dict[str, Any]) -> None:
    reply = read(response(vector), vector.get("at", 0.0))

    assert type(reply).__name__ == vector["kind"], vector["reason"]


@EACH
def test_the_members_of_a_response_are_read_as_they_were_sent(vector: dict[str, Any]) -> None:
    reply = read(response(vector), vector.get("at", 0.0))
    challenge = getattr(reply, "challenge", Challenge())

    assert {name: getattr(reply, name) for name in vector.get("says", {})} == vector.get("says", {})
    assert {name: getattr(challenge, name) for name in vector.get("details", {})} == vector.get("details", {})
    assert [name for name in vector.get("absent", []) if getattr(challenge, name) is not ABSENT] == []


def test_every_vector_has_a_name_of_its_own_and_a_reason() -> None:
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS)
    assert all(vector["reason"] for vector in VECTORS)


@pytest.mark.parametrize("name", ["rate limit without a body", "rate limit with Retry-After as a date"])
def test_a_limit_that_does_not_say_how_long_has_no_wait(name: str) -> None:
    reply = read(response(next(vector for vector in VECTORS if vector["name"] == name)))

    assert isinstance(reply, Throttled)
    assert reply.wait is None


def test_a_null_member_is_not_an_absent_one() -> None:
    reply = said(400, {"errorType": "totp-invalid", "success": None, "details": {"method": None}})

    assert isinstance(reply, Refused)
    assert reply.success is None
    assert reply.error is ABSENT
    assert reply.challenge == Challenge(method=None)


def test_a_reply_knows_when_it_was_said() -> None:
    reply = read(Response(200, (), b"{}"), at=12.5)

    assert isinstance(reply, Granted)
    assert reply.at == 12.5


@given(st.integers(100, 599), HEADERS, st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.floats())
@example(400, [], b'{"error":' * 5000 + b"1" + b"}" * 5000, 0.0)
@example(400, [], b"1" * 5000, 0.0)
def test_any_response_is_read_as_some_reply(
    status: int, headers: list[tuple[str, str]], body: bytes, at: float
) -> None:
    reply = read(Response(status, tuple(headers), body), at)

    assert isinstance(reply, Reply)
    assert describe(reply)
    assert reply.status == status


@given(JSON)
def test_valid_json_is_parsed(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


def test_a_whole_number_is_one_however_it_is_written() -> None:
    assert repr(parse(b"[2.0, 1e3, -0.0, 2.5]")) == "[2, 1000, 0, 2.5]"


@given(st.binary().filter(refused_by_python))
def test_nothing_is_parsed_that_the_standard_library_refuses(raw: bytes) -> None:
    with pytest.raises(ValueError, match="body is|no valid JSON"):
        parse(raw)


@given(JSON, st.sampled_from([",", "}", "]", '"', "NaN", "\x00", "//", "{}", "x"]))
def test_valid_json_with_something_behind_it_is_refused(value: object, more: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse((json.dumps(value) + " " + more).encode())


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "-Infinity", "[NaN]", "True", "nil", "01", "+1", ".5", "'a'", "{a:1}"]
)
def test_what_only_looks_like_json_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="no valid JSON"):
        parse(word.encode())


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", {"b": 1}),
        ("a.b", 1),
        ("a.b.c", ABSENT),
        ("x", ABSENT),
        ("list.0", 1),
        ("list.1", ABSENT),
        ("list.x", ABSENT),
        ("null", None),
    ],
)
def test_a_dotted_path_leads_to_a_member_or_to_nothing(path: str, found: object) -> None:
    assert at_path({"a": {"b": 1}, "list": [1], "null": None}, path) == found


def test_a_session_stands_where_the_binding_says() -> None:
    body = {"token": "t", "me": {"id": "u"}}
    reply = said(200, body)

    assert isinstance(reply, Granted)
    assert session_of(Binding(token="token", user_id="me.id"), reply) == Session("t", "u")
    assert session_of(Binding(), reply) is None


@pytest.mark.parametrize("token", [None, 5, {"value": "t"}])
def test_a_token_that_is_no_text_is_no_session(token: object) -> None:
    reply = said(200, {"data": {"authToken": token, "userId": "u"}})

    assert isinstance(reply, Granted)
    assert session_of(Binding(), reply) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Unintelligible(502, "the body is empty"), "status 502, the body is empty"),
        (Throttled(429, 3.0), "status 429"),
        (said(200, {"success": True}), "status 200, granted"),
        (said(400, {"error": "No [no]", "errorType": "no"}), "status 400, 'no'"),
        (said(401, {"error": 403}), "status 401, 403"),
        (said(400, {"errorType": 7, "error": "text"}), "status 400, 'text'"),
    ],
)
def test_a_reply_is_described_in_a_few_words(reply: Reply, words: str) -> None:
    assert describe(reply) == words


@pytest.mark.parametrize(
    ("raw", "repeated"),
    [
        (b'{"a": 1, "b": {"a": 2}}', []),
        (b'{"a": 1, "a": 1}', ["a"]),
        (b'[{"b": {"a": 1, "c": 1, "a": 2, "c": 3}}]', ["a", "c"]),
        (b'{"a": 1, "\\u0061": 2}', ["a"]),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_names_that_stand_twice_in_one_object_are_found(raw: bytes, repeated: list[str] | None) -> None:
    assert repeated_names(raw) == repeated


@pytest.mark.parametrize(
    ("at", "headers", "wait"),
    [
        (0.0, {"Date": "Sat, 31 Jan 2026 14:05:00 GMT"}, 7.0),
        (1769868304.5, {}, 2.5),
        (1769868399.0, {}, 0.0),
        (1769868304.5, {"Date": "yesterday"}, 2.5),
    ],
)
def test_a_limit_may_name_the_moment_from_which_calls_are_answered(
    at: float, headers: dict[str, str], wait: float
) -> None:
    """RFC 9110, section 10.2.3. The time of the reply is the server's own, or else what is known of it."""
    told = (("Retry-After", "Sat, 31 Jan 2026 14:05:07 GMT"), *headers.items())
    reply = read(Response(429, told, b"{}"), at)

    assert reply == Throttled(429, wait)
