"""doctor: each check has a server for which it says otherwise, and nothing is left on any."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance import resources
from conformance.config import build
from conformance.events import Surveyed
from conformance.examination import examine
from conformance.lab import Administrator, Gate, Lab
from conformance.lab.rules import SETTINGS
from conformance.model import Request
from conformance.setting_names import FOR_A_RUN, NAMES
from conformance.transport import Transport
from conformance.writing import Way

from .conftest import command, left_over, target_file

CONDITIONS: list[tuple[str, list[str], dict[str, Any], str, str, str]] = [
    # edition, variants, other settings, check, verdict, and words of the finding
    ("classic", [], {}, "challenged", "pass", "users.update without a code is challenged"),
    ("classic", ["b-34-long"], {}, "challenged", "pass", "disableEmail without a code is challenged; users.update is not"),
    ("classic", [], {NAMES["enabled"]: False}, "challenged", "note", f"{NAMES['enabled']} is off"),
    ("current", ["b-11-mixed"], {}, "right-code", "pass", "the code from the mail works"),
    ("classic", [], {}, "grace-period", "pass", "challenged at once"),
    ("classic", ["b-34-long"], {}, "grace-period", "note", "a new account is not challenged"),
    ("current", ["product-defaults"], {}, "grace-period", "note", "a new account without a method is not challenged"),
    ("current", [], {}, "trust-window", "pass", "not remembered"),
    ("current", ["product-defaults"], {}, "trust-window", "note", "a success is remembered"),
    ("classic", [], {}, "resend", "pass", "the one before it works still"),
    ("current", [], {}, "resend", "pass", "the one before it is refused"),
    ("classic", [], {}, "body-encoding", "pass", "takes JSON"),
    ("classic", ["b-44-form", "limiter"], {}, "body-encoding", "pass", "takes a form, and no JSON"),
    ("classic", [], {}, "rate-limiter", "pass", "no rate limiter"),
    ("classic", ["b-44-form", "limiter"], {}, "rate-limiter", "note", "120 calls of a route in 60 s through; the admin is exempt"),
    ("current", [], {}, "switches", "pass", "switched on"),
    ("current", ["clock-minute-ahead"], {NAMES["totp"]: False}, "switch-totp", "note", f"{NAMES['totp']} is off"),
    ("current", [], {}, "password-fallback", "pass", "asked for its password"),
    ("current", ["b-43"], {}, "password-fallback", "note", "not challenged"),
    ("current", [], {}, "auto-opt-in", "pass", "no method from the start"),
    ("current", ["product-defaults"], {}, "auto-opt-in", "note", "email 2FA from the start"),
    ("current", [], {}, "clock", "pass", "off ours"),
    ("current", ["clock-minute-ahead"], {NAMES["totp"]: False}, "clock", "note", "s off ours; times are compared"),
    ("current", [], {}, "edition", "pass", "5 of 5 signs"),
    ("classic", ["b-12", "b-30"], {}, "edition", "pass", "judged by edition current"),
    ("current", [], {}, "mail-deadline", "pass", "and a mail took"),
]  # fmt: skip


@cache
def survey_of(edition: str, variants: tuple[str, ...], settings: tuple[tuple[str, Any], ...]) -> Surveyed:
    weather = {"settings": {**SETTINGS, **dict(settings)}} if settings else {}
    with Lab(edition, variants=variants, weather=weather) as lab:
        return seen(lab)


def seen(lab: Lab, *, configure: bool = False, **changes: dict[str, Any]) -> Surveyed:
    """What the preflight finds on a lab, which it leaves as it was."""
    content = {name: {**table, **changes.get(name, {})} for name, table in lab.target().items()}
    before = dict(lab.state.settings)
    surveyed = examine(build(content, {}), configure=configure)
    assert (left_over(lab), lab.state.settings) == ([], before)
    return surveyed


def told(surveyed: Surveyed, check: str) -> tuple[str, str, str | None]:
    finding = next(finding for finding in surveyed.findings if finding.id == check)
    return finding.verdict, finding.finding, finding.remedy


@pytest.mark.parametrize(
    ("edition", "variants", "settings", "check", "verdict", "words"),
    CONDITIONS,
    ids=[f"{row[3]}: {row[5]}" for row in CONDITIONS],
)
def test_each_check_tells_the_state_of_the_server(
    edition: str, variants: list[str], settings: dict[str, Any], check: str, verdict: str, words: str
) -> None:
    found, finding, remedy = told(survey_of(edition, tuple(variants), tuple(settings.items())), check)

    assert found == verdict
    assert words in finding
    assert (remedy is None) == (verdict == "pass")


def test_the_reading_guide_knows_every_check() -> None:
    guide = (resources.folder("reports") / "README.md").read_text(encoding="utf-8")
    known = re.findall(r"`([\w*-]+)`", guide.partition("## Preflight")[2].partition("## Exit codes")[0])
    made = {
        finding.id
        for edition, variants, settings, *_ in CONDITIONS
        for finding in survey_of(edition, tuple(variants), tuple(settings.items())).findings
    }

    assert [check for check in made if not any(fnmatch(check, name) for name in known)] == []


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMINS = {
    "an authenticator": (Administrator(totp_secret=SECRET), []),
    "codes by mail, for every account that is made": (Administrator(email="qa+admin@lab.test"), ["admin-challenged"]),
    "a token that bypasses": (Administrator(token="t" * 43), ["admin-challenged"]),
    "the password's digest": (Administrator(), ["admin-challenged"]),
}


@pytest.mark.parametrize(("administrator", "variants"), ADMINS.values(), ids=ADMINS)
def test_an_admin_with_a_second_factor_is_let_in(administrator: Administrator, variants: list[str]) -> None:
    with Lab("current", variants=variants, administrator=administrator) as lab:
        surveyed = seen(lab)

    assert {finding.verdict for finding in surveyed.findings if finding.id != "admin-second-factor"} == {"pass"}


LACKING: dict[str, tuple[Administrator, list[str], list[str], str, str, str]] = {
    # the admin, variants, keys that the target file lacks, the check, words of its finding and of its remedy
    "authenticator": (Administrator(totp_secret=SECRET), [], ["totp_secret"], "admin-login", "totp", "totp_secret_env"),
    "mail": (Administrator(email="qa+admin@lab.test"), [], ["email"], "admin-login", "email", "provisioning.email"),
    "token that does not bypass": (Administrator(token="t" * 43, bypass=False), ["admin-challenged"], [],
                                   "admin-second-factor", "password", "username and password_env"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("administrator", "variants", "lacks", "check", "finding", "remedy"), LACKING.values(), ids=LACKING
)
def test_a_second_factor_that_the_target_file_does_not_give_fails_with_what_would_help(
    administrator: Administrator, variants: list[str], lacks: list[str], check: str, finding: str, remedy: str
) -> None:
    with Lab("current", variants=variants, administrator=administrator) as lab:
        content = lab.target()
        content["provisioning"] = {key: value for key, value in content["provisioning"].items() if key not in lacks}
        verdict, found, advice = told(examine(build(content, {})), check)

    assert verdict == "fail"
    assert finding in found
    assert remedy in (advice or "")


HEADERS = {"CF-Access-Client-Id": "client-0815", "CF-Access-Client-Secret": "secret-4711-0815"}


def test_the_headers_of_an_access_proxy_go_with_every_request() -> None:
    with Lab("current", gate=Gate(HEADERS)) as lab:
        verdicts = {finding.verdict for finding in seen(lab).findings}
        odd = Request("GET", "/api/v1/info", (), b"", Way("fresh"))
        transport = Transport(lab.base_url, ca_file=None, timeout=5, headers=tuple(HEADERS.items()))
        raw = transport.exchange(odd).response
        transport.close()

    assert verdicts == {"pass"}
    assert raw and raw.status == 200


@pytest.mark.parametrize(
    ("answer", "words"),
    [("redirected", "status 302, a redirect to https://login.proxy.example"), ("forbidden", "status 403")],
)
def test_an_access_proxy_that_wants_other_headers_is_told_from_a_target_that_lacks_a_route(
    answer: Any, words: str
) -> None:
    with Lab("current", gate=Gate(HEADERS, answer)) as lab:
        surveyed = seen(lab, target={"headers": {"CF-Access-Client-Id": "client-0000"}})
    verdict, finding, remedy = told(surveyed, "access-proxy")

    assert verdict == "fail"
    assert words in finding
    assert "kid=" not in finding
    assert "target.headers" in (remedy or "")


def test_a_server_that_asks_nobody_may_run_in_test_mode() -> None:
    with Lab("current", weather={"forced": lambda *_: "passed", "login_form": "open"}) as lab:
        verdict, finding, remedy = told(seen(lab), "challenged")

    assert verdict == "note"
    assert "nor is the login" in finding
    assert "without TEST_MODE" in (remedy or "")


def test_a_server_that_mails_nothing_is_told_where_to_look() -> None:
    with Lab("current", weather={"recipients": lambda *_: ()}) as lab:
        surveyed = seen(lab, mailbox={"deadline": 0.5})
    verdict, finding, remedy = told(surveyed, "mail")

    assert verdict == "note"
    assert finding == "no mail came, neither after a challenge nor after a resend, within 0.5 s each"
    assert "SMTP" in (remedy or "")
    assert told(surveyed, "resend")[0] == "note"


def test_a_mail_that_comes_late_is_measured() -> None:
    with Lab("classic", weather={"mail_delay": 2.0}) as lab:
        surveyed = seen(lab, mailbox={"deadline": 9})

    verdict, finding, _ = told(surveyed, "mail")
    assert verdict == "pass"
    assert float(finding.rpartition("after ")[2].split()[0]) >= 2.0
    assert told(surveyed, "mail-deadline")[0] == "note"


def test_with_the_settings_of_a_run_the_product_as_it_is_delivered_is_in_order() -> None:
    with Lab("current", variants=["product-defaults", "limiter"]) as lab:
        noted = {finding.id for finding in seen(lab).findings if finding.verdict == "note"}
        configured = seen(lab, configure=True)

    assert noted == {"grace-period", "trust-window", "auto-opt-in", "rate-limiter"}
    assert {finding.verdict for finding in configured.findings} == {"pass"}
    assert {NAMES[name] for name in FOR_A_RUN} == {
        finding.finding.split()[0] for finding in configured.findings if finding.id.startswith("configure-")
    }


def test_on_the_screen_each_remedy_stands_under_its_check_and_what_to_do_next_at_the_end(tmp_path: Path) -> None:
    with Lab("current", variants=["product-defaults"]) as lab:
        file = target_file(tmp_path / "target.toml", lab)
        done = command("doctor", "--target", file, "--out", tmp_path / "out")
        assert not left_over(lab)
    lines = done.stdout.splitlines()
    noted = [number for number, line in enumerate(lines) if line.startswith("note ")]

    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["target.toml"]
    assert lines[0].split() == ["pass", "target-reachable", lab_url(lines[0]), "answers"]
    assert [lines[number].split()[1] for number in noted] == ["grace-period", "trust-window", "auto-opt-in"]
    assert all(lines[number + 1].strip().startswith("-> set Accounts_TwoFactor") for number in noted)
    assert lines[-1].endswith(f"twofa-conformance run --target {file} --configure-target")


def lab_url(line: str) -> str:
    return next(word for word in line.split() if word.startswith("http://127.0.0.1:"))


def test_as_json_it_is_one_object_and_the_exit_code_is_five_where_a_run_makes_no_sense(
    tmp_path: Path, lab: Lab
) -> None:
    file = target_file(tmp_path / "target.toml", lab, provisioning={"password": "wrong-password-1"})
    done = command("doctor", "--target", file, "--json")
    findings = json.loads(done.stdout)["preflight"]

    assert done.returncode == 5
    assert [(row["id"], row["verdict"]) for row in findings][-1] == ("admin-login", "fail")
    assert findings[-1]["remedy"]
    assert "wrong-password-1" not in done.stdout


def test_nothing_is_changed_where_no_journal_can_be_written(tmp_path: Path, lab: Lab) -> None:
    (tmp_path / "out").touch()
    done = command("doctor", "--target", target_file(tmp_path / "t.toml", lab), "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"--out {tmp_path / 'out'}: nothing can be written there" in done.stderr


def test_settings_are_not_to_be_had_without_an_admin(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    account = '[[account]]\nusername = "alice"\npassword = "secret-alice"\n'
    file.write_text(f'[target]\nname = "x"\nbase_url = "http://127.0.0.1:9"\n{account}')
    done = command("run", "--target", file, "--out", tmp_path / "out", "--configure-target")

    assert done.returncode == 2
    assert "--configure-target takes an admin: expected [provisioning]" in done.stderr
    assert not (tmp_path / "out").exists()
