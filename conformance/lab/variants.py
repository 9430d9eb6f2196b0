"""Legal differences."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.lab.rules import Rules


@dataclass(frozen=True, slots=True)
class Variant:
    """A server that differs within what the page allows."""

    id: str
    what: str
    apply: Callable[[Rules], Rules]
    edition: str = "both"


VARIANTS: dict[str, Variant] = {}
