"""Other names on the wire: the same protocol under other headers and routes, and how a target file says so.

Requests are translated before the server sees them; it knows the page's names only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from conformance.lab.messages import Request

NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What a server calls the headers, and the paths that it has in place of the page's (old path: new path)."""

    code_header: str = "x-2fa-code"
    method_header: str = "x-2fa-method"
    token_header: str = "X-Auth-Token"
    user_id_header: str = "X-User-Id"
    routes: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The page's header for each of this server's, in lower case."""
        pairs = ((f.default, getattr(self, f.name)) for f in fields(self) if f.name != "routes")
        return {str(given).lower(): str(page).lower() for page, given in pairs}

    def path(self, page: str) -> str:
        """What this server calls a path of the page."""
        return self.routes.get(page, page)


PAGE = Names()


def translated(names: Names, request: Request) -> Request:
    """The request in the page's names; what bears the page's name on a server with another does not count."""
    if names == PAGE:
        return request
    old = {new: page for page, new in names.routes.items()}
    path = old.get(request.path, NOWHERE if request.path in names.routes else request.path)
    return replace(request, path=path, headers=tuple(header_of(names, *pair) for pair in request.headers))


def header_of(names: Names, written: str, value: str) -> tuple[str, str]:
    """One header; its letter case stays recognisable: lower, or not."""
    known, name = names.headers, written.lower()
    if name in known:
        return known[name] if written.islower() else known[name].title(), value
    return (f"unused-{name}" if name in known.values() else written), value


def binding(names: Names) -> dict[str, Any]:
    """The target file's [binding] for a server with these names."""
    update, info = names.path("/api/v1/users.update"), names.path("/api/v1/users.info")
    return {
        "code_header": names.code_header,
        "method_header": names.method_header,
        "send_email_code": f"POST {names.path('/api/v1/users.2fa.sendEmailCode')}",
        "enable_email": f"POST {names.path('/api/v1/users.2fa.enableEmail')}",
        "disable_email": f"POST {names.path('/api/v1/users.2fa.disableEmail')}",
        "auth": {
            "login": f"POST {names.path('/api/v1/login')}",
            "headers": {names.token_header: "{token}", names.user_id_header: "{user_id}"},
        },
        "protected": [
            {
                "call": f"POST {update}",
                "body": {"userId": "{user_id}", "data": {"name": "{nonce}"}},
                "read_back": f"GET {info}?userId={{user_id}}",
                "path": "user.name",
            }
        ],
    }
