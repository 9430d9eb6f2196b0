"""A run that does not take place: what it would cost is said, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable

from conformance import resources
from conformance.bill import Estimate, Part, dearer, to_text
from conformance.costs import load
from conformance.embedded import described
from conformance.model import EDITIONS, Edition
from conformance.options import Options


def rehearsed(parts: Iterable[Part], options: Options) -> str:
    """The bill of these tests, as text. Where only the preflight can tell the edition it is that of the dearer one."""
    edition = options.edition or (options.target.target.edition if options.target else "classic")
    editions: tuple[Edition, ...] = tuple(one for one in EDITIONS if edition in (one, "auto"))
    target, costs, tests = options.target or described(edition), load(resources.costs_text()), list(parts)
    estimate = Estimate(target, options.profiles, options.at_once or target.limits.tests_at_once)
    return to_text(dearer([estimate.bill(tests, one, costs[one]) for one in editions]), target)
