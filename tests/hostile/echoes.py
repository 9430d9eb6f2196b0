"""A target that says back what it was told, in odd places and forms."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

from .proxy import Answer, Message, Talk

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "backwards": lambda secret: secret[::-1],
    "base64": lambda secret: base64.b64encode(f"x:{secret}".encode()).decode(),
    "percent": lambda secret: quote(secret, safe="").replace("a", "%61"),
    "escaped": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "capitals": str.upper,
    "quoted": lambda secret: json.dumps(json.dumps({"was": secret})),
    "page": lambda secret: f"<title>{html.escape(secret)}</title>",
}


def secrets_in(request: Message) -> Iterator[str]:
    """What a request holds that nobody else is to know: session, code, passwords."""
    for line in request.headers:
        name, _, value = line.decode("latin-1").partition(": ")
        if name.lower() in {"x-auth-token", "x-2fa-code"}:
            yield value
    try:
        body = json.loads(request.body)
    except ValueError:
        return
    members = body if isinstance(body, dict) else {}
    for holder in (members, members.get("data")):
        if isinstance(holder, dict) and isinstance(password := holder.get("password"), str):
            yield password


def echoing(form: str) -> Answer:
    """The target's own reply, with every secret of the request in a header, in a member and in the name of one."""

    async def answer(talk: Talk) -> None:
        told = [FORMS[form](secret) for secret in secrets_in(talk.request) if secret.isascii() and len(secret) > 5]
        reply = await talk.reply()
        if told and reply.body.startswith(b'{"'):
            written = [text if form == "escaped" else json.dumps(text)[1:-1] for text in told]
            more = "".join(f'"said{nth}":"you said {text}!",' for nth, text in enumerate(written))
            reply = reply.saying(b"{" + more.encode() + reply.body[1:])
        await talk.say(bytes(reply.plus(*(f"X-You-Said: {text}".encode() for text in told))))

    return answer
