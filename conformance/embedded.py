"""The embedded lab, as a target like any other: started, or as it would be described if it were."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from conformance.config import build
from conformance.target import Target


def embedded(edition: str | None, closing: ExitStack) -> Target:
    """Start a lab, in a process of its own, and describe it as a target file would. It ends with ``closing``."""
    from conformance.lab.apart import Apart

    content = closing.enter_context(Apart("current" if edition == "current" else "classic"))
    content["target"]["edition"] = edition or "classic"
    return build(content, {})


def described(edition: str) -> Target:
    """What its target file would say."""
    from conformance.lab.target import ADDRESS, LIMITS, MAILBOX

    content: dict[str, Any] = {
        "target": {"name": f"lab {edition}", "base_url": "http://127.0.0.1"},
        "provisioning": {"kind": "rocketchat-admin", "user_id": "nobody", "token": "none"},
        "mailbox": {"host": "127.0.0.1", "username": MAILBOX, "password": "none", "address": ADDRESS},
        "limits": dict(LIMITS),
    }
    return build(content, {})
