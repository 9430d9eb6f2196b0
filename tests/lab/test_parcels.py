"""The server that is no chat server: its words are its own, its second factor is the page's."""

import json
import tomllib
from typing import Any

from conformance import resources
from conformance.lab import GivenAccount
from conformance.lab.given import settled
from conformance.lab.messages import Request
from conformance.lab.parcels import ROUTES, service
from conformance.lab.rules import CLASSIC

from .talk import START, Answer, Talk

ANNA = GivenAccount("anna", "secret-anna", "qa+anna@lab.test", email_factor=True)
PLACE = "/v2/parcels/place"


def opened() -> Talk:
    talk = Talk(service(CLASSIC))
    talk.state = settled(talk.state, [ANNA], START)
    return talk


def call(talk: Talk, verb: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Answer:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    raw = json.dumps(body).encode() if body else b""
    return talk.send(Request(verb, path, headers=(("Content-Type", "application/json"), *lines), body=raw))


def code(talk: Talk) -> str:
    return next(account for account in talk.state.accounts.values() if account.username == "anna").codes[-1].text


def entered(talk: Talk) -> tuple[str, str]:
    """What opens anna's session, and her number."""
    credentials = {"customer": {"name": "anna", "secret": "secret-anna"}}
    assert call(talk, "POST", "/v2/sign-in", credentials).body["error"] == "totp-required"
    told = call(talk, "POST", "/v2/sign-in", credentials | {"code": code(talk)}).body
    return f"Bearer {told['session']['bearer']}", told["customer"]["number"]


def test_a_wish_is_changed_with_the_code_from_the_mail_alone() -> None:
    talk = opened()
    bearer, number = entered(talk)
    wish = {"customer": number, "place": "shed"}
    bare = call(talk, "PUT", PLACE, wish, Authorization=bearer)
    page = {"x_2fa_code": code(talk), "x_2fa_method": "email"}
    by_page = call(talk, "PUT", PLACE, wish, Authorization=bearer, **page)
    before = call(talk, "GET", PLACE, Authorization=bearer).body["parcels"]
    right = call(talk, "PUT", PLACE, wish, Authorization=bearer, X_Pin=code(talk), X_Pin_By="email")
    after = call(talk, "GET", PLACE, Authorization=bearer).body["parcels"]

    assert [bare.kind, by_page.kind] == ["totp-required"] * 2
    assert (before, right.status, after) == ({"place": "-"}, 200, {"place": "shed"})


def test_nobody_changes_what_is_somebody_else_s_or_comes_in_with_half_a_session() -> None:
    talk = opened()
    bearer, number = entered(talk)
    pin = {"X_Pin": code(talk), "X_Pin_By": "email"}
    call(talk, "PUT", PLACE, {"customer": number, "place": "shed"}, Authorization=bearer)
    strange = call(
        talk, "PUT", PLACE, {"customer": "x", "place": "shed"}, Authorization=bearer, **pin | {"X_Pin": code(talk)}
    )
    half = call(talk, "GET", PLACE, Authorization=bearer[:-1])
    chat = call(talk, "GET", "/api/v1/me", Authorization=bearer)

    assert strange.kind == "error-action-not-allowed"
    assert [half.status, chat.status] == [401, 404]


def test_the_target_file_names_routes_that_there_are() -> None:
    text = (resources.folder("fixtures") / "targets" / "parcels.toml").read_text(encoding="utf-8")
    binding = tomllib.loads(text)["binding"]
    named = [text for text in (*binding.values(), *binding["auth"].values()) if isinstance(text, str) and " /" in text]
    named += [row[key] for row in binding["protected"] for key in ("call", "read_back")]

    assert {tuple(route.split()) for route in named} == set(ROUTES)
