"""Requests that nobody thought of: schemathesis makes them of the OpenAPI document, and they go the way of all others.

It never sends anything itself: sessions, limits and the log stay ours. Nor does a generated request carry a code: a protected
call is challenged, which is a right answer, and nothing is done. On a tape the requests are those that were recorded: what
a library generates need not be the same tomorrow.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from conformance.binding import fill
from conformance.generation import OPERATIONS, batch, required
from conformance.model import Call, Challenged, Reply
from conformance.openapi import routes
from conformance.outcomes import Inconclusive

if TYPE_CHECKING:
    from conformance.users import User

__all__ = ["OPERATIONS", "Generated"]

_MOST: Final = 30
"""Requests of one test, those included that look for the smallest one that fails."""

_SERVER_ERROR: Final = 500


class Generated:
    """The generated requests of one operation, valid or not."""

    def __init__(self, user: User, operation: str, *, valid: bool) -> None:
        self._user = user
        self._operation = operation
        self._valid = valid
        self._replies: dict[bytes, Reply] = {}

    def server_error(self) -> str | None:
        """The smallest request that is answered with a server error, and the reply. None if there is none."""
        recorded = self._user.recorder.recorded()
        if recorded is None:
            for body in self._bodies():
                self._fails(body)
            self._reduce()
        else:
            for request in recorded:
                if f"{request.verb} {request.path}" == self._route:
                    self._send(request.body)
        if not (smallest := self._smallest()):
            return None
        shown = smallest.decode("utf-8", "backslashreplace")
        return f"{self._route}: {shown} is answered with status {self._replies[smallest].status}"

    def _bodies(self) -> list[bytes]:
        account = self._user.account
        try:
            made = batch(self._user.recorder.seed)[self._operation, self._valid]
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise Inconclusive(f"no requests could be generated: {type(error).__name__}: {error}") from error
        values = {"user_id": account.user_id, "username": account.username}
        return [
            str(fill(body.decode("utf-8", "surrogateescape"), **values)).encode("utf-8", "surrogateescape")
            for body in made
        ]

    def _smallest(self) -> bytes | None:
        failed = [body for body, reply in self._replies.items() if _is_server_error(reply)]
        return min(failed, key=len, default=None)

    def _reduce(self) -> None:
        """Look for a smaller request that fails: with one member less, as long as that goes on. A valid one stays valid."""
        smallest, kept = None, required(self._operation) if self._valid else frozenset[str]()
        while (found := self._smallest()) != smallest and found is not None:
            smallest = found
            for body in _smaller(found, kept):
                if self._fails(body):
                    break

    def _fails(self, body: bytes) -> bool:
        """Whether a body is answered with a server error. What was sent is not sent again, and beyond the limit nothing is."""
        if body not in self._replies and len(self._replies) < _MOST:
            self._send(body)
        return body in self._replies and _is_server_error(self._replies[body])

    def _send(self, body: bytes) -> None:
        self._replies[body] = self._user.recorder.send(Call(self._route, session=self._user.session, raw=body))

    @property
    def _route(self) -> str:
        page = f"POST /api/v1/{self._operation}"
        return next((own for own, known in routes(self._user.recorder.binding).items() if known == page), page)


def _is_server_error(reply: Reply) -> bool:
    """The status of a challenge is another requirement's."""
    return reply.status >= _SERVER_ERROR and not isinstance(reply, Challenged)


def _smaller(body: bytes, kept: frozenset[str]) -> Iterator[bytes]:
    """An object with a member less, the longest first."""
    value = json.loads(body)
    for name in sorted(value.keys() - kept, key=lambda name: (-len(json.dumps(value[name])), name)):
        rest = {other: member for other, member in value.items() if other != name}
        yield json.dumps(rest, ensure_ascii=False).encode("utf-8", "surrogatepass")
