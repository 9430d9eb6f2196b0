"""init as a user runs it: a file, its schema beside it, and doctor at the end; never a secret, never over another file."""

from __future__ import annotations

import os
import pty
import subprocess
import tomllib
from pathlib import Path

import pytest

from conformance import resources
from conformance.lab import Lab

from .conftest import PATIENCE, PROGRAM, command


def flags(lab: Lab) -> list[str]:
    mailbox = lab.target()["mailbox"]
    return [
        *("--base-url", lab.base_url, "--admin", "admin", "--imap-host", mailbox["host"], "--imap-port", str(mailbox["port"])),
        *("--imap-security", "plain", "--imap-user", mailbox["username"], "--mail-address", mailbox["address"]),
    ]  # fmt: skip


def test_from_flags_it_writes_a_file_and_doctor_looks_at_the_target(tmp_path: Path, lab: Lab) -> None:
    content, file = lab.target(), tmp_path / "new" / "staging.toml"
    secrets = {
        "ADMIN_PASSWORD": content["provisioning"]["password"],
        "QA_MAIL_PASSWORD": content["mailbox"]["password"],
    }
    done = command("init", "--target", file, *flags(lab), cwd=tmp_path, **os.environ, **secrets)
    first, *_, last = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert first == f"written: {file}, and {file.parent / 'target.schema.json'} for editors"
    assert last == f"next: everything is in order: twofa-conformance run --target {file}"
    assert (file.parent / "target.schema.json").read_text() == resources.target_schema_text()
    assert tomllib.loads(file.read_text())["mailbox"]["password_env"] == "QA_MAIL_PASSWORD"
    assert not any(secret in file.read_text() + done.stdout for secret in secrets.values())


def test_where_secrets_are_still_to_be_set_it_says_which(tmp_path: Path) -> None:
    done = command("init", "--base-url", "http://127.0.0.1:9", "--account", "alice", cwd=tmp_path)

    assert done.returncode == 0
    assert (
        done.stdout.splitlines()[-1] == "next: set ALICE_PASSWORD, then: twofa-conformance doctor --target target.toml"
    )


REFUSED = {
    "nothing is said": ([], "these flags are missing: --base-url, --admin"),
    "no URL": (["--base-url", "chat", "--admin", "a"], "target.base_url: expected a URL"),
    "a secret": (
        ["--base-url", "https://x", "--admin", "a", "--admin-password-env", "hunter 2"],
        "--admin-password-env",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = command("init", *arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert message in done.stderr
    assert "hunter" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_overwritten_by_force_only(tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text("mine")
    (tmp_path / "target.schema.json").write_text("mine, too")
    arguments = ["init", "--base-url", "http://127.0.0.1:9", "--account", "alice"]
    done = command(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert "--force" in done.stderr
    assert {path.read_text() for path in tmp_path.iterdir()} == {"mine", "mine, too"}
    assert command(*arguments, "--force", cwd=tmp_path).returncode == 0
    assert not any(path.read_text().startswith("mine") for path in tmp_path.iterdir())


def test_at_a_terminal_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    answers = ["http://127.0.0.1:9", "staging", "given ones", "alice bob", "", ""]
    with subprocess.Popen([*PROGRAM, "init"], stdin=theirs, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        process.communicate(timeout=PATIENCE)
    os.close(ours)
    os.close(theirs)
    content = tomllib.loads((tmp_path / "target.toml").read_text())

    assert process.returncode == 0
    assert content["target"] == {"name": "staging", "base_url": "http://127.0.0.1:9"}
    assert [account["username"] for account in content["account"]] == ["alice", "bob"]
