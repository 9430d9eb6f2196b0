"""Whether a rate limiter stands before a target, and how many calls it lets through: by what replies tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from conformance.events import Finding
from conformance.model import Exchange, Response
from conformance.wire import until_reset

_DIGITS: Final = 9
"""Of a number of calls that somebody may have meant."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one reply tells: how many calls are let through, and the seconds until that is counted anew."""

    calls: int
    seconds: float | None
    by_admin: bool


def limiter(
    exchanges: Iterable[Exchange], admin_id: str, clock_offset: float, per_second: float, remedy: str
) -> Finding:
    """The finding. ``clock_offset``: seconds by which the target's clock is ahead of ours; ``per_second``: how many
    requests the run would make, which the target file says."""
    seen = [exchange for exchange in exchanges if exchange.response]
    told = list(_told(seen, admin_id, clock_offset))
    if not told and any(exchange.response and exchange.response.status == 429 for exchange in seen):
        return Finding("rate-limiter", "note", "a rate limiter puts calls off, and does not tell its limit", remedy)
    if not told:
        return Finding("rate-limiter", "pass", "no rate limiter shows itself")
    calls = min(one.calls for one in told)
    window = max((one.seconds for one in told if one.calls == calls and one.seconds is not None), default=None)
    seconds = window and max(1, round(window))
    finding = f"a rate limiter lets {calls} calls of a route{f' in {seconds} s' if seconds else ''} through"
    if any(_is_of(exchange, admin_id) for exchange in seen):
        finding += "; the admin is not exempt" if any(one.by_admin for one in told) else "; the admin is exempt"
    if seconds and calls / seconds >= per_second:
        return Finding("rate-limiter", "pass", finding)
    return Finding("rate-limiter", "note", f"{finding}; a run waits for it", remedy)


def _told(exchanges: Iterable[Exchange], admin_id: str, clock_offset: float) -> Iterator[_Told]:
    for exchange in exchanges:
        response = exchange.response or Response(0, (), b"")
        most = response.header("x-ratelimit-limit") or ""
        if most.isascii() and most.isdigit() and len(most) <= _DIGITS:
            at = exchange.at + exchange.elapsed + clock_offset
            yield _Told(int(most), until_reset(response, at), _is_of(exchange, admin_id))


def _is_of(exchange: Exchange, user_id: str) -> bool:
    """Whether a call was made in a session of this user."""
    return bool(user_id) and any(value == user_id for _, value in exchange.request.headers)
