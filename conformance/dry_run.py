"""A run that does not take place: what it would cost is said, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance import resources
from conformance.bill import Estimate, Part, dearer, to_text
from conformance.config import build
from conformance.costs import load
from conformance.model import EDITIONS, Edition
from conformance.options import Options
from conformance.run import MOST_AT_ONCE
from conformance.target import Target


def rehearsed(parts: Iterable[Part], options: Options) -> str:
    """The bill of these tests, as text. Where only the preflight can tell the edition it is that of the dearer one."""
    edition = options.edition or (options.target.target.edition if options.target else "classic")
    editions: tuple[Edition, ...] = tuple(one for one in EDITIONS if edition in (one, "auto"))
    target, costs, tests = options.target or _lab(edition), load(resources.costs_text()), list(parts)
    estimate = Estimate(target, options.profiles, options.at_once or MOST_AT_ONCE)
    return to_text(dearer([estimate.bill(tests, one, costs[one]) for one in editions]), target)


def _lab(edition: str) -> Target:
    """The embedded lab, as its target file would describe it if it were running."""
    from conformance.lab.target import ADDRESS, LIMITS, MAILBOX

    described: dict[str, Any] = {
        "target": {"name": f"lab {edition}", "base_url": "http://127.0.0.1"},
        "provisioning": {"kind": "rocketchat-admin", "user_id": "nobody", "token": "none"},
        "mailbox": {"host": "127.0.0.1", "username": MAILBOX, "password": "none", "address": ADDRESS},
        "limits": dict(LIMITS),
    }
    return build(described, {})
