"""The embedded lab, as a target like any other."""

from __future__ import annotations

from contextlib import ExitStack

from conformance.config import build
from conformance.target import Target


def embedded(edition: str | None, closing: ExitStack) -> Target:
    """Start a lab, in a process of its own, and describe it as a target file would. It ends with ``closing``."""
    from conformance.lab.apart import Apart

    content = closing.enter_context(Apart("current" if edition == "current" else "classic"))
    content["target"]["edition"] = edition or "classic"
    return build(content, {})
