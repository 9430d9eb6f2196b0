"""What a seeded fault is."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.lab.rules import Rules


@dataclass(frozen=True, slots=True)
class Fault:
    """A server with one wrong behaviour: `breaks` are the requirements that it violates, `edition` is where it can be
    seeded ("both", "classic" or "current")."""

    id: str
    breaks: tuple[str, ...]
    what: str
    apply: Callable[[Rules], Rules]
    edition: str = "both"
