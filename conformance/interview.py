"""What `init` needs to know: from flags, and from questions for what they leave open. Secrets are named, never told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from conformance.template import Answer, Answers, Table

Ask = Callable[[str, str], str]
"""Put a question, with what an empty answer means, and return the answer."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says. Empty is unsaid."""

    base_url: str = ""
    name: str = ""
    edition: str = ""
    header: tuple[str, ...] = ()
    admin: str = ""
    admin_password_env: str = ""
    admin_totp_env: str = ""
    admin_email: str = ""
    admin_user_id: str = ""
    admin_token_env: str = ""
    account: tuple[str, ...] = ()
    imap_host: str = ""
    imap_port: int | None = None
    imap_security: str = ""
    imap_user: str = ""
    imap_password_env: str = ""
    imap_token_env: str = ""
    mail_address: str = ""


class Missing(Exception):
    """Flags that have to be there where nobody can be asked."""

    def __init__(self, flags: list[str]) -> None:
        super().__init__(", ".join(flags))
        self.flags = flags


class Unfit(Exception):
    """A flag, or an answer, that cannot be used. The message says what was expected."""


class Interview:
    """One interview. Without somebody to ask, what is missing is collected, so that it can be named at once."""

    def __init__(self, flags: Flags, ask: Ask | None) -> None:
        self._flags = flags
        self._ask = ask
        self._missing: list[str] = []

    def answers(self) -> Answers:
        """What the file is to say. Missing, Unfit."""
        told: dict[str, Table | list[Table]] = {"target": self._target()}
        told |= self._people()
        if mailbox := self._mailbox():
            told["mailbox"] = mailbox
        if self._missing:
            raise Missing(self._missing)
        return told

    def _target(self) -> Table:
        flags = self._flags
        url = self._need("--base-url", flags.base_url, "URL of the target, such as https://chat.example.org")
        table: dict[str, Answer] = {
            "name": flags.name or self._maybe("Name of the target in reports", urlsplit(url).hostname or "target"),
            "base_url": url,
        }
        table |= {"edition": flags.edition} if flags.edition else {}
        return table | ({"headers": dict(map(_header, flags.header))} if flags.header else {})

    def _people(self) -> dict[str, Table | list[Table]]:
        flags = self._flags
        if flags.account:
            return {"account": [_account(text) for text in flags.account]}
        if flags.admin_user_id or flags.admin_token_env:
            user_id = self._need("--admin-user-id", flags.admin_user_id, "The admin's user id")
            token = _variable("--admin-token-env", flags.admin_token_env or "ADMIN_TOKEN")
            return {"provisioning": {"kind": _KIND, "user_id": user_id, "token_env": token}}
        if not flags.admin and self._maybe("Who provides test accounts: admin, or given ones", "admin") != "admin":
            names = self._need("--account", "", "Accounts, as USERNAME or USERNAME,EMAIL, with blanks between them")
            return {"account": [_account(text) for text in names.split()]}
        admin = self._need("--admin (or --admin-user-id, or --account)", flags.admin, "The admin's username")
        return {"provisioning": dict(self._admin(admin))}

    def _admin(self, username: str) -> Iterator[tuple[str, Answer]]:
        flags = self._flags
        yield from (("kind", _KIND), ("username", username))
        password = flags.admin_password_env or self._maybe(f"{_NAME_OF} with the admin's password", "ADMIN_PASSWORD")
        yield "password_env", _variable("--admin-password-env", password)
        totp = flags.admin_totp_env or self._maybe(
            f"{_NAME_OF} with the secret of the admin's authenticator, if any", ""
        )
        if totp:
            yield "totp_secret_env", _variable("--admin-totp-env", totp)
        if flags.admin_email:
            yield "email", flags.admin_email

    def _mailbox(self) -> Table | None:
        flags = self._flags
        said = (flags.imap_user, flags.mail_address, flags.imap_password_env, flags.imap_token_env)
        host = flags.imap_host or self._maybe("IMAP server that gets the test accounts' mail, if any", "")
        return dict(self._imap(host)) if host or any(said) else None

    def _imap(self, host: str) -> Iterator[tuple[str, Answer]]:
        flags = self._flags
        yield "host", self._need("--imap-host", host, "Host of the IMAP server")
        if flags.imap_port:
            yield "port", flags.imap_port
        if flags.imap_security:
            yield "security", flags.imap_security
        yield "username", self._need("--imap-user", flags.imap_user, "Username of the mailbox")
        if flags.imap_token_env:
            yield "token_env", _variable("--imap-token-env", flags.imap_token_env)
        else:
            password = flags.imap_password_env or self._maybe(
                f"{_NAME_OF} with the mailbox's password", "QA_MAIL_PASSWORD"
            )
            yield "password_env", _variable("--imap-password-env", password)
        yield (
            "address",
            self._need("--mail-address", flags.mail_address, "Address with {tag}, such as qa+{tag}@example.org"),
        )

    def _need(self, flag: str, said: str, question: str) -> str:
        if said:
            return said
        if not self._ask:
            self._missing.append(flag)
            return ""
        return self._ask(question, "")

    def _maybe(self, question: str, otherwise: str) -> str:
        """The answer to what need not be said."""
        return self._ask(question, otherwise) if self._ask else otherwise


_KIND: Final = "rocketchat-admin"
_NAME_OF: Final = "Name of the environment variable"


def variables(answers: Answers) -> list[str]:
    """The environment variables that a file names."""
    tables = [table for given in answers.values() for table in ([given] if isinstance(given, Mapping) else given)]
    headers = [table["headers"] for table in tables if isinstance(table.get("headers"), Mapping)]
    held = [pair for table in (*tables, *headers) if isinstance(table, Mapping) for pair in table.items()]
    return list(dict.fromkeys(str(value) for name, value in held if name.endswith("_env")))


def _variable(flag: str, name: str) -> str:
    """The name of an environment variable. Not what it holds: that does not go into a file."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise Unfit(f"{flag}: expected the name of an environment variable, letters, digits and underscores")
    return name


def _header(text: str) -> tuple[str, str]:
    name, _, variable = text.partition("=")
    return f"{name.strip()}_env", _variable("--header NAME=VARIABLE", variable.strip())


def _account(text: str) -> dict[str, Answer]:
    """USERNAME or USERNAME,EMAIL; the variable with its password is named after it."""
    username, _, email = text.partition(",")
    variable = re.sub(r"[^A-Z0-9]+", "_", username.upper()).strip("_") or "ACCOUNT"
    variable = f"A_{variable}" if variable[0].isdigit() else variable
    table: dict[str, Answer] = {"username": username, "password_env": f"{variable}_PASSWORD"}
    return table | ({"email": email} if email else {})
