"""What a target file may hold: one class for each table, checked by pydantic, which also gives editors its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from conformance.binding import Binding, placeholders
from conformance.model import Protected
from conformance.otp import key
from conformance.secrecy import Secrets

Route = Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")]
HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
HeaderValue = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
Number = Annotated[float, BeforeValidator(lambda value: float(value) if type(value) is int else value)]


def _base32(secret: SecretStr) -> SecretStr:
    try:
        key(secret.get_secret_value())
    except ValueError:
        raise ValueError("a secret in Base32, as an authenticator takes it") from None
    return secret


Base32 = Annotated[SecretStr, AfterValidator(_base32)]

_PAGE = Binding()
_TRANSPORT = {
    *("Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Length", "Content-Type", "Transfer-Encoding"),
    *("Connection", "Authorization", "Cookie", "Origin", "Expect", "Upgrade", "TE", "Trailer"),
}


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TargetTable(Table):
    name: Text
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]
    edition: Literal["auto", "classic", "current"] = "auto"
    ca_file: Text | None = None
    timeout: Annotated[Number, Field(gt=0, le=300)] = 15
    headers: dict[HeaderName, HeaderValue] = {}
    correlation_header: Annotated[
        HeaderName | None, Field(description="Sent with every request; its value is RUN/TEST.")
    ] = None

    @field_validator("base_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        parts = urlsplit(value)
        if "@" in parts.netloc:
            raise ValueError("a URL without user and password: reports show it")
        try:
            port = parts.port
        except ValueError:
            port = 0
        if port == 0:
            raise ValueError("a URL whose port, if it has one, is from 1 to 65535")
        return value


class ProvisioningTable(Table):
    kind: Literal["rocketchat-admin"]
    username: Text | None = None
    password: SecretStr | None = None
    totp_secret: Base32 | None = None
    email: Address | None = None
    user_id: Text | None = None
    token: SecretStr | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        by_password = bool(self.username and self.password)
        by_token = bool(self.user_id and self.token)
        if by_password == by_token:
            raise ValueError("either username with password (or password_env), or user_id with token (or token_env)")
        return self


class AccountTable(Table):
    username: Text
    password: SecretStr
    email: Text | None = None
    totp_secret: Base32 | None = None


class MailboxTable(Table):
    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Literal["plain", "starttls", "tls"] = "tls"
    ca_file: Text | None = None
    username: Text
    password: SecretStr | None = None
    token: SecretStr | None = None
    folder: Text = "INBOX"
    address: Annotated[str, Field(pattern=r"^[^@\s]*\{tag\}[^@\s]*@\S+$|^[^@\s]+@[^@\s]*\{tag\}\S*$")]
    deadline: Annotated[Number, Field(gt=0, le=3600)] = 30

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if bool(self.password) == bool(self.token):
            raise ValueError("either password (or password_env) or token (or token_env)")
        return self


_TESTS_AT_ONCE: Final = 32
_QUEUE: Final = 1.6
"""Seconds that a request may wait for its turn. A code is sent with two seconds of its step left at least (steps.py)."""


class LimitsTable(Table):
    requests_per_second: Annotated[Number, Field(gt=0)] = 20
    wrong_codes_per_account: Annotated[int, Field(ge=0)] = 3
    mails: Annotated[int, Field(ge=0)] = 400
    allow_lockout: bool = False
    allow_settings: bool = False

    @property
    def tests_at_once(self) -> int:
        """As many as may wait for each other's turns while an authenticator's code stays good: with more, and few requests a
        second, it is over when it is sent."""
        return max(1, min(_TESTS_AT_ONCE, round(_QUEUE * self.requests_per_second)))


class CapabilitiesTable(Table):
    methods: list[Literal["email", "totp", "password"]] = []


class AuthTable(Table):
    login: Route = _PAGE.login
    logout: Route = _PAGE.logout
    body: dict[str, Any] = {"user": "{username}", "password": "{password}"}
    token: Path = "data.authToken"
    user_id: Path = "data.userId"
    headers: dict[HeaderName, HeaderValue] = {"X-Auth-Token": "{token}", "X-User-Id": "{user_id}"}

    @field_validator("body")
    @classmethod
    def _names_who_logs_in(cls, value: dict[str, Any]) -> dict[str, Any]:
        _check_template(value, {"username", "password"}, needed={"username", "password"})
        return value

    @field_validator("headers")
    @classmethod
    def _hold_the_token(cls, value: dict[str, str]) -> dict[str, str]:
        _check_template(value, {"token", "user_id"}, needed={"token"})
        return value


class ProtectedTable(Table):
    call: Route
    body: dict[str, Any] | None = None
    read_back: Route | None = None
    path: Path | None = None

    @field_validator("call", "body", "read_back", "path")
    @classmethod
    def _can_be_filled(cls, value: Any) -> Any:
        _check_template(value, {"user_id", "username", "nonce"})
        return value

    @model_validator(mode="after")
    def _read_back_has_a_path(self) -> Self:
        if (self.read_back is None) != (self.path is None):
            raise ValueError("read_back and path go together")
        if self.read_back and "nonce" not in placeholders([self.call, self.body]):
            raise ValueError("{nonce} in call or body: by that the effect is known again in what is read back")
        return self


class BindingTable(Table):
    code_header: HeaderName = "x-2fa-code"
    method_header: HeaderName = "x-2fa-method"
    auth: AuthTable = AuthTable()
    me: Route = _PAGE.me
    send_email_code: Route = _PAGE.send_email_code
    enable_email: Route = _PAGE.enable_email
    disable_email: Route = _PAGE.disable_email
    protected: list[ProtectedTable] = []

    @model_validator(mode="after")
    def _headers_differ(self) -> Self:
        names = [name.lower() for name in (self.code_header, self.method_header, *self.auth.headers)]
        if len(names) != len(set(names)):
            raise ValueError("another name for each of code_header, method_header and auth.headers")
        return self

    def binding(self) -> Binding:
        calls = tuple(Protected(row.call, row.body, row.read_back, row.path) for row in self.protected)
        return Binding(
            code_header=self.code_header,
            method_header=self.method_header,
            login=self.auth.login,
            logout=self.auth.logout,
            login_body=self.auth.body,
            token=self.auth.token,
            user_id=self.auth.user_id,
            session_headers=tuple(self.auth.headers.items()),
            me=self.me,
            send_email_code=self.send_email_code,
            enable_email=self.enable_email,
            disable_email=self.disable_email,
            **({"protected": calls} if calls else {}),
        )


def _check_template(value: Any, known: set[str], *, needed: AbstractSet[str] = frozenset()) -> None:
    """ValueError for what cannot be filled in: it has to be JSON, with no placeholders but these, and all that are needed."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        raise ValueError("values that JSON has: no dates, and no number that is not finite") from None
    named = {f"{{{name}}}" for name in placeholders(value)}
    known, needed = ({f"{{{name}}}" for name in names} for names in (known, needed))
    if missing := sorted(needed - named):
        raise ValueError(f"{' and '.join(missing)} somewhere in it")
    if strange := sorted(named - known):
        raise ValueError(f"no placeholder but {', '.join(sorted(known))}: {', '.join(strange)} is none")


class Target(Table):
    """A whole target file, its secrets resolved. Paths in it are relative to the file."""

    target: TargetTable
    provisioning: ProvisioningTable | None = None
    account: list[AccountTable] = []
    mailbox: MailboxTable | None = None
    limits: LimitsTable = LimitsTable()
    capabilities: CapabilitiesTable = CapabilitiesTable()
    binding: BindingTable = BindingTable()

    @model_validator(mode="after")
    def _one_way_to_accounts(self) -> Self:
        if (self.provisioning is None) == (not self.account):
            raise ValueError("either [provisioning] or at least one [[account]]")
        return self

    @model_validator(mode="after")
    def _correlation_has_a_header_of_its_own(self) -> Self:
        binding = self.binding
        taken = {*self.target.headers, *binding.auth.headers, binding.code_header, binding.method_header, *_TRANSPORT}
        header = self.target.correlation_header
        if header and header.lower() in {name.lower() for name in taken}:
            raise ValueError(f"a target.correlation_header that is not sent for something else, as {header} is")
        return self

    @model_validator(mode="after")
    def _mail_of_the_admin_can_be_read(self) -> Self:
        if self.provisioning and self.provisioning.email and not self.mailbox:
            raise ValueError("a [mailbox] that the mail to provisioning.email reaches")
        return self

    @model_validator(mode="after")
    def _accounts_are_told_apart(self) -> Self:
        for word in ("username", "email"):
            given = [name.lower() for table in self.account if (name := getattr(table, word))]
            if len(given) != len(set(given)):
                raise ValueError(f"another {word} for each [[account]]")
        secrets, names = Secrets(), " ".join(f"{table.username} {table.email}" for table in self.account)
        for table in self.account:
            secrets.add(table.password.get_secret_value(), "password")
        if secrets.redact(names) != names:
            raise ValueError(
                "for each [[account]] a password that does not stand in a username or email: reports show these"
            )
        return self
