"""What a legal difference is."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.lab.rules import Rules


@dataclass(frozen=True, slots=True)
class Variant:
    """A server that differs within what the protocol allows in its edition ("both", "classic" or "current")."""

    id: str
    what: str
    apply: Callable[[Rules], Rules]
    edition: str = "both"
