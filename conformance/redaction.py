"""Exchanges without a secret in them, and still fit to be judged again."""

from __future__ import annotations

import dataclasses
import json
import re
from html import unescape
from typing import Final
from urllib.parse import unquote

from conformance.model import Exchange, Headers, Request, Response
from conformance.secrecy import Secrets


def redacted(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange with every known secret replaced by its name."""
    request, response = exchange.request, exchange.response
    return dataclasses.replace(
        exchange,
        request=Request(
            request.verb,
            _redacted_text(request.path, secrets),
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
        fault=exchange.fault and _redacted_text(exchange.fault, secrets),
    )


_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def _redacted_headers(headers: Headers, secrets: Secrets) -> Headers:
    """Cookies and credentials go whole: nobody told us which part of them is the secret."""
    return tuple(
        (
            secrets.redact(name, in_names=True),
            "«redacted»" if name.lower() in _CREDENTIALS else _redacted_text(value, secrets),
        )
        for name, value in headers
    )


_MEMBERS: Final = "authToken|token|loginToken|hashedToken|password|secret"
_SECRET_MEMBER: Final = re.compile(rf'("(?:{_MEMBERS})"\s*:\s*)"(?!«)(?:\\.|[^"\\])+"')
_NESTED_SECRET: Final = re.compile(rf'(\\"(?:{_MEMBERS})\\"\s*:\s*)\\"(?!«)[^"\\]+\\"')
"""The same in the JSON that a string holds: so a method that is called over REST returns its result."""
_JSON_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"(\s*:)?|-?\d[\d.eE+-]*')


def redacted_body(body: bytes, secrets: Secrets) -> bytes:
    """Known secrets by their names, and what is a secret by the name of its member. Bytes that are no UTF-8 stay."""
    text = body.decode("utf-8", "surrogateescape")
    text = _redacted_json(text, secrets) if _is_json(text) else _redacted_text(text, secrets)
    text = _NESTED_SECRET.sub(r'\1\\"«redacted»\\"', _SECRET_MEMBER.sub(r'\1"«redacted»"', text))
    return text.encode("utf-8", "surrogateescape")


def _redacted_json(text: str, secrets: Secrets) -> str:
    """A document stays one: names go into strings, and a number that is a code becomes a string."""

    def redact(found: re.Match[str]) -> str:
        token, colon = found[0], found[1] or ""
        named = secrets.redact(token, in_names=bool(colon))
        if token[0] == '"':
            return _redacted_string(named.removesuffix(colon), secrets) + colon
        return token if named == token else json.dumps(named, ensure_ascii=False)

    return _JSON_TOKEN.sub(redact, text)


def _redacted_string(token: str, secrets: Secrets) -> str:
    """A string of a document stays as it is written, unless its escapes hide a secret."""
    if not _MAY_HIDE.search(token):
        return token
    plain = json.loads(token)
    named = _redacted_text(secrets.redact(plain), secrets)
    surrogates = any("\ud800" <= sign <= "\udfff" for sign in named)
    return token if named == plain else json.dumps(named, ensure_ascii=surrogates)


_MAY_HIDE: Final = re.compile(r"[\\%&]")
_ESCAPE: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_LAYERS: Final = 3


def _redacted_text(text: str, secrets: Secrets) -> str:
    """Secrets by their names. What hides one behind escapes, percent signs or entities is written without these."""
    named = plain = secrets.redact(text)
    for _ in range(_LAYERS if _MAY_HIDE.search(text) else 0):
        plain = unescape(
            unquote(_ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), plain), errors="surrogateescape")
        )
        if (shown := secrets.redact(plain)) != plain:
            return shown
    return named


_CUT: Final = re.compile(r"[^\s'\"{}:,«»]*\.\.\.[^\s'\"{}:,«»]*")


def redacted_message(text: str, secrets: Secrets) -> str:
    """What is told of values that were cut to be shown: no word that was cut, as a part of a secret has no name."""
    return _CUT.sub("...", _redacted_text(text, secrets))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
