"""Which tests a deviation can make a difference to."""

from __future__ import annotations

import ast
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from conformance import lab as lab_package
from conformance.events import Facts, Surveyed
from conformance.lab import Lab
from conformance.lab.accounts import State
from conformance.lab.messages import Request, Response
from conformance.lab.rules import OF_CONNECTIONS, Rules
from conformance.lab.server import admin_password, handle
from conformance.lab.witness import HEADER, Asked, understood
from conformance.score import difference
from conformance.score.difference import EVERYTHING, _concerns_all, touched
from conformance.score.recording import Known, Recording

BEGAN = 1_000_000.0
LOGIN, UPDATE, RESEND = "login", "users.update", "users.2fa.sendEmailCode"
TESTS = (LOGIN, UPDATE, RESEND)
SURVEYED = Surveyed((), "current", (), None, (), (), Facts())


def post(path: str, body: object, **session: str) -> Request:
    headers = (
        ("Content-Type", "application/json"),
        *((f"X-{name.replace('_', '-')}", text) for name, text in session.items()),
    )
    return Request("POST", f"/api/v1/{path}", headers=headers, body=json.dumps(body).encode())


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Three tests of one request each: a login, a protected call of somebody who has e-mail 2FA, a resend."""
    server = Lab("current")
    state = server.opening(BEGAN)
    admin = {"user": "admin", "password": admin_password(server.seed)}
    asked = [Asked("preflight", post(LOGIN, admin), BEGAN + 1)]
    state, reply = handle(state, asked[0].request, BEGAN + 1)
    data = json.loads(reply.body)["data"]
    root = {"Auth_Token": data["authToken"], "User_Id": data["userId"]}
    person = {
        "name": "Alice",
        "username": "alice",
        "email": "qa+a@lab.test",
        "password": "alice's own",
        "verified": True,
    }

    def also(by: str, request: Request) -> dict[str, str]:
        nonlocal state
        asked.append(Asked(by, request, BEGAN + 2))
        state, answer = handle(state, request, BEGAN + 2)
        told = json.loads(answer.body).get("data", {})
        return {"Auth_Token": told.get("authToken", ""), "User_Id": told.get("userId", "")}

    also(UPDATE, post("users.create", person, **root))
    alice = also(UPDATE, post(LOGIN, {"user": "alice", "password": "alice's own"}))
    also(UPDATE, post("users.2fa.enableEmail", {}, **alice))
    also(LOGIN, post(LOGIN, {"user": "nobody", "password": "anything"}))
    also(UPDATE, post(UPDATE, {"userId": alice["User_Id"], "data": {"name": "B"}}, **alice))
    also(RESEND, post(RESEND, {"emailOrUsername": "nobody"}))
    return Recording("current", BEGAN, tuple(asked), Known(SURVEYED, {}, frozenset(TESTS)))


@pytest.mark.parametrize(
    ("kind", "id", "tests"),
    [
        ("faults", "ch-errortype-typo", {UPDATE}),
        ("faults", "sc-success-missing", {RESEND}),
        ("faults", "tt-success-missing", set()),
        ("variants", "b-51-chunks", EVERYTHING),
        ("variants", "auto-opt-in", EVERYTHING),
        ("variants", "b-16-french", {UPDATE}),
    ],
)
def test_a_deviation_touches_the_tests_whose_answers_mails_or_beginnings_are_others(
    recording: Recording, kind: str, id: str, tests: set[str] | None
) -> None:
    server = Lab("current", **{kind: (id,)})  # type: ignore[arg-type]  # the name of one of two arguments

    assert touched(recording, {"it": server})["it"] == tests


def test_a_server_without_a_deviation_touches_none(recording: Recording) -> None:
    assert touched(recording, {"it": Lab("current")}) == {"it": frozenset()}


def test_a_server_is_asked_where_a_rule_of_its_own_is_read_alone(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    deviant = Lab("current", variants=("b-16-french",))
    asked = list[tuple[Request, Rules]]()

    def noted(state: State, request: Request, now: float) -> tuple[State, Response]:
        asked.append((request, state.rules))
        return handle(state, request, now)

    monkeypatch.setattr(difference, "handle", noted)
    touched(recording, {"it": deviant})

    assert [request.path for request, rules in asked if rules is deviant.rules] == ["/api/v1/users.update"]
    assert len(asked) == len(recording.asked) + 1


def test_tests_that_are_not_asked_about_are_left_out(recording: Recording) -> None:
    server = Lab("current", ("ch-errortype-typo",))

    assert touched(recording, {"it": server}, {"it": {UPDATE}}) == {"it": frozenset()}


def test_a_test_whose_account_is_changed_is_touched_as_well(recording: Recording) -> None:
    """By a request of another test, and whatever that is answered."""
    foreign = Asked(RESEND, post(RESEND, {"emailOrUsername": "alice"}), BEGAN + 3)
    asked = Recording(recording.edition, recording.began, (*recording.asked, foreign), recording.known)

    assert touched(asked, {"it": Lab("current", ("sc-no-new-code",))}) == {"it": {UPDATE, RESEND}}


def test_whoever_asks_for_all_tests_makes_a_difference_to_all(recording: Recording) -> None:
    asked = tuple(Asked("settings" if one.by == UPDATE else one.by, one.request, one.now) for one in recording.asked)

    assert touched(
        Recording("current", BEGAN, asked, recording.known), {"it": Lab("current", ("ch-errortype-typo",))}
    ) == {"it": EVERYTHING}


@pytest.mark.parametrize(
    ("known", "all_of_them"),
    [
        ({"settings": {"API_Enable_Rate_Limiter": True}}, True),
        ({"hits": {("POST /api/v1/me", "127.0.0.1"): (1.0,)}}, True),
        ({"hits": {("resend", "alice"): (1.0,)}}, False),
        ({"drawn": 7}, False),
    ],
)
def test_settings_and_counted_clients_are_everybody_s(known: dict[str, Any], all_of_them: bool) -> None:
    state = Lab("current").opening(BEGAN)

    assert _concerns_all(replace(state, **known), state) is all_of_them


def test_what_is_asked_outside_of_the_handler_is_known() -> None:
    """Else a server that differs there would pass for one that answers alike."""
    folder = Path(lab_package.__file__).parent
    asked = {
        node.attr
        for name in ("app.py", "target.py")
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("rules")
    }
    described = {"edition", "mail_delay"}  # what target() says of a server is no behaviour of it

    assert asked & {field.name for field in fields(Rules)} - described == OF_CONNECTIONS


def test_who_asks_is_told_by_a_header_that_no_server_sees() -> None:
    request = Request("GET", "/api/info", headers=((HEADER, "run/test_a%5B1%5D"), ("Accept", "*/*")))

    assert understood(request, 1.0) == Asked(
        "test_a[1]", Request("GET", "/api/info", headers=(("Accept", "*/*"),)), 1.0
    )
    assert understood(Request("GET", "/"), 1.0).by == ""
