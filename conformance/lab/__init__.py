"""The lab: a server of the protocol with its own mail, and the home of faults and legal differences.

It writes the protocol a second time and shares no code with the engine. Its parts are imported when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.lab.administrator import Administrator
    from conformance.lab.faults import FAULTS, SABOTAGE
    from conformance.lab.gate import Gate
    from conformance.lab.given import GivenAccount
    from conformance.lab.names import Names
    from conformance.lab.target import Lab
    from conformance.lab.variants import VARIANTS

__all__ = ["FAULTS", "SABOTAGE", "VARIANTS", "Administrator", "Gate", "GivenAccount", "Lab", "Names"]

_HOMES = {
    "FAULTS": "faults",
    "SABOTAGE": "faults",
    "VARIANTS": "variants",
    "Administrator": "administrator",
    "Gate": "gate",
    "GivenAccount": "given",
    "Lab": "target",
    "Names": "names",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"conformance.lab.{_HOMES[name]}"), name)
