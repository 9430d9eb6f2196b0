"""Legal differences in the form of replies, further ones: odd members, other statuses, dates and ways to write JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

from conformance.lab.alterations import Alteration, both, setting
from conformance.lab.calls import Call
from conformance.lab.detours import DISABLE, ENABLE, RESEND, rebodied, retold, to
from conformance.lab.legal_replies import headers, more_members, statuses, worded
from conformance.lab.messages import Json, Reply
from conformance.lab.rules import Truth
from conformance.lab.scopes import ordinary
from conformance.lab.variant import Variant

EASTERN = timezone(timedelta(hours=2))
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
LETTER = re.compile(r"\\u[0-9a-f]{4}|\\.|[A-Za-z/]")


def big_members(body: Json, truth: Truth) -> Json:
    """Twenty thousand letters, and a list in a list in a list."""
    nested: list[object] = []
    for _ in range(40):
        nested = [nested]
    body["trace"] = {"text": "lorem ipsum " * 1700, "nested": nested}
    if "details" in body:
        body["details"] = {**body["details"], "hints": ["lorem"] * 200}
    return body


def old_members(body: Json, truth: Truth) -> Json:
    """The members of other envelopes beside the page's."""
    if body.get("success") is False:
        return {"status": "error", "code": 401, "message": body["error"].partition(" [")[0], **body}
    return body


def chatty(body: Json, call: Call) -> Json:
    """A success with empty places for errors, and a sentence."""
    return {"error": None, "errorType": None, "message": "Saved.", "details": {"took": 3}, **body}


def numbered(missing: int, unknown: int) -> Alteration:
    """Other statuses for a resend that lacks its parameter, or names nobody."""

    def alter(reply: Reply, call: Call) -> Reply:
        codes = {"error-parameter-required": missing, "error-invalid-user": unknown}
        return replace(reply, status=codes.get(str(reply.body.get("errorType")), reply.status))

    return retold(to(RESEND), alter)


def done_as(status: int, *paths: str) -> Alteration:
    """Another status for what succeeds."""
    return retold(to(*paths), lambda reply, call: replace(reply, status=status) if reply.status == 200 else reply)


def forbidden(reply: Reply, call: Call) -> Reply:
    """Who is not logged in gets 403 and a bare sentence."""
    if reply.status != 401:
        return reply
    return replace(reply, status=403, body={"success": False, "error": "not-authorized"})


def bare(reply: Reply, call: Call) -> Reply:
    """The word for what is wrong with a resend, and nothing else about it."""
    word = reply.body.get("errorType")
    return replace(reply, body={"success": False, "error": word}) if word else reply


def listed_alone(reply: Reply, call: Call) -> Reply:
    """The array of addresses, and nothing around it."""
    if reply.status != 200:
        return reply
    return replace(reply, raw=("application/json", json.dumps(reply.body.get("emails", [])).encode()))


def escaped(body: Json) -> str:
    """JSON with every letter of its texts and names as an escape."""

    def letter(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("\\") else f"\\u{ord(found[0]):04X}"

    return STRING.sub(lambda found: LETTER.sub(letter, found[0]), json.dumps(body))


def with_decimals(value: Any) -> Any:
    """A JSON value whose whole numbers are written as 1.0 is: to JSON that is the same."""
    match value:
        case bool():
            return value
        case int():
            return float(value)
        case dict():
            return {name: with_decimals(member) for name, member in value.items()}
        case list() | tuple():
            return [with_decimals(member) for member in value]
        case _:
            return value


ROWS = (
    Variant("b-04-big", "Twenty kilobytes of more members in everything about a second factor.", worded(big_members)),
    Variant("b-04-old", "Errors have the members of other envelopes, too: status, code, message.", worded(old_members)),
    Variant("b-04-success", "Successes have a message, details, and an error and an errorType that are null.",
            rebodied(lambda call: ordinary(call.request), chatty, successes=True)),
    Variant("b-07-422", "Challenges and refusals have status 422.", statuses(422, 422), "classic"),
    Variant("b-08-428", "Challenges have status 428, refusals 409.", statuses(428, 409), "classic"),
    Variant("b-07-www", "Challenges and refusals have status 401 and name a scheme.",
            both(statuses(401, 401), headers(("www-authenticate", 'Totp realm="lab"'))), "classic"),
    Variant("b-07-resend", "A resend without a name has status 422, one for nobody 404.", numbered(422, 404), "classic"),
    Variant("b-07-bare", "A resend without a name, or for nobody, is refused by the bare word in error.",
            retold(to(RESEND), bare), "classic"),
    Variant("b-07-done", "What a resend does has status 202, what switching does 201.",
            both(done_as(202, RESEND), done_as(201, ENABLE, DISABLE)), "classic"),
    Variant("b-07-logged-out", "Who is not logged in gets status 403 and not-authorized.",
            retold(lambda call: ordinary(call.request), forbidden), "classic"),
    Variant("b-22-array", "A resend answers with the array alone.", retold(to(RESEND), listed_alone), "classic"),
    Variant("b-24-offset", "Dates in another zone, two hours to the east.",
            setting(write_date=lambda moment: f"{moment.astimezone(EASTERN):%Y-%m-%dT%H:%M:%S}+02:00")),
    Variant("b-24-micro", "Dates with six digits of a fraction.",
            setting(write_date=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z")),
    Variant("b-24-whole", "Dates in whole seconds.", setting(write_date=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}Z")),
    Variant("b-24-epoch", "Dates as milliseconds since the epoch.",
            setting(write_date=lambda moment: int(moment.timestamp() * 1000))),
    Variant("b-52-escapes", "JSON with every letter escaped.", setting(write=escaped)),
    Variant("b-52-decimals", "JSON whose whole numbers have a decimal point.",
            setting(write=lambda body: json.dumps(with_decimals(body)))),
    Variant("b-52-blanks", "JSON with blanks and empty lines around it.",
            setting(write=lambda body: f"\r\n\t {json.dumps(body)} \n\n")),
    Variant("b-52-plain", "JSON with signs beyond ASCII as they are.",
            both(worded(more_members), setting(write=lambda body: json.dumps(body, ensure_ascii=False)))),
)  # fmt: skip
