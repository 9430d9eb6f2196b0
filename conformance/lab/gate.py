"""An access proxy before a server: whoever does not bring its headers gets its own page, and the server never hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.lab.messages import Request, Response

PAGE = (("content-type", "text/html"),)


@dataclass(frozen=True, slots=True)
class Gate:
    """`headers` let a request through; any other is sent to the proxy's own login, or turned away."""

    headers: Mapping[str, str] = field(default_factory=dict)
    answer: Literal["redirected", "forbidden"] = "redirected"


OPEN = Gate()
LOGIN = "https://login.proxy.example/cdn-cgi/access/login/chat?kid=12345678"


def barred(gate: Gate, request: Request) -> Response | None:
    """The proxy's own answer; None where the request passes."""
    if all(request.header(name.lower()) == value for name, value in gate.headers.items()):
        return None
    if gate.answer == "forbidden":
        return Response(403, PAGE, b"<html><body><h1>Forbidden</h1></body></html>")
    return Response(302, (*PAGE, ("location", LOGIN)), b"<html><body>Found</body></html>")
