"""Exchanges without a secret in them, and still fit to be judged again."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Final

from conformance.model import Exchange, Headers, Request, Response
from conformance.secrecy import Secrets


def redacted(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange with every known secret replaced by its name."""
    request, response = exchange.request, exchange.response
    return dataclasses.replace(
        exchange,
        request=Request(
            request.verb,
            secrets.redact(request.path),
            _redacted_headers(request.headers, secrets),
            redacted_body(request.body, secrets),
            request.way,
        ),
        response=response
        and Response(
            response.status,
            _redacted_headers(response.headers, secrets),
            redacted_body(response.body, secrets),
        ),
        fault=exchange.fault and secrets.redact(exchange.fault),
    )


_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def _redacted_headers(headers: Headers, secrets: Secrets) -> Headers:
    """Cookies and credentials go whole: nobody told us which part of them is the secret."""
    return tuple(
        (name, "«redacted»" if name.lower() in _CREDENTIALS else secrets.redact(value)) for name, value in headers
    )


_SECRET_MEMBER: Final = re.compile(
    r'("(?:authToken|token|loginToken|hashedToken|password|secret)"\s*:\s*)"(?!«)(?:\\.|[^"\\])+"'
)
_JSON_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"(\s*:)?|-?\d[\d.eE+-]*')


def redacted_body(body: bytes, secrets: Secrets) -> bytes:
    """Known secrets by their names, and what is a secret by the name of its member. Bytes that are no UTF-8 stay."""
    text = body.decode("utf-8", "surrogateescape")
    text = _redacted_json(text, secrets) if _is_json(text) else secrets.redact(text)
    return _SECRET_MEMBER.sub(r'\1"«redacted»"', text).encode("utf-8", "surrogateescape")


def _redacted_json(text: str, secrets: Secrets) -> str:
    """A document stays one: names go into strings, and a number that is a code becomes a string. In the names of members
    only long secrets are looked for: a weak password may well be the name of one."""

    def redact(found: re.Match[str]) -> str:
        token = found[0]
        if token[0] == '"':
            return secrets.redact(token, long_only=found[1] is not None)
        named = secrets.redact(token)
        return token if named == token else json.dumps(named, ensure_ascii=False)

    return _JSON_TOKEN.sub(redact, text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
