"""What a target can do: tried once each, and said where it is not what the target file declares."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from conformance.events import Facts, Finding, Walk
from conformance.model import Exchange, Request
from conformance.otp import totp
from conformance.secrecy import sha256_hex
from conformance.setting_names import NAMES
from conformance.survey import Survey
from conformance.target import LimitsTable

from .script import KNOWING, Answered, Script, answer, challenge, failed, granted, invalid, result, user

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
BACKUP = ["aaaabbbb", "ccccdddd"]
WORKS = Walk(challenged=True, right_works=True, wrong_refused=True)
ABSENT = answer(404, {"success": False})
EVERYTHING = {
    "email", "password", "totp", "backup-codes", "personal-access-tokens", "method-call", "new-accounts", "settings",
}  # fmt: skip


@dataclass
class Site(Script):
    """A target that knows its users by the end of their names. The fields are what it has."""

    answers: list[Answered] = field(default_factory=list)
    fallback: bool = True
    routes: str = "users.totp method.call"
    backup: tuple[str, ...] = tuple(BACKUP)
    takes_backup: bool = True
    tokens: bool = True
    methods: bool = True
    settings: dict[str, Any] = field(
        default_factory=lambda: {"remember_for": 0, "enabled": True, "email": True, "totp": True}
    )
    accepts_anything: bool = False
    accepts_nothing: bool = False
    asks_for: str = ""
    passwords: dict[str, str] = field(default_factory=dict)

    def exchange(self, test: str, request: Request) -> Exchange:
        self.answers.append(self.serve(request))
        return super().exchange(test, request)

    def serve(self, request: Request) -> Answered:
        path = request.path.removeprefix("/api/v1/")
        body = self.bodies_of(request)
        match path.split("/"):
            case ["users.create"]:
                self.passwords[body["username"]] = body["password"]
                return granted(user={"_id": body["username"]})
            case ["login"]:
                return granted(data={"authToken": f"token-of-{body['user']}", "userId": body["user"]})
            case ["settings", name]:
                values = {NAMES[short]: value for short, value in self.settings.items()}
                return granted(value=values[name]) if name in values else answer(403, {"success": False})
            case ["users.totp.enable"]:
                return granted(secret=SECRET) if "users.totp" in self.routes else ABSENT
            case ["method.call", "2fa:enable"]:
                return result({"secret": SECRET}) if "method.call" in self.routes else ABSENT
            case ["users.totp.validate"]:
                return granted(codes=list(self.backup))
            case ["method.call", "2fa:validateTempToken"]:
                return result({"codes": list(self.backup)})
            case ["method.call", _]:
                return failed("totp-required", details={"method": "email"}) if self.methods else ABSENT
            case ["users.getPersonalAccessTokens"]:
                return granted(tokens=[]) if self.tokens else ABSENT
            case ["users.generatePersonalAccessToken"]:
                return challenge() if self.tokens else ABSENT
            case ["users.update"]:
                return self.update(request, body["userId"])
        return granted()

    def bodies_of(self, request: Request) -> Any:
        return Script([], requests=[request]).bodies[0]

    def update(self, request: Request, username: str) -> Answered:
        code = dict(request.headers).get("x-2fa-code")
        if username.endswith("dave"):
            method, right = "password", {sha256_hex(self.passwords[username])}
        else:
            steps = {totp(SECRET, self.clock + 30 * step) for step in (-1, 0, 1)}
            method, right = "totp", steps | (set(BACKUP) if self.takes_backup else set())
        if method == "password" and not self.fallback:
            return granted()
        if code is None:
            return challenge(method=self.asks_for or method)
        return (
            granted()
            if (code in right or self.accepts_anything) and not self.accepts_nothing
            else invalid(method=method)
        )


def survey(site: Site, facts: Facts = KNOWING, *, with_mail: bool = True, **limits: Any) -> Survey:
    alice = user(site)
    table = LimitsTable.model_validate({"allow_settings": True, **limits}, strict=False)
    found = Survey(alice.provider, alice.recorder, facts, table)
    found.run(with_mail=with_mail)
    return found


def sent(site: Site, path: str, member: str) -> list[str]:
    """A member of the body of every call of a route."""
    return [body[member] for body, called in zip(site.bodies, site.paths, strict=True) if called == path]


def test_a_target_that_has_everything_is_found_to_have_it() -> None:
    found = survey(Site())

    assert set(found.capabilities) == EVERYTHING
    assert found.findings == []
    assert (found.facts.enrolment, found.facts.backup_codes) == ("users.totp", True)
    assert (found.facts.totp, found.facts.password) == (WORKS, WORKS)


def test_every_account_that_the_survey_made_is_removed() -> None:
    site = Site()
    survey(site)

    made = sent(site, "users.create", "username")
    assert [next(name for name in ("alice", "dave", "carol") if user.endswith(name)) for user in made] == [
        "alice",
        "dave",
        "carol",
    ]
    assert sent(site, "users.delete", "userId") == made


@pytest.mark.parametrize(
    ("site", "lacks"),
    [
        (Site(fallback=False), {"password"}),
        (Site(asks_for="email"), {"password"}),
        (Site(routes=""), {"totp", "backup-codes"}),
        (Site(backup=()), {"backup-codes"}),
        (Site(tokens=False), {"personal-access-tokens"}),
        (Site(methods=False), {"method-call"}),
        (Site(settings={}), {"settings"}),
    ],
)
def test_what_a_target_lacks_is_no_fault(site: Site, lacks: set[str]) -> None:
    found = survey(site)

    assert set(found.capabilities) == EVERYTHING - lacks
    assert found.findings == []


def test_without_a_mailbox_nothing_is_tried_that_takes_mail() -> None:
    site = Site()
    found = survey(site, with_mail=False)

    assert set(found.capabilities) == EVERYTHING - {"email", "personal-access-tokens", "method-call"}
    assert "users.2fa.enableEmail" not in site.paths


def test_where_the_routes_are_not_there_the_methods_before_them_are_used() -> None:
    assert survey(Site(routes="method.call")).facts.enrolment == "method.call"


def test_an_enrolment_that_breaks_down_is_there_all_the_same() -> None:
    """That it breaks down is for a test to say, and for the report that nothing else of it can be judged."""

    class Broken(Site):
        def serve(self, request: Request) -> Answered:
            begins = request.path.endswith(("users.totp.enable", "2fa:enable"))
            if "users.totp." in request.path and not begins:
                return ABSENT
            return answer(500, {"success": False, "error": "boom"}) if begins else super().serve(request)

    found = survey(Broken())

    assert set(found.capabilities) == EVERYTHING - {"backup-codes"}
    assert found.facts.enrolment == "users.totp"
    assert [(finding.id, finding.verdict) for finding in found.findings] == [("survey-carol", "note")]
    assert "boom" in found.findings[0].finding


def test_a_target_that_answers_whatever_it_does_not_know_with_a_server_error_has_no_enrolment() -> None:
    class Odd(Site):
        def serve(self, request: Request) -> Answered:
            unknown = "users.totp." in request.path or "method.call" in request.path
            return answer(500, {"success": False}) if unknown else super().serve(request)

    found = survey(Odd())

    assert "totp" not in found.capabilities
    assert found.findings == []


@pytest.mark.parametrize("name", ["enabled", "email", "totp"])
def test_a_switch_that_is_off_is_said(name: str) -> None:
    found = survey(Site(settings={"remember_for": 0, name: False}))

    assert [(finding.id, finding.verdict) for finding in found.findings] == [(f"switch-{name}", "note")]
    assert NAMES[name] in found.findings[0].finding


@pytest.mark.parametrize(
    ("name", "person", "lacks"),
    [
        ("email", "alice", {"email", "personal-access-tokens", "method-call"}),
        ("totp", "carol", {"totp", "backup-codes"}),
    ],
)
def test_a_method_that_is_switched_off_is_not_tried(name: str, person: str, lacks: set[str]) -> None:
    site = Site(settings={"remember_for": 0, name: False})
    found = survey(site)

    assert set(found.capabilities) == EVERYTHING - lacks
    assert not any(username.endswith(person) for username in sent(site, "users.create", "username"))


def test_a_setting_that_is_null_or_missing_is_not_off() -> None:
    assert survey(Site(settings={"remember_for": 0, "email": None})).findings == []


def test_settings_that_may_not_be_changed_are_no_capability_even_if_they_can_be_read() -> None:
    assert "settings" not in survey(Site(), allow_settings=False).capabilities


@pytest.mark.parametrize(
    ("facts", "limits", "capability"),
    [
        (replace(KNOWING, login_challenged=True), {}, "login"),
        (replace(KNOWING, trust_window=True), {}, "trust-window"),
        (KNOWING, {"allow_lockout": True}, "lockout"),
    ],
)
def test_what_the_probe_and_the_target_file_know_is_a_capability(
    facts: Facts, limits: dict[str, bool], capability: str
) -> None:
    assert capability in survey(Site(), facts, **limits).capabilities
    assert capability not in survey(Site()).capabilities


def test_a_method_that_takes_anything_is_known_to_before_it_is_judged() -> None:
    found = survey(Site(accepts_anything=True)).facts

    assert found.totp == found.password == Walk(challenged=True, right_works=True, wrong_refused=False)


def test_a_method_that_takes_nothing_is_known_to_before_it_is_judged() -> None:
    found = survey(Site(accepts_nothing=True)).facts

    assert found.totp == found.password == Walk(challenged=True, right_works=False, wrong_refused=True)


def test_an_authenticator_that_is_not_asked_for_is_there_all_the_same() -> None:
    """That it is not asked for is for a test to say."""
    found = survey(Site(asks_for="email"))

    assert "totp" in found.capabilities
    assert found.facts.totp == Walk()


def test_backup_codes_that_do_not_work_are_there_all_the_same_and_no_login_relies_on_them() -> None:
    found = survey(Site(takes_backup=False))

    assert "backup-codes" in found.capabilities
    assert found.facts.backup_codes is False


def test_an_account_that_cannot_be_made_is_said_and_the_rest_is_tried() -> None:
    class Stingy(Site):
        def serve(self, request: Request) -> Answered:
            if request.path.endswith("users.create") and self.bodies_of(request)["username"].endswith("dave"):
                return answer(403, {"success": False, "error": "no more users"})
            return super().serve(request)

    found = survey(Stingy())

    assert set(found.capabilities) == EVERYTHING - {"password"}
    assert [(finding.id, finding.verdict) for finding in found.findings] == [("survey-dave", "note")]
    assert "no more users" in found.findings[0].finding


def compared(declared: list[str], site: Site, facts: Facts = KNOWING) -> list[Finding]:
    found = survey(site, facts)
    found.compare(declared)
    return found.findings


@pytest.mark.parametrize(
    ("method", "site", "facts"),
    [
        ("totp", Site(routes=""), KNOWING),
        ("password", Site(fallback=False), KNOWING),
        ("email", Site(), replace(KNOWING, challenged=False)),
    ],
)
def test_a_method_that_is_declared_and_not_there_is_worth_a_warning(method: str, site: Site, facts: Facts) -> None:
    """A report that says nothing of it would be taken for one that has looked."""
    (finding,) = compared([method], site, facts)

    assert (finding.id, finding.verdict) == (f"capability-{method}", "warn")
    assert f"declares the method {method}" in finding.finding
    assert finding.remedy


def test_a_method_that_is_declared_and_switched_off_is_worth_a_warning() -> None:
    findings = compared(["totp"], Site(settings={"remember_for": 0, "totp": False}))

    assert [(finding.id, finding.verdict) for finding in findings] == [
        ("switch-totp", "note"),
        ("capability-totp", "warn"),
    ]


def test_what_is_declared_and_there_is_not_mentioned_nor_is_what_is_there_and_not_declared() -> None:
    assert compared(["email", "totp", "password"], Site()) == []
    assert compared([], Site()) == []
