"""Seeded faults."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.lab.rules import Rules


@dataclass(frozen=True, slots=True)
class Fault:
    """A server with one wrong behaviour."""

    id: str
    breaks: tuple[str, ...]
    what: str
    apply: Callable[[Rules], Rules]
    edition: str = "both"


FAULTS: dict[str, Fault] = {}
SABOTAGE: dict[str, Fault] = {}
