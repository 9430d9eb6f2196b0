"""An edition with chosen faults and variants."""

from collections.abc import Iterable

from conformance.lab.faults import FAULTS, SABOTAGE
from conformance.lab.rules import EDITIONS, Rules
from conformance.lab.variants import VARIANTS


def ruled(edition: str, faults: Iterable[str] = (), variants: Iterable[str] = ()) -> Rules:
    """The rules of an edition with some differences and faults; an unknown name is a KeyError that tells it."""
    rules = EDITIONS[edition]
    for name in variants:
        rules = VARIANTS[name].apply(rules)
    for name in faults:
        rules = (FAULTS | SABOTAGE)[name].apply(rules)
    return rules
