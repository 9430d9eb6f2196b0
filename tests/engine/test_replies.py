"""What a reply comes to: the kind of its error, the addresses that it lists, its form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model import Reply, Response, Said, Throttled, Unintelligible
from conformance.replies import (
    account_members_in,
    addresses_in,
    carried_out,
    describe,
    form_of_reply,
    intercepted,
    mentions,
    names_error,
    says,
    tokens_in,
    told_apart,
)
from conformance.wire import read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("a@b"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def said(body: object, status: int = 400) -> Reply:
    return read(Response(status, (), json.dumps(body).encode()))


SILENT = (Throttled(429, 1.0), Unintelligible(502, "the body is empty"))


@pytest.mark.parametrize("place", ["errorType", "error", "status", "message"])
def test_an_error_may_be_named_in_any_of_four_places(place: str) -> None:
    assert says(said({place: "error-invalid-user"}), "invalid-user")
    assert says(said({place: "Invalid user [error-invalid-user]"}), "error-invalid-user")


@pytest.mark.parametrize(
    "body",
    [
        {"errorType": "error-invalid-email"},
        {"details": "error-invalid-user"},
        {"errorType": ["error-invalid-user"]},
        {"error": {"error-invalid-user": 1}},
        {"error": 5},
        {},
    ],
)
def test_no_other_word_and_no_other_place_names_an_error(body: object) -> None:
    assert not says(said(body), "error-invalid-user")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"errorType": "error-invalid-user"}, True),
        ({"error": "error-invalid-user"}, True),
        ({"error": "Invalid user [error-invalid-user]", "errorType": None}, True),
        ({"errorType": "error-other", "error": "Invalid user [error-invalid-user]"}, False),
        ({"errorType": ["error-invalid-user"]}, False),
        ({"error": "Invalid user"}, False),
    ],
)
def test_an_error_is_named_by_its_type_or_where_there_is_none_by_its_text(body: dict[str, object], named: bool) -> None:
    assert names_error(said(body), "error-parameter-required", "error-invalid-user") == named


def test_a_reply_that_nobody_can_read_says_nothing() -> None:
    for reply in SILENT:
        assert not says(reply, "")
        assert addresses_in(reply) == []
        assert form_of_reply(reply) == {}


@pytest.mark.parametrize(
    "body",
    [
        {"emails": ["b@x", "A@x"]},
        {"to": [{"address": "a@x", "verified": True}, {"address": "b@x"}]},
        {"data": {"sent": ["a@x"], "also": [{"deep": {"deeper": ["b@x"]}}]}},
        {"emails": [["a@x"], "b@x", 5, None, "no address"]},
    ],
)
def test_addresses_are_found_in_lists_under_any_name(body: object) -> None:
    assert addresses_in(said(body, 200)) == ["a@x", "b@x"]


@pytest.mark.parametrize("body", [{"message": "sent to a@x"}, {"emailOrUsername": "a@x"}, {"me": {"email": "a@x"}}, []])
def test_an_address_outside_of_a_list_is_not_listed(body: object) -> None:
    """A reply may repeat what it was asked for."""
    assert addresses_in(said(body, 200)) == []


def test_an_address_that_is_listed_twice_is_told_twice() -> None:
    assert addresses_in(said({"emails": ["a@x", "a@x"]})) == ["a@x", "a@x"]


def test_the_form_of_a_reply_is_its_members_with_the_kinds_of_their_values() -> None:
    body = {"success": False, "error": "x", "details": {"method": "email", "codeCount": 1, "codeExpires": ["x"]}}

    assert form_of_reply(said(body)) == {
        "details": "dict",
        "details.codeCount": "int",
        "details.codeExpires": "list",
        "details.method": "str",
        "error": "str",
        "success": "bool",
    }


def test_two_replies_of_one_form_may_say_different_things() -> None:
    one, other = (
        {"details": {"method": method, "codeGenerated": made}} for method, made in (("a", True), ("b", False))
    )

    assert form_of_reply(said(one)) == form_of_reply(said(other))
    assert form_of_reply(said(one)) != form_of_reply(said({"details": {"method": None, "codeGenerated": True}}))
    assert list(form_of_reply(said({"b": 1, "a": 1}))) == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"success": True, "emails": ["a@example.org"], "_id": "u2", "requestId": "r1"}, []),
        ({"user": {"_id": "u1", "roles": ["user"], "services": {}}}, ["_id", "roles"]),
        ({"sent": [{"to": "a@example.org", "for": "u1"}]}, ["for"]),
        ({"services": {"password": {"bcrypt": "x"}}}, ["password", "services"]),
        ({"passwordHash": "x", "requirePasswordChange": True, "roles": "none", "password": ""}, ["passwordHash"]),
    ],
    ids=["addresses alone", "a record", "an id", "how it logs in", "a hash"],
)
def test_a_reply_tells_of_an_account_by_its_id_or_by_what_an_account_has(body: object, told: list[str]) -> None:
    assert account_members_in(said(body), "u1") == told


@pytest.mark.parametrize("details", [None, "x", [], 5])
def test_details_that_are_no_object_have_no_members(details: object) -> None:
    assert list(form_of_reply(said({"details": details}))) == ["details"]


@given(JSON)
def test_any_reply_has_a_form_and_addresses_or_none(body: object) -> None:
    reply = said(body)

    assert sorted(form_of_reply(reply)) == list(form_of_reply(reply))
    assert all("@" in address for address in addresses_in(reply))


@pytest.mark.parametrize(
    ("reply", "done"),
    [
        (said({}, 200), True),
        (read(Response(204, (), b"")), True),
        (Unintelligible(200, "no JSON"), True),
        (Unintelligible(302, "no JSON"), False),
        (Unintelligible(500, "no JSON"), False),
        (said({"success": False}, 200), False),
        (said({"errorType": "totp-required"}), False),
        (Throttled(429, None), False),
    ],
)
def test_a_call_was_carried_out_where_its_reply_says_so_or_cannot_be_read_and_is_no_error(
    reply: Reply, done: bool
) -> None:
    assert carried_out(reply) is done


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"details": {"emailOrUsername": "Bob-1"}}, True),
        ({"attemptsLeft": [{"bob-1": 3}]}, True),
        ({"error": "bob-1 has 3 left."}, True),
        ({"error": "bob-12, bob-1x and abob-1"}, False),
        ({"n": 1}, False),
    ],
)
def test_a_word_is_mentioned_by_itself(body: object, named: bool) -> None:
    assert mentions(said(body), "bob-1") is named
    assert not any(mentions(silent, "bob-1") for silent in SILENT)


def told(**members: object) -> Said:
    reply = said({"success": False, "errorType": "totp-invalid", **members})
    assert isinstance(reply, Said)
    return reply


def test_what_differs_by_the_group_alone_is_told_apart() -> None:
    near = [told(details={"right": 5, "left": left}) for left in (3, 1)]
    far = [told(details={"right": 0, "left": left}) for left in (2, 0)]

    assert told_apart(near, far) == ["body.details.right"]


def test_what_differs_among_equals_or_nowhere_tells_nothing() -> None:
    near = [told(id="a", at=1), told(id="b", at=3)]
    far = [told(id="c", at=2), told(id="c", at=4)]

    assert told_apart(near, far) == []
    assert told_apart(near[:1], [told(at=1)]) == ["body.id"]


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        ({"authToken": "k2-Xq_9.4/aaaaaaa", "userId": "short"}, ["k2-Xq_9.4/aaaaaaa"]),
        ({"data": [{"of": "«alice.token#12»"}]}, ["«alice.token#12»"]),
        ({"data": ["«alice.email#1»", "in a mail to a@b", "somebody@example.org", 1234567890123456, None]}, []),
    ],
)
def test_a_token_is_a_long_text_or_on_a_tape_its_name(body: object, tokens: list[str]) -> None:
    assert tokens_in(said(body)) == tokens


@pytest.mark.parametrize("reply", SILENT)
def test_a_reply_that_says_nothing_holds_no_token(reply: Reply) -> None:
    assert tokens_in(reply) == []


PAGE = b"<html>Sign in</html>"
PROXIED = [
    # status, where the reply sends the caller, its body, and whether something before the target has answered
    (302, "https://user:pass@login.example.org/in?ticket=4711", PAGE, "a redirect to https://login.example.org"),
    (307, "//login.example.org", b"", "a redirect to //login.example.org"),
    (308, "/login", b"", "a redirect"),
    (302, "https://[broken", b"", "a redirect"),
    (302, None, PAGE, "no valid JSON"),
    (403, None, PAGE, "no valid JSON"),
    (407, None, b"", "the body is empty"),
    (401, None, b"{}", None),
    (403, None, b'{"success":false}', None),
    (200, None, PAGE, None),
    (404, None, PAGE, None),
    (500, None, PAGE, None),
    (502, "https://login.example.org", PAGE, None),
]


@pytest.mark.parametrize(("status", "location", "body", "words"), PROXIED)
def test_a_page_in_place_of_an_answer_comes_from_before_the_target(
    status: int, location: str | None, body: bytes, words: str | None
) -> None:
    """Of the address that a redirect leads to no more is told than its origin: the rest may hold a ticket."""
    reply = read(Response(status, (("Location", location),) if location else (), body))

    assert intercepted(reply) == (words is not None)
    assert (words or "") in describe(reply)
    assert "4711" not in describe(reply)
    assert "pass" not in describe(reply)
