"""Legal differences in the form of replies: statuses, members, dates, JSON, headers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.lab.alterations import DENIED, WRONG, Alteration, both, details, setting, without
from conformance.lab.messages import Headers, Json, Reply, Response
from conformance.lab.rules import Outcome, Rules, Truth
from conformance.lab.variant import Variant


def dressed(alter: Callable[[Response, Outcome | None], Response]) -> Alteration:
    """Other responses, to whomever."""
    return lambda rules: replace(rules, dress=lambda response, outcome: alter(rules.dress(response, outcome), outcome))


def statuses(challenge: int, refusal: int) -> Alteration:
    """Other statuses for what does not pass the second factor."""

    def alter(response: Response, outcome: Outcome | None) -> Response:
        if outcome not in DENIED:
            return response
        return replace(response, status=challenge if outcome == "challenged" else refusal)

    return dressed(alter)


def content_type(kind: str, denied_only: bool = False) -> Alteration:
    def alter(response: Response, outcome: Outcome | None) -> Response:
        if denied_only and outcome not in DENIED:
            return response
        others = tuple(pair for pair in response.headers if pair[0] != "content-type")
        return replace(response, headers=(("content-type", kind), *others))

    return dressed(alter)


def headers(*more: tuple[str, str]) -> Alteration:
    added: Headers = more
    return dressed(lambda response, outcome: replace(response, headers=(*response.headers, *added)))


def worded(alter: Callable[[Json, Truth], Json]) -> Alteration:
    """Other bodies of whatever concerns a second factor, the administrator's and the login's too."""

    def apply(rules: Rules) -> Rules:
        def edit(reply: Reply, truth: Truth) -> Reply:
            reply = rules.edit(reply, truth)
            return replace(reply, body=alter(dict(reply.body), truth))

        return replace(rules, edit=edit)

    return apply


def in_fallback(alter: Callable[[Json], Json]) -> Alteration:
    """Other details where the password is asked for."""

    def edit(body: Json, truth: Truth) -> Json:
        return (
            {**body, "details": alter(dict(body["details"]))}
            if truth.method == "password" and "details" in body
            else body
        )

    return worded(edit)


def more_members(body: Json, truth: Truth) -> Json:
    body["requestId"] = "6b1f0c52"
    if "details" in body:
        body["details"] = {**body["details"], "hint": "q•••@lab.test", "retry": {"after": None}}
    return body


def longer_text(body: Json, truth: Truth) -> Json:
    if "[" in str(body.get("error", "")):
        body["error"] = str(body["error"]).replace(" [", ": please have a look at your mail [") + " (request 6b1f0c52)"
    return body


def spread(body: Json) -> str:
    """JSON over many lines, its members in another order, nothing but ASCII."""
    return json.dumps(dict(reversed(list(body.items()))), indent=4, ensure_ascii=True) + "\n"


ROWS = (
    Variant("b-01", "No codeCount.", setting(announces_count=False), "classic"),
    Variant("b-02", "No codeExpires.", without(DENIED, "details", "codeExpires")),
    Variant("b-03", "Neither codeCount nor codeExpires.",
            both(setting(announces_count=False), without(DENIED, "details", "codeExpires")), "classic"),
    Variant("b-04", "More members than the page lists, everywhere.", worded(more_members)),
    Variant("b-05", "No codeGenerated where the password is asked for.",
            in_fallback(lambda d: {k: v for k, v in d.items() if k != "codeGenerated"})),
    Variant("b-06", "availableMethods lists password where it is asked for.",
            in_fallback(lambda d: {**d, "availableMethods": ["password"]})),
    Variant("b-07", "Challenges and refusals have status 401.", statuses(401, 401), "classic"),
    Variant("b-07-403", "Challenges and refusals have status 403.", statuses(403, 403), "classic"),
    Variant("b-07-200", "Challenges and refusals have status 200.", statuses(200, 200), "classic"),
    Variant("b-08", "Challenges have status 401, refusals 403.", statuses(401, 403), "classic"),
    Variant("b-09", "The selected method is listed last, behind one that the server offers too.",
            details(("challenged",), lambda d, truth: {"availableMethods": ["sms", *d["availableMethods"]]})),
    Variant("b-24", "Dates with an offset and without a fraction.",
            setting(write_date=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}+00:00")),
    Variant("b-24-basic", "Dates in the basic form.", setting(write_date=lambda moment: f"{moment:%Y%m%dT%H%M%SZ}")),
    Variant("b-25", "The newest date stands first.",
            details(DENIED, lambda d, truth: {"codeExpires": d["codeExpires"][::-1]} if "codeExpires" in d else {}),
            "classic"),
    Variant("b-30", "Refusals tell more: availableMethods too.", setting(refusal_lists_methods=True), "classic"),
    Variant("b-30-bare", "Refusals tell the method and nothing else.",
            worded(lambda b, truth: {**b, "details": {"method": truth.method}} if truth.outcome in WRONG else b),
            "classic"),
    Variant("b-51", "Every connection ends after one answer.", headers(("connection", "close"))),
    Variant("b-52", "JSON over many lines, in another order.", setting(write=spread)),
    Variant("b-53", "The content type names the charset.", content_type("application/json; charset=utf-8")),
    Variant("b-53-problem", "Challenges and refusals are problem documents with the page's members.",
            content_type("application/problem+json", denied_only=True)),
    Variant("b-55", "A method that the page does not know is listed.",
            details(("challenged",), lambda d, truth: {"availableMethods": [*d["availableMethods"], "webauthn"]})),
    Variant("b-57", "The error text has more words around the bracket.", worded(longer_text)),
    Variant("b-58", "Headers about limits and origins, and a cookie.", headers(
        ("access-control-allow-origin", "*"), ("x-ratelimit-remaining", "9"), ("set-cookie", "lab=1; Path=/"))),
)  # fmt: skip
