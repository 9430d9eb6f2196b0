"""A target file that cannot be used: the message names the key, the file, the line, and what was expected."""

from pathlib import Path

import pytest

from conformance.config import ConfigurationError, load, need_admin

TARGET = """[target]
name = "staging"
base_url = "https://chat.example.org"
"""
ADMIN = """[provisioning]
kind = "rocketchat-admin"
username = "admin"
password_env = "ADMIN_PASSWORD"
"""
ACCOUNT = """[[account]]
username = "alice"
password = "secret-alice"
"""
MAILBOX = """[mailbox]
host = "imap.example.org"
username = "qa@example.org"
password = "secret-mail"
address = "qa+{tag}@example.org"
"""
ENVIRONMENT = {"ADMIN_PASSWORD": "secret-admin", "EMPTY": ""}


def complaint(folder: Path, text: str) -> str:
    file = folder / "target.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(file, ENVIRONMENT)
    return str(caught.value).replace(f"{folder}/", "")


WRONG_KEYS = [
    # what is appended to the first table, and the complaint about it (line 4)
    ("nmae = 1", "target.nmae: expected no such key"),
    ('timeout = "15"', "target.timeout: expected a valid number"),
    ("timeout = true", "target.timeout: expected a valid number"),
    ("timeout = 0", "target.timeout: expected greater than 0"),
    ("timeout = 301", "target.timeout: expected less than or equal to 300"),
    ("timeout = nan", "target.timeout: expected greater than 0"),
    ('edition = "5.0"', "target.edition: expected 'auto', 'classic' or 'current'"),
    ('ca_file = "none.pem"', "target.ca_file: expected a file with certificates in PEM form"),
    ('ca_file = "."', "target.ca_file: expected a file with certificates in PEM form"),
    ("ca_file = 5", "target.ca_file: expected a valid string"),
    ('headers = { A = "x", A_env = "ADMIN_PASSWORD" }', "target.headers.A: expected A or A_env, not both"),
    ('headers = { A_env = "NOT_SET" }', "target.headers.A_env: expected the environment variable NOT_SET"),
    ("headers = { A = 5 }", "target.headers.A: expected a valid string"),
    ('headers = ["A"]', "target.headers: expected a valid dictionary"),
]


@pytest.mark.parametrize(("line", "expected"), WRONG_KEYS, ids=[line for line, _ in WRONG_KEYS])
def test_a_wrong_key_of_the_target_is_named_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    assert complaint(tmp_path, f"{TARGET}{line}\n{ADMIN}").startswith(f"target.toml:4: {expected}")


WRONG_URLS = [
    "chat.example.org",
    "ftp://chat.example.org",
    "https://",
    "https://a b",
    "https://a/?x=1",
    "https://a/#x",
    "",
]


@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_base_url_is_one_of_http_without_query(tmp_path: Path, url: str) -> None:
    text = TARGET.replace("https://chat.example.org", url) + ADMIN

    assert complaint(tmp_path, text).startswith("target.toml:3: target.base_url: expected a URL such as https://")


WRONG_SECRETS = [
    (
        'password_env = "NOT_SET"',
        "provisioning.password_env: expected the environment variable NOT_SET to hold the secret",
    ),
    ('password_env = "EMPTY"', "provisioning.password_env: expected the environment variable EMPTY to hold the secret"),
    ("password_env = 5", "provisioning.password_env: expected the name of an environment variable"),
    ('password = ""', "provisioning.password: expected a secret that is not empty"),
    ("password = 5", "provisioning.password: expected a valid string"),
]


@pytest.mark.parametrize(("line", "expected"), WRONG_SECRETS, ids=[line for line, _ in WRONG_SECRETS])
def test_a_secret_that_cannot_be_had_is_named_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    text = TARGET + ADMIN.replace('password_env = "ADMIN_PASSWORD"', line)

    assert complaint(tmp_path, text).startswith(f"target.toml:7: {expected}")


@pytest.mark.parametrize("secret", ["password", "totp_secret"])
def test_a_secret_and_the_variable_that_holds_it_exclude_each_other(tmp_path: Path, secret: str) -> None:
    text = f'{TARGET}{ADMIN}{secret} = "x"\n{secret}_env = "ADMIN_PASSWORD"\n'
    text = text.replace('password_env = "ADMIN_PASSWORD"\npassword = "x"\n', 'password = "x"\n')

    assert f"provisioning.{secret}: expected {secret} or {secret}_env, not both" in complaint(tmp_path, text)


ONE_WAY_IN = (
    "provisioning: expected either username with password (or password_env), or user_id with token (or token_env)"
)


@pytest.mark.parametrize(
    "admin",
    [
        ADMIN.replace('password_env = "ADMIN_PASSWORD"\n', ""),
        ADMIN.replace('username = "admin"\n', ""),
        ADMIN + 'user_id = "u"\ntoken = "t"\n',
        '[provisioning]\nkind = "rocketchat-admin"\n',
        '[provisioning]\nkind = "rocketchat-admin"\nuser_id = "u"\n',
    ],
)
def test_the_admin_has_exactly_one_way_in(tmp_path: Path, admin: str) -> None:
    assert complaint(tmp_path, TARGET + admin) == f"target.toml:4: {ONE_WAY_IN}"


def test_the_admin_s_mail_has_to_reach_a_mailbox(tmp_path: Path) -> None:
    admin = ADMIN + 'email = "admin@example.org"\n'

    assert complaint(tmp_path, TARGET + admin) == (
        "target.toml: the file: expected a [mailbox] that the mail to provisioning.email reaches"
    )
    assert "an address such as admin@example.org" in complaint(tmp_path, TARGET + ADMIN + 'email = "admin"\n' + MAILBOX)


def test_settings_are_not_changed_without_an_admin(tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    file.write_text(TARGET + ACCOUNT)
    with pytest.raises(ConfigurationError, match=r"--configure-target takes an admin: expected \[provisioning\]"):
        need_admin(load(file), file)


ONE_WAY_TO_ACCOUNTS = "target.toml: the file: expected either [provisioning] or at least one [[account]]"


@pytest.mark.parametrize("tables", ["", ADMIN + ACCOUNT])
def test_accounts_are_made_or_given(tmp_path: Path, tables: str) -> None:
    assert complaint(tmp_path, TARGET + tables) == ONE_WAY_TO_ACCOUNTS


WRONG_MAILBOXES = [
    ('address = "qa@example.org"', "address: expected an address that holds {tag}"),
    ('address = "qa+{tag}"', "address: expected an address that holds {tag}"),
    ("port = 0", "port: expected greater than or equal to 1"),
    ('port = "993"', "port: expected a valid integer"),
    ("port = 993.0", "port: expected a valid integer"),
    ('security = "ssl"', "security: expected 'plain', 'starttls' or 'tls'"),
    ("deadline = 0", "deadline: expected greater than 0"),
    ("deadline = inf", "deadline: expected less than or equal to 3600"),
    ('ca_file = "none.pem"', "ca_file: expected a file with certificates in PEM form"),
    ('folders = "INBOX"', "folders: expected no such key"),
]


@pytest.mark.parametrize(("line", "expected"), WRONG_MAILBOXES, ids=[line for line, _ in WRONG_MAILBOXES])
def test_a_wrong_key_of_the_mailbox_is_named_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    others = [other for other in MAILBOX.splitlines() if other.split()[0] != line.split()[0]]
    text = TARGET + ADMIN + "\n".join([*others, line])

    number = text.splitlines().index(line) + 1
    assert complaint(tmp_path, text).startswith(f"target.toml:{number}: mailbox.{expected}")


@pytest.mark.parametrize("secrets", ["", 'password = "a"\ntoken = "b"\n'])
def test_a_mailbox_has_exactly_one_secret(tmp_path: Path, secrets: str) -> None:
    text = TARGET + ADMIN + MAILBOX.replace('password = "secret-mail"\n', secrets)

    assert "mailbox: expected either password (or password_env) or token (or token_env)" in complaint(tmp_path, text)


WRONG_ACCOUNTS = [
    (ACCOUNT + 'totp_secret = "not base 32!"\n', "account.totp_secret: expected a secret in Base32"),
    (ACCOUNT + ACCOUNT, "the file: expected another username for each [[account]]"),
    (
        ACCOUNT + 'email = "a@b.org"\n' + ACCOUNT.replace("alice", "bob") + 'email = "A@b.org"\n',
        "the file: expected another email for each [[account]]",
    ),
    (ACCOUNT.replace('"secret-alice"', '"alice"'), "a password that does not stand in a username or email"),
]


@pytest.mark.parametrize(("accounts", "expected"), WRONG_ACCOUNTS, ids=[expected for _, expected in WRONG_ACCOUNTS])
def test_accounts_that_are_given_can_be_told_apart(tmp_path: Path, accounts: str, expected: str) -> None:
    assert expected in complaint(tmp_path, TARGET + accounts)


BOB = ACCOUNT.replace("alice", "bob")
WRONG_IN_A_LIST = [
    (ACCOUNT + BOB + 'emails = "b@example.org"\n', 'emails = "', "account.emails: expected no such key"),
    (ACCOUNT + BOB + "totp_secret = 5\n", "totp_secret", "account.totp_secret: expected a valid string"),
    (
        ACCOUNT + BOB + 'totp_secret_env = "NOT_SET"\n',
        "totp_secret",
        "account.totp_secret_env: expected the environment",
    ),
    (
        ACCOUNT + BOB + 'totp_secret_env = "ADMIN_PASSWORD"\n',
        "totp_secret",
        "account.totp_secret: expected a secret in",
    ),
    (ACCOUNT + 'email = "a@example.org"\n\n[[account]]\nemail = 5\n', "email = 5", "account.email: expected a valid"),
    (ACCOUNT + BOB.replace("username", "#"), "[[account]]", "account.username: expected this key, which is required"),
]


@pytest.mark.parametrize(("tables", "line", "expected"), WRONG_IN_A_LIST, ids=[row[2] for row in WRONG_IN_A_LIST])
def test_a_wrong_key_of_the_second_account_has_its_own_line(
    tmp_path: Path, tables: str, line: str, expected: str
) -> None:
    text = TARGET + tables
    number = max(at for at, found in enumerate(text.splitlines(), start=1) if found.startswith(line))

    assert f"target.toml:{number}: {expected}" in complaint(tmp_path, text)


WRONG_BINDINGS = [
    ('code_header = "x 2fa"', "code_header: expected the name of a header"),
    ('auth.headers = { "X Token" = "{token}" }', "auth.headers.X Token: expected the name of a header"),
    ('auth.headers = { Session = "{user_id}" }', "auth.headers: expected {token} somewhere in it"),
    ('auth.headers = { Session = "{tokn} {token}" }', "auth.headers: expected no placeholder but {token}, {user_id}"),
    ('auth.body = { name = "{username}" }', "auth.body: expected {password} somewhere in it"),
    ('auth.login = "/login"', "auth.login: expected a verb and a path"),
    ('auth = { token = "data..token" }', "auth.token: expected the way to a member of the reply"),
    ('auth.tokens = "x"', "auth.tokens: expected no such key"),
    ('enable_email = "PUT"', "enable_email: expected a verb and a path"),
    ("protected = 5", "protected: expected a valid list"),
    ('protected = [{ call = "PUT /a/{user}" }]', "protected.call: expected no placeholder but {nonce}, {user_id}"),
    ('protected = [{ call = "PUT /a", body = { at = 2026-01-01 } }]', "protected.body: expected values that JSON has"),
    ('protected = [{ call = "PUT /a", path = "b" }]', "protected: expected read_back and path go together"),
    (
        'protected = [{ call = "PUT /a", body = { b = "x" }, read_back = "GET /a", path = "b" }]',
        "protected: expected {nonce} in call or body",
    ),
]


@pytest.mark.parametrize(("line", "expected"), WRONG_BINDINGS, ids=[line for line, _ in WRONG_BINDINGS])
def test_a_wrong_key_of_the_binding_is_named_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    text = f"{TARGET}{ADMIN}\n[binding]\n{line}\n"

    assert complaint(tmp_path, text).startswith(f"target.toml:{len(text.splitlines())}: binding.{expected}")


def test_headers_of_a_binding_differ(tmp_path: Path) -> None:
    text = f'{TARGET}{ADMIN}[binding]\ncode_header = "X-Code"\nmethod_header = "x-code"\n'

    assert "binding: expected another name for each of code_header" in complaint(tmp_path, text)


def test_a_wrong_key_in_a_table_of_a_protected_call_has_its_own_line(tmp_path: Path) -> None:
    first = '[[binding.protected]]\ncall = "PUT /a"\n[binding.protected.body]\nx = "{nonce}"\n'
    text = TARGET + ADMIN + first + first.replace("/a", "a")
    number = text.splitlines().index('call = "PUT a"') + 1

    assert complaint(tmp_path, text) == f"target.toml:{number}: binding.protected.call: {complaint_of_routes()}"


def complaint_of_routes() -> str:
    return "expected a verb and a path, such as POST /api/v1/users.update"
