"""What init writes: from flags, from answers, and never a secret."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from conformance import resources
from conformance.config import build
from conformance.interview import Flags, Interview, Missing, Unfit, variables
from conformance.template import Answers, filled, sections, unknown

TEMPLATE = resources.template_text()
ADMIN = Flags(base_url="https://chat.example.org/sub", admin="admin")
MAILED = replace(ADMIN, imap_host="imap.example.org", imap_user="qa@example.org", mail_address="qa+{tag}@example.org")


def written(answers: Answers) -> dict[str, Any]:
    text = filled(TEMPLATE, answers, "./target.schema.json")
    assert unknown(TEMPLATE, answers) == []
    assert text.startswith("#:schema ./target.schema.json\n")
    assert build(tomllib.loads(text), dict.fromkeys(variables(answers), "A" * 16))
    return {name: table for name, table in tomllib.loads(text).items() if table}


WRITTEN: list[tuple[Flags, dict[str, Any], list[str]]] = [
    # the flags, the tables beside [target], and the variables
    (ADMIN, {"provisioning": {"kind": "rocketchat-admin", "username": "admin", "password_env": "ADMIN_PASSWORD"}},
     ["ADMIN_PASSWORD"]),
    (replace(ADMIN, admin_password_env="P", admin_totp_env="T"),
     {"provisioning": {"kind": "rocketchat-admin", "username": "admin", "password_env": "P", "totp_secret_env": "T"}},
     ["P", "T"]),
    (replace(ADMIN, admin="", admin_user_id="u1"),
     {"provisioning": {"kind": "rocketchat-admin", "user_id": "u1", "token_env": "ADMIN_TOKEN"}}, ["ADMIN_TOKEN"]),
    (replace(ADMIN, admin="", account=("alice", "7.bob,bob@example.org")),
     {"account": [{"username": "alice", "password_env": "ALICE_PASSWORD"},
                  {"username": "7.bob", "password_env": "A_7_BOB_PASSWORD", "email": "bob@example.org"}]},
     ["ALICE_PASSWORD", "A_7_BOB_PASSWORD"]),
    (replace(MAILED, imap_port=143, imap_security="starttls", admin_email="qa+admin@example.org"),
     {"provisioning": {"kind": "rocketchat-admin", "username": "admin", "password_env": "ADMIN_PASSWORD",
                       "email": "qa+admin@example.org"},
      "mailbox": {"host": "imap.example.org", "port": 143, "security": "starttls", "username": "qa@example.org",
                  "password_env": "QA_MAIL_PASSWORD", "address": "qa+{tag}@example.org"}},
     ["ADMIN_PASSWORD", "QA_MAIL_PASSWORD"]),
    (replace(MAILED, admin="", account=("alice",), imap_token_env="X"),
     {"account": [{"username": "alice", "password_env": "ALICE_PASSWORD"}],
      "mailbox": {"host": "imap.example.org", "username": "qa@example.org", "token_env": "X",
                  "address": "qa+{tag}@example.org"}},
     ["ALICE_PASSWORD", "X"]),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "tables", "named"), WRITTEN, ids=[",".join(row[1]) + str(row[2]) for row in WRITTEN])
def test_what_the_flags_say_stands_in_the_file(flags: Flags, tables: dict[str, Any], named: list[str]) -> None:
    answers = Interview(flags, None).answers()
    target = {"name": "chat.example.org", "base_url": "https://chat.example.org/sub"}

    assert written(answers) == {"target": target, **tables}
    assert variables(answers) == named


def test_headers_are_named_by_the_variables_that_hold_them() -> None:
    flags = replace(ADMIN, name="staging", edition="current", header=("CF-Access-Client-Id=CF_ID", "X=CF_SECRET"))
    answers = Interview(flags, None).answers()

    assert written(answers)["target"] == {
        "name": "staging",
        "base_url": "https://chat.example.org/sub",
        "edition": "current",
        "headers": {"CF-Access-Client-Id_env": "CF_ID", "X_env": "CF_SECRET"},
    }
    assert variables(answers) == ["ADMIN_PASSWORD", "CF_ID", "CF_SECRET"]


MISSING = [
    (Flags(), ["--base-url", "--admin (or --admin-user-id, or --account)"]),
    (Flags(admin="admin"), ["--base-url"]),
    (Flags(base_url="https://x", admin_token_env="T"), ["--admin-user-id"]),
    (replace(ADMIN, imap_host="imap.example.org"), ["--imap-user", "--mail-address"]),
    (replace(ADMIN, mail_address="qa+{tag}@example.org"), ["--imap-host", "--imap-user"]),
]


@pytest.mark.parametrize(("flags", "named"), MISSING, ids=[", ".join(named) for _, named in MISSING])
def test_where_nobody_can_be_asked_all_that_is_missing_is_named_at_once(flags: Flags, named: list[str]) -> None:
    with pytest.raises(Missing) as missing:
        Interview(flags, None).answers()

    assert missing.value.flags == named


SECRET = "hunter2 is not a name"


@pytest.mark.parametrize(
    "flags",
    [
        replace(ADMIN, admin_password_env=SECRET),
        replace(ADMIN, admin_totp_env=SECRET),
        replace(MAILED, imap_password_env=SECRET),
        replace(MAILED, imap_token_env=SECRET),
        replace(ADMIN, header=(f"X={SECRET}",)),
        replace(ADMIN, header=("X",)),
        replace(ADMIN, admin="", admin_user_id="u", admin_token_env=SECRET),
    ],
)
def test_what_is_no_name_of_a_variable_may_be_a_secret_and_is_not_repeated(flags: Flags) -> None:
    with pytest.raises(Unfit, match="expected the name of an environment variable") as unfit:
        Interview(flags, None).answers()

    assert "hunter2" not in str(unfit.value)


class Somebody:
    """Answers questions by a word in them; to any other it says nothing, which means what was proposed."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, question: str, otherwise: str) -> str:
        self.asked.append(question)
        return next((answer for word, answer in self.answers.items() if word in question), otherwise)


def test_at_a_terminal_what_the_flags_leave_open_is_asked() -> None:
    somebody = Somebody(URL="https://chat.example.org", username="root", IMAP="imap.example.org",
                        Username="qa", Address="qa+{tag}@example.org")  # fmt: skip
    told = written(Interview(Flags(), somebody).answers())

    assert told == {
        "target": {"name": "chat.example.org", "base_url": "https://chat.example.org"},
        "provisioning": {"kind": "rocketchat-admin", "username": "root", "password_env": "ADMIN_PASSWORD"},
        "mailbox": {
            "host": "imap.example.org",
            "username": "qa",
            "password_env": "QA_MAIL_PASSWORD",
            "address": "qa+{tag}@example.org",
        },
    }


def test_who_has_no_mailbox_and_no_admin_is_asked_for_accounts_alone() -> None:
    somebody = Somebody(URL="https://x", Who="given ones", Accounts="alice bob,bob@example.org")
    told = written(Interview(Flags(), somebody).answers())

    assert [row["username"] for row in told["account"]] == ["alice", "bob"]
    assert told.keys() == {"target", "account"}


def test_what_the_flags_say_is_not_asked() -> None:
    somebody = Somebody()
    Interview(
        replace(MAILED, name="x", admin_password_env="P", admin_totp_env="T", imap_password_env="Q"), somebody
    ).answers()

    assert somebody.asked == []


def test_a_text_that_toml_would_read_otherwise_is_quoted() -> None:
    name = 'a "b" \\ \x7f é # c'

    assert written(Interview(replace(ADMIN, name=name), None).answers())["target"]["name"] == name


def test_every_table_of_the_template_is_still_there() -> None:
    text = filled(TEMPLATE, Interview(ADMIN, None).answers(), "./target.schema.json")

    assert [section.name for section in sections(text)] == [section.name for section in sections(TEMPLATE)]
    assert len(text.splitlines()) == len(TEMPLATE.splitlines())
