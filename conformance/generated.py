"""Requests that nobody thought of: schemathesis makes them of the OpenAPI document, and they go the way of all others.

It never sends anything itself: sessions, limits and the log stay ours. Nor does a generated request carry a code: a protected
call is challenged, which is a right answer, and nothing is done. On a tape the requests are those that were recorded: what
a library generates need not be the same tomorrow.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance import resources
from conformance.model import Call, Reply
from conformance.openapi import Document, routes

if TYPE_CHECKING:
    from conformance.users import User

EXAMPLES: Final = 12
MOST: Final = 30
"""Requests of one test, those included that look for the smallest one that fails."""

OPERATIONS: Final = (
    "users.update",
    "users.2fa.sendEmailCode",
    "users.generatePersonalAccessToken",
    "users.regeneratePersonalAccessToken",
    "users.removePersonalAccessToken",
)
"""Those that take a body, and that neither count as guesses nor concern anybody but the caller."""

_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """A body, and the reply to it."""

    body: bytes
    reply: Reply

    @property
    def failed(self) -> bool:
        return self.reply.status >= _SERVER_ERROR


class Generated:
    """The generated requests of one operation, valid or not."""

    def __init__(self, user: User, operation: str, *, valid: bool) -> None:
        self._user = user
        self._operation = operation
        self._valid = valid
        self._answered: dict[bytes, Answered] = {}

    def server_error(self) -> str | None:
        """The smallest request that is answered with a server error, and the reply. None if there is none."""
        recorded = self._user.recorder.recorded()
        if recorded is None:
            generate(self._content(), self._operation, self._user.recorder.seed, self._fails, valid=self._valid)
        else:
            for request in recorded:
                self._send(request.body)
        failed = sorted((one for one in self._answered.values() if one.failed), key=lambda one: len(one.body))
        if not failed:
            return None
        shown = failed[0].body.decode("utf-8", "backslashreplace")
        return f"{self._route}: {shown} is answered with status {failed[0].reply.status}"

    def _fails(self, body: bytes) -> bool:
        """Whether a body is answered with a server error. What was sent is not sent again, and beyond the limit nothing is;
        nor is what is no JSON object: that is another requirement's."""
        if body not in self._answered and len(self._answered) < MOST and _is_object(body):
            self._send(body)
        return body in self._answered and self._answered[body].failed

    def _send(self, body: bytes) -> None:
        reply = self._user.recorder.send(Call(self._route, session=self._user.session, raw=body))
        self._answered[body] = Answered(body, reply)

    @property
    def _route(self) -> str:
        page = f"POST /api/v1/{self._operation}"
        return next((own for own, known in routes(self._user.recorder.binding).items() if known == page), page)

    def _content(self) -> dict[str, Any]:
        """The document with the caller where somebody is named, and without what a caller proves."""
        content = deepcopy(Document(resources.openapi_text(), "classic").content)
        operation = content["paths"][f"/api/v1/{self._operation}"]["post"]
        content["paths"] = {f"/api/v1/{self._operation}": {"post": operation}}
        operation.pop("security", None)
        operation.pop("parameters", None)
        properties = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        for name, value in (
            ("userId", self._user.account.user_id),
            ("emailOrUsername", self._user.account.username),
        ):
            if name in properties:
                properties[name] = {"const": value}
        return content


def generate(
    content: dict[str, Any], operation: str, seed: int, fails: Callable[[bytes], bool], *, valid: bool
) -> None:
    """Ask of several bodies whether they fail; of one that does, of smaller ones, too."""
    import hypothesis
    from schemathesis import GenerationMode, openapi

    mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
    strategy = openapi.from_dict(content)[f"/api/v1/{operation}"]["POST"].as_strategy(generation_mode=mode)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @hypothesis.given(strategy)
    def probe(case: Any) -> None:
        if fails(_bytes(case.body)):
            raise _Found

    try:
        probe()
    except (_Found, hypothesis.errors.Flaky):
        return


class _Found(Exception):
    """A body that fails."""


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
