"""A conversation with the pure handler: no network, a clock that stands until it is moved."""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from typing import Any, cast

from conformance.lab.accounts import State
from conformance.lab.authenticator import code_of
from conformance.lab.messages import Mail, Request, Response
from conformance.lab.rules import Rules
from conformance.lab.server import admin_password, handle, opened

SEED = b"test"
START = 1_700_000_000.0
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Headers
    text: str
    delay: float = 0.0

    @property
    def body(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.text))

    @property
    def details(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.body["details"])

    @property
    def kind(self) -> str | None:
        return cast(str | None, self.body.get("errorType"))


@dataclass
class Talk:
    """`mails` holds what was sent so far; `answers` everything that was answered."""

    rules: Rules
    now: float = START
    mails: list[Mail] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state: State = opened(self.rules, SEED, self.now)

    def send(self, request: Request) -> Answer:
        state, response = handle(self.state, request, self.now)
        self.mails += state.outbox
        self.state = replace(state, outbox=())
        return self.note(response)

    def note(self, response: Response) -> Answer:
        answer = Answer(response.status, response.headers, response.body.decode(), response.delay)
        self.answers.append(answer)
        return answer

    def call(self, verb: str, path: str, body: object = None, headers: Headers = (), query: str = "") -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        kind: Headers = () if body is None else (("Content-Type", "application/json"),)
        return self.send(Request(verb, f"/api/v1/{path}", query, (*kind, *headers), content))

    def login(self, username: str, password: str, **more: object) -> Headers:
        data = self.call("POST", "login", {"user": username, "password": password, **more}).body["data"]
        return (("X-Auth-Token", data["authToken"]), ("X-User-Id", data["userId"]))

    def admin(self) -> Headers:
        return self.login("admin", admin_password(SEED))

    def create(self, username: str, **more: object) -> str:
        fields = {"name": username.title(), "email": f"qa+{username}@lab.test", "username": username, "password": "pw"}
        body = {**fields, "verified": True, **more}
        answer = self.call("POST", "users.create", body, (*self.admin(), *by_password(admin_password(SEED))))
        return cast(str, answer.body["user"]["_id"])

    def user(self, username: str) -> Headers:
        """A new user with e-mail 2FA on."""
        self.create(username)
        who = self.login(username, "pw")
        assert self.call("POST", "users.2fa.enableEmail", headers=who).status == 200
        return who

    def rename(self, who: Headers, name: str, *more: tuple[str, str]) -> Answer:
        return self.call("POST", "users.update", {"userId": who[1][1], "data": {"name": name}}, (*who, *more))

    def method(self, name: str, *params: object, who: Headers = ()) -> tuple[int, dict[str, Any]]:
        """A method of the realtime API over REST: the status, and what is inside the message."""
        message = json.dumps({"msg": "method", "id": "7", "method": name, "params": list(params)})
        answer = self.call("POST", f"method.call/{name}", {"message": message}, who)
        return answer.status, cast(dict[str, Any], json.loads(answer.body["message"]))

    def authenticator(self, who: Headers) -> tuple[str, list[str]]:
        """A confirmed authenticator of a user: its secret and the backup codes."""
        secret = self.method("2fa:enable", who=who)[1]["result"]["secret"]
        codes = self.method("2fa:validateTempToken", totp(secret, self.now), who=who)[1]["result"]["codes"]
        return secret, codes

    def setting(self, name: str, value: object) -> None:
        """Another value of a setting, by the administrator."""
        path = f"settings/Accounts_TwoFactorAuthentication_{name}"
        answer = self.call("POST", path, {"value": value}, (*self.admin(), *by_password(admin_password(SEED))))
        assert answer.status == 200

    def name(self, who: Headers) -> str:
        """The user's name, read back; "" if nobody may read it."""
        answer = self.call("GET", "users.info", headers=who, query=f"userId={who[1][1]}")
        return cast(str, answer.body.get("user", {}).get("name", ""))

    def shown(self) -> str:
        """The code in the newest mail, as displayed."""
        return self.shown_in(self.mails[-1])

    def shown_in(self, mail: Mail) -> str:
        """The code in a mail, as displayed."""
        return cast(re.Match[str], re.search(r"^\S+-\S+$", text_of(mail), re.MULTILINE)).group()


def text_of(mail: Mail) -> str:
    message = message_from_bytes(mail.content, policy=default)
    part = message.get_body(("plain",))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def totp(secret: str, at: float, steps: int = 0) -> str:
    """What an authenticator shows, some steps of thirty seconds later."""
    return code_of(secret, int(at // 30) + steps)


def code(text: str, method: str | None = "email") -> Headers:
    """The two headers, or the first alone."""
    return (("x-2fa-code", text), *((("x-2fa-method", method),) if method else ()))


def by_password(password: str) -> Headers:
    """The two headers of the password fallback."""
    return code(hashlib.sha256(password.encode()).hexdigest(), "password")


def other(shown: str) -> str:
    """A code of the same form that is not this one: every digit changed, or every letter where there are none."""
    if not any(letter.isdecimal() for letter in shown):
        return "".join({"z": "a", "Z": "A"}.get(letter, chr(ord(letter) + letter.isalpha())) for letter in shown)
    return "".join(str((int(letter) + 1) % 10) if letter.isdecimal() else letter for letter in shown)
