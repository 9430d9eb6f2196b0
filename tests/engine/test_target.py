"""What a target file may hold, and what is made of it."""

from pathlib import Path

import pytest
import trustme

from conformance.binding import UPDATE, Binding
from conformance.config import ConfigurationError, build, load
from conformance.model import Protected
from conformance.options import Options
from conformance.run import Run
from conformance.target import Target

from .test_config import ACCOUNT, ADMIN, ENVIRONMENT, MAILBOX, TARGET, complaint


def loaded(folder: Path, text: str) -> Target:
    file = folder / "target.toml"
    file.write_text(text)
    return load(file, ENVIRONMENT)


@pytest.mark.parametrize(
    ("table", "line", "expected"),
    [
        (
            "limits",
            "wrong_codes_per_account = -1",
            "limits.wrong_codes_per_account: expected greater than or equal to 0",
        ),
        ("limits", "requests_per_second = 0", "limits.requests_per_second: expected greater than 0"),
        ("limits", "mails = 1.5", "limits.mails: expected a valid integer"),
        ("limits", 'allow_lockout = "yes"', "limits.allow_lockout: expected a valid boolean"),
        ("limits", "allow_settings = 1", "limits.allow_settings: expected a valid boolean"),
        ("capabilities", 'methods = ["sms"]', "capabilities.methods: expected 'email', 'totp' or 'password'"),
        ("capabilities", 'methods = "email"', "capabilities.methods: expected a valid list"),
        ("binding", 'enable_email = "/api"', "binding.enable_email: expected "),
        ("binding", 'disable_email = "FETCH /api"', "binding.disable_email: expected "),
        ("binding", "auth = { login = 5 }", "binding.auth.login: expected a valid string"),
        ("binding", 'auth = { logins = "POST /x" }', "binding.auth.logins: expected no such key"),
        ("binding.auth", "token = 5", "binding.auth.token: expected a valid string"),
        ("[binding.protected]", 'call = "POST"', "binding.protected.call: expected "),
        ("unknown", "", "unknown: expected no such key"),
    ],
)
def test_a_wrong_key_of_any_table_is_named_with_its_line(tmp_path: Path, table: str, line: str, expected: str) -> None:
    text = f"{TARGET}{ADMIN}[{table}]\n{line}\n"

    assert complaint(tmp_path, text).startswith(f"target.toml:{9 if line else 8}: {expected}")


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    found = complaint(tmp_path, TARGET.replace('"staging"', "5") + ADMIN + "[limits]\nmails = -1\n")

    assert [line.split(": ")[1] for line in found.splitlines()] == ["target.name", "limits.mails"]


def test_a_missing_table_or_key_is_named(tmp_path: Path) -> None:
    assert "target: expected this key, which is required" in complaint(tmp_path, ADMIN)
    assert "target.name: expected this key, which is required" in complaint(
        tmp_path, TARGET.replace("name =", "# ") + ADMIN
    )
    assert "account: expected a valid list" in complaint(tmp_path, TARGET + ACCOUNT.replace("[[account]]", "[account]"))


def test_a_protected_call_is_read_back_by_a_route_and_a_path(tmp_path: Path) -> None:
    text = TARGET + ADMIN + '[[binding.protected]]\ncall = "POST /x"\nread_back = "GET /y"\n'

    assert "binding.protected: expected read_back and path go together" in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[target", "target.toml: no valid TOML: "),
        (b"a = 1\na = 2\n", "target.toml: no valid TOML: Cannot overwrite a value (at line 2"),
        (b"\xff\xfe", "target.toml: cannot be read ("),
    ],
)
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "target.toml").write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "target.toml", ENVIRONMENT)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(expected)


def test_a_file_that_is_not_there_or_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml: cannot be read \(No such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigurationError, match=r"cannot be read \(Is a directory\)"):
        load(tmp_path)


def test_no_secret_stands_in_a_complaint_or_in_a_target_s_own_text(tmp_path: Path) -> None:
    found = complaint(tmp_path, TARGET + ADMIN + MAILBOX + "x = 1\n")

    assert "secret-" not in found
    assert "secret-" not in repr(loaded(tmp_path, TARGET + ADMIN + MAILBOX))


def test_secrets_come_from_the_file_or_from_the_environment(tmp_path: Path) -> None:
    target = loaded(tmp_path, TARGET + ADMIN + MAILBOX)

    assert target.provisioning and target.provisioning.password
    assert target.provisioning.password.get_secret_value() == "secret-admin"
    assert target.mailbox and target.mailbox.password
    assert target.mailbox.password.get_secret_value() == "secret-mail"


def test_headers_of_an_access_proxy_may_come_from_the_environment(tmp_path: Path) -> None:
    target = loaded(tmp_path, TARGET + 'headers = { A = "x", B_env = "ADMIN_PASSWORD" }\n' + ADMIN)

    assert target.target.headers == {"A": "x", "B": "secret-admin"}


def test_a_file_of_certificates_is_looked_for_beside_the_target_file(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    target = loaded(tmp_path, f'{TARGET}ca_file = "ca.pem"\n{ADMIN}{MAILBOX}ca_file = "ca.pem"\n')

    assert target.target.ca_file == str(tmp_path / "ca.pem")
    assert target.mailbox and target.mailbox.ca_file == str(tmp_path / "ca.pem")


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")

    with pytest.raises(ConfigurationError, match=r"target\.ca_file: expected .* in PEM form"):
        loaded(tmp_path, f'{TARGET}ca_file = "ca.pem"\n{ADMIN}')


def test_what_is_left_out_has_the_contract_s_defaults(tmp_path: Path) -> None:
    target = loaded(tmp_path, TARGET + ADMIN + MAILBOX)

    assert (target.target.edition, target.target.timeout) == ("auto", 15)
    assert target.limits.model_dump() == {
        "requests_per_second": 20,
        "wrong_codes_per_account": 3,
        "mails": 400,
        "allow_lockout": False,
        "allow_settings": False,
    }
    assert target.mailbox
    assert (target.mailbox.port, target.mailbox.security, target.mailbox.folder) == (993, "tls", "INBOX")
    assert target.mailbox.deadline == 30
    assert target.capabilities.methods == []


@pytest.mark.parametrize(("per_second", "tests"), [(0.1, 1), (2, 3), (20, 32), (1000, 32)])
def test_fewer_tests_run_at_once_where_fewer_requests_are_allowed(
    tmp_path: Path, per_second: float, tests: int
) -> None:
    """Else an authenticator's code is over before it is sent, and a correct server seems to refuse it."""
    limits = f"[limits]\nrequests_per_second = {per_second}\n"
    run = Run(Options(out=tmp_path, target=(target := loaded(tmp_path, TARGET + ADMIN + limits))))
    run._target = target

    assert run.at_once == target.limits.tests_at_once == tests


def test_given_accounts_stand_in_place_of_an_admin(tmp_path: Path) -> None:
    target = loaded(tmp_path, TARGET + ACCOUNT)

    assert target.provisioning is None
    assert len(target.account) == 1


def test_a_target_without_a_binding_speaks_as_the_page_does(tmp_path: Path) -> None:
    binding = loaded(tmp_path, TARGET + ADMIN).binding.binding()

    assert binding.protected == (UPDATE,)
    assert binding.login_call("u", "p") == Binding().login_call("u", "p")
    assert binding.session_headers == Binding().session_headers
    assert (binding.code_header, binding.enable_email) == ("x-2fa-code", "POST /api/v1/users.2fa.enableEmail")


def test_a_binding_overrides_what_it_names_and_nothing_else() -> None:
    table = {
        "code_header": "X-Code",
        "auth": {"login": "POST /login", "headers": {"Authorization": "Bearer {token}"}},
        "protected": [{"call": "PATCH /me", "body": {"name": "{nonce}"}, "read_back": "GET /me", "path": "name"}],
    }
    admin = {"kind": "rocketchat-admin", "username": "a", "password": "b"}
    target = build({"target": {"name": "n", "base_url": "http://h"}, "provisioning": admin, "binding": table}, {})
    binding = target.binding.binding()

    assert binding.code_header == "X-Code"
    assert binding.method_header == "x-2fa-method"
    assert binding.login == "POST /login"
    assert binding.token == "data.authToken"
    assert binding.session_headers == (("Authorization", "Bearer {token}"),)
    assert binding.protected == (Protected("PATCH /me", {"name": "{nonce}"}, "GET /me", "name"),)


@pytest.mark.parametrize("header", ["host", "X-Auth-Token", "x-2fa-CODE", "X-Proxy", "Content-Length"])
def test_runs_and_tests_are_told_by_a_header_that_says_nothing_else(tmp_path: Path, header: str) -> None:
    text = TARGET + f'headers = {{ X-Proxy = "x" }}\ncorrelation_header = "{header}"\n' + ADMIN
    with pytest.raises(ConfigurationError, match="a target.correlation_header that is not sent for something else"):
        loaded(tmp_path, text)


def test_a_header_that_tells_runs_and_tests_needs_a_name_that_is_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"correlation_header: expected the name of a header, such as X-Test-Run"
    ):
        loaded(tmp_path, TARGET + 'correlation_header = "X Run"\n' + ADMIN)
