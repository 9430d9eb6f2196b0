"""What the preflight finds, check by check, and the end of it where a run would be pointless."""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.events import Finding
from conformance.model import Reply
from conformance.replies import describe, intercepted

MISSING: Final = {404, 405, 501}
"""Status codes of a route that is not there."""

_ROUTES: Final = "a target has login, me and users.2fa.*; one of kind rocketchat-admin has users.create, info, update and delete, too"

_PROXY: Final = (
    "give what the access proxy wants in target.headers (such as CF-Access-Client-Id, and CF-Access-Client-Secret_env), or "
    "check the values that are there; where a redirect leads to the target itself, set target.base_url to that"
)


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

    def require_answer(self, name: str, reply: Reply) -> None:
        """The same for a call that no second factor guards: what no server of the protocol says comes from before it."""
        if intercepted(reply):
            self.stop(
                "access-proxy", f"not the target answers {name}, but what stands before it: {describe(reply)}", _PROXY
            )
        self.require_route(name, reply)
