"""Exchanges without a secret in them, and still fit to be judged again."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import chain
from typing import Final
from urllib.parse import unquote

from conformance.model import Exchange, Headers, Request, Response
from conformance.secrecy import Secrets


def redacted(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange with every known secret replaced by its name."""
    exchange = _mapped(exchange, headers=lambda headers: _named_headers(headers, secrets))
    if _is_clear("\n".join(_texts(exchange)), secrets):  # true of most, and one look is cheaper than one at each part
        return _mapped(exchange, body=_without_members)
    return _mapped(
        exchange,
        text=lambda text: _redacted_text(text, secrets),
        headers=lambda headers: _redacted_headers(headers, secrets),
        body=lambda body: redacted_body(body, secrets),
    )


def with_redacted_reply(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange with every known secret in the body of its reply replaced by its name."""
    response = exchange.response
    answered = response and dataclasses.replace(response, body=redacted_body(response.body, secrets))
    return dataclasses.replace(exchange, response=answered)


def _mapped(
    exchange: Exchange,
    text: Callable[[str], str] = str,
    headers: Callable[[Headers], Headers] = tuple,
    body: Callable[[bytes], bytes] = bytes,
) -> Exchange:
    request, response = exchange.request, exchange.response
    asked = Request(request.verb, text(request.path), headers(request.headers), body(request.body), request.way)
    answered = response and Response(response.status, headers(response.headers), body(response.body))
    return dataclasses.replace(
        exchange, request=asked, response=answered, fault=exchange.fault and text(exchange.fault)
    )


def _texts(exchange: Exchange) -> Iterator[str]:
    request, response = exchange.request, exchange.response
    yield from (request.path, exchange.fault or "", _decoded(request.body))
    yield from chain.from_iterable(request.headers)
    if response:
        yield from chain.from_iterable(response.headers)
        yield _decoded(response.body)


_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def _named_headers(headers: Headers, secrets: Secrets) -> Headers:
    """Headers without the values that are a secret as a whole. Cookies and credentials go whole, too: nobody told us which
    part of them is the secret."""
    return tuple(
        (name, "«redacted»" if name.lower() in _CREDENTIALS else secrets.named(value)) for name, value in headers
    )


def _redacted_headers(headers: Headers, secrets: Secrets) -> Headers:
    if _is_clear("\n".join(chain.from_iterable(headers)), secrets):
        return headers
    return tuple((secrets.redact(name, in_names=True), _redacted_text(value, secrets)) for name, value in headers)


_MEMBERS: Final = "authToken|token|loginToken|hashedToken|password|secret"
_SECRET_MEMBER: Final = re.compile(rf'("(?:{_MEMBERS})"\s*:\s*)"(?!«)(?:\\.|[^"\\])+"')
_NESTED_SECRET: Final = re.compile(rf'(\\"(?:{_MEMBERS})\\"\s*:\s*)\\"(?!«)[^"\\]+\\"')
"""The same in the JSON that a string holds: so a method that is called over REST returns its result."""
_JSON_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"(\s*:)?|-?\d[\d.eE+-]*')


def redacted_body(body: bytes, secrets: Secrets) -> bytes:
    """Known secrets by their names, and what is a secret by the name of its member. Bytes that are no UTF-8 stay."""
    text = _decoded(body)
    if not _is_clear(text, secrets):
        text = _redacted_json(text, secrets) if _is_json(text) else _redacted_text(text, secrets)
    return _without_members(text.encode("utf-8", "surrogateescape"))


def _without_members(body: bytes) -> bytes:
    """A body without what is a secret by the name of its member."""
    text = _NESTED_SECRET.sub(r'\1\\"«redacted»\\"', _SECRET_MEMBER.sub(r'\1"«redacted»"', _decoded(body)))
    return text.encode("utf-8", "surrogateescape")


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _is_clear(text: str, secrets: Secrets) -> bool:
    """Whether no secret stands in a text, neither plainly nor behind an escape."""
    return not _MAY_HIDE.search(text) and secrets.clear_of(text)


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
_ESCAPE: Final = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrtbfv])")
_LAYERS: Final = 3


def _redacted_text(text: str, secrets: Secrets) -> str:
    """Secrets by their names. What hides one behind escapes, percent signs or entities is written without these."""
    named = plain = secrets.redact(text)
    for _ in range(_LAYERS if _MAY_HIDE.search(text) else 0):
        plain = unescape(unquote(_ESCAPE.sub(_unescaped, plain), errors="surrogateescape"))
        if (shown := secrets.redact(plain)) != plain:
            return shown
    return named


def _unescaped(found: re.Match[str]) -> str:
    """The sign that an escape stands for; for a break of the line or the like a blank, as what stands behind it is a word."""
    return chr(int(found[1] or found[2], 16)) if found[1] or found[2] else " "


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
