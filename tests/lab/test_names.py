"""A server that speaks the protocol under other names, and one with accounts from the start."""

import tomllib

import httpx
import pytest

from conformance.lab import GivenAccount, Lab, Names
from conformance.lab.authenticator import code_of
from conformance.lab.messages import Request
from conformance.lab.names import PAGE, translated
from conformance.lab.target_file import as_toml

OTHER = Names(
    code_header="X-Step-Up",
    method_header="X-Step-Up-By",
    token_header="Session",
    user_id_header="Session-Of",
    routes={
        "/api/v1/login": "/rest/enter",
        "/api/v1/users.update": "/rest/user/change",
        "/api/v1/users.info": "/rest/user",
        "/api/v1/users.2fa.disableEmail": "/rest/mail-codes/off",
        "/api/v1/users.2fa.sendEmailCode": "/rest/mail-codes/send",
    },
)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ALICE = GivenAccount("alice", "secret", "qa+alice@lab.test", email_factor=True)
BOB = GivenAccount("bob", "secret", totp_secret=SECRET)


def test_the_page_s_names_stay_as_they_are() -> None:
    request = Request("GET", "/api/v1/me", headers=(("X-AUTH-Token", "a"),))
    assert translated(PAGE, request) is request


def test_headers_are_translated_and_the_page_s_own_do_not_count() -> None:
    sent = (("x-step-up", "1"), ("X-STEP-UP-BY", "email"), ("Session", "t"), ("x-2fa-code", "2"), ("Accept", "*/*"))
    seen = translated(OTHER, Request("GET", "/api/v1/me", headers=sent))
    assert seen.headers == (
        ("x-2fa-code", "1"),
        ("X-2Fa-Method", "email"),
        ("X-Auth-Token", "t"),
        ("unused-x-2fa-code", "2"),
        ("Accept", "*/*"),
    )


def test_routes_are_translated_and_the_page_s_own_are_gone() -> None:
    paths = ("/rest/enter", "/api/v1/login", "/api/v1/me")
    assert [translated(OTHER, Request("POST", path)).path for path in paths] == ["/api/v1/login", "", "/api/v1/me"]


@pytest.mark.parametrize("edition", ["classic", "current"])
def test_a_renamed_server_is_used_as_its_target_file_says(edition: str) -> None:
    with Lab(edition, accounts=[ALICE], names=OTHER) as lab, httpx.Client(base_url=lab.base_url) as http:
        file = tomllib.loads(as_toml(lab.target(given=True)))
        assert file == lab.target(given=True)
        binding = file["binding"]
        credentials = {"user": "alice", "password": "secret"}
        assert http.post("/api/v1/login", json=credentials).status_code == 404
        verb, path = binding["auth"]["login"].split()
        http.request(verb, path, json=credentials)
        (account,) = (a for a in lab.state.accounts.values() if a.username == "alice")
        data = http.request(verb, path, json={**credentials, "code": account.codes[-1].text}).json()["data"]
        session = {"Session": data["authToken"], "Session-Of": data["userId"]}
        assert binding["auth"]["headers"] == {"Session": "{token}", "Session-Of": "{user_id}"}
        verb, path = binding["protected"][0]["call"].split()
        change = {"userId": data["userId"], "data": {"name": "Changed"}}
        assert http.request(verb, path, json=change, headers=session).json()["errorType"] == "totp-required"
        code = lab.state.accounts[account.id].codes[-1].text
        page = {"x-2fa-code": code, "x-2fa-method": "email"}
        assert http.request(verb, path, json=change, headers={**session, **page}).json()["errorType"] == "totp-required"
        right = {binding["code_header"]: code, binding["method_header"]: "email"}
        assert http.request(verb, path, json=change, headers={**session, **right}).status_code == 200
        seen = http.get(binding["protected"][0]["read_back"].split()[1].format(user_id=data["userId"]), headers=session)
        assert seen.json()["user"]["name"] == "Changed"


def test_given_accounts_are_a_day_old_and_ready() -> None:
    with Lab(variants=("b-34-long",), accounts=[ALICE, BOB]) as lab, httpx.Client(base_url=lab.base_url) as http:
        file = tomllib.loads(as_toml(lab.target(given=True)))
        assert "provisioning" not in file
        assert file["account"] == [
            {"username": "alice", "password": "secret", "email": "qa+alice@lab.test"},
            {"username": "bob", "password": "secret", "totp_secret": SECRET},
        ]
        bob = next(a for a in lab.state.accounts.values() if a.username == "bob")
        ticket = {"user": "bob", "password": "secret"}
        assert http.post("/api/v1/login", json=ticket).json()["details"]["method"] == "totp"
        moment = int(lab.state.accounts[bob.id].created + 86400) // 30
        data = http.post("/api/v1/login", json={**ticket, "code": code_of(SECRET, moment)}).json()["data"]
        headers = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}
        change = {"userId": bob.id, "data": {"name": "Changed"}}
        answer = http.post("/api/v1/users.update", json=change, headers=headers)
        assert answer.json()["details"]["method"] == "totp"


def test_a_target_file_holds_what_it_was_given() -> None:
    content = {
        "target": {"name": 'a "quoted" name \\ \u2028 \x7f \U0001f511', "timeout": 1.5, "headers": {"X Y": "ü"}},
        "account": [{"username": "a"}, {"username": "b", "flags": [True, 2, ["x"]]}],
        "binding": {"protected": [{"call": "POST /a", "body": {"a": {"b": "{c}"}, "empty": {}}}]},
    }
    assert tomllib.loads(as_toml(content)) == content
