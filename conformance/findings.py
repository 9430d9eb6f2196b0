"""What the preflight finds, check by check, and the end of it where a run would be pointless."""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.events import Finding
from conformance.model import Reply

MISSING: Final = {404, 405, 501}
"""Status codes of a route that is not there."""

_ROUTES: Final = "a target has login, me and users.2fa.*; one of kind rocketchat-admin has users.create, info, update and delete, too"


class Stopped(Exception):
    """The preflight found something that makes a run pointless."""


class Findings(list[Finding]):
    """In the order in which they were made."""

    def passed(self, check: str, finding: str) -> None:
        self.append(Finding(check, "pass", finding))

    def note(self, check: str, finding: str, remedy: str) -> None:
        self.append(Finding(check, "note", finding, remedy))

    def stop(self, check: str, finding: str, remedy: str) -> NoReturn:
        self.append(Finding(check, "fail", finding, remedy))
        raise Stopped(finding)

    def require_route(self, name: str, reply: Reply) -> None:
        if reply.status in MISSING:
            self.stop("routes", f"the target has no {name}: status {reply.status}", _ROUTES)
