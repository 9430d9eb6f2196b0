"""The admin's own second factor: what is asked for is answered, once for each code, or it is said what is lacking."""

from typing import Any

import pytest

from conformance.accounts import Admin
from conformance.binding import Binding
from conformance.model import Granted, Refused, Reply
from conformance.otp import totp
from conformance.outcomes import Inconclusive
from conformance.own_factor import Unanswerable
from conformance.recorder import Recorder
from conformance.secrecy import sha256_hex
from conformance.target import ProvisioningTable

from .script import LOGIN, Answered, Script, challenge, granted, invalid

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
BY_TOTP, BY_EMAIL, BY_PASSWORD = (challenge(method=method) for method in ("totp", "email", "password"))
OFFERED = challenge(method="email", availableMethods=["email", "totp"])
MAILED, OUT = challenge("111-111", method="email"), challenge(method="email", codeGenerated=False)
BOTH: dict[str, Any] = {"totp_secret": SECRET, "email": "Admin@example.org"}


class Office:
    """An admin at work in a scripted world."""

    def __init__(self, *answers: Answered, mails: list[str] | None = None, **settings: Any) -> None:
        table = {"kind": "rocketchat-admin", **(settings or {})}
        if "token" not in table:
            table |= {"username": "admin", "password": "secret-admin"}
        self.script = Script(list(answers), late=mails or [])
        self.recorder = Recorder("test_x", self.script, Binding(), seed=7)
        self.admin = Admin(ProvisioningTable.model_validate(table, strict=False), "qa+{tag}@example.org", "run")

    def log_in(self) -> Reply:
        return self.admin.log_in(self.recorder)

    def call(self) -> Reply:
        return self.admin.call(self.recorder, "POST settings/X", {"value": 1})

    @property
    def sent(self) -> list[tuple[str, str | None]]:
        """The codes that were sent, each with its method."""
        headers = [dict(request.headers) for request in self.script.requests]
        return [(header["x-2fa-code"], header.get("x-2fa-method")) for header in headers if "x-2fa-code" in header]


def shown(step: int) -> str:
    return totp(SECRET, step * 30.0)


def test_an_authenticator_answers_the_login_and_what_comes_after_with_the_next_code() -> None:
    office = Office(BY_TOTP, LOGIN, BY_TOTP, granted(), totp_secret=SECRET)

    assert isinstance(office.log_in(), Granted)
    assert isinstance(office.call(), Granted)
    assert office.script.bodies[1]["code"] == shown(33)  # the script's clock stands at 1000 s
    assert office.sent[-1] == (shown(34), "totp")
    assert office.script.clock == 34 * 30 + 1.0


def test_no_code_is_sent_twice_however_often_one_is_asked_for() -> None:
    office = Office(*[BY_TOTP, granted()] * 4, totp_secret=SECRET)
    for _ in range(4):
        office.call()

    assert [code for code, _ in office.sent] == [shown(step) for step in (33, 34, 35, 36)]


def test_a_code_that_a_run_before_has_used_is_followed_by_the_next_one() -> None:
    office = Office(BY_TOTP, invalid(method="totp"), BY_TOTP, LOGIN, totp_secret=SECRET)

    assert isinstance(office.log_in(), Granted)
    assert [body["code"] for body in office.script.bodies if "code" in body] == [shown(33), shown(34)]


def test_a_login_that_is_refused_twice_is_refused() -> None:
    office = Office(BY_TOTP, invalid(), BY_TOTP, invalid(), totp_secret=SECRET)

    assert isinstance(office.log_in(), Refused)
    assert office.script.answers == []


def test_a_password_alone_is_tried_once() -> None:
    office = Office(invalid())

    assert isinstance(office.log_in(), Refused)
    assert len(office.script.requests) == 1


def test_an_authenticator_is_named_where_the_target_asks_for_mail_and_offers_both() -> None:
    office = Office(OFFERED, granted(), **BOTH)
    office.call()

    assert office.sent == [(shown(33), "totp")]


def test_a_code_by_mail_answers_a_challenge() -> None:
    office = Office(MAILED, granted(), email="admin@example.org")

    assert isinstance(office.call(), Granted)
    assert office.sent == [("111-111", "email")]


def test_each_mail_is_read_once() -> None:
    office = Office(MAILED, granted(), challenge("222-222", method="email"), granted(), email="admin@example.org")
    office.call()
    office.call()

    assert office.sent == [("111-111", "email"), ("222-222", "email")]


def test_where_a_code_is_out_already_nobody_knows_it_and_another_is_asked_for() -> None:
    office = Office(OUT, granted("333-333"), granted(), email="admin@example.org")
    office.call()

    assert office.script.paths == ["settings/X", "users.2fa.sendEmailCode", "settings/X"]
    assert office.script.bodies[1] == {"emailOrUsername": "admin"}
    assert office.sent == [("333-333", "email")]


def test_a_mailed_code_that_is_refused_as_it_is_printed_is_sent_without_its_dash() -> None:
    office = Office(MAILED, invalid(), challenge("222-222", method="email"), LOGIN, email="admin@example.org")

    assert isinstance(office.log_in(), Granted)
    assert [body["code"] for body in office.script.bodies if "code" in body] == ["111-111", "222222"]


def test_the_digest_of_the_password_answers_where_there_is_no_method() -> None:
    office = Office(BY_PASSWORD, granted(), **BOTH)
    office.call()

    assert office.sent == [(sha256_hex("secret-admin"), "password")]


TOKEN = {"user_id": "u0", "token": "t" * 43}
LACKING: list[tuple[dict[str, Any], Answered, str, str]] = [
    ({}, BY_TOTP, "a second factor: totp", "provisioning.totp_secret_env"),
    ({}, MAILED, "a second factor: email", "provisioning.email"),
    ({"email": "admin@example.org"}, challenge(method="email", codeGenerated=True), "no code for the admin came by mail",
     "check that mail to provisioning.email reaches"),
    ({"totp_secret": SECRET}, MAILED, "a second factor: email", "provisioning.email"),
    (TOKEN, BY_PASSWORD, "a second factor: password", "username and password_env"),
    (TOKEN, BY_TOTP, "a second factor: totp", "a personal access token that bypasses"),
    (TOKEN, challenge(method=5), "none that it names", "a personal access token that bypasses"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "asked", "finding", "remedy"), LACKING, ids=[f"{row[2]}: {row[3]}" for row in LACKING]
)
def test_what_the_target_file_does_not_give_is_said_and_nothing_is_guessed(
    settings: dict[str, Any], asked: Answered, finding: str, remedy: str
) -> None:
    office = Office(asked, **settings)
    with pytest.raises(Unanswerable) as lacking:
        office.call()

    assert finding in lacking.value.finding
    assert remedy in lacking.value.remedy
    assert office.sent == []
    assert isinstance(lacking.value, Inconclusive)


def test_a_token_needs_no_login() -> None:
    office = Office(granted(), **TOKEN)

    assert isinstance(office.log_in(), Granted)
    assert office.script.paths == ["me"]
