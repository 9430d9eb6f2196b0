"""Faults in reading what crosses the wire: headers that stand twice or among blanks, bodies of another type or length."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from conformance.lab.accounts import State
from conformance.lab.alterations import (
    Alteration,
    also_accepting,
    both,
    open_when,
    proving,
    reading,
)
from conformance.lab.calls import Call
from conformance.lab.detours import UPDATE, around, receiving, to, unserved
from conformance.lab.fault import Fault
from conformance.lab.messages import Json, Reply, Request, Response
from conformance.lab.rules import Attempt, Outcome, Proceed, Rules, Served

CODE, METHOD = "x-2fa-code", "x-2fa-method"
BROKEN = Reply(500, {"success": False, "error": "Internal server error"})
TOO_LONG = 8000


def written(request: Request, name: str) -> list[str]:
    """The values of every header of this name, blanks and all but for the one that follows the colon."""
    return [value.removeprefix(" ") for line, value in request.headers if line.lower() == name]


def live_code(attempt: Attempt, text: str) -> bool:
    return any(attempt.state.rules.bare_code(text) == code.text for code in attempt.live)


def any_line(attempt: Attempt) -> bool:
    return any(live_code(attempt, value) for value in attempt.request.values(CODE))


def any_element(attempt: Attempt) -> bool:
    return any(live_code(attempt, part) for value in attempt.request.values(CODE) for part in value.split(","))


def among_blanks(attempt: Attempt) -> bool:
    return any(value != value.strip() for value in written(attempt.request, CODE))


def nth_line(place: int) -> Callable[[Request], str | None]:
    """One of several lines is read, and no other."""

    def read(request: Request) -> str | None:
        values = request.values(CODE)
        return values[place] or None if values else None

    return read


def before_method(request: Request) -> str | None:
    names = [name.lower() for name, _ in request.headers]
    ordered = METHOD not in names or CODE not in names or names.index(CODE) < names.index(METHOD)
    return request.header(CODE) or None if ordered else None


def of_test_account(call: Call) -> bool:
    return to(UPDATE)(call) and call.account is not None and call.account.email_factor


def repeated(call: Call) -> bool:
    return of_test_account(call) and len(call.request.values(CODE)) > 1


def kind(request: Request) -> str:
    return request.header("content-type").partition(";")[0].strip().lower()


def plain(call: Call) -> bool:
    return of_test_account(call) and kind(call.request) == "text/plain"


def nested(fields: list[tuple[str, str]]) -> Json:
    """The fields of a form as an object: data[name]=x."""
    body: Json = {}
    for name, value in fields:
        *outer, last = name.replace("]", "").split("[")
        place = body
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = value
    return body


def understood(read: Callable[[str], Json], *kinds: str) -> Alteration:
    """Calls with a body of these types are read in this way, and pass unasked."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        try:
            body = read(call.request.body.decode("utf-8", "replace"))
        except ValueError:
            return proceed(state, call)
        return proceed(state, replace(call, body=body))

    return both(
        around(lambda call: of_test_account(call) and kind(call.request) in kinds, detour),
        open_when(lambda request: kind(request) in kinds),
    )


def hanging_up(sign: Callable[[Request], bool]) -> Alteration:
    """Requests with this sign end the connection without an answer."""

    def apply(rules: Rules) -> Rules:
        def serve(state: State, call: Call, proceed: Proceed) -> Served:
            if of_test_account(call) and sign(call.request):
                return state, Reply(0, {}), None, ()
            return rules.serve(state, call, proceed)

        def dress(response: Response, outcome: Outcome | None) -> Response:
            return response if response.status == 0 else rules.dress(response, outcome)

        return replace(rules, serve=serve, dress=dress)

    return apply


def as_if_whole(request: Request) -> Request:
    return replace(request, whole=True)


def with_the_rest(request: Request) -> Request:
    return replace(request, body=request.body + request.beyond)


ROWS = (
    Fault("hd-dup-any", ("bytes.right-among-wrong", "bytes.two-codes"),
          "Of several code headers any may be the right one: many guesses in one call.", also_accepting(any_line)),
    Fault("hd-list-guess", ("bytes.right-among-wrong", "bytes.two-codes"),
          "Of a list of codes any may be the right one: many guesses in one call.", also_accepting(any_element)),
    Fault("hd-dup-first", ("bytes.two-codes",), "Of several code headers the first is read.", reading(nth_line(0))),
    Fault("hd-dup-last", ("bytes.two-codes",), "Of several code headers the last is read.", reading(nth_line(-1))),
    Fault("hd-blanks-bypass", ("bytes.wrong-code",), "A code among blanks is not checked.", also_accepting(among_blanks)),
    Fault("hd-ows-kept", ("bytes.blanks",), "Blanks around a code are taken for a part of it.",
          proving(lambda a: a.right and not among_blanks(a))),
    Fault("hd-order-code-first", ("bytes.order",), "The code is seen only if its header stands before the method's.",
          reading(before_method)),
    Fault("hd-dup-500", ("bytes.odd-header",), "A code header that stands twice is a server error.",
          unserved(repeated, BROKEN)),
    Fault("hd-long-drop", ("bytes.answered",), "A code of ten kilobytes ends the connection without an answer.",
          hanging_up(lambda request: len(request.header(CODE)) > TOO_LONG)),
    Fault("rb-500-text-body", ("bytes.odd-body",), "A body that is labelled as text is a server error.",
          unserved(plain, BROKEN)),
    Fault("rb-ct-mismatch-bypass", ("bytes.unasked",), "A call that is labelled as text is carried out unasked.",
          understood(json.loads, "text/plain")),
    Fault("rb-form-bypass", ("bytes.unasked",), "A call in the form of a form is carried out unasked.",
          understood(lambda text: nested(parse_qsl(text)), "application/x-www-form-urlencoded")),
    Fault("rb-incomplete-done", ("bytes.incomplete",), "A call that breaks off is carried out as far as it has come.",
          receiving(as_if_whole)),
    Fault("rb-length-ignored", ("bytes.beyond",), "All that came with a call is its body, whatever its length.",
          receiving(with_the_rest)),
)  # fmt: skip
