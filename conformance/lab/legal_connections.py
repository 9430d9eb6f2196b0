"""Legal differences beside what is said: connections, limits of calls, and the server's clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil

from conformance.lab.accounts import State
from conformance.lab.alterations import Alteration, both, setting
from conformance.lab.calls import Call
from conformance.lab.detours import around
from conformance.lab.legal_calls import limiter
from conformance.lab.legal_replies import headers
from conformance.lab.messages import Headers, Reply
from conformance.lab.rules import Proceed, Served
from conformance.lab.variant import Variant

TOO_MANY = Reply(429, {"success": False, "error": "Too many requests"})
PAGE = ("text/html", b"<html><body><h1>429 Too Many Requests</h1></body></html>")


def limited(tell: Callable[[int, float], Headers], reply: Reply = TOO_MANY) -> Alteration:
    """Ten calls a second for each route; `tell` says in headers how long to wait: whole seconds, and the time now."""

    def detour(state: State, call: Call, proceed: Proceed) -> Served:
        state, honest, outcome, _ = proceed(state, call)
        wait = re.search(r"wait (\d+) seconds", str(honest.body.get("error")))
        if honest.status != 429 or wait is None:
            return state, honest, outcome, ()
        return state, replace(reply, headers=tell(int(wait[1]), call.now)), outcome, ()

    return both(limiter(10, 1), around(lambda call: True, detour))


def by_date(wait: int, now: float) -> Headers:
    """The time from which calls are answered again, in whole seconds that are not too early."""
    moment = datetime.fromtimestamp(ceil(now + wait), UTC)
    return (("Retry-After", format_datetime(moment, usegmt=True)),)


ROWS = (
    Variant("b-51-gzip", "Replies are compressed with gzip.", setting(coding="gzip")),
    Variant("b-51-deflate", "Replies are compressed with deflate.", setting(coding="deflate")),
    Variant("b-51-chunks", "Replies come in chunks of eleven bytes.", setting(chunk=11)),
    Variant("b-51-capitals", "Names of reply headers in capitals.", setting(spell_header=str.upper)),
    Variant("b-51-title", "Names of reply headers with capital initials.", setting(spell_header=str.title)),
    Variant("b-51-keep-alive", "Replies say how long a connection lives.",
            headers(("connection", "keep-alive"), ("keep-alive", "timeout=5, max=1000"))),
    Variant("b-51-idle", "A connection without a call ends after one second, as replies say.",
            both(setting(idle_seconds=1), headers(("connection", "keep-alive"), ("keep-alive", "timeout=1")))),
    Variant("latency", "Every answer takes 50 ms.", setting(latency=0.05)),
    Variant("limiter-retry-after", "Who calls too often is told in Retry-After how many seconds to wait.",
            limited(lambda wait, now: (("Retry-After", str(wait)),))),
    Variant("limiter-date", "Who calls too often is told in Retry-After until when to wait.", limited(by_date)),
    Variant("limiter-reset", "Who calls too often is told in X-RateLimit-Reset, in seconds of the clock.",
            limited(lambda wait, now: (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(ceil(now + wait)))))),
    Variant("limiter-delta", "Who calls too often is told in RateLimit-Reset how many seconds are left.",
            limited(lambda wait, now: (("RateLimit-Remaining", "0"), ("RateLimit-Reset", str(wait))))),
    Variant("limiter-mute", "Who calls too often is told that, and nothing more.", limited(lambda wait, now: ())),
    Variant("limiter-page", "Who calls too often gets a page and Retry-After from whatever stands before the server.",
            limited(lambda wait, now: (("Retry-After", str(wait)),), replace(TOO_MANY, raw=PAGE))),
    Variant("clock-minute-behind", "The server's clock is a minute slow.", setting(clock_offset=-60.0)),
    Variant("clock-minute-ahead", "The server's clock is a minute fast.", setting(clock_offset=60.0)),
)  # fmt: skip
