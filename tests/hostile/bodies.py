"""Bodies that are no JSON, or JSON that is hard to swallow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .proxy import Answer, Talk


def rewritten(change: Callable[[bytes], bytes]) -> Answer:
    """The target's own reply with its body changed."""

    async def answer(talk: Talk) -> None:
        reply = await talk.reply()
        await talk.say(bytes(reply.saying(change(reply.body))))

    return answer


def always(body: bytes) -> Answer:
    return rewritten(lambda _: body)


def remade(change: Callable[[Any], Any]) -> Answer:
    """The target's own reply with every value in it changed, save lists and objects."""

    def change_body(body: bytes) -> bytes:
        try:
            return json.dumps(_each(json.loads(body), change)).encode()
        except ValueError:
            return body

    return rewritten(change_body)


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    match value:
        case dict():
            return {name: _each(member, change) for name, member in value.items()}
        case list():
            return [_each(member, change) for member in value]
    return change(value)


def within(text: bytes) -> Answer:
    """The target's own reply with one more member."""
    return rewritten(lambda body: body.replace(b"{", b"{" + text + b",", 1) if body.startswith(b'{"') else body)


def twice(body: bytes) -> bytes:
    """Each object with every member once more, and null."""
    try:
        names = json.loads(body)
    except ValueError:
        return body
    if not isinstance(names, dict) or not names:
        return body
    return body.rstrip()[:-1] + b"".join(b"," + json.dumps(name).encode() + b":null" for name in names) + b"}"


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return opening * depth + b"1" + closing * depth


def numbers(value: Any) -> Any:
    return 10**400 if isinstance(value, int | float) and not isinstance(value, bool) else value


def texts(value: Any) -> Any:
    return value + "\ud800\0\u202e<script>" if isinstance(value, str) else value
