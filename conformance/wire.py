"""The codec: what a call looks like on the wire, and what a response says.

Two total functions and the names that they need. Nothing else knows header names or JSON keys, save that the admin API of
a kind of target is written down in accounts.py.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from conformance.binding import Binding, fill
from conformance.model import (
    ABSENT,
    Call,
    Challenge,
    Challenged,
    Granted,
    Json,
    Procedure,
    Refused,
    Reply,
    Request,
    Response,
    Said,
    Throttled,
    Unintelligible,
)
from conformance.writing import Writing


def encode(binding: Binding, call: Call) -> Request:
    """What a call looks like on the wire, but for the host and the headers that the target's owner asks for."""
    verb, _, path = call.route.partition(" ")
    body = call.body if call.procedure is None else _message(call.procedure, call)
    if call.answer_in_body and call.answer and isinstance(body, dict) and call.procedure is None:
        body = body | {"code": call.answer.code}
    if call.more_members and isinstance(body, dict):
        body = body | dict(call.more_members)
    raw = _body(body, form=call.form) if call.raw is None else call.raw
    headers = tuple(_headers(binding, call))
    return Request(verb, path, headers, raw, call.writing.way) if call.writing else Request(verb, path, headers, raw)


def _message(procedure: Procedure, call: Call) -> dict[str, Json]:
    """The frame in which a method is called over REST: JSON inside JSON."""
    parameters = list(procedure.parameters)
    if call.answer and call.answer_in_body:
        parameters.append({"twoFactorCode": call.answer.code, "twoFactorMethod": call.answer.method})
    frame = {"msg": "method", "id": "1", "method": procedure.name, "params": parameters}
    return {"message": json.dumps(frame, ensure_ascii=False)}


def _headers(binding: Binding, call: Call) -> Iterator[tuple[str, str]]:
    writing = call.writing or Writing()
    lines = [(binding.code_header if which == "code" else binding.method_header, text) for which, text in writing.lines]
    if writing.first:
        yield from lines
    yield "Accept", "application/json"
    if writing.label:
        yield "Content-Type", writing.label
    elif writing.label is None and (call.body is not None or call.procedure is not None or call.raw is not None):
        yield "Content-Type", "application/x-www-form-urlencoded" if call.form else "application/json"
    if call.session:
        for name, value in binding.session_headers:
            yield name, fill(value, token=call.session.token, user_id=call.session.user_id)
    in_headers = not (call.procedure and call.answer_in_body)
    if in_headers and call.answer and call.answer.code is not None:
        yield _spell(binding.code_header, call.header_case), call.answer.code
    if in_headers and call.answer and call.answer.method is not None:
        yield _spell(binding.method_header, call.header_case), call.answer.method
    yield from call.more_headers
    if not writing.first:
        yield from lines


def _spell(name: str, case: str) -> str:
    return {"upper": name.upper(), "title": name.title()}.get(case, name)


def _body(body: Json, *, form: bool) -> bytes:
    if body is None:
        return b""
    if form and isinstance(body, dict):
        return urlencode(body, errors="surrogatepass").encode()
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


_CHALLENGE = re.compile(r"totp[-_ ]?requir", re.IGNORECASE)


_INVALID = re.compile(r"totp[-_ ]?(invalid|incorrect|wrong)|invalid[-_ ]?totp", re.IGNORECASE)


_THROTTLE = re.compile(r"too[-_ ]many[-_ ]requests", re.IGNORECASE)


def read(response: Response, at: float = 0.0) -> Reply:
    """What a response says. Lenient on purpose, so that one wrong member does not hide the rest of a reply:
    whether each member is as it must be is for the suites to judge. ``at`` is the time by the target's clock."""
    try:
        body = parse(response.body)
    except ValueError as error:
        return _bodiless(response, str(error), at)
    if not isinstance(body, dict):
        if response.status == 429:
            return Throttled(429, _wait(response, "", at))
        if response.status < 300:
            return Granted(response.status, {"": body}, at)
        return Unintelligible(response.status, f"the body is a JSON {type(body).__name__}, not an object")
    words = " ".join(_words(_unwrapped(body)))
    if response.status == 429 or _THROTTLE.search(words):
        return Throttled(response.status, _wait(response, words, at))
    return _said(response.status, body, words, at)


def _bodiless(response: Response, why: str, at: float) -> Reply:
    if response.status == 429:
        return Throttled(429, _wait(response, "", at))
    if response.status == 204 and not response.body:
        return Granted(response.status, {}, at)
    return Unintelligible(response.status, _redirect(response) or why)


def _redirect(response: Response) -> str:
    """Where a reply sends the caller. No more of the address than its origin: proxies put tickets into the rest."""
    location = response.header("location") if response.status in _REDIRECTS else None
    if location is None:
        return ""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "a redirect"
    scheme, host = f"{parts.scheme}:" if parts.scheme else "", parts.netloc.rpartition("@")[2]
    return f"a redirect to {scheme}//{host}" if host else "a redirect"


_REDIRECTS: Final = {301, 302, 303, 307, 308}


def _said(status: int, body: Mapping[str, Json], words: str, at: float) -> Reply:
    told = _unwrapped(body)
    challenge = _challenge(told.get("details"))
    named = str(told.get("errorType"))
    asks, denies = _CHALLENGE.search(words), _INVALID.search(words)
    if told.get("success") is True and "details" not in told:
        asks = denies = None
    if asks and not (denies and _INVALID.search(named)):
        return Challenged(status, body, at, challenge)
    if denies:
        return Refused(status, body, at, invalid=True, challenge=challenge)
    if status < 300 and told.get("success") is not False and told.get("status") != "error":
        return Granted(status, body, at)
    return Refused(status, body, at, challenge=challenge)


def _unwrapped(body: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a reply says: for a method that was called over REST, the error inside its message."""
    match _frame(body).get("error"):
        case dict() as error:
            return {**error, "success": False}
    return body


def _frame(body: Mapping[str, Json]) -> Mapping[str, Json]:
    """The frame inside the message of a method's reply; empty for every other reply."""
    message = body.get("message")
    if not isinstance(message, str) or not message.startswith("{"):
        return {}
    try:
        frame = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) and frame.get("msg") == "result" else {}


def result_of(reply: Said) -> Json:
    """What a method returned, or ABSENT."""
    return _frame(reply.body).get("result", ABSENT)


def parse(raw: bytes) -> Json:
    """A JSON value, read strictly: ValueError for anything that RFC 8259 does not know."""
    if not raw.strip():
        raise ValueError("the body is empty")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the body is not UTF-8") from None
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_decimal)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no valid JSON: {error.msg} at character {error.pos}") from None


def repeated_names(raw: bytes) -> list[str] | None:
    """The members that an object in a JSON value names more than once; None where it is no JSON."""
    repeated: dict[str, None] = {}

    def look(members: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(members)
        if len(found) < len(members):
            times = Counter(name for name, _ in members)
            repeated.update(dict.fromkeys(sorted(name for name in found if times[name] > 1)))
        return found

    try:
        json.loads(raw, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return None
    return list(repeated)


def _decimal(text: str) -> Json:
    """JSON knows one kind of number: 2.0 is the integer 2, as JSON Schema has it."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"no valid JSON: {name} is not a JSON value")


def _words(body: Mapping[str, Json], depth: int = 2) -> Iterator[str]:
    """Every text in which servers name the kind of an error; some nest one error in another."""
    for key in ("errorType", "error", "message"):
        match body.get(key):
            case str() as word:
                yield word
            case dict() as nested if depth:
                yield from _words(nested, depth - 1)


def _challenge(details: Json) -> Challenge:
    if not isinstance(details, dict):
        return Challenge()
    return Challenge(
        method=details.get("method", ABSENT),
        code_generated=details.get("codeGenerated", ABSENT),
        code_count=details.get("codeCount", ABSENT),
        code_expires=details.get("codeExpires", ABSENT),
        available_methods=details.get("availableMethods", ABSENT),
        email_or_username=details.get("emailOrUsername", ABSENT),
    )


def _wait(response: Response, words: str, at: float) -> float | None:
    """Seconds to wait: Retry-After (seconds, or a date: RFC 9110 10.2.3), X-RateLimit-Reset (epoch milliseconds or
    seconds, or seconds to wait, as RateLimit-Reset has them), or the sentence that the product writes."""
    if (after := _number(response.header("retry-after"))) is not None:
        return after
    now = _moment(response.header("date")) or at
    if now and (until := _moment(response.header("retry-after"))) is not None:
        return max(0.0, until - now)
    if (reset := until_reset(response, at)) is not None:
        return reset
    if found := re.search(r"wait (\d+(?:\.\d+)?) seconds?", words):
        return float(found[1])
    return None


def until_reset(response: Response, at: float) -> float | None:
    """Seconds until a rate limiter counts anew, by X-RateLimit-Reset or RateLimit-Reset. ``at`` is the time by the target's clock."""
    if (reset := _number(response.header("x-ratelimit-reset") or response.header("ratelimit-reset"))) is None:
        return None
    return reset if reset < _AN_EPOCH else max(0.0, (reset / 1000 if reset > _MILLISECONDS else reset) - at)


_AN_EPOCH: Final = 1e8


_MILLISECONDS: Final = 1e11


"""A smaller number is of seconds to wait, one above this of milliseconds since the epoch, any other of seconds since it."""


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\s*[0-9]{1,15}(\.[0-9]{1,9})?\s*", text) else None


def _moment(text: str | None) -> float | None:
    """Seconds since the epoch of a date as HTTP writes it."""
    try:
        return parsedate_to_datetime(text or "").timestamp()
    except (ValueError, OverflowError):
        return None
