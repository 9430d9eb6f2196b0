"""A world that plays from a script: it answers calls from a list, and hands out mails that the script sends."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, cast

from conformance.accounts import Admin
from conformance.binding import Binding
from conformance.events import Facts
from conformance.mail import Candidate, Layout, Letter, candidates
from conformance.model import Account, Code, Exchange, Headers, Request, Response, Session
from conformance.otp import totp
from conformance.probe import Probe
from conformance.recorder import Recorder
from conformance.secrecy import Secrets
from conformance.target import ProvisioningTable
from conformance.users import User
from conformance.world import Live, Receipt

KNOWING = replace(Probe().facts, guess_refused=True)
"""What a preflight knows that found everything in order."""
ADMIN = ProvisioningTable.model_validate(
    {"kind": "rocketchat-admin", "username": "admin", "password": "secret-admin"}, strict=False
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of the script: a response, or None for none at all, and the mails that leave with it."""

    response: Response | None
    mails: tuple[str, ...] = ()


def answer(status: int, body: object = None, *mails: str, headers: Headers = ()) -> Answered:
    """A response with a JSON body (bytes as they are), and mails: each a code as it is displayed, or empty for none."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answered(Response(status, headers, raw), mails)


def error(kind: str, *mails: str, **details: Any) -> Answered:
    body = {"success": False, "error": f"Error [{kind}]", "errorType": kind, "details": {"method": "email", **details}}
    return answer(400, body, *mails)


def challenge(*mails: str, **details: Any) -> Answered:
    """A challenge; one that mails a code says so, unless it is told to say something else."""
    return error("totp-required", *mails, **({"codeGenerated": bool(mails), "availableMethods": ["email"]} | details))


def invalid(*mails: str, **details: Any) -> Answered:
    return error("totp-invalid", *mails, **details)


def granted(*mails: str, **body: Any) -> Answered:
    return answer(200, {"success": True, **body}, *mails)


def result(value: Any) -> Answered:
    """What a method that was called over REST returned."""
    return granted(message=json.dumps({"msg": "result", "id": "1", "result": value}))


def failed(kind: str, status: int = 400, **members: Any) -> Answered:
    """An error inside the message of a method that was called over REST."""
    told = {"error": kind, "message": f"Error [{kind}]", "errorType": "Meteor.Error", **members}
    message = json.dumps({"msg": "result", "id": "1", "error": told})
    return answer(status, {"success": status < 300, "message": message})


def throttled(seconds: str) -> Answered:
    return answer(429, {"success": False}, headers=(("Retry-After", seconds),))


SILENCE = Answered(None)
LOGIN = granted(data={"authToken": "token-of-alice-1", "userId": "u1"})


@dataclass
class Script:
    """The world of a test of drivers. ``requests`` and ``waits`` are what they did in it."""

    answers: list[Answered]
    mails: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """Mails that come only while somebody waits for them."""
    proof: bool = True
    secrets: Secrets = field(default_factory=Secrets)
    requests: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    clock: float = 1000.0
    layout: Layout | None = None
    letters: list[Letter] = field(default_factory=list)
    base_url: str = "http://chat.example.org"

    def exchange(self, test: str, request: Request) -> Exchange:
        self.requests.append(request)
        given = self.answers.pop(0)
        self.mails += given.mails
        return Exchange(request, given.response, None if given.response else "the connection broke", self.clock, 0.5)

    def now(self) -> float:
        return self.clock

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock += seconds

    def recorded(self, test: str) -> None:
        """A script is no tape."""

    def totp(self, secret: str, at: float) -> str:
        return totp(secret, at)

    def performing(self, test: str) -> AbstractContextManager[None]:
        return nullcontext()

    def turn(self, route: str) -> AbstractContextManager[None]:
        return nullcontext()

    def expect_mail(self, address: str) -> None:
        """All mail of a script is expected."""

    def mail_count(self, test: str, address: str) -> int:
        return len(self.mails)

    code_mail_count = mail_count

    def count(self, test: str, look: Callable[[Live], int]) -> int:
        return look(cast(Live, self))

    def rank(self, letter: Letter) -> list[Candidate]:
        return candidates(letter)

    def deliveries(self, address: str) -> list[Letter]:
        return self.letters

    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt:
        while after >= len(self.mails) and self.late:
            self.mails.append(self.late.pop(0))
        if after >= len(self.mails):
            return Receipt(None, None, None, 30.0, self.proof)
        if not self.mails[after]:
            return Receipt(after + 1, None, None, 0.1, proof=True)
        code = Code(self.mails[after], self.mails[after].replace("-", ""))
        known_as = next((other for other, seen in known.items() if seen == code), name)
        self.secrets.add_code(code.displayed, code.compact, known_as)
        return Receipt(after + 1, known_as, code, 0.1, proof=True)

    def password(self, name: str) -> str:
        return self.secrets.add(f"secret of {name}", name)

    @property
    def paths(self) -> list[str]:
        return [request.path.removeprefix("/api/v1/") for request in self.requests]

    @property
    def codes(self) -> list[str | None]:
        """The code that each request carried."""
        return [dict(request.headers).get("x-2fa-code") for request in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The JSON that each request carried; None for an empty body."""
        return [json.loads(request.body) if request.body else None for request in self.requests]


def user(script: Script, facts: Facts = KNOWING, *, test: str = "test_x", seed: int = 7) -> User:
    """Alice, logged in, in a scripted world."""
    recorder = Recorder(test, script, Binding(), seed=seed)
    admin = Admin(ADMIN, "qa+{tag}@example.org", "run")
    admin.session = Session("token-of-admin", "admin-id")
    alice = User(Account("alice", "twofa-alice", "pw", "qa+alice@example.org", "u1"), recorder, facts, admin)
    alice.session = Session("token-of-alice-0", "u1")
    alice.by = alice.inbox
    return alice
