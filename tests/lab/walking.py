"""A user of the engine's on the pure server: no network, a clock that stands until it is moved, mail that comes at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Final, get_args

from conformance.accounts import Admin
from conformance.binding import UPDATE, Binding
from conformance.events import Facts
from conformance.lab.messages import Request as Asked
from conformance.lab.rules import Rules
from conformance.mail import Layout
from conformance.model import Account, Code, Edition, Exchange, Protected, Request, Response
from conformance.otp import totp
from conformance.probe import HOPEFUL
from conformance.protocol_model import ADVICE, MUSTS
from conformance.recorder import Recorder
from conformance.secrecy import Secrets
from conformance.target import ProvisioningTable
from conformance.users import User
from conformance.walks import Walk
from conformance.world import Receipt

from .talk import Talk

RULES: Final = MUSTS | ADVICE
FACTS: Final = replace(HOPEFUL, trust_window=False, enrolment="method.call", backup_codes=True, login_challenged=True)
"""What a preflight knows of the lab."""
DISABLING: Final = Protected(Binding().disable_email)
ADMIN: Final = ProvisioningTable.model_validate(
    {"kind": "rocketchat-admin", "username": "admin", "password": "secret-admin"}, strict=False
)


class PureWorld:
    """The world of a recorder, with the pure server in it."""

    layout: Layout | None = None

    def __init__(self, rules: Rules) -> None:
        self.secrets = Secrets()
        self.talk = Talk(rules)

    def exchange(self, test: str, request: Request) -> Exchange:
        path, _, query = request.path.partition("?")
        said = self.talk.send(Asked(request.verb, path, query, request.headers, request.body))
        return Exchange(request, Response(said.status, said.headers, said.text.encode()), None, self.talk.now, 0.0)

    def now(self) -> float:
        return self.talk.now

    def wait(self, seconds: float) -> None:
        self.talk.now += seconds

    def turn(self, route: str) -> AbstractContextManager[None]:
        return nullcontext()

    def totp(self, secret: str, at: float) -> str:
        return totp(secret, at)

    def expect_mail(self, address: str) -> None:
        """All mail is."""

    def mail_count(self, test: str, address: str) -> int:
        return len(self.talk.mails)

    code_mail_count = mail_count

    def receive(
        self, test: str, address: str, after: int, known: Mapping[str, Code], name: str, *, wait: bool = True
    ) -> Receipt:
        if after >= len(self.talk.mails):
            return Receipt(None, None, None, 30.0, proof=True)
        shown = self.talk.shown_in(self.talk.mails[after])
        code = Code(shown, shown.replace("-", ""))
        known_as = next((other for other, seen in known.items() if seen == code), name)
        self.secrets.add_code(code.displayed, code.compact, known_as)
        return Receipt(after + 1, known_as, code, 0.0, proof=True)

    def password(self, name: str) -> str:
        return self.secrets.add("pw", name)


def alice(rules: Rules, *, seed: int = 0, facts: Facts = FACTS) -> User:
    """A user with email 2FA on, logged in."""
    world = PureWorld(rules)
    user_id = world.talk.create("alice", password="pw")
    admin = Admin(ADMIN, "qa+{tag}@lab.test", "run")
    account = Account("alice", "alice", "pw", "qa+alice@lab.test", user_id)
    user = User(account, Recorder("test_walk", world, Binding(), seed=seed), facts, admin)
    user.log_in()
    user.enable_email()
    return user


def walked(rules: Rules, *, seed: int = 0, moves: int = 15, judged: frozenset[str] = RULES) -> Walk:
    """A walk of a new user."""
    walk = Walk(edition_of(rules), RULES)
    walk.departs(alice(rules, seed=seed), UPDATE, DISABLING, judged, moves)
    return walk


def edition_of(rules: Rules) -> Edition:
    return next(edition for edition in get_args(Edition) if edition == rules.edition)
