"""What the preflight has seen, and what it makes of it: one fact a finding, and a remedy wherever there is something to do."""

from dataclasses import replace

import pytest

from conformance.binding import Binding
from conformance.diagnosis import Observations, clock, edition, encryption, findings, left_over
from conformance.editions import Sign
from conformance.events import Facts, Finding
from conformance.limiter import limiter
from conformance.model import Exchange, Headers, Request, Response
from conformance.setting_names import FOR_A_RUN, NAMES

from .script import KNOWING

UPDATE, DISABLE = "POST /api/v1/users.update", "POST /api/v1/users.2fa.disableEmail"
RESEND = "/api/v1/users.2fa.sendEmailCode"
ON: dict[str, object] = {"enabled": True, "email": True, "totp": True, "fallback": True, "remember_for": 0}


def resend(kind: str = "application/json", status: int = 200) -> Exchange:
    request = Request("POST", RESEND, (("Content-Type", kind),), b"{}")
    return Exchange(request, Response(status, (), b"{}"), None, 1000.0, 0.1)


IN_ORDER = Observations(
    facts=replace(KNOWING, trust_window=False, several_codes=True, mail_delay=0.5, admin_id="admin-id"),
    bare={UPDATE: True},
    fallback=True,
    settings=ON,
    exchanges=(resend(),),
    deadline=30.0,
)


def seen(**changes: object) -> dict[str, Finding]:
    """The findings by check; facts are changed where they are named."""
    facts = {name: changes.pop(name) for name in list(changes) if hasattr(Facts(), name)}
    observations = replace(IN_ORDER, **changes)  # type: ignore[arg-type]
    told = list(findings(replace(observations, facts=replace(observations.facts, **facts))))  # type: ignore[arg-type]
    assert len({finding.id for finding in told}) == len(told)
    return {finding.id: finding for finding in told}


def test_where_all_is_in_order_every_check_passes_and_none_has_a_remedy() -> None:
    assert {name: finding.verdict for name, finding in seen().items()} == dict.fromkeys(
        [
            "challenged",
            "grace-period",
            "mail-deadline",
            "trust-window",
            "resend",
            "body-encoding",
            "switches",
            "password-fallback",
            "auto-opt-in",
            "rate-limiter",
        ],
        "pass",
    )
    assert {finding.remedy for finding in seen().values()} == {None}


OFF = {**ON, "enabled": False}
NOTED: list[tuple[dict[str, object], str, str, str]] = [
    # what was seen otherwise, the check, words of its finding, and words of its remedy
    ({"bare": {UPDATE: False}, "challenged": False, "settings": OFF}, "challenged",
     f"the setting {NAMES['enabled']} is off", f"set {NAMES['enabled']} to true"),
    ({"bare": {UPDATE: False}, "challenged": False, "settings": {**ON, "email": False}}, "challenged",
     f"the setting {NAMES['email']} is off", f"set {NAMES['email']} to true"),
    ({"bare": {UPDATE: False}, "challenged": False, "login_challenged": True}, "challenged",
     "users.update without a code is not challenged; the login is", "the suites say"),
    ({"bare": {UPDATE: False, DISABLE: False}, "challenged": False}, "challenged",
     "users.update and users.2fa.disableEmail without a code is not challenged; nor is the login", "without TEST_MODE"),
    ({"bare": {UPDATE: False, DISABLE: True}, "settings": {**ON, "remember_for": 1800}}, "grace-period",
     f"a new account is not challenged: {NAMES['remember_for']} is 1800", f"set {NAMES['remember_for']} to 0"),
    ({"bare": {UPDATE: False, DISABLE: True}, "settings": {}}, "grace-period",
     "it has a grace period, or no account ever is", "older accounts in [[account]]"),
    ({"fallback": False, "settings": {**ON, "remember_for": 300}}, "grace-period",
     "a new account without a method is not challenged", f"set {NAMES['remember_for']} to 0"),
    ({"fallback": False}, "password-fallback", "an account without a method is not challenged",
     f"set {NAMES['fallback']} to true"),
    ({"fallback": False, "settings": {**ON, "fallback": False, "remember_for": 300}}, "password-fallback",
     "an account without a method is not challenged", f"set {NAMES['fallback']} to true"),
    ({"mail_delay": 6.1}, "mail-deadline", "mailbox.deadline is 30 s, and a mail took 6.1 s", "mailbox.deadline to 31"),
    ({"trust_window": True}, "trust-window", "a success is remembered", f"set {NAMES['remember_for']} to 0"),
    ({"resend_arrives": False}, "resend", "no mail follows sendEmailCode", "the target's log"),
    ({"settings": {}}, "settings", "may not read", "view-privileged-setting"),
    ({"admin_factors": ("totp",), "changes": True}, "admin-second-factor", "serves once", "token that bypasses"),
    ({"opted_in": True, "fallback": None}, "auto-opt-in", "email 2FA from the start", f"{NAMES['auto_opt_in']} to false"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "check", "finding", "remedy"), NOTED, ids=[f"{row[1]}: {row[2]}" for row in NOTED])
def test_what_is_not_in_order_is_noted_with_its_remedy(
    changes: dict[str, object], check: str, finding: str, remedy: str
) -> None:
    found = seen(**dict(changes))[check]

    assert found.verdict == "note"
    assert finding in found.finding
    assert remedy in (found.remedy or "")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"bare": {}}, "challenged"),
        ({"bare": {}}, "grace-period"),
        ({"bare": {UPDATE: False}, "challenged": False}, "grace-period"),
        ({"mail_delay": None}, "mail-deadline"),
        ({"deadline": None}, "mail-deadline"),
        ({"trust_window": None}, "trust-window"),
        ({"exchanges": ()}, "resend"),
        ({"exchanges": (resend(status=400),)}, "body-encoding"),
        ({"settings": OFF}, "switches"),
        ({"settings": {}, "admin_id": ""}, "settings"),
        ({"admin_factors": ("totp",)}, "admin-second-factor"),
        ({"admin_factors": ("email",), "changes": True}, "admin-second-factor"),
        ({"fallback": None}, "password-fallback"),
        ({"fallback": None}, "auto-opt-in"),
    ],
)
def test_nothing_is_said_of_what_was_not_seen(changes: dict[str, object], check: str) -> None:
    assert check not in seen(**dict(changes))


def test_one_fact_is_told_once() -> None:
    """An account without a method is not challenged: that the target has a grace period may be all there is to it."""
    told = seen(fallback=False, settings={**ON, "remember_for": 1800})

    assert told["grace-period"].verdict == "note"
    assert "password-fallback" not in told


def test_a_call_that_is_not_challenged_where_nobody_is_trusted_is_no_grace_period() -> None:
    told = seen(bare={UPDATE: False, DISABLE: True})

    assert told["grace-period"].verdict == "pass"
    assert told["challenged"].finding == "users.2fa.disableEmail without a code is challenged; users.update is not"


@pytest.mark.parametrize(
    ("several", "words"),
    [(True, ", and the one before it works still"), (False, ", and the one before it is refused"), (None, "")],
)
def test_what_becomes_of_an_earlier_code_is_recorded_and_not_judged(several: bool | None, words: str) -> None:
    assert seen(several_codes=several)["resend"] == Finding("resend", "pass", f"a resend mails a new code{words}")


@pytest.mark.parametrize(
    ("exchanges", "words"),
    [
        ((resend(),), "takes JSON"),
        ((resend(status=400), resend("application/x-www-form-urlencoded")), "takes a form, and no JSON"),
        ((resend(), resend("application/x-www-form-urlencoded")), "takes JSON"),
    ],
)
def test_how_a_resend_is_asked_for_is_recorded(exchanges: tuple[Exchange, ...], words: str) -> None:
    assert seen(exchanges=exchanges)["body-encoding"].finding == f"sendEmailCode {words}"


def test_a_resend_is_known_by_the_route_of_the_binding() -> None:
    assert "resend" not in seen(binding=Binding(send_email_code="POST /rest/again"))


@pytest.mark.parametrize(
    ("base_url", "verdicts"),
    [
        ("https://chat.example.org", ["pass"]),
        ("http://chat.example.org/sub", ["note"]),
        ("http://10.0.0.1:3000", ["note"]),
        ("http://127.0.0.1:3000", []),
        ("http://[::1]:3000", []),
        ("http://localhost", []),
    ],
)
def test_what_crosses_a_network_in_the_clear_is_noted(base_url: str, verdicts: list[str]) -> None:
    assert [found.verdict for found in encryption(base_url)] == verdicts


@pytest.mark.parametrize(
    "changes", [{}, {"bare": {UPDATE: False, DISABLE: True}, "settings": {}}, {"fallback": False, "settings": {}}]
)
def test_of_accounts_that_were_there_nothing_is_said_that_is_true_of_new_ones(changes: dict[str, object]) -> None:
    told = seen(admin_id="", trust_window=True, **dict(changes))

    assert not told.keys() & {"grace-period", "auto-opt-in", "settings"}
    assert "--configure-target" not in (told["trust-window"].remedy or "--configure-target")


@pytest.mark.parametrize(
    ("offset", "verdict"), [(0.0, "pass"), (10.0, "pass"), (10.2, "note"), (-10.2, "note"), (3600.0, "note")]
)
def test_a_clock_that_is_far_off_is_noted(offset: float, verdict: str) -> None:
    told = clock(offset)

    assert told.verdict == verdict
    assert f"{offset:+.1f} s" in told.finding
    assert (told.remedy is None) == (verdict == "pass")


def signs(classic: int, current: int) -> list[Sign]:
    return [("a sign", "classic")] * classic + [("a sign", "current")] * current


@pytest.mark.parametrize(
    ("asked", "chosen", "told", "verdict"),
    [
        ("auto", "classic", signs(4, 1), "pass"),
        ("auto", "current", signs(1, 2), "pass"),
        ("auto", "classic", signs(2, 2), "note"),
        ("auto", "classic", signs(2, 0), "note"),
        ("auto", "classic", [], "note"),
        ("current", "current", signs(1, 4), "pass"),
        ("current", "current", signs(2, 2), "pass"),
        ("current", "current", signs(3, 2), "note"),
        ("classic", "classic", [], "pass"),
    ],
)
def test_an_edition_that_the_signs_do_not_settle_is_noted(
    asked: str, chosen: str, told: list[Sign], verdict: str
) -> None:
    found = edition(asked, "current" if chosen == "current" else "classic", told)
    agreeing = sum(sign == chosen for _, sign in told)

    assert found.verdict == verdict
    assert f"judged by edition {chosen}: {agreeing} of {len(told)} signs are its" in found.finding
    assert (found.remedy is None) == (verdict == "pass")


def test_what_is_left_over_is_a_warning_and_nothing_is_no_finding() -> None:
    assert list(left_over(())) == []
    assert [(found.id, found.verdict) for found in left_over(("twofa-x", "RememberFor"))] == [("clean-up", "warn")]


ADMIN = (("X-User-Id", "admin-id"),)


def counted(calls: str | None, reset: str = "1060500", *, by: Headers = (), status: int = 200) -> Exchange:
    """A call at 1000, by our clock, with what a rate limiter tells."""
    headers = (("x-ratelimit-limit", calls), ("X-RateLimit-Reset", reset)) if calls is not None else ()
    return Exchange(Request("GET", "/api/v1/me", by, b""), Response(status, headers, b"{}"), None, 1000.0, 0.5)


def limited(*exchanges: Exchange, per_second: float = 20.0) -> Finding:
    return limiter(exchanges, "admin-id", 0.0, per_second, "the remedy")


LIMITED = [
    ((counted(None),), "no rate limiter shows itself"),
    ((counted("60", "60"),), "a rate limiter lets 60 calls of a route in 60 s through; a run waits for it"),
    ((counted("60", "60"), counted("10", "12"), counted("10", "30")), "lets 10 calls of a route in 30 s"),
    ((counted("60", "60"), counted(None, by=ADMIN)), "; the admin is exempt; a run waits for it"),
    ((counted("60", "60"), counted("60", "60", by=ADMIN)), "; the admin is not exempt; a run waits for it"),
    ((counted("60", "soon"),), "a rate limiter lets 60 calls of a route through; a run waits for it"),
    ((counted("many"), counted(None, status=429)), "puts calls off, and does not tell its limit"),
    ((counted("²"),), "no rate limiter shows itself"),
]  # fmt: skip


@pytest.mark.parametrize(("exchanges", "words"), LIMITED, ids=[words for _, words in LIMITED])
def test_a_rate_limiter_is_known_by_what_replies_tell(exchanges: tuple[Exchange, ...], words: str) -> None:
    found = limited(*exchanges)

    assert words in found.finding
    assert (found.verdict, found.remedy) == (("pass", None) if words.startswith("no") else ("note", "the remedy"))


@pytest.mark.parametrize(("per_second", "verdict"), [(1.0, "pass"), (1.1, "note")])
def test_a_rate_limiter_that_is_wider_than_the_owner_s_own_limit_costs_nothing(per_second: float, verdict: str) -> None:
    assert limited(counted("60", "60"), per_second=per_second).verdict == verdict


def test_a_window_is_told_in_milliseconds_of_the_target_s_clock() -> None:
    at = 1_900_000_000.0
    exchange = replace(counted("60", str(int((at + 70.5) * 1000))), at=at)

    assert "in 60 s" in limiter([exchange], "", 10.0, 20.0, "").finding


def test_what_a_run_sets_are_settings_that_have_a_name() -> None:
    assert set(FOR_A_RUN) <= set(NAMES)
    assert list(FOR_A_RUN)[-1] == "remember_for"
