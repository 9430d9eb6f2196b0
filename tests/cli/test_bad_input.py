"""What bad input gets: one clear message, nothing judged, nothing left on the target."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conformance.cli import app
from conformance.events import Started, to_json
from conformance.lab import GivenAccount, Lab
from conformance.lab.target_file import as_toml

from .conftest import command, left_over, report, target_file

CONFIGURATION: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"target": {"tiemout": 3}}, "target.tiemout: expected no such key"),
    "wrong type": ({"target": {"timeout": "long"}}, "target.timeout: expected a valid number"),
    "no secret": ({"provisioning": {"password": None}}, "provisioning: expected either username with password"),
    "secret not set": ({"mailbox": {"password": None, "password_env": "NO_SUCH_SECRET"}}, "NO_SUCH_SECRET"),
    "two secrets": ({"provisioning": {"password_env": "HOME"}}, "password or password_env, not both"),
    "no tag": ({"mailbox": {"address": "qa@lab.test"}}, "mailbox.address: expected an address that holds {tag}"),
    "no such CA": ({"target": {"ca_file": "none.pem"}}, "target.ca_file: expected a file with certificates"),
}


@pytest.mark.parametrize(("changes", "message"), CONFIGURATION.values(), ids=CONFIGURATION)
@pytest.mark.parametrize("verb", ["run", "doctor"])
def test_a_wrong_target_file_is_refused(
    tmp_path: Path, lab: Lab, verb: str, changes: dict[str, Any], message: str
) -> None:
    target = target_file(tmp_path / "target.toml", lab, **changes)
    done = command(verb, "--target", target, *(["--out", tmp_path / "out"] if verb == "run" else []))

    assert done.returncode == 2
    assert message in done.stderr
    assert f"{target}:" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [None, "this is = no toml ["], ids=["absent", "no TOML"])
def test_an_unreadable_target_file_is_refused(tmp_path: Path, text: str | None) -> None:
    target = tmp_path / "target.toml"
    if text is not None:
        target.write_text(text)
    done = command("run", "--target", target, "--out", tmp_path / "out")

    assert done.returncode == 2
    assert str(target) in done.stderr
    assert not (tmp_path / "out").exists()


HEADER = to_json(Started("abcdef", "", "0.1", "", "staging", "", 0, ("base",), None, {}))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file"),
        ("", "header line"),
        (HEADER, "cut in its preflight"),
        (HEADER[:9] + "\n" + HEADER, "line 1"),
    ],
    ids=["absent", "empty", "cut in the preflight", "no log"],
)
def test_a_log_that_holds_nothing_to_judge_is_refused(tmp_path: Path, text: str | None, why: str) -> None:
    log = tmp_path / "run.jsonl"
    if text is not None:
        log.write_text(text)
    done = CliRunner().invoke(app, ["judge", str(log), "--out", str(tmp_path / "out")])

    assert done.exit_code == 2
    assert f"{log}: no evidence of a run: " in done.stderr
    assert why in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_directory_that_cannot_be_had_is_refused(tmp_path: Path, lab: Lab) -> None:
    (tmp_path / "out").touch()
    done = command("run", "--target", target_file(tmp_path / "t.toml", lab), "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"--out {tmp_path / 'out'}: nothing can be written there" in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PREFLIGHT: dict[str, tuple[dict[str, Any], str, str]] = {
    "unreachable": ({"target": {"base_url": "http://127.0.0.1:{free}"}}, "target-reachable", "target.base_url"),
    "no TLS": ({"target": {"base_url": "https://{address}"}}, "target-reachable", "target.base_url"),
    "wrong admin": ({"provisioning": {"password": "not the password"}}, "admin-login", "provisioning.username"),
    "mailbox refused": ({"mailbox": {"password": "not the password"}}, "mailbox", "mailbox.username"),
    "no mailbox": ({"mailbox": {"port": "{free}"}}, "mailbox", "mailbox.host"),
    "no folder": ({"mailbox": {"folder": "Nowhere"}}, "mailbox", "mailbox.folder"),
    "mailbox not trusted": ({"mailbox": {"security": "tls", "port": "{imaps}"}}, "mailbox", "mailbox.ca_file"),
}


@pytest.mark.parametrize(("changes", "check", "remedy"), PREFLIGHT.values(), ids=PREFLIGHT)
def test_a_target_that_cannot_be_tested_fails_the_preflight(
    tmp_path: Path, lab: Lab, changes: dict[str, Any], check: str, remedy: str
) -> None:
    assert lab.mail
    here = {"{free}": free_port(), "{imaps}": lab.mail.imaps_port, "{address}": lab.base_url.partition("//")[2]}
    filled = {table: {key: fill(value, here) for key, value in keys.items()} for table, keys in changes.items()}
    done = command("run", "--target", target_file(tmp_path / "target.toml", lab, **filled), "--out", tmp_path)
    failed = [finding for finding in report(tmp_path)["preflight"] if finding["verdict"] == "fail"]

    assert done.returncode == report(tmp_path)["exit_code"] == 5
    assert [finding["id"] for finding in failed] == [check]
    assert remedy in f"{failed[0]['finding']} {failed[0]['remedy']}"
    assert f"PREFLIGHT {check}" in done.stdout
    assert {row["verdict"] for row in report(tmp_path)["requirements"]} == {"untested"}
    assert not left_over(lab)


def fill(value: Any, here: dict[str, Any]) -> Any:
    for name, known in here.items():
        if value == name:
            return known
        value = value.replace(name, str(known)) if isinstance(value, str) else value
    return value


def test_a_given_account_that_is_not_let_in_fails_the_preflight(tmp_path: Path) -> None:
    accounts = [GivenAccount(name, f"{name}-password", f"qa+{name}@lab.test", email_factor=True) for name in ("a", "b")]
    with Lab(accounts=accounts) as lab:
        content = lab.target(given=True)
        content["account"][1]["password"] = "wrong-password"
        (tmp_path / "t.toml").write_text(as_toml(content))
        done = command("run", "--target", tmp_path / "t.toml", "--out", tmp_path)
        failed = [finding for finding in report(tmp_path)["preflight"] if finding["verdict"] == "fail"]

        assert done.returncode == report(tmp_path)["exit_code"] == 5
        assert [finding["id"] for finding in failed] == ["account-login"]
        assert "the login of b is refused" in failed[0]["finding"]
        assert "wrong-password" not in (tmp_path / "report.json").read_text() + (tmp_path / "run.jsonl").read_text()


def test_an_admin_without_the_rights_fails_the_preflight(tmp_path: Path) -> None:
    with Lab(edition="classic") as lab:
        plain = {"username": "plain", "password": "plain-password-1"}
        make_user(lab, **plain)
        done = command("run", "--target", target_file(tmp_path / "t.toml", lab, provisioning=plain), "--out", tmp_path)

        assert done.returncode == 5
        assert "give the admin of [provisioning] the rights to create and delete users" in done.stdout
        assert not left_over(lab)


def make_user(lab: Lab, username: str, password: str) -> None:
    import httpx

    admin = lab.target()["provisioning"]
    with httpx.Client(base_url=f"{lab.base_url}/api/v1", trust_env=False) as client:
        session = client.post("/login", json={"user": admin["username"], "password": admin["password"]}).json()["data"]
        headers = {"X-Auth-Token": session["authToken"], "X-User-Id": session["userId"]}
        user = {"name": "Plain", "email": "plain@lab.test", "username": username, "password": password}
        client.post("/users.create", json=user, headers=headers).raise_for_status()
