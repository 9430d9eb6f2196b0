"""Under which names and routes a server speaks the protocol, and the calls that are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from conformance.model import (
    ABSENT,
    Answer,
    Call,
    Granted,
    Headers,
    Json,
    Procedure,
    Protected,
    Session,
)

UPDATE: Final = Protected(
    route="POST /api/v1/users.update",
    body={"userId": "{user_id}", "data": {"name": "{nonce}"}},
    read_back="GET /api/v1/users.info?userId={user_id}",
    path="user.name",
    beside=("user.username", "user.emails", "user.roles", "user.active", "user.bio", "user.nickname"),
)


@dataclass(frozen=True, slots=True)
class Binding:
    """Under which names and routes a server speaks the protocol. The defaults are the page's."""

    code_header: str = "x-2fa-code"
    method_header: str = "x-2fa-method"
    login: str = "POST /api/v1/login"
    logout: str = "POST /api/v1/logout"
    login_body: Json = None
    token: str = "data.authToken"
    user_id: str = "data.userId"
    session_headers: Headers = (("X-Auth-Token", "{token}"), ("X-User-Id", "{user_id}"))
    me: str = "GET /api/v1/me"
    send_email_code: str = "POST /api/v1/users.2fa.sendEmailCode"
    enable_email: str = "POST /api/v1/users.2fa.enableEmail"
    disable_email: str = "POST /api/v1/users.2fa.disableEmail"
    protected: tuple[Protected, ...] = (UPDATE,)

    @property
    def candidates(self) -> tuple[Protected, ...]:
        """Calls that may be challenged, the likeliest first; disableEmail is the one that is challenged in any case."""
        return (*self.protected, Protected(route=self.disable_email))

    @property
    def sessions_name_their_user(self) -> bool:
        """Whether a session's headers say beside the token whose it is: only then can those of two users be mixed up."""
        return any("user_id" in placeholders(value) for _, value in self.session_headers)

    def login_call(self, username: str, password: str) -> Call:
        body = self.login_body or {"user": "{username}", "password": "{password}"}
        return Call(self.login, fill(body, username=username, password=password), answer_in_body=True)

    def is_login_of(self, username: str, call: Call) -> bool:
        """Whether a call is a login under a name, whatever its password."""
        named = set(_strings(self.login_call(username, "").body)) - {""}
        return named <= set(_strings(call.body))


def procedure(name: str, *parameters: Json) -> Call:
    """A method of the realtime API, called over REST."""
    return Call(f"POST /api/v1/method.call/{name}", procedure=Procedure(name, parameters))


def with_query(binding: Binding, call: Call, answer: Answer) -> Call:
    """A call with its answer in the query of the URL, under every name that a server may look for."""
    names = (binding.code_header, "code", "twoFactorCode"), (binding.method_header, "method", "twoFactorMethod")
    fields = [
        (name, value or "") for group, value in zip(names, (answer.code, answer.method), strict=True) for name in group
    ]
    return replace(call, route=call.route + ("&" if "?" in call.route else "?") + urlencode(fields))


def _strings(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for member in value.values() for text in _strings(member))
        case list():
            yield from (text for member in value for text in _strings(member))


_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def placeholders(template: Any) -> set[str]:
    """The names of all {placeholders} in the strings of a JSON value."""
    return {name for text in _strings(template) for name in _PLACEHOLDER.findall(text)}


def fill(template: Any, **values: str) -> Any:
    """Put values into the {placeholders} of every string of a JSON value."""
    match template:
        case str():
            return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)
        case dict():
            return {key: fill(value, **values) for key, value in template.items()}
        case list():
            return [fill(value, **values) for value in template]
    return template


def at_path(value: Json, path: str) -> Json:
    """The member at a dotted path, or ABSENT. A number stands for an element of a list, [name=x] for the first one
    whose member is x."""
    for key in path.split("."):
        if isinstance(value, list):
            value = next(_elements(value, key), ABSENT)
        else:
            value = value.get(key, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def _elements(values: list[Any], key: str) -> Iterator[Json]:
    if found := re.fullmatch(r"\[(\w+)=(.*)\]", key):
        yield from (value for value in values if isinstance(value, dict) and value.get(found[1]) == found[2])
    elif key.isdecimal():
        yield from values[int(key) : int(key) + 1]


def session_of(binding: Binding, reply: Granted) -> Session | None:
    """The session that a successful login gave, or None where its reply holds none."""
    token, user_id = at_path(reply.body, binding.token), at_path(reply.body, binding.user_id)
    if type(user_id) is int:
        user_id = str(user_id)
    if isinstance(token, str) and isinstance(user_id, str):
        return Session(token, user_id)
    return None
